import { generateKeyPairSync } from "node:crypto";
import { SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { auth0Host } from "../../../sandbox/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { basic, call, token } from "./auth0-caller.ts";
import { authorize, callback, register, type TestClient, verifier } from "./browser.ts";

const issuer = "https://acme.eu.auth0.com/";
const bogus = {
  grant_type: "authorization_code",
  code: "no-such-code",
  redirect_uri: callback,
  code_verifier: verifier,
};
const at = sharedSandbox();
let client: TestClient;

beforeEach(async () => {
  client = await register(at);
});

function inBody({ client_id, client_secret }: TestClient): Record<string, string> {
  return { client_id, client_secret };
}

const codeRefused = {
  status: 403,
  json: { error: "invalid_grant", error_description: "Invalid authorization code" },
};
const clientRefused = { status: 401, json: { error: "access_denied", error_description: "Unauthorized" } };

test("publishes a document whose issuer ends in a slash, and its endpoints", async () => {
  const response = await at.fetch(auth0Host, "/.well-known/openid-configuration");
  expect(response.headers.get("content-type")).toBe("application/json");
  expect(await response.json()).toMatchObject({
    issuer,
    authorization_endpoint: "https://acme.eu.auth0.com/authorize",
    token_endpoint: "https://acme.eu.auth0.com/oauth/token",
    jwks_uri: "https://acme.eu.auth0.com/.well-known/jwks.json",
    end_session_endpoint: "https://acme.eu.auth0.com/oidc/logout",
    response_types_supported: ["code"],
    code_challenge_methods_supported: ["S256", "plain"],
    token_endpoint_auth_methods_supported: expect.arrayContaining(["client_secret_post", "private_key_jwt"]),
  });
});

test("publishes two public RSA keys", async () => {
  const response = await at.fetch(auth0Host, "/.well-known/jwks.json");
  const { keys } = (await response.json()) as { keys: Record<string, string>[] };
  expect(new Set(keys.map(({ kid }) => kid)).size).toBe(2);
  for (const key of keys) expect(Object.keys(key).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
});

describe("/authorize", () => {
  test("sends prompt=none back to a registered callback with login_required and the state, without iss", async () => {
    const { status, location } = await authorize(at, client);
    expect(status).toBe(302);
    const url = new URL(location ?? "");
    expect(url.origin + url.pathname).toBe(callback);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      error: "login_required",
      error_description: "Login required",
      state: "state-0123456789abcdef",
    });
  });

  test.each([
    ["another path", `${callback}-x`],
    ["a final slash", `${callback}/`],
    ["another case", callback.toUpperCase()],
    ["another host", "https://probe.invalid/callback"],
    ["http", callback.replace("https", "http")],
    ["a port", callback.replace(".example", ".example:443")],
    ["a query", `${callback}?x=1`],
    ["nothing", undefined],
  ])("stops at a page when the callback has %s", async (_how, redirect_uri) => {
    const { status, location, text } = await authorize(at, client, { redirect_uri });
    expect({ status, location }).toEqual({ status: 403, location: null });
    expect(text).toContain("Callback URL mismatch");
  });

  test("takes a wildcard for one label of the host, and nothing more", async () => {
    const wide = await register(at, { callbacks: ["https://*.acme.example/cb"] });
    const ask = async (redirect_uri: string) => (await authorize(at, wide, { redirect_uri })).status;
    expect(await ask("https://portal.acme.example/cb")).toBe(302);
    expect(await ask("https://a.b.acme.example/cb")).toBe(403);
    expect(await ask("https://evil.example/?.acme.example/cb")).toBe(403);
    expect(await ask("https://.acme.example/cb")).toBe(403);
  });

  test("stops at a page for an unknown client and for none, and puts no markup into it", async () => {
    for (const client_id of ["nobody", '"><script>alert(1)</script>', undefined]) {
      const { status, location, text } = await authorize(at, client, { client_id });
      expect({ status, location }).toEqual({ status: 400, location: null });
      expect(text).not.toContain("<script>alert");
    }
  });

  test("says unauthorized_client when the client has no grant left", async () => {
    await call(at, "PATCH", `/clients/${client.client_id}`, { grant_types: [] });
    const { location } = await authorize(at, client);
    expect(location?.startsWith(`${callback}?error=unauthorized_client`)).toBe(true);
  });

  test("sends errors of the request back to the app", async () => {
    const error = async (changes: Record<string, string | undefined>) => {
      const { location } = await authorize(at, client, changes);
      expect(location?.startsWith(`${callback}?`)).toBe(true);
      return new URL(location ?? "").searchParams.get("error");
    };
    expect(await error({ response_type: "nonsense" })).toBe("unsupported_response_type");
    expect(await error({ response_type: undefined })).toBe("invalid_request");
    expect(await error({ code_challenge_method: "plain" })).toBe("login_required");
    expect(await error({ code_challenge_method: "plain", code_challenge: "short" })).toBe("invalid_request");
    expect(await error({ code_challenge_method: "S512" })).toBe("invalid_request");
    expect(await error({ audience: "https://orders.acme.example" })).toBe("access_denied");
    expect(await error({ connection: "no-such-connection" })).toBe("invalid_request");
    expect(await error({ connection: "fernhill-oidc" })).toBe("login_required");
    expect(await error({ scope: "openid nonsense" })).toBe("login_required");
    expect(await error({ code_challenge: undefined, code_challenge_method: undefined })).toBe("login_required");
  });

  test("looks at the organization that is asked for", async () => {
    const organization = at.sandbox.auth0.addOrganization(`org-${client.client_id.toLowerCase()}`).id;
    const description = async (changes: Record<string, string>) =>
      new URL((await authorize(at, client, changes)).location ?? "").searchParams.get("error_description");
    expect(await description({ organization })).toBe("parameter organization is not allowed for this client");
    await call(at, "PATCH", `/clients/${client.client_id}`, { organization_usage: "require" });
    expect(await description({})).toBe("parameter organization is required for this client");
    expect(await description({ organization: "org_0000000000000000" })).toBe("parameter organization is invalid");
    expect(await description({ organization })).toBe("Login required");
  });

  test("answers in the fragment or as a form when asked to, and takes a form itself", async () => {
    const fragment = await authorize(at, client, { response_mode: "fragment" });
    expect(fragment.location?.startsWith(`${callback}#error=login_required`)).toBe(true);
    const form = await authorize(at, client, { response_mode: "form_post" });
    expect(form.location).toBeNull();
    expect(form.text).toContain(`action="${callback}"`);
    const posted = await at.fetch(auth0Host, "/authorize", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({
        client_id: client.client_id,
        redirect_uri: callback,
        response_type: "code",
        scope: "openid",
        prompt: "none",
      }).toString(),
    });
    expect(posted.headers.get("location")).toContain("error=login_required");
  });
});

describe("/oauth/token", () => {
  test("answers a bogus code by who asks, as a form and as JSON", async () => {
    for (const json of [false, true]) {
      expect(await token(at, { ...bogus, ...inBody(client) }, { json })).toMatchObject(codeRefused);
      expect(await token(at, { ...bogus, ...inBody(client), client_secret: "wrong" }, { json })).toMatchObject(
        clientRefused,
      );
    }
    expect(await token(at, { ...bogus, client_id: "nobody", client_secret: "x" })).toMatchObject(clientRefused);
    expect(await token(at, { ...bogus, client_id: client.client_id })).toMatchObject(clientRefused);
    expect(await token(at, bogus)).toMatchObject(clientRefused);
    const both = basic(client.client_id, client.client_secret);
    expect(await token(at, { ...bogus, ...inBody(client) }, { headers: both })).toMatchObject(clientRefused);
  });

  test("takes only the registered way of client authentication", async () => {
    const headers = basic(client.client_id, client.client_secret);
    expect(await token(at, bogus, { headers })).toMatchObject(clientRefused);
    await call(at, "PATCH", `/clients/${client.client_id}`, { token_endpoint_auth_method: "client_secret_basic" });
    expect(await token(at, bogus, { headers })).toMatchObject(codeRefused);
    expect(await token(at, { ...bogus, ...inBody(client) })).toMatchObject(clientRefused);
    await call(at, "PATCH", `/clients/${client.client_id}`, { token_endpoint_auth_method: "none" });
    expect(await token(at, { ...bogus, client_id: client.client_id })).toMatchObject(codeRefused);
    expect(await token(at, { ...bogus, ...inBody(client) })).toMatchObject(clientRefused);
  });

  test("takes an assertion of a registered key once, and of no other", async () => {
    const mine = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const other = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const pem = mine.publicKey.export({ type: "spki", format: "pem" }).toString();
    const credentials = [{ credential_type: "public_key", pem, alg: "RS256" }];
    const keyed = await register(at, { client_authentication_methods: { private_key_jwt: { credentials } } });
    const ask = async (
      { privateKey }: typeof mine,
      { aud = issuer, sub = keyed.client_id, exp = "1m", jti = crypto.randomUUID() as string } = {},
    ) => {
      const assertion = await new SignJWT({ iss: keyed.client_id, sub, aud, jti })
        .setProtectedHeader({ alg: "RS256" })
        .setIssuedAt()
        .setExpirationTime(exp)
        .sign(privateKey);
      const answer = await token(at, {
        ...bogus,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: assertion,
      });
      return `${answer.status} ${answer.json.error}`;
    };
    expect(await ask(mine)).toBe("403 invalid_grant");
    expect(await ask(other)).toBe("401 invalid_client");
    expect(await ask(mine, { aud: "https://acme.okta.com" })).toBe("401 invalid_client");
    expect(await ask(mine, { exp: "-1m" })).toBe("401 invalid_client");
    expect(await ask(mine, { sub: client.client_id })).toBe("401 access_denied");
    expect(await ask(mine, { jti: "twice" })).toBe("403 invalid_grant");
    expect(await ask(mine, { jti: "twice" })).toBe("401 invalid_client");
    expect(await token(at, { ...bogus, ...inBody({ ...keyed, client_secret: "any" }) })).toMatchObject(clientRefused);
    const id = at.sandbox.auth0.clients.get(keyed.client_id)?.credentials.keys().next().value;
    at.sandbox.auth0.edit(keyed.client_id, (each) => {
      const credential = each.credentials.get(id ?? "");
      if (credential !== undefined) credential.expiresAt = "2020-01-01T00:00:00.000Z";
    });
    expect(await ask(mine)).toBe("401 invalid_client");
  });

  test("comes to the grant after the client, and the grant must be one of the client", async () => {
    const ask = (form: Record<string, string>) => token(at, { ...inBody(client), ...form });
    expect(await ask({})).toMatchObject({ status: 400, json: { error: "invalid_request" } });
    expect(await ask({ grant_type: "magic" })).toMatchObject({
      status: 403,
      json: { error: "unsupported_grant_type" },
    });
    expect(await ask({ grant_type: "authorization_code" })).toMatchObject({
      status: 400,
      json: { error: "invalid_request", error_description: "Missing required parameter: code" },
    });
    expect(await ask({ grant_type: "refresh_token", refresh_token: "x" })).toMatchObject({
      status: 403,
      json: { error: "unauthorized_client" },
    });
    await call(at, "PATCH", `/clients/${client.client_id}`, { grant_types: [] });
    expect(await ask(bogus)).toMatchObject({
      status: 403,
      json: {
        error: "unauthorized_client",
        error_description: "Grant type 'authorization_code' not allowed for the client.",
      },
    });
  });

  test("refuses other media, malformed JSON, a parameter twice, and a body that is too large", async () => {
    const send = async (type: string, body: string) => {
      const headers = { "content-type": type };
      const response = await at.fetch(auth0Host, "/oauth/token", { method: "POST", headers, body });
      return `${response.status} ${((await response.json()) as { error: string }).error}`;
    };
    const form = "application/x-www-form-urlencoded";
    expect(await send("text/plain", "x")).toBe("400 invalid_request");
    expect(await send("application/json", "{no")).toBe("400 invalid_request");
    expect(await send("application/json", "[]")).toBe("400 invalid_request");
    expect(await send("application/json", '{"client_id":1}')).toBe("400 invalid_request");
    expect(await send(form, "grant_type=a&grant_type=b")).toBe("400 invalid_request");
    expect(await send(form, `code=${"x".repeat(100_000)}`)).toBe("413 invalid_request");
    expect((await at.fetch(auth0Host, "/oauth/token")).status).toBe(404);
  });
});

describe("a change at the tenant changes the very next answer", () => {
  test("a callback that is broken and mended", async () => {
    at.sandbox.auth0.edit(client.client_id, (each) => {
      each.settings.callbacks = ["https://portal.acme.example/moved"];
    });
    expect((await authorize(at, client)).status).toBe(403);
    await call(at, "PATCH", `/clients/${client.client_id}`, { callbacks: [callback] });
    expect((await authorize(at, client)).status).toBe(302);
  });

  test("a secret that is replaced, by an admin and by the API", async () => {
    const ask = async (client_secret: string) =>
      (await token(at, { ...bogus, client_id: client.client_id, client_secret })).status;
    const second = at.sandbox.auth0.replaceSecret(client.client_id);
    expect([await ask(client.client_secret), await ask(second)]).toEqual([401, 403]);
    const third = (await call(at, "POST", `/clients/${client.client_id}/rotate-secret`)).json.client_secret;
    expect([await ask(second), await ask(third)]).toEqual([401, 403]);
  });

  test("a client that is removed", async () => {
    at.sandbox.auth0.removeClient(client.client_id);
    expect((await authorize(at, client)).status).toBe(400);
    expect(await token(at, { ...bogus, ...inBody(client) })).toMatchObject(clientRefused);
  });
});
