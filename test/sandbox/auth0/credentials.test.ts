import { generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createAuthority } from "../../../sandbox/authority.ts";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";

let at: TestSandbox;
let certificate: string;
beforeAll(async () => {
  at = await startTestSandbox();
  certificate = (await createAuthority(Date.now())).certificate;
});
afterAll(() => at.close());

let client: string;
let path: string;
beforeEach(async () => {
  const { client_id } = (await call(at, "POST", "/clients", { name: "keyed" })).json;
  client = `/clients/${client_id}`;
  path = `${client}/credentials`;
});

const pem = () =>
  generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "pem" }) as string;
const add = async (body: object) => (await call(at, "POST", path, body)).json;
const publicKey = () => add({ credential_type: "public_key", pem: pem() });

describe("a credential", () => {
  test("of a subject is named by it, or by a certificate's", async () => {
    const { json, status } = await call(at, "POST", path, {
      name: "by name",
      credential_type: "cert_subject_dn",
      subject_dn: "C=es\nCN=Somebody",
    });
    expect({ status, json }).toEqual({
      status: 201,
      json: {
        id: expect.stringMatching(/^cred_[A-Za-z0-9]{22}$/),
        credential_type: "cert_subject_dn",
        name: "by name",
        subject_dn: "C=es\nCN=Somebody",
        created_at: expect.stringMatching(/Z$/),
        updated_at: json.created_at,
      },
    });
    expect((await add({ credential_type: "cert_subject_dn", pem: certificate })).subject_dn).toContain("CN=");
    for (const body of [{}, { subject_dn: "CN=a", pem: certificate }, { pem: "junk" }]) {
      expect(await code(at, "POST", path, { credential_type: "cert_subject_dn", ...body })).toBe("400 invalid_body");
    }
    expect(await code(at, "PATCH", `${path}/${json.id}`, { expires_at: null })).toBe("400 operation_not_supported");
  });

  test("of a certificate shows its thumbprint and its end", async () => {
    expect(await add({ credential_type: "x509_cert", pem: certificate })).toMatchObject({
      credential_type: "x509_cert",
      thumbprint_sha256: expect.stringMatching(/^[\w-]{43}$/),
      expires_at: expect.stringMatching(/Z$/),
    });
    const bare = { credential_type: "x509_cert", pem: pem() };
    expect(await code(at, "POST", path, bare)).toBe("400 invalid_body");
    expect(await code(at, "POST", path, { ...bare, pem: certificate, kid: "0123456789" })).toBe("400 invalid_body");
  });

  test("of a public key is named by the key's thumbprint, and its end can be moved or taken away", async () => {
    const one = await publicKey();
    expect(one).toMatchObject({
      credential_type: "public_key",
      alg: "RS256",
      kid: expect.stringMatching(/^[\w-]{43}$/),
    });
    const own = `${path}/${one.id}`;
    const ended = (await call(at, "PATCH", own, { expires_at: "2096-05-13T09:33:13Z" })).json;
    expect(ended.expires_at).toBe("2096-05-13T09:33:13.000Z");
    expect((await call(at, "PATCH", own, { expires_at: null })).json).not.toHaveProperty("expires_at");
    expect(await code(at, "PATCH", own, { name: "other" })).toBe("400 invalid_body");
  });
});

describe("credentials that a client names", () => {
  test.each([
    ["private_key_jwt", { credential_type: "public_key" }],
    ["tls_client_auth", { credential_type: "cert_subject_dn" }],
    ["self_signed_tls_client_auth", { credential_type: "x509_cert" }],
  ])("for %s take the secret's place, and cannot be deleted meanwhile", async (method, body) => {
    const { id } = await add({ ...body, pem: body.credential_type === "public_key" ? pem() : certificate });
    const methods = { [method]: { credentials: [{ id }] } };
    const sent = { client_authentication_methods: methods, token_endpoint_auth_method: null };
    const { json } = await call(at, "PATCH", client, sent);
    expect(json.client_authentication_methods).toEqual(methods);
    expect(json).not.toHaveProperty("client_secret");
    expect(await code(at, "DELETE", `${path}/${id}`)).toBe("400 credential_in_use");
    const back = { client_authentication_methods: null, token_endpoint_auth_method: "client_secret_basic" };
    expect((await call(at, "PATCH", client, back)).json).toHaveProperty("client_secret");
    expect((await call(at, "DELETE", `${path}/${id}`)).status).toBe(204);
  });

  test("are two at most, and of the sort that the place takes", async () => {
    const keys = [await publicKey(), await publicKey(), await publicKey()].map(({ id }) => ({ id }));
    const methods = (credentials: readonly object[]) => ({
      client_authentication_methods: { private_key_jwt: { credentials } },
    });
    expect(await problem(at, "PATCH", client, methods(keys))).toEqual([
      400,
      "invalid_body",
      "Payload validation error: 'Array is too long (3), maximum 2' on property client_authentication_methods.private_key_jwt.credentials.",
    ]);
    expect((await call(at, "PATCH", client, methods(keys.slice(1)))).status).toBe(200);
    const { id } = await add({ credential_type: "x509_cert", pem: certificate });
    expect(await code(at, "PATCH", client, methods([{ id }]))).toBe("400 invalid_body");
    const tls = { client_authentication_methods: { tls_client_auth: { credentials: [keys[0]] } } };
    expect(await code(at, "PATCH", client, tls)).toBe("400 invalid_body");
  });

  test("for signed requests and for the token vault stay when the way of authentication changes", async () => {
    const [signing, vault] = [await publicKey(), await publicKey()].map(({ id }) => ({ id }));
    const access = {
      credentials: [vault],
      grants: [{ connection: "github", scopes: ["repo"] }],
      ip_allowlist: ["10.0.0.1"],
    };
    await call(at, "PATCH", client, {
      signed_request_object: { credentials: [signing] },
      token_vault_privileged_access: access,
    });
    await call(at, "PATCH", client, { signed_request_object: { required: true } });
    const { json } = await call(at, "PATCH", client, {
      client_authentication_methods: null,
      token_endpoint_auth_method: "client_secret_post",
    });
    expect(json).toMatchObject({
      signed_request_object: { required: true, credentials: [signing] },
      token_vault_privileged_access: access,
    });
    expect(await code(at, "DELETE", `${path}/${vault?.id}`)).toBe("400 credential_in_use");
    const gone = await call(at, "PATCH", client, { signed_request_object: null, token_vault_privileged_access: null });
    expect(gone.json).not.toHaveProperty("signed_request_object");
    expect((await call(at, "DELETE", `${path}/${vault?.id}`)).status).toBe(204);
  });

  test("come with a new client, which names them", async () => {
    const key = { credential_type: "public_key", name: "first", pem: pem() };
    const { status, json } = await call(at, "POST", "/clients", {
      name: "born keyed",
      client_authentication_methods: { private_key_jwt: { credentials: [key] } },
      signed_request_object: { required: true, credentials: [{ ...key, name: "second" }] },
    });
    expect(status).toBe(201);
    const listed = (await call(at, "GET", `/clients/${json.client_id}/credentials`)).json;
    const idOf = (name: string) => listed.find((each: { name: string }) => each.name === name).id;
    expect(json.client_authentication_methods).toEqual({ private_key_jwt: { credentials: [{ id: idOf("first") }] } });
    expect(json.signed_request_object).toEqual({ required: true, credentials: [{ id: idOf("second") }] });
  });
});
