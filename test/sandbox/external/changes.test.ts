import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTestSandbox, type TestSandbox } from "../../support/sandbox.ts";
import { seededRuns } from "../../support/seed.ts";
import { ask, authorizationUrl, basic, onlyClient, redeem } from "./visitor.ts";

let at: TestSandbox;
beforeEach(async () => {
  at = await startTestSandbox();
});
afterEach(() => at.close());

/** Calls the admin API with its token, or with another. */
async function admin(method: string, path: string, body?: unknown, token = at.sandbox.adminToken) {
  const response = await at.fetch("127.0.0.1", path, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, json: text === "" ? undefined : JSON.parse(text) };
}

test("a replaced secret is the only one that is taken", async () => {
  const provider = at.sandbox.providers["northwind-rail"];
  const { clientId, secret: old = "" } = onlyClient(provider);
  const secret = provider.replaceSecret(clientId);
  expect(secret).toHaveLength(old.length);
  const error = async (client_secret: string): Promise<unknown> =>
    (await redeem(at, provider, { client_id: clientId, client_secret })).json.error;
  expect([await error(old), await error(secret)]).toEqual(["invalid_client", "invalid_grant"]);
});

test("changed redirect URIs count at once", async () => {
  const provider = at.sandbox.providers["alder-voss"];
  const { clientId, redirectUris } = onlyClient(provider);
  const url = authorizationUrl(provider);
  expect((await ask(at, url)).status).toBe(302);
  provider.setRedirectUris(clientId, ["https://portal.acme.example/openid/callback"]);
  expect((await ask(at, url)).status).toBe(400);
  provider.setRedirectUris(clientId, []);
  expect((await ask(at, url)).status).toBe(400);
  const { secret = "" } = onlyClient(provider);
  const withTheOld = { redirect_uri: redirectUris[0] ?? "" };
  expect((await redeem(at, provider, withTheOld, basic(clientId, secret))).json.error).toBe("invalid_grant");
  provider.setRedirectUris(clientId, redirectUris);
  expect((await ask(at, url)).status).toBe(302);
});

test("a pattern is one at Keycloak only", async () => {
  for (const [name, status] of [
    ["tannberg", 302],
    ["alder-voss", 400],
  ] as const) {
    const provider = at.sandbox.providers[name];
    provider.setRedirectUris(onlyClient(provider).clientId, ["https://portal.acme.example/*"]);
    const below = authorizationUrl(provider, { redirect_uri: "https://portal.acme.example/anything/below" });
    expect((await ask(at, below)).status, name).toBe(status);
    const elsewhere = authorizationUrl(provider, { redirect_uri: "https://portal.acme.example.evil.example/" });
    expect((await ask(at, elsewhere)).status, name).toBe(400);
  }
});

test("a removed client is unknown", async () => {
  const provider = at.sandbox.providers["cobalt-clinics"];
  const url = authorizationUrl(provider);
  provider.removeClient(onlyClient(provider).clientId);
  expect((await ask(at, url)).headers.get("location")).toContain("error=invalid_client");
});

test("the discovery document can be broken and mended", async () => {
  const provider = at.sandbox.providers.tannberg;
  const document = async () =>
    (await (await ask(at, `${provider.issuer}/.well-known/openid-configuration`)).json()) as Record<string, unknown>;
  const before = await document();
  provider.breakDiscovery(`${provider.issuer}/`);
  expect(await document()).toEqual({ ...before, issuer: `${provider.issuer}/` });
  provider.changeDiscovery({ token_endpoint: "https://evil.example/token" });
  expect(await document()).toMatchObject({
    issuer: `${provider.issuer}/`,
    token_endpoint: "https://evil.example/token",
  });
  provider.mendDiscovery();
  expect(await document()).toEqual(before);
});

test("what is not there is not changed in silence", () => {
  const provider = at.sandbox.providers["ostrava-steel"];
  expect(() => provider.replaceSecret("nobody")).toThrow("no client nobody");
  expect(() => provider.setRedirectUris("nobody", [])).toThrow("no client nobody");
  expect(() => provider.removeClient("nobody")).toThrow("no client nobody");
  const client = { clientId: "twice", method: "client_secret_basic", redirectUris: [] } as const;
  provider.register(client);
  expect(() => provider.register(client)).toThrow("a client twice already");
});

test("faults reach the customers' providers", async () => {
  at.sandbox.faults.add({ host: "oauth2.googleapis.com", effect: "status-before", status: 503 });
  const provider = at.sandbox.providers["bluefin-studios"];
  expect((await ask(at, provider.vendor.endpoints.token, { method: "POST" })).status).toBe(503);
  expect((await ask(at, provider.vendor.endpoints.jwks)).status).toBe(200);
});

test("the log keeps no query of theirs", async () => {
  await ask(at, authorizationUrl(at.sandbox.providers["northwind-rail"]));
  const { json } = await admin("GET", "/requests");
  expect(json.requests).toContainEqual(
    expect.objectContaining({ host: "login.microsoftonline.com", query: "", status: 302 }),
  );
  expect(JSON.stringify(json)).not.toContain("state-0123456789abcdef");
});

test("the admin API shows the providers without a secret", async () => {
  const { status, json } = await admin("GET", "/providers");
  expect(status).toBe(200);
  expect(json.providers).toHaveLength(7);
  expect(json.providers).toContainEqual({
    name: "ostrava-steel",
    product: "OneLogin",
    issuer: "https://ostravasteel.onelogin.example/oidc/2",
    clients: [],
    people: ["admin@ostravasteel.example", "staff@ostravasteel.example", "metal@os-metal.example"],
  });
  for (const provider of Object.values(at.sandbox.providers)) {
    for (const { secret } of provider.clients) expect(JSON.stringify(json)).not.toContain(secret ?? "a secret");
  }
});

test("the admin API registers a client, sets its redirect URIs and replaces its secret", async () => {
  const provider = at.sandbox.providers["ostrava-steel"];
  const redirectUris = ["https://portal.acme.example/openid/callback/q5zr8cn3h7wtk2xmv9bd"];
  const made = await admin("POST", "/providers/ostrava-steel/clients", { redirectUris });
  expect(made).toMatchObject({ status: 201, json: { method: "client_secret_basic", redirectUris } });
  const { clientId, clientSecret } = made.json;
  expect((await redeem(at, provider, {}, basic(clientId, clientSecret))).json.error).toBe("invalid_grant");
  const path = `/providers/ostrava-steel/clients/${clientId}`;
  const replaced = await admin("POST", `${path}/secret`);
  expect(replaced).toMatchObject({ status: 201, json: { clientId } });
  expect(replaced.json.clientSecret).toBe(provider.client(clientId)?.secret);
  expect(replaced.json.clientSecret).not.toBe(clientSecret);
  const elsewhere = ["https://elsewhere.acme.example/"];
  expect(await admin("PUT", `${path}/redirect-uris`, elsewhere)).toMatchObject({ status: 204 });
  expect(provider.client(clientId)?.redirectUris).toEqual(elsewhere);
});

test.each([
  ["without the token", "POST", "/ostrava-steel/clients", { redirectUris: [] }, "wrong", 401],
  ["of nobody", "POST", "/nobody/clients", { redirectUris: [] }, undefined, 404],
  ["of a property", "POST", "/__proto__/clients", { redirectUris: [] }, undefined, 404],
  ["without redirect URIs", "POST", "/ostrava-steel/clients", {}, undefined, 400],
  ["without a body", "POST", "/ostrava-steel/clients", undefined, undefined, 400],
  ["that is no JSON", "POST", "/ostrava-steel/clients", "{", undefined, 400],
  [
    "by a method without a secret",
    "POST",
    "/tannberg/clients",
    { redirectUris: [], method: "private_key_jwt" },
    undefined,
    400,
  ],
  ["of an unknown client", "POST", "/ostrava-steel/clients/nobody/secret", undefined, undefined, 404],
  ["of no list", "PUT", "/tannberg/clients/acme-portal/redirect-uris", { a: 1 }, undefined, 400],
  ["by the wrong method", "DELETE", "/tannberg/clients/acme-portal", undefined, undefined, 404],
])("a call of the admin API %s is refused", async (_why, method, path, body, token, status) => {
  expect((await admin(method, `/providers${path}`, body, token)).status).toBe(status);
});

test("whatever is sent, the answer comes and shows no inside", async () => {
  const endpoints = Object.values(at.sandbox.providers).flatMap(({ issuer, vendor }) => [
    issuer,
    `${issuer}/.well-known/openid-configuration`,
    ...Object.values(vendor.endpoints),
    new URL(vendor.signIn.path, vendor.endpoints.authorization).href,
    new URL(`${vendor.signIn.path}/x`, vendor.endpoints.authorization).href,
    new URL("/signin/oauth/error", vendor.endpoints.authorization).href,
    new URL("/logout", vendor.endpoints.authorization).href,
  ]);
  const parameter = fc.tuple(
    fc.constantFrom(
      ...["client_id", "redirect_uri", "client_secret", "client_assertion", "client_assertion_type", "code", "state"],
      ...["grant_type", "scope", "response_type", "response_mode", "prompt", "authError", "logout_uri", "username"],
      ...["token", "refresh_token", "request_uri", "post_logout_redirect_uri", "id_token_hint", "xsrf", "max_age"],
    ),
    fc.oneof(
      fc.constantFrom("acme-portal", "openid", "code", "authorization_code", "https://portal.acme.example/", "none"),
      fc.string({ maxLength: 30 }),
    ),
  );
  const request = fc.record({
    url: fc.constantFrom(...endpoints),
    below: fc.constantFrom("", "/", "/x", "/success", "/confirm", "/..%2f"),
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "OPTIONS"),
    type: fc.constantFrom("application/json", "application/x-www-form-urlencoded", "text/plain"),
    authorization: fc.constantFrom("", "Basic ", "Basic YTpi", "Basic %%%", "Bearer x"),
    parameters: fc.array(parameter, { maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ url, below, method, type, authorization, parameters }) => {
      const form = new URLSearchParams(parameters).toString();
      const response = await ask(at, `${url}${below}?${form}`, {
        method,
        headers: { "content-type": type, ...(authorization === "" ? {} : { authorization }) },
        ...(method === "GET" ? {} : { body: form }),
      });
      expect(response.status).toBeLessThan(500);
      expect(await response.text()).not.toMatch(/node_modules|\bat .*\.(ts|js):\d/);
    }),
    seededRuns("PROVIDERS_SEED", 300),
  );
});
