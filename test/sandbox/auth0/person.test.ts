import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import * as oidc from "openid-client";
import { beforeEach, expect, test } from "vitest";
import { auth0Host, fernhillConnection } from "../../../sandbox/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, token } from "./auth0-caller.ts";
import { authorizationQuery, Browser, callback, register, type TestClient, verifier } from "./browser.ts";

const editor = "editor@fernhill.example";
const roles = "https://fernhill.example/roles";
const at = sharedSandbox();
let client: TestClient;

beforeEach(async () => {
  client = await register(at, { grant_types: ["authorization_code", "refresh_token"] });
});

function signIn(changes: Record<string, string | undefined> = {}, email = editor): Promise<URL> {
  return new Browser(at).signIn(authorizationQuery(client, changes), email);
}

function redeem(url: URL, changes: Record<string, string> = {}) {
  const { client_id, client_secret } = client;
  const code = url.searchParams.get("code") ?? "";
  const form = { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier: verifier };
  return token(at, { ...form, client_id, client_secret, ...changes });
}

/** openid-client as an app would use it. */
async function discover(): Promise<oidc.Configuration> {
  const fetchHere = (async (url: string, options: Record<string, unknown>) => {
    const target = new URL(url);
    return await at.fetch(target.host, target.pathname + target.search, options as never);
  }) as unknown as oidc.CustomFetch;
  const found = await oidc.discovery(
    new URL("https://acme.eu.auth0.com/"),
    client.client_id,
    { client_secret: client.client_secret },
    oidc.ClientSecretPost(client.client_secret),
    { [oidc.customFetch]: fetchHere, execute: [oidc.enableNonRepudiationChecks] },
  );
  found[oidc.customFetch] = fetchHere;
  return found;
}

test("openid-client signs an editor in, reads the profile and refreshes", async () => {
  const config = await discover();
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: "openid profile email offline_access",
    state: "state-0123456789abcdef",
    nonce: "nonce",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
  });
  const back = await new Browser(at).signIn(url.searchParams.toString(), editor);
  expect(back.searchParams.has("iss")).toBe(false);
  const tokens = await oidc.authorizationCodeGrant(config, back, {
    pkceCodeVerifier: verifier,
    expectedState: "state-0123456789abcdef",
    expectedNonce: "nonce",
  });
  const claims = tokens.claims();
  expect(claims).toMatchObject({
    iss: "https://acme.eu.auth0.com/",
    aud: client.client_id,
    sub: expect.stringMatching(/^oidc\|fernhill-oidc\|[\w-]+$/),
    name: "Test Editor",
    email: editor,
    email_verified: true,
    [roles]: ["editor-in-chief"],
  });
  expect(claims).not.toHaveProperty("org_id");
  expect(await oidc.fetchUserInfo(config, tokens.access_token, claims?.sub ?? "")).toMatchObject({ email: editor });
  const again = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? "");
  expect(again.claims()).toMatchObject({ sub: claims?.sub, [roles]: ["editor-in-chief"] });
  expect(again).not.toHaveProperty("refresh_token");
});

test("a writer has a writer's roles", async () => {
  const { json } = await redeem(await signIn({}, "writer@fernhill.example"));
  const keys = (await (await at.fetch(auth0Host, "/.well-known/jwks.json")).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify(json.id_token, createLocalJWKSet(keys));
  expect(payload[roles]).toEqual(["writer"]);
});

test("a code works once, with its verifier and its callback", async () => {
  const verifierRefused = { error: "invalid_grant", error_description: "Failed to verify code verifier" };
  expect(await redeem(await signIn(), { code_verifier: "w".repeat(43) })).toMatchObject({
    status: 403,
    json: verifierRefused,
  });
  expect(await redeem(await signIn(), { redirect_uri: `${callback}x` })).toMatchObject({ status: 403 });
  const url = await signIn();
  expect((await redeem(url)).status).toBe(200);
  expect(await redeem(url)).toMatchObject({ status: 403, json: { error: "invalid_grant" } });
});

test("a code works for its own client only", async () => {
  const other = await register(at);
  const { client_id, client_secret } = other;
  expect(await redeem(await signIn(), { client_id, client_secret })).toMatchObject({
    status: 403,
    json: { error: "invalid_grant" },
  });
});

test("an id token is signed by the client's secret when the client names no algorithm", async () => {
  client = await register(at, { jwt_configuration: {} });
  const { json } = await redeem(await signIn());
  expect(decodeProtectedHeader(json.id_token).alg).toBe("HS256");
  await jwtVerify(json.id_token, new TextEncoder().encode(client.client_secret));
});

test("nobody comes in by a connection that is not enabled for the client", async () => {
  const connection = at.sandbox.auth0.connection(fernhillConnection);
  at.sandbox.auth0.connection("Username-Password-Authentication")?.clients.add(client.client_id);
  await call(at, "PATCH", `/connections/${connection?.id}/clients`, [{ client_id: client.client_id, status: false }]);
  const browser = new Browser(at);
  const { url, status, text } = await browser.follow(`/authorize?${authorizationQuery(client)}`);
  expect(status).toBe(200);
  expect(text).not.toContain("Fernhill");
  const answer = await browser.visit(url, `username=${encodeURIComponent(editor)}`);
  expect(answer).toMatchObject({ status: 401, location: "" });
  expect(answer.text).toContain("Wrong email or password.");
  at.sandbox.auth0.connection("Username-Password-Authentication")?.clients.delete(client.client_id);
  const page = await new Browser(at).follow(`/authorize?${authorizationQuery(client)}`);
  expect(page).toMatchObject({ status: 400, location: "" });
  expect(page.text).toContain("no connections enabled");
});

test("an organization lets in whose connection is enabled for it, and is named in the token", async () => {
  await call(at, "PATCH", `/clients/${client.client_id}`, { organization_usage: "allow" });
  const { auth0 } = at.sandbox;
  const connection = auth0.connection(fernhillConnection);
  if (connection === undefined) throw new Error("not seeded");
  const { id } = auth0.addOrganization(`people-${client.client_id.toLowerCase()}`);
  const base = `/organizations/${id}/enabled_connections`;
  const closed = await new Browser(at).follow(`/authorize?${authorizationQuery(client, { organization: id })}`);
  expect(closed.text).toContain("no connections enabled");
  await call(at, "POST", base, { connection_id: connection.id, assign_membership_on_login: true });
  await call(at, "PATCH", `/organizations/${id}/connections/${connection.id}`, { is_enabled: false });
  const off = await new Browser(at).follow(`/authorize?${authorizationQuery(client, { organization: id })}`);
  expect(off.text).toContain("no connections enabled");
  await call(at, "PATCH", `/organizations/${id}/connections/${connection.id}`, { is_enabled: true });
  const tokens = (await redeem(await signIn({ organization: id, scope: "openid offline_access" }))).json;
  const keys = createLocalJWKSet((await (await at.fetch(auth0Host, "/.well-known/jwks.json")).json()) as JSONWebKeySet);
  expect((await jwtVerify(tokens.id_token, keys)).payload.org_id).toBe(id);
  const { client_id, client_secret } = client;
  const form = { grant_type: "refresh_token", refresh_token: tokens.refresh_token, client_id, client_secret };
  expect((await jwtVerify((await token(at, form)).json.id_token, keys)).payload.org_id).toBe(id);
  expect(await token(at, { ...form, refresh_token: "bogus" })).toMatchObject({
    status: 403,
    json: { error: "invalid_grant", error_description: "Unknown or invalid refresh token." },
  });
});

test("no refresh token without the scope or without the grant", async () => {
  expect((await redeem(await signIn())).json).not.toHaveProperty("refresh_token");
  await call(at, "PATCH", `/clients/${client.client_id}`, { grant_types: ["authorization_code"] });
  expect((await redeem(await signIn({ scope: "openid offline_access" }))).json).not.toHaveProperty("refresh_token");
});

test("a client that wants an organization lets nobody in without", async () => {
  const browser = new Browser(at);
  await browser.signIn(authorizationQuery(client), editor);
  await call(at, "PATCH", `/clients/${client.client_id}`, {
    organization_usage: "require",
    organization_require_behavior: "pre_login_prompt",
  });
  const silent = await browser.visit(`/authorize?${authorizationQuery(client, { prompt: "none" })}`);
  expect(silent.location).toContain("error=");
  expect((await new Browser(at).follow(`/authorize?${authorizationQuery(client)}`)).text).toContain("is required");
});

test("a rotating refresh token works once", async () => {
  const rotating = { rotation_type: "rotating", expiration_type: "expiring" };
  await call(at, "PATCH", `/clients/${client.client_id}`, { refresh_token: rotating });
  const first = (await redeem(await signIn({ scope: "openid offline_access" }))).json;
  const { client_id, client_secret } = client;
  const refresh = (refresh_token: string) =>
    token(at, { grant_type: "refresh_token", refresh_token, client_id, client_secret });
  const second = await refresh(first.refresh_token);
  expect(second.json.refresh_token).not.toBe(first.refresh_token);
  expect((await refresh(first.refresh_token)).status).toBe(403);
});

test("a session serves the next request, for prompt=none too, until it is ended", async () => {
  const browser = new Browser(at);
  await browser.signIn(authorizationQuery(client), editor);
  const silent = `/authorize?${authorizationQuery(client, { prompt: "none" })}`;
  expect((await browser.visit(silent)).location).toContain("code=");
  const offline = `/authorize?${authorizationQuery(client, { scope: "openid offline_access" })}`;
  expect((await browser.follow(offline)).location).toContain("code=");
  const other = await register(at);
  at.sandbox.auth0.connection(fernhillConnection)?.clients.delete(other.client_id);
  const elsewhere = await browser.visit(`/authorize?${authorizationQuery(other, { prompt: "none" })}`);
  expect(elsewhere.location).toContain("error=");
  expect(elsewhere.location).not.toContain("code=");
  const kept = browser.copy();
  expect((await browser.visit("/v2/logout")).status).toBe(200);
  expect((await kept.visit(silent)).location).toContain("error=login_required");
  expect((await browser.visit(silent)).location).toContain("error=login_required");
});

test("after signing out, people go to an allowed URL of the client and to no other", async () => {
  const allowed = "https://portal.acme.example/";
  await call(at, "PATCH", `/clients/${client.client_id}`, { allowed_logout_urls: [allowed] });
  const id_token_hint = (await redeem(await signIn())).json.id_token as string;
  const ask = async (path: string, query: Record<string, string>) => {
    const { status, location } = await new Browser(at).visit(`${path}?${new URLSearchParams(query)}`);
    return `${status} ${location}`.trim();
  };
  const { client_id } = client;
  expect(await ask("/v2/logout", { client_id, returnTo: allowed })).toBe(`302 ${allowed}`);
  expect(await ask("/v2/logout", { client_id, returnTo: "https://probe.invalid/" })).toBe("400");
  expect(await ask("/v2/logout", { returnTo: allowed })).toBe("400");
  expect(await ask("/v2/logout", { client_id: "nobody", returnTo: allowed })).toBe("400");
  const post_logout_redirect_uri = allowed;
  expect(await ask("/oidc/logout", { id_token_hint, post_logout_redirect_uri, state: "s" })).toBe(
    `302 ${allowed}?state=s`,
  );
  expect(await ask("/oidc/logout", { client_id, post_logout_redirect_uri })).toBe(`302 ${allowed}`);
  expect(await ask("/oidc/logout", { client_id, post_logout_redirect_uri: `${allowed}x` })).toBe("400");
  expect(await ask("/oidc/logout", { id_token_hint: "junk", post_logout_redirect_uri })).toBe("400");
  expect(await ask("/oidc/logout", {})).toBe("200");
});

test("an app that shows no id token of the person makes the tenant ask first", async () => {
  const allowed = "https://portal.acme.example/";
  await call(at, "PATCH", `/clients/${client.client_id}`, { allowed_logout_urls: [allowed] });
  const browser = new Browser(at);
  await browser.signIn(authorizationQuery(client), editor);
  const silent = `/authorize?${authorizationQuery(client, { prompt: "none" })}`;
  const query = { client_id: client.client_id, post_logout_redirect_uri: allowed, state: "s" };
  const page = await browser.visit(`/oidc/logout?${new URLSearchParams(query)}`);
  expect(page).toMatchObject({ status: 200, location: "" });
  const unconfirmed = await browser.visit("/oidc/logout", new URLSearchParams({ ...query, confirm: "x" }).toString());
  expect(unconfirmed.status).toBe(200);
  expect((await browser.visit(silent)).location).toContain("code=");
  const hidden = [...page.text.matchAll(/name="(\w+)" value="([^"]*)"/g)].map(([, name = "", value = ""]) => [
    name,
    value,
  ]);
  const left = await browser.visit("/oidc/logout", new URLSearchParams(hidden as [string, string][]).toString());
  expect(left.location).toBe(`${allowed}?state=s`);
  expect((await browser.visit(silent)).location).toContain("error=login_required");
});

test("who comes by another connection than the one asked for is asked to sign in again", async () => {
  const { auth0 } = at.sandbox;
  const database = auth0.connection("Username-Password-Authentication");
  if (database === undefined) throw new Error("not seeded");
  database.clients.add(client.client_id);
  auth0.addUser(database, `${client.client_id}@acme.example`, "Test Local");
  const browser = new Browser(at);
  await browser.signIn(authorizationQuery(client), `${client.client_id}@acme.example`);
  const silent = (connection: string) =>
    browser.visit(`/authorize?${authorizationQuery(client, { prompt: "none", connection })}`);
  expect((await silent(database.name)).location).toContain("code=");
  expect((await silent(fernhillConnection)).location).toContain("error=login_required");
  const back = await browser.signIn(authorizationQuery(client, { connection: fernhillConnection }), editor);
  expect(back.searchParams.has("code")).toBe(true);
  expect((await silent(database.name)).location).toContain("error=login_required");
});

test("who is not there cannot sign in, and a stale form says so", async () => {
  const browser = new Browser(at);
  at.sandbox.auth0.connection("Username-Password-Authentication")?.clients.add(client.client_id);
  const start = await browser.visit(`/authorize?${authorizationQuery(client)}`);
  expect((await browser.visit(start.location, "username=nobody%40elsewhere.example")).status).toBe(401);
  expect((await new Browser(at).visit(start.location)).status).toBe(400);
  expect((await browser.visit("/u/login/no-such")).status).toBe(400);
});

test("/userinfo wants a token", async () => {
  expect((await at.fetch(auth0Host, "/userinfo")).status).toBe(401);
  const headers = { authorization: "Bearer bogus" };
  expect((await at.fetch(auth0Host, "/userinfo", { headers })).status).toBe(401);
});
