import * as oidc from "openid-client";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import { describe, expect, test } from "vitest";
import { partnersServerId, restrictedServerId } from "../../sandbox/okta/seed.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { callback, OktaBrowser, register } from "./okta-browser.ts";
import { call } from "./okta-caller.ts";
import { app, browser, count, freshApp } from "./okta-fresh.ts";
import { verifiedToken } from "./okta-server.ts";

const staff = "staff@whiterabbit.example";
const admin = "admin@whiterabbit.example";
const defaultBase = "/oauth2/default/v1";
const partnersBase = `/oauth2/${partnersServerId}/v1`;

let now = Date.now();
const at = sharedSandbox({ clock: () => now });

freshApp(at, "person");

const verified = (base: string, token: string) => verifiedToken(at, base, token, now);

function errorOf(url: URL): readonly [string | null, string | null] {
  return [url.searchParams.get("error"), url.searchParams.get("error_description")];
}

describe("a sign-in", () => {
  test("gives a code, which gives once an ID token and an access token of Okta's shape", async () => {
    await call(at, "POST", `/api/v1/internal/apps/${app.id}/settings/oauth/idToken`, {
      name: "groups",
      valueType: "GROUPS",
      groupFilterType: "STARTS_WITH",
      value: "whiterabbit",
      issuerMode: "ORG_URL",
    });
    const back = await browser.signIn(admin, { scope: "openid profile email groups" });
    expect([...back.searchParams.keys()].sort()).toEqual(["code", "state"]);
    const code = back.searchParams.get("code") ?? "";
    const tokens = await browser.redeem(code);
    expect(Object.keys(tokens.json).sort()).toEqual(["access_token", "expires_in", "id_token", "scope", "token_type"]);
    expect(tokens.json).toMatchObject({ token_type: "Bearer", expires_in: 3600, scope: "openid profile email groups" });
    const { payload } = await verified("/oauth2/v1", tokens.json.id_token);
    const person = at.sandbox.okta.user(admin);
    expect(payload).toEqual({
      sub: person?.id,
      name: "Test Admin",
      email: admin,
      preferred_username: admin,
      groups: ["whiterabbit-staff", "whiterabbit-admins"],
      ver: 1,
      iss: "https://acme.okta.com",
      aud: app.client_id,
      iat: Math.floor(now / 1000),
      exp: Math.floor(now / 1000) + 3600,
      jti: expect.stringMatching(/^ID\./),
      amr: ["pwd"],
      idp: at.sandbox.okta.id,
      nonce: "nonce-1",
      auth_time: Math.floor(now / 1000),
      at_hash: expect.any(String),
    });
    expect(await browser.userinfo(tokens.json.access_token)).toMatchObject({
      status: 200,
      json: { sub: person?.id, email: admin, email_verified: true, given_name: "Test", groups: payload.groups },
    });
    // The access token of the org's own server is for Okta alone: its key is not published.
    await expect(verified("/oauth2/v1", tokens.json.access_token)).rejects.toThrow("no applicable key");
    expect((await browser.redeem(code)).json.error).toBe("invalid_grant");
    expect(await browser.userinfo(tokens.json.access_token)).toMatchObject({ status: 401 });
  });

  test.each([
    ["default", defaultBase, "https://acme.okta.com/oauth2/default", "api://default"],
    ["a custom one", partnersBase, `https://acme.okta.com/oauth2/${partnersServerId}`, "api://partners"],
  ])("works at each authorization server under its own issuer: %s", async (_name, base, issuer, audience) => {
    const { json } = await browser.elsewhere(base).tokens(staff, { scope: "openid email" });
    const { payload } = await verified(base, json.id_token);
    expect(payload).toMatchObject({ iss: issuer, aud: app.client_id, groups: ["Everyone", "whiterabbit-staff"] });
    const access = await verified(base, json.access_token);
    expect(access.payload).toEqual({
      sub: staff,
      ver: 1,
      jti: expect.stringMatching(/^AT\./),
      iss: issuer,
      aud: audience,
      iat: expect.any(Number),
      exp: expect.any(Number),
      cid: app.client_id,
      uid: at.sandbox.okta.user(staff)?.id,
      scp: ["openid", "email"],
      auth_time: expect.any(Number),
    });
  });

  test("is refused to somebody who is not assigned, and let through once they are", async () => {
    const back = await browser.signIn("guest@whiterabbit.example");
    expect(errorOf(back)).toEqual(["access_denied", "User is not assigned to the client application."]);
    const guest = at.sandbox.okta.user("guest@whiterabbit.example")?.id;
    await call(at, "POST", `/api/v1/apps/${app.id}/users`, { id: guest, scope: "USER" });
    expect(new URL((await browser.authorize()).location).searchParams.has("code")).toBe(true);
  });

  test("is refused where no policy is for the client", async () => {
    const back = await browser.elsewhere(`/oauth2/${restrictedServerId}/v1`).signIn(staff);
    expect(errorOf(back)).toEqual([
      "access_denied",
      "Policy evaluation failed for this request, please check the policy configurations.",
    ]);
    expect(back.searchParams.get("state")).toBe("state-0123456789abcdef");
  });

  test("is not possible for somebody who is suspended, whose session ends too", async () => {
    const { json } = await call(at, "POST", "/api/v1/users?activate=true", {
      profile: {
        firstName: "Sus",
        lastName: "Pended",
        email: "sus@whiterabbit.example",
        login: "sus@whiterabbit.example",
      },
    });
    await call(at, "PUT", `/api/v1/groups/${at.sandbox.okta.group("whiterabbit-staff")?.id}/users/${json.id}`);
    const switchTo = (status: "ACTIVE" | "SUSPENDED") => Object.assign(at.sandbox.okta.user(json.id) ?? {}, { status });
    switchTo("ACTIVE");
    const tokens = await browser.tokens("sus@whiterabbit.example", { scope: "openid offline_access" });
    expect(tokens.status).toBe(200);
    switchTo("SUSPENDED");
    const again = await browser.authorize();
    expect(again.location).toMatch(/^\/signin\//);
    const refused = await browser.visit(again.location, { username: "sus@whiterabbit.example" });
    expect([refused.status, refused.text]).toEqual([401, expect.stringContaining("Unable to sign in.")]);
    expect((await browser.refresh(tokens.json.refresh_token)).json.error).toBe("invalid_grant");
    expect((await browser.userinfo(tokens.json.access_token)).status).toBe(401);
  });

  test("proposes the login of login_hint, and knows no name that is typed wrongly", async () => {
    const start = await browser.authorize({ login_hint: `${staff}"><b>` });
    const form = await browser.visit(start.location);
    expect(form.text).toContain(`value="${staff}&quot;&gt;&lt;b&gt;"`);
    expect((await browser.visit(start.location, { username: "nobody@whiterabbit.example" })).status).toBe(401);
    expect((await browser.visit(start.location, { username: "" })).status).toBe(401);
    expect((await browser.visit(start.location, { username: staff.toUpperCase() })).location).toContain("code=");
    // The request has been answered.
    expect((await browser.visit(start.location)).status).toBe(400);
  });

  test("waits for an hour", async () => {
    const start = await browser.authorize();
    now += 3_600_001;
    expect((await browser.visit(start.location, { username: staff })).status).toBe(400);
  });
});

describe("a session", () => {
  test("is good for every authorization server of the org, for prompt=none too", async () => {
    await browser.signIn(staff);
    const silently = await browser.elsewhere(partnersBase).authorize({ prompt: "none" });
    expect(new URL(silently.location).searchParams.has("code")).toBe(true);
  });

  test("is not asked when the app wants a new sign-in, or one that is younger", async () => {
    await browser.signIn(staff);
    expect((await browser.authorize({ prompt: "login" })).location).toMatch(/^\/signin\//);
    now += 61_000;
    expect((await browser.authorize({ max_age: "120" })).location).toContain("code=");
    expect((await browser.authorize({ max_age: "60" })).location).toMatch(/^\/signin\//);
    const silently = await browser.authorize({ max_age: "60", prompt: "none" });
    expect(errorOf(new URL(silently.location))[0]).toBe("login_required");
  });

  test("ends after two hours", async () => {
    await browser.signIn(staff);
    now += 2 * 3_600_000 + 1;
    expect((await browser.authorize()).location).toMatch(/^\/signin\//);
  });
});

describe("a code", () => {
  test("is good for a minute, for its app, its redirect URI and its verifier only", async () => {
    const code = async () => new URL((await browser.authorize()).location).searchParams.get("code") ?? "";
    await browser.signIn(staff);
    expect((await browser.redeem(await code(), { code_verifier: "w".repeat(43) })).json).toEqual({
      error: "invalid_grant",
      error_description: "PKCE verification failed.",
    });
    expect((await browser.redeem(await code(), { code_verifier: "" })).json.error_description).toBe(
      "PKCE code verifier is required by the application.",
    );
    expect((await browser.redeem(await code(), { redirect_uri: `${callback}/x` })).json).toEqual({
      error: "invalid_grant",
      error_description: "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
    });
    const other = new OktaBrowser(at, await register(at, `other ${count}`));
    expect((await other.redeem(await code())).json.error).toBe("invalid_grant");
    expect((await browser.elsewhere(partnersBase).redeem(await code())).json.error).toBe("invalid_request");
    const late = await code();
    now += 60_001;
    expect((await browser.redeem(late)).json.error_description).toBe(
      "The authorization code is invalid or has expired.",
    );
  });
});

describe("signing out", () => {
  const after = "https://portal.acme.example/goodbye";

  async function signedIn() {
    const { json } = await browser.tokens(staff);
    const logout = (params: Record<string, string>) =>
      browser.visit(`/oauth2/v1/logout?${new URLSearchParams({ id_token_hint: json.id_token, ...params })}`);
    const silently = async () => new URL((await browser.authorize({ prompt: "none" })).location).searchParams;
    return { logout, silently };
  }

  test("ends the session and leads to the registered page, with the state", async () => {
    const { logout, silently } = await signedIn();
    expect((await silently()).has("code")).toBe(true);
    now += 4_000_000;
    const answer = await logout({ post_logout_redirect_uri: after, state: "bye" });
    expect([answer.status, answer.location]).toEqual([302, `${after}?state=bye`]);
    expect((await silently()).get("error")).toBe("login_required");
  });

  test("leads nowhere else, and the session stays", async () => {
    const { logout, silently } = await signedIn();
    const answer = await logout({ post_logout_redirect_uri: `${after}/else` });
    expect([answer.status, answer.location]).toEqual([400, ""]);
    expect(answer.text).toContain("must be a Logout redirect URI in the client app settings.");
    expect((await silently()).has("code")).toBe(true);
  });

  test("needs an ID token of this server, for whoever is signed in", async () => {
    const { logout, silently } = await signedIn();
    expect((await browser.visit("/oauth2/v1/logout")).status).toBe(400);
    expect((await logout({ id_token_hint: "a.b.c" })).status).toBe(400);
    const other = new OktaBrowser(at, app);
    const { json } = await other.tokens(admin);
    expect((await logout({ id_token_hint: json.id_token })).text).toContain("does not match the current session");
    expect((await browser.visit(`${partnersBase}/logout?id_token_hint=${json.id_token}`)).status).toBe(400);
    expect((await silently()).has("code")).toBe(true);
  });

  test("without a page ends on Okta's", async () => {
    const { logout, silently } = await signedIn();
    expect((await logout({})).text).toContain("Signed out");
    expect((await silently()).get("error")).toBe("login_required");
  });
});

test("openid-client discovers the server, signs in, refreshes, asks for userinfo and builds the way out", async () => {
  now = Date.now();
  const connector = buildConnector({ ca: at.sandbox.ca });
  const agent = new Agent({
    connect: (target, done) => {
      const { host, port } = at.sandbox;
      connector({ ...target, hostname: host, port: String(port), servername: target.hostname }, done);
    },
  });
  const reach = ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher: agent })) as oidc.CustomFetch;
  const config = await oidc.discovery(
    new URL("https://acme.okta.com/oauth2/default"),
    app.client_id,
    undefined,
    oidc.ClientSecretBasic(app.client_secret),
    { [oidc.customFetch]: reach, execute: [oidc.enableNonRepudiationChecks] },
  );
  const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
  const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
  const url = oidc.buildAuthorizationUrl(config, {
    redirect_uri: callback,
    scope: "openid profile offline_access",
    state: expectedState,
    nonce: expectedNonce,
    code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
    code_challenge_method: "S256",
  });
  const form = await browser.visit(url.pathname + url.search);
  const { location } = await browser.visit(form.location, { username: admin });
  const checks = { pkceCodeVerifier, expectedState, expectedNonce, maxAge: 300 };
  const tokens = await oidc.authorizationCodeGrant(config, new URL(location), checks);
  expect(tokens.claims()).toMatchObject({ name: "Test Admin", groups: expect.arrayContaining(["whiterabbit-admins"]) });
  const again = await oidc.refreshTokenGrant(config, tokens.refresh_token ?? "");
  const info = await oidc.fetchUserInfo(config, again.access_token, tokens.claims()?.sub ?? "");
  expect(info).toMatchObject({ preferred_username: admin, family_name: "Admin" });
  const out = oidc.buildEndSessionUrl(config, { id_token_hint: again.id_token ?? "" });
  expect((await browser.visit(out.pathname + out.search)).text).toContain("Signed out");
  await agent.close();
});
