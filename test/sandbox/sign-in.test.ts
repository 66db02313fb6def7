import { createHash } from "node:crypto";
import { SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { basic, call, post, webApp } from "./okta-caller.ts";

const callback = "https://portal.acme.example/callback";
const verifier = "v".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");
const at = sharedSandbox();
let app: { id: string; client_id: string; client_secret: string };
let count = 0;

beforeEach(async () => {
  app = await register();
});

async function register(client: Record<string, unknown> = {}, oauth: Record<string, unknown> = {}) {
  count += 1;
  const { json } = await call(at, "POST", "/api/v1/apps", webApp(`app ${count}`, { client, oauth }));
  return { id: json.id, ...json.credentials.oauthClient };
}

async function authorize(changes: Record<string, string | undefined> = {}, base = "/oauth2/v1") {
  const params = {
    client_id: app.client_id,
    redirect_uri: callback,
    response_type: "code",
    scope: "openid profile email",
    state: "state-0123456789abcdef",
    nonce: "nonce",
    prompt: "none",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...changes,
  };
  const sent = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const response = await at.fetch(oktaHost, `${base}/authorize?${new URLSearchParams(sent)}`);
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

const bogus = {
  grant_type: "authorization_code",
  code: "no-such-code",
  redirect_uri: callback,
  code_verifier: verifier,
};

describe.each([
  ["org", "https://acme.okta.com", "/oauth2/v1"],
  ["default", "https://acme.okta.com/oauth2/default", "/oauth2/default/v1"],
])("the %s authorization server", (_name, issuer, base) => {
  test("publishes a document with exactly its issuer and its endpoints", async () => {
    const path = `${new URL(issuer).pathname.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const response = await at.fetch(oktaHost, path);
    expect(response.headers.get("content-type")).toBe("application/json");
    const document = (await response.json()) as Record<string, unknown>;
    expect(document).toMatchObject({
      issuer,
      authorization_endpoint: `https://acme.okta.com${base}/authorize`,
      token_endpoint: `https://acme.okta.com${base}/token`,
      jwks_uri: `https://acme.okta.com${base}/keys`,
      code_challenge_methods_supported: ["S256"],
      response_modes_supported: ["query", "fragment", "form_post", "okta_post_message"],
    });
    expect(document.scopes_supported).toEqual(expect.arrayContaining(["openid", "email", "profile", "offline_access"]));
    expect((document.scopes_supported as string[]).includes("groups")).toBe(issuer === "https://acme.okta.com");
    expect(document.token_endpoint_auth_methods_supported).toEqual(
      expect.arrayContaining(["client_secret_basic", "client_secret_post", "private_key_jwt", "none"]),
    );
  });

  test("publishes one public RSA key", async () => {
    const { keys } = (await (await at.fetch(oktaHost, `${base}/keys`)).json()) as { keys: Record<string, string>[] };
    expect(keys).toHaveLength(1);
    expect(Object.keys(keys[0] ?? {}).sort()).toEqual(["alg", "e", "kid", "kty", "n", "use"]);
    expect(Buffer.from(keys[0]?.n ?? "", "base64url")).toHaveLength(256);
  });

  test("sends prompt=none back to a registered URI with login_required and the state", async () => {
    const { status, location } = await authorize({}, base);
    expect(status).toBe(302);
    const url = new URL(location ?? "");
    expect(url.origin + url.pathname).toBe(callback);
    expect(Object.fromEntries(url.searchParams)).toEqual({
      state: "state-0123456789abcdef",
      error: "login_required",
      error_description: "The client specified not to prompt, but the user is not logged in.",
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
    ["none", undefined],
  ])("stops at a page when the redirect URI has %s", async (_how, redirect_uri) => {
    const { status, location, text } = await authorize({ redirect_uri }, base);
    expect({ status, location }).toEqual({ status: 400, location: null });
    expect(text).toContain("The 'redirect_uri' parameter must be a Login redirect URI in the client app settings");
  });

  test("stops at a page when the client is unknown or switched off", async () => {
    expect(await authorize({ client_id: "nobody" }, base)).toMatchObject({ status: 400, location: null });
    await call(at, "POST", `/api/v1/apps/${app.id}/lifecycle/deactivate`);
    const stopped = await authorize({}, base);
    expect(stopped).toMatchObject({ status: 400, location: null });
    expect(stopped.text).toContain("Invalid value for 'client_id' parameter.");
  });

  test("answers a bogus code by who asks", async () => {
    const ask = (headers: Record<string, string>, form: Record<string, string> = {}) =>
      post(at, `${base}/token`, { ...bogus, ...form }, headers);
    const generic = "Client authentication failed. Either the client or the client credentials are invalid.";
    expect(await ask(basic(app.client_id, app.client_secret))).toMatchObject({
      status: 400,
      json: { error: "invalid_grant", error_description: "The authorization code is invalid or has expired." },
    });
    expect(await ask(basic(app.client_id, "wrong"))).toMatchObject({
      status: 401,
      json: {
        error: "invalid_client",
        error_description: "The client secret supplied for a confidential client is invalid.",
      },
    });
    expect(await ask({}, { client_id: app.client_id, client_secret: app.client_secret })).toMatchObject({
      status: 401,
      json: { error: "invalid_client", error_description: generic },
    });
    expect(await ask({}, { client_id: app.client_id })).toMatchObject({
      status: 401,
      json: { error: "invalid_client", error_description: generic },
    });
    expect(await ask(basic(app.client_id, app.client_secret), { client_secret: app.client_secret })).toMatchObject({
      status: 401,
      json: { error: "invalid_request" },
    });
    expect(await ask(basic("nobody", "wrong"))).toMatchObject({
      status: 400,
      json: { errorCode: "invalid_client", errorSummary: "Invalid value for 'client_id' parameter." },
    });
  });
});

describe("client authentication", () => {
  test("by post, by none and by nothing is told apart", async () => {
    const byPost = await register({ token_endpoint_auth_method: "client_secret_post" });
    const good = { ...bogus, client_id: byPost.client_id, client_secret: byPost.client_secret };
    expect((await post(at, "/oauth2/v1/token", good)).json.error).toBe("invalid_grant");
    const asBasic = await post(at, "/oauth2/v1/token", bogus, basic(byPost.client_id, byPost.client_secret));
    expect(asBasic).toMatchObject({ status: 401, json: { error: "invalid_client" } });
    const none = await register({ token_endpoint_auth_method: "none" }, { application_type: "browser" });
    expect((await post(at, "/oauth2/v1/token", { ...bogus, client_id: none.client_id })).json.error).toBe(
      "invalid_grant",
    );
    expect((await post(at, "/oauth2/v1/token", bogus)).status).toBe(401);
  });

  test("by HTTP Basic undoes the form encoding of both parts", async () => {
    const odd = await register({ client_id: "odd+id(1)$x", client_secret: "a b+c%d:e&f=gé-long-enough" });
    expect((await post(at, "/oauth2/v1/token", bogus, basic(odd.client_id, odd.client_secret))).json.error).toBe(
      "invalid_grant",
    );
    const raw = `Basic ${Buffer.from(`${odd.client_id}:${odd.client_secret}`).toString("base64")}`;
    expect((await post(at, "/oauth2/v1/token", bogus, { authorization: raw })).status).not.toBe(200);
    for (const authorization of [
      "Basic",
      "Basic !!!",
      `Basic ${Buffer.from("no colon").toString("base64")}`,
      "Bearer x",
    ]) {
      expect((await post(at, "/oauth2/v1/token", bogus, { authorization })).json.error).toBe("invalid_client");
    }
  });

  test("by a signed assertion takes any active secret, and refuses a wrong one", async () => {
    const jwt = await register({ token_endpoint_auth_method: "client_secret_jwt" });
    const form = async (secret: string) => ({
      ...bogus,
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: await new SignJWT({})
        .setProtectedHeader({ alg: "HS256" })
        .setIssuer(jwt.client_id)
        .setSubject(jwt.client_id)
        .setAudience("https://acme.okta.com/oauth2/v1/token")
        .setExpirationTime("1m")
        .sign(new TextEncoder().encode(secret)),
    });
    expect((await post(at, "/oauth2/v1/token", await form(jwt.client_secret))).json.error).toBe("invalid_grant");
    expect(await post(at, "/oauth2/v1/token", await form("w".repeat(40)))).toMatchObject({ status: 401 });
  });

  test("guards introspection and revocation too", async () => {
    const good = basic(app.client_id, app.client_secret);
    expect(await post(at, "/oauth2/v1/introspect", { token: "x" }, good)).toMatchObject({
      status: 200,
      json: { active: false },
    });
    expect((await post(at, "/oauth2/v1/revoke", { token: "x" }, good)).status).toBe(200);
    expect((await post(at, "/oauth2/v1/introspect", { token: "x" }, basic(app.client_id, "wrong"))).status).toBe(401);
  });

  test("comes before the grant, which must be one of the app", async () => {
    const good = basic(app.client_id, app.client_secret);
    const ask = (form: Record<string, string>) => post(at, "/oauth2/v1/token", form, good);
    expect(await ask({ grant_type: "refresh_token", refresh_token: "x" })).toMatchObject({
      status: 400,
      json: { error: "unauthorized_client" },
    });
    expect((await ask({ grant_type: "password" })).json.error).toBe("unsupported_grant_type");
    expect((await ask({})).json.error).toBe("invalid_request");
    const twice = await post(at, "/oauth2/v1/token", "grant_type=authorization_code&grant_type=password", good);
    expect(twice).toMatchObject({ status: 400, json: { error: "invalid_request" } });
  });
});

describe("a change at the org changes the very next answer", () => {
  test("a callback that is broken and mended", async () => {
    expect((await authorize()).status).toBe(302);
    at.sandbox.okta.edit(app.id, (each) => {
      each.oauth.redirect_uris = ["https://portal.acme.example/moved"];
    });
    expect((await authorize()).status).toBe(400);
    await call(at, "PUT", `/api/v1/apps/${app.id}`, webApp("mended"));
    expect((await authorize()).status).toBe(302);
  });

  test("a secret that is replaced, and one that is rotated with both good for a while", async () => {
    const ask = async (secret: string) =>
      (await post(at, "/oauth2/v1/token", bogus, basic(app.client_id, secret))).json.error;
    const base = `/api/v1/apps/${app.id}/credentials/secrets`;
    const [first] = (await call(at, "GET", base)).json;
    const second = (await call(at, "POST", base, {})).json;
    expect([await ask(first.client_secret), await ask(second.client_secret)]).toEqual([
      "invalid_grant",
      "invalid_grant",
    ]);
    await call(at, "POST", `${base}/${first.id}/lifecycle/deactivate`);
    expect([await ask(first.client_secret), await ask(second.client_secret)]).toEqual([
      "invalid_client",
      "invalid_grant",
    ]);
    const third = at.sandbox.okta.replaceSecret(app.id);
    expect([await ask(second.client_secret), await ask(third)]).toEqual(["invalid_client", "invalid_grant"]);
  });

  test("another way of client authentication", async () => {
    at.sandbox.okta.edit(app.id, (each) => {
      each.authMethod = "client_secret_post";
    });
    const answer = await post(at, "/oauth2/v1/token", bogus, basic(app.client_id, app.client_secret));
    expect(answer).toMatchObject({ status: 401, json: { error: "invalid_client" } });
  });

  test("an app that is removed", async () => {
    at.sandbox.okta.removeApp(app.id);
    expect((await authorize()).status).toBe(400);
    expect((await post(at, "/oauth2/v1/token", bogus, basic(app.client_id, app.client_secret))).status).toBe(400);
  });
});
