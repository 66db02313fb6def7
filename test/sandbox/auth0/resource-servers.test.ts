import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "vitest";
import { managementClientId } from "../../../sandbox/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, problem } from "./auth0-caller.ts";

const at = sharedSandbox();

const make = async (body: object) => await call(at, "POST", "/resource-servers", body);
const invalid = (what: string) => [400, "invalid_body", `Payload validation error: ${what}.`];

describe("an API", () => {
  test("gets Auth0's defaults, and is found by id and by identifier, encoded once or twice", async () => {
    const identifier = "https://defaults.example/v1";
    const { status, json } = await make({ identifier });
    expect({ status, json }).toEqual({
      status: 201,
      json: {
        id: expect.stringMatching(/^[0-9a-f]{24}$/),
        identifier,
        allow_offline_access: false,
        skip_consent_for_verifiable_first_party_clients: false,
        subject_type_authorization: { client: { policy: "require_client_grant" }, user: { policy: "allow_all" } },
        token_lifetime: 86_400,
        token_lifetime_for_web: 7200,
        signing_alg: "RS256",
      },
    });
    const once = encodeURIComponent(identifier);
    for (const reference of [json.id, once, encodeURIComponent(once)]) {
      expect((await call(at, "GET", `/resource-servers/${reference}`)).json).toEqual(json);
    }
    const listed = (await call(at, "GET", `/resource-servers?identifiers=${once}&include_totals=true`)).json;
    expect(listed).toEqual({ start: 0, limit: 50, total: 1, resource_servers: [json] });
  });

  test("is changed field by field, null takes one away, and its identifier is for ever", async () => {
    const { json } = await make({
      identifier: "https://changed.example",
      name: "Before",
      scopes: [{ value: "read:a", description: "Read a" }],
      authorization_details: [{ type: "payment" }],
      proof_of_possession: { mechanism: "dpop", required: true },
      subject_type_authorization: { user: { policy: "deny_all" } },
    });
    expect(json.proof_of_possession).toEqual({ mechanism: "dpop", required: true, required_for: "all_clients" });
    const path = `/resource-servers/${json.id}`;
    const changed = await call(at, "PATCH", path, {
      name: "After",
      scopes: [],
      authorization_details: null,
      proof_of_possession: null,
      subject_type_authorization: { client: { policy: "deny_all" } },
      token_dialect: "access_token_authz",
    });
    const { authorization_details: _details, proof_of_possession: _proof, ...rest } = json;
    expect(changed).toMatchObject({ status: 200 });
    expect(changed.json).toEqual({
      ...rest,
      name: "After",
      scopes: [],
      token_dialect: "access_token_authz",
      subject_type_authorization: { client: { policy: "deny_all" }, user: { policy: "deny_all" } },
    });
    expect(await problem(at, "PATCH", path, { identifier: "x" })).toEqual(
      invalid("'Additional properties not allowed: identifier'"),
    );
    expect((await call(at, "GET", path)).json).toEqual(changed.json);
  });

  test.each([
    [{}, "'Missing required property: identifier'"],
    [{ identifier: "a", name: "<b>" }, "'String does not match pattern ^[^<>]*$: <b>' on property name"],
    [{ identifier: "a", signing_alg: "none" }, "'No enum match for: none' on property signing_alg"],
    [{ identifier: "a", scopes: [{ description: "b" }] }, "'Missing required property: value' on property scopes[0]"],
    [
      { identifier: "a", token_lifetime: 2_592_001 },
      "'Value 2592001 is greater than maximum 2592000' on property token_lifetime",
    ],
    [
      { identifier: "a", subject_type_authorization: { client: { policy: "allow_all" } } },
      "'No enum match for: allow_all' on property subject_type_authorization.client.policy",
    ],
    [
      { identifier: "a", token_lifetime: 60, token_lifetime_for_web: 61 },
      "'token_lifetime_for_web' cannot be greater than 'token_lifetime'",
    ],
    [{ identifier: "a", scopes: [{ value: "b" }, { value: "b" }] }, "The scope b is there twice"],
    [{ identifier: "a", colour: 1 }, "'Additional properties not allowed: colour'"],
  ])("%j is refused", async (body, what) => {
    expect(await problem(at, "POST", "/resource-servers", body)).toEqual(invalid(what));
    expect((await call(at, "GET", "/resource-servers/a")).status).toBe(404);
  });

  test("has an identifier of its own, and does not give back the key that it encrypts to", async () => {
    const { publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = publicKey.export({ type: "spki", format: "pem" });
    const encryption = { format: "compact-nested-jwe", encryption_key: { name: "k", alg: "RSA-OAEP-256", pem } };
    const { json } = await make({ identifier: "https://once.example", token_encryption: encryption });
    expect(json.token_encryption).toEqual({
      format: "compact-nested-jwe",
      encryption_key: { name: "k", alg: "RSA-OAEP-256", thumbprint_sha256: expect.stringMatching(/^[\w-]{43}$/) },
    });
    const renamed = (await call(at, "PATCH", `/resource-servers/${json.id}`, { name: "renamed" })).json;
    expect(renamed.token_encryption).toEqual(json.token_encryption);
    expect(await code(at, "POST", "/resource-servers", { identifier: "https://once.example" })).toBe(
      "409 resource_server_conflict",
    );
    const junk = { ...encryption, encryption_key: { ...encryption.encryption_key, pem: "junk" } };
    expect(
      await code(at, "POST", "/resource-servers", { identifier: "https://junk.example", token_encryption: junk }),
    ).toBe("400 invalid_body");
  });

  test("goes with its grants, and going twice is the same", async () => {
    const identifier = "https://gone.example";
    const { json } = await make({ identifier });
    const grant = at.sandbox.auth0.addGrant(managementClientId, identifier).id;
    expect((await call(at, "DELETE", `/resource-servers/${json.id}`)).status).toBe(204);
    expect((await call(at, "DELETE", `/resource-servers/${json.id}`)).status).toBe(204);
    expect(await code(at, "GET", `/client-grants/${grant}`)).toBe("404 inexistent_client_grant");
    expect(await problem(at, "GET", `/resource-servers/${json.id}`)).toEqual([
      404,
      "inexistent_resource_server",
      "The resource server does not exist",
    ]);
  });
});

describe("the tenant's own APIs", () => {
  test("the Management API is there, with its scopes; little of it can be changed, and it stays", async () => {
    const path = `/resource-servers/${encodeURIComponent("https://acme.eu.auth0.com/api/v2/")}`;
    const { json } = await call(at, "GET", path);
    expect(json).toMatchObject({ name: "Auth0 Management API", is_system: true, token_lifetime: 86_400 });
    expect(json.scopes).toContainEqual({ value: "read:client_grants", description: "Read Client Grants" });
    expect(await code(at, "PATCH", path, { scopes: [] })).toBe("400 operation_not_supported");
    expect((await call(at, "PATCH", path, { token_lifetime: 7200 })).json.token_lifetime).toBe(7200);
    expect(await code(at, "DELETE", path)).toBe("400 operation_not_supported");
  });

  test("the My Account API is activated by its identifier, under Auth0's own settings", async () => {
    const { status, json } = await make({
      identifier: "https://acme.eu.auth0.com/me/",
      name: "mine",
      token_lifetime: 90,
    });
    expect({ status, json }).toMatchObject({
      status: 201,
      json: { name: "Auth0 My Account API", is_system: true, token_lifetime: 90, signing_alg: "RS256" },
    });
    expect((await call(at, "DELETE", `/resource-servers/${json.id}`)).status).toBe(204);
  });

  test("a client of type resource_server belongs to an API, which names it", async () => {
    const identifier = "https://with-client.example";
    const { json } = await make({ identifier });
    const body = { name: "the API itself", app_type: "resource_server" };
    expect(await code(at, "POST", "/clients", body)).toBe("400 invalid_body");
    const linked = { ...body, resource_server_identifier: identifier };
    expect(await code(at, "POST", "/clients", { ...linked, resource_server_identifier: "nobody" })).toBe(
      "404 inexistent_resource_server",
    );
    expect(await code(at, "POST", "/clients", { ...linked, app_type: "spa" })).toBe("400 invalid_body");
    const { client_id, grant_types } = (await call(at, "POST", "/clients", linked)).json;
    expect(grant_types).toEqual([]);
    expect((await call(at, "GET", `/resource-servers/${json.id}`)).json.client_id).toBe(client_id);
  });
});
