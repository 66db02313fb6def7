import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { auth0Host, managementClientId } from "../../../sandbox/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, managementToken, token } from "./auth0-caller.ts";
import { authorizationQuery, authorize, Browser, callback, register, type TestClient, verifier } from "./browser.ts";

const editor = "editor@fernhill.example";
const userinfo = "https://acme.eu.auth0.com/userinfo";
const at = sharedSandbox();
let client: TestClient;
let audience: string;

beforeEach(async () => {
  client = await register(at, { grant_types: ["authorization_code", "refresh_token", "client_credentials"] });
  audience = `https://${client.client_id.toLowerCase()}.acme.example/orders api`;
  const scopes = ["read:orders", "write:orders"].map((value) => ({ value, description: value }));
  at.sandbox.auth0.addResourceServer(audience, { name: "Orders", scopes, signing_alg: "RS256", token_lifetime: 1200 });
});
afterEach(() => vi.useRealTimers());

async function claims(jwt: string): Promise<JWTPayload> {
  const keys = (await (await at.fetch(auth0Host, "/.well-known/jwks.json")).json()) as JSONWebKeySet;
  return (await jwtVerify(jwt, createLocalJWKSet(keys), { issuer: "https://acme.eu.auth0.com/" })).payload;
}

function exchange(form: Record<string, string>) {
  return token(at, { client_id: client.client_id, client_secret: client.client_secret, ...form });
}

async function signIn(changes: Record<string, string | undefined> = {}, form: Record<string, string> = {}) {
  const back = await new Browser(at).signIn(authorizationQuery(client, changes), editor);
  const code = back.searchParams.get("code") ?? `${back}`;
  const redeemed = { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier };
  return exchange({ ...redeemed, ...form });
}

function refresh(refresh_token: string, more: Record<string, string> = {}) {
  return exchange({ grant_type: "refresh_token", refresh_token, ...more });
}

async function profile(bearer: string) {
  const response = await at.fetch(auth0Host, "/userinfo", { headers: { authorization: `Bearer ${bearer}` } });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

const refreshRefused = {
  status: 403,
  json: { error: "invalid_grant", error_description: "Unknown or invalid refresh token." },
};

describe("an access token for an API", () => {
  test("is signed, names API and userinfo, and has the scopes that the API has", async () => {
    const scope = "openid email read:orders delete:everything";
    const { json } = await signIn({ audience, scope });
    expect(json).toMatchObject({ expires_in: 1200, token_type: "Bearer", scope: "openid email read:orders" });
    const payload = await claims(json.access_token);
    expect(decodeProtectedHeader(json.access_token)).toMatchObject({ alg: "RS256", typ: "JWT" });
    expect(payload).toMatchObject({
      sub: (await claims(json.id_token)).sub,
      aud: [audience, userinfo],
      azp: client.client_id,
      scope: "openid email read:orders",
    });
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(1200);
    expect(payload).not.toHaveProperty("permissions");
    expect(await profile(json.access_token)).toMatchObject({ status: 200, json: { email: editor, sub: payload.sub } });
  });

  test("is opaque without an API, and for userinfo alone", async () => {
    const { json } = await signIn();
    expect(json.access_token).not.toContain(".");
    expect(json.expires_in).toBe(86_400);
    expect((await signIn({ audience: userinfo })).json.access_token).not.toContain(".");
  });

  test("has only the scopes of the person's roles where the API enforces them, and lists permissions", async () => {
    const { auth0 } = at.sandbox;
    Object.assign(auth0.resourceServer(audience)?.settings ?? {}, {
      enforce_policies: true,
      token_dialect: "access_token_authz",
    });
    const scope = "openid read:orders write:orders";
    expect(await claims((await signIn({ audience, scope })).json.access_token)).toMatchObject({
      scope: "openid",
      permissions: [],
    });
    const role = auth0.addRole(`reader-${client.client_id}`);
    role.permissions = [{ audience, scope: "read:orders" }];
    const user = auth0.userByEmail(editor);
    user?.roles.add(role.id);
    expect(await claims((await signIn({ audience, scope })).json.access_token)).toMatchObject({
      scope: "openid read:orders",
      permissions: ["read:orders"],
    });
    user?.roles.clear();
  });

  test("is of the dialect and the algorithm of the API", async () => {
    const settings = at.sandbox.auth0.resourceServer(audience)?.settings ?? {};
    settings.token_dialect = "rfc9068_profile";
    const rfc = (await signIn({ audience })).json.access_token;
    expect(decodeProtectedHeader(rfc).typ).toBe("at+jwt");
    const payload = await claims(rfc);
    expect(payload).toMatchObject({ client_id: client.client_id, jti: expect.any(String) });
    expect(payload).not.toHaveProperty("azp");
    Object.assign(settings, { signing_alg: "HS256", signing_secret: "s".repeat(32) });
    const shared = (await signIn({ audience })).json.access_token;
    await jwtVerify(shared, new TextEncoder().encode("s".repeat(32)));
  });

  test("is refused for an API that is not there, or not there for this client", async () => {
    const error = async (changes: Record<string, string>) =>
      new URL((await authorize(at, client, changes)).location ?? "").searchParams.get("error_description");
    expect(await error({ audience: "https://no.example" })).toBe("Service not found: https://no.example");
    const api = at.sandbox.auth0.resourceServer(audience);
    Object.assign(api?.settings ?? {}, { subject_type_authorization: { user: { policy: "require_client_grant" } } });
    const refused = `Client "${client.client_id}" is not authorized to access resource server "${audience}".`;
    expect(await error({ audience })).toBe(refused);
    at.sandbox.auth0.addGrant(client.client_id, audience, {
      scopes: ["read:orders"],
      settings: { subject_type: "user" },
    });
    expect(await error({ audience })).toBe("Login required");
    expect((await signIn({ audience, scope: "openid read:orders write:orders" })).json.scope).toBe(
      "openid read:orders",
    );
  });
});

describe("a client's own token", () => {
  const own = (more: Record<string, string> = {}) => exchange({ grant_type: "client_credentials", audience, ...more });

  test("has the scopes of its grant, or fewer, and ends as the API says", async () => {
    expect(await own()).toMatchObject({
      status: 403,
      json: { error: "access_denied", error_description: expect.stringContaining("is not authorized to access") },
    });
    at.sandbox.auth0.addGrant(client.client_id, audience, { scopes: ["read:orders", "write:orders"] });
    const { json } = await own();
    expect(json).toMatchObject({ scope: "read:orders write:orders", expires_in: 1200, token_type: "Bearer" });
    expect(await claims(json.access_token)).toMatchObject({
      sub: `${client.client_id}@clients`,
      aud: audience,
      azp: client.client_id,
      gty: "client-credentials",
      scope: "read:orders write:orders",
    });
    expect((await own({ scope: "read:orders" })).json.scope).toBe("read:orders");
    expect((await own({ scope: "read:users" })).json.error_description).toContain("has not been granted scopes");
    expect((await own({ audience: "https://no.example" })).json.error_description).toContain("Service not found");
    expect((await profile(json.access_token)).status).toBe(401);
  });

  test("names the organization that the grant may be used for", async () => {
    const { auth0 } = at.sandbox;
    const organization = auth0.addOrganization(`m2m-${client.client_id.toLowerCase()}`);
    const grant = auth0.addGrant(client.client_id, audience, { settings: { organization_usage: "allow" } });
    expect((await own({ organization: organization.id })).status).toBe(403);
    organization.clientGrants.add(grant.id);
    const { json } = await own({ organization: organization.id });
    expect(await claims(json.access_token)).toMatchObject({ org_id: organization.id });
    expect(json).not.toHaveProperty("scope");
    grant.settings.organization_usage = "require";
    expect((await own()).status).toBe(403);
    grant.settings.organization_usage = "deny";
    expect((await own({ organization: organization.id })).status).toBe(403);
  });

  test("of the management API is signed like any other", async () => {
    const bearer = await managementToken(at);
    expect(await claims(bearer)).toMatchObject({
      sub: `${managementClientId}@clients`,
      aud: "https://acme.eu.auth0.com/api/v2/",
      scope: expect.stringContaining("read:clients"),
    });
    expect((await call(at, "GET", "/clients", undefined, bearer)).status).toBe(200);
    expect((await call(at, "GET", "/clients", undefined, `${bearer}x`)).status).toBe(401);
  });
});

describe("a refresh token", () => {
  const offline = { scope: "openid offline_access" };

  test("comes for the asking, also without a prompt, and names its scope", async () => {
    const browser = new Browser(at);
    await browser.signIn(authorizationQuery(client), editor);
    const silent = await browser.visit(`/authorize?${authorizationQuery(client, { ...offline, prompt: "none" })}`);
    const code = new URL(silent.location).searchParams.get("code") ?? "";
    const form = { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier };
    const { json } = await exchange(form);
    expect(json).toMatchObject({ refresh_token: expect.any(String), scope: "openid offline_access" });
    expect((await refresh(json.refresh_token)).json).toMatchObject({ scope: "openid offline_access" });
  });

  test("is for the API that allows it, with no more scopes than before", async () => {
    const scope = "openid offline_access read:orders";
    expect((await signIn({ audience, scope })).json).not.toHaveProperty("refresh_token");
    Object.assign(at.sandbox.auth0.resourceServer(audience)?.settings ?? {}, { allow_offline_access: true });
    const { json } = await signIn({ audience, scope });
    const again = (await refresh(json.refresh_token)).json;
    expect(await claims(again.access_token)).toMatchObject({ aud: [audience, userinfo], scope });
    const narrow = (await refresh(json.refresh_token, { scope: "openid read:orders write:orders" })).json;
    expect(await claims(narrow.access_token)).toMatchObject({ scope: "openid read:orders" });
  });

  test("that rotates works once, but for its leeway, and its misuse ends the whole family", async () => {
    const rules = { rotation_type: "rotating", expiration_type: "expiring", leeway: 60 };
    await call(at, "PATCH", `/clients/${client.client_id}`, { refresh_token: rules });
    const first = (await signIn(offline)).json.refresh_token as string;
    const second = (await refresh(first)).json.refresh_token as string;
    expect((await refresh(first)).status).toBe(200);
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
    expect(await refresh(first)).toMatchObject(refreshRefused);
    expect(await refresh(second)).toMatchObject(refreshRefused);
  });

  test.each(["rotating", "non-rotating"])("that is %s ends after its lifetime, or without use before", async (kind) => {
    const lives = { expiration_type: "expiring", token_lifetime: 500, idle_token_lifetime: 300 };
    await call(at, "PATCH", `/clients/${client.client_id}`, { refresh_token: { rotation_type: kind, ...lives } });
    const idle = (await signIn(offline)).json.refresh_token as string;
    let used = (await signIn(offline)).json.refresh_token as string;
    const start = Date.now();
    vi.useFakeTimers({ toFake: ["Date"], now: start });
    for (const seconds of [250, 350, 490]) {
      vi.setSystemTime(start + seconds * 1000);
      const { status, json } = await refresh(used);
      expect(status, `after ${seconds} s`).toBe(200);
      expect("refresh_token" in json).toBe(kind === "rotating");
      used = json.refresh_token ?? used;
    }
    expect(await refresh(idle)).toMatchObject(refreshRefused);
    vi.setSystemTime(start + 510_000);
    expect(await refresh(used)).toMatchObject(refreshRefused);
  });

  test("is revoked by its client alone, and takes no other token for one", async () => {
    const revoke = async (form: Record<string, string>, headers: Record<string, string> = {}) => {
      const response = await at.fetch(auth0Host, "/oauth/revoke", {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(form),
      });
      return `${response.status} ${await response.text()}`.trim();
    };
    const { client_id, client_secret } = client;
    const issued = (await signIn(offline)).json.refresh_token as string;
    expect(await revoke({ client_id, client_secret: "wrong", token: issued })).toContain("401 ");
    expect(await revoke({ client_id, client_secret })).toContain("400 ");
    const other = await register(at);
    const stranger = { client_id: other.client_id, client_secret: other.client_secret };
    await revoke({ ...stranger, token: issued });
    expect((await refresh(issued)).status).toBe(200);
    expect(await revoke({ client_id, client_secret, token: "unknown" })).toBe("200");
    expect(await revoke({ client_id, client_secret, token: issued })).toBe("200");
    expect(await refresh(issued)).toMatchObject(refreshRefused);
  });
});

test("a code is good for a minute", async () => {
  const back = await new Browser(at).signIn(authorizationQuery(client), editor);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
  const code = back.searchParams.get("code") ?? "";
  const form = { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier };
  expect(await exchange(form)).toMatchObject({ status: 403, json: { error: "invalid_grant" } });
});

test.each([
  ["plain", "plain"],
  ["plain where none is named", undefined],
])("PKCE may be %s", async (_name, method) => {
  const plain = { code_challenge: verifier, code_challenge_method: method };
  expect(await signIn(plain)).toMatchObject({ status: 200 });
  expect(await signIn(plain, { code_verifier: "w".repeat(43) })).toMatchObject({
    status: 403,
    json: { error: "invalid_grant", error_description: "Failed to verify code verifier" },
  });
});

test("max_age asks again when the sign-in is older, and a blocked user stays outside", async () => {
  const browser = new Browser(at);
  await browser.signIn(authorizationQuery(client), editor);
  const silent = (changes: Record<string, string>) =>
    browser.visit(`/authorize?${authorizationQuery(client, { prompt: "none", ...changes })}`);
  expect((await silent({ max_age: "60" })).location).toContain("code=");
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 61_000 });
  expect((await silent({ max_age: "60" })).location).toContain("error=login_required");
  vi.useRealTimers();
  const user = at.sandbox.auth0.userByEmail(editor);
  if (user === undefined) throw new Error("not seeded");
  user.profile.blocked = true;
  const { searchParams } = new URL((await silent({})).location);
  delete user.profile.blocked;
  expect(Object.fromEntries(searchParams)).toMatchObject({
    error: "unauthorized",
    error_description: "user is blocked",
  });
});
