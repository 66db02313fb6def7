import { createHash } from "node:crypto";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { partnersServerId, restrictedServerId } from "../../sandbox/okta/seed.ts";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { startTestSandbox, type TestSandbox } from "../support/sandbox.ts";
import { basic, call, post, webApp } from "./okta-caller.ts";

const callback = "https://portal.acme.example/callback";
const verifier = "v".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");
let at: TestSandbox;
let app: { id: string; client_id: string; client_secret: string };

beforeAll(async () => {
  at = await startTestSandbox();
  const { json } = await call(at, "POST", "/api/v1/apps", webApp("whiterabbit/portal"));
  app = { id: json.id, ...json.credentials.oauthClient };
  const staff = at.sandbox.okta.group("whiterabbit-staff")?.id;
  await call(at, "PUT", `/api/v1/apps/${app.id}/groups/${staff}`, {});
});
afterAll(() => at.close());

/** A browser's cookies, as far as one host needs them. */
async function signIn(
  login: string,
  changes: Record<string, string | undefined> = {},
  base = "/oauth2/v1",
  cookies = new Map<string, string>(),
) {
  const visit = async (path: string, init: { method?: string; body?: string } = {}) => {
    const response = await at.fetch(oktaHost, path, {
      ...init,
      headers: {
        accept: "text/html",
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(init.body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      cookies.set(name, value);
    }
    return { status: response.status, location: response.headers.get("location") ?? "", text: await response.text() };
  };
  const params = {
    client_id: app.client_id,
    redirect_uri: callback,
    response_type: "code",
    scope: "openid profile email groups",
    state: "state-0123456789abcdef",
    nonce: "nonce",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...changes,
  };
  const sent = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const start = await visit(`${base}/authorize?${new URLSearchParams(sent)}`);
  expect(start.location).toMatch(/^\/signin\/\w+\/[\w-]+$/);
  expect((await visit(start.location)).text).toContain("<form");
  const posted = await visit(start.location, { method: "POST", body: `username=${encodeURIComponent(login)}` });
  const resume = new URL(posted.location);
  const done = await visit(resume.pathname);
  return new URL(done.location);
}

function redeem(code: string, code_verifier = verifier, base = "/oauth2/v1") {
  const form = { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier };
  return post(at, `${base}/token`, form, basic(app.client_id, app.client_secret));
}

function refresh(refresh_token: string) {
  const form = { grant_type: "refresh_token", refresh_token };
  return post(at, "/oauth2/v1/token", form, basic(app.client_id, app.client_secret));
}

test("a sign-in gives a code, which gives a signed ID token with name, email and groups, once", async () => {
  const url = await signIn("admin@whiterabbit.example");
  expect(url.searchParams.get("state")).toBe("state-0123456789abcdef");
  const code = url.searchParams.get("code") ?? "";
  const tokens = await redeem(code);
  expect(tokens).toMatchObject({ status: 200, json: { token_type: "Bearer" } });
  const keys = (await (await at.fetch(oktaHost, "/oauth2/v1/keys")).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify(tokens.json.id_token, createLocalJWKSet(keys), {
    issuer: "https://acme.okta.com",
    audience: app.client_id,
  });
  expect(payload).toMatchObject({
    nonce: "nonce",
    name: "Test Admin",
    email: "admin@whiterabbit.example",
    groups: ["Everyone", "whiterabbit-staff", "whiterabbit-admins"],
  });
  const headers = { authorization: `Bearer ${tokens.json.access_token}` };
  const info = await at.fetch(oktaHost, "/oauth2/v1/userinfo", { headers });
  expect(await info.json()).toMatchObject({ sub: payload.sub, email: "admin@whiterabbit.example" });
  expect(tokens.json).not.toHaveProperty("refresh_token");
  expect((await redeem(code)).json.error).toBe("invalid_grant");
});

test("a code needs the right code verifier", async () => {
  const url = await signIn("staff@whiterabbit.example");
  expect((await redeem(url.searchParams.get("code") ?? "", "w".repeat(43))).json).toEqual({
    error: "invalid_grant",
    error_description: "PKCE verification failed.",
  });
});

test("a sign-in is refused to somebody whose groups are not assigned", async () => {
  const url = await signIn("guest@whiterabbit.example");
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    error: "access_denied",
    error_description: "User is not assigned to the client application.",
  });
});

test("a sign-in gives a refresh token for offline_access, which works", async () => {
  at.sandbox.okta.edit(app.id, (each) => {
    each.oauth.grant_types = ["authorization_code", "refresh_token"];
  });
  const url = await signIn("staff@whiterabbit.example", { scope: "openid offline_access" });
  const { refresh_token } = (await redeem(url.searchParams.get("code") ?? "")).json;
  const again = await refresh(refresh_token);
  expect(again.json).toHaveProperty("access_token");
  // Kept, as the app's settings say: it works as often as it is used.
  expect((await refresh(refresh_token)).json).toHaveProperty("access_token");
});

test("a refresh token that rotates gives another one and works once", async () => {
  at.sandbox.okta.edit(app.id, (each) => {
    each.oauth.grant_types = ["authorization_code", "refresh_token"];
    Object.assign(each.oauth, { refresh_token: { rotation_type: "ROTATE", leeway: 0 } });
  });
  const url = await signIn("staff@whiterabbit.example", { scope: "openid offline_access" });
  const { refresh_token } = (await redeem(url.searchParams.get("code") ?? "")).json;
  const again = (await refresh(refresh_token)).json.refresh_token;
  expect(again).not.toBe(refresh_token);
  expect((await refresh(refresh_token)).json.error).toBe("invalid_grant");
});

test.each([
  ["default", "/oauth2/default/v1", "https://acme.okta.com/oauth2/default"],
  ["a custom one", `/oauth2/${partnersServerId}/v1`, `https://acme.okta.com/oauth2/${partnersServerId}`],
])("each authorization server signs people in under its own issuer: %s", async (_name, base, issuer) => {
  const url = await signIn("staff@whiterabbit.example", { scope: "openid email" }, base);
  expect(url.searchParams.get("iss")).toBe(issuer);
  const { id_token } = (await redeem(url.searchParams.get("code") ?? "", verifier, base)).json;
  const keys = (await (await at.fetch(oktaHost, `${base}/keys`)).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify(id_token, createLocalJWKSet(keys), { issuer, audience: app.client_id });
  expect(payload.groups).toEqual(["Everyone", "whiterabbit-staff"]);
});

test("an authorization server without a policy for the client lets nobody in by it", async () => {
  const url = await signIn("staff@whiterabbit.example", {}, `/oauth2/${restrictedServerId}/v1`);
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    error: "access_denied",
    error_description: "Policy evaluation failed for this request, please check the policy configurations.",
    state: "state-0123456789abcdef",
  });
});

describe("signing out", () => {
  const after = "https://portal.acme.example/goodbye";

  /** Signs in, gives the ID token and a way to ask for the end of the session. */
  async function signedIn() {
    at.sandbox.okta.edit(app.id, (each) => {
      each.oauth.post_logout_redirect_uris = [after];
    });
    const cookies = new Map<string, string>();
    const url = await signIn("staff@whiterabbit.example", {}, "/oauth2/v1", cookies);
    const { id_token } = (await redeem(url.searchParams.get("code") ?? "")).json;
    const headers = () => ({ cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") });
    const visit = (path: string) => at.fetch(oktaHost, path, { headers: headers() });
    const logout = (params: Record<string, string>) =>
      visit(`/oauth2/v1/logout?${new URLSearchParams({ id_token_hint: id_token, ...params })}`);
    const silently = async () => {
      const params = { client_id: app.client_id, redirect_uri: callback, response_type: "code", scope: "openid" };
      const pkce = { code_challenge: challenge, code_challenge_method: "S256", prompt: "none", state: "s" };
      const answer = await visit(`/oauth2/v1/authorize?${new URLSearchParams({ ...params, ...pkce })}`);
      return new URL(answer.headers.get("location") ?? "").searchParams;
    };
    return { logout, silently };
  }

  test("ends the session and leads to the registered page, with the state", async () => {
    const { logout, silently } = await signedIn();
    expect((await silently()).has("code")).toBe(true);
    const answer = await logout({ post_logout_redirect_uri: after, state: "bye" });
    expect([answer.status, answer.headers.get("location")]).toEqual([302, `${after}?state=bye`]);
    expect((await silently()).get("error")).toBe("login_required");
  });

  test("leads nowhere else, and the session stays", async () => {
    const { logout, silently } = await signedIn();
    const answer = await logout({ post_logout_redirect_uri: `${after}/else` });
    expect([answer.status, answer.headers.get("location")]).toEqual([400, null]);
    expect((await silently()).has("code")).toBe(true);
  });

  test("without a page ends on Okta's", async () => {
    const { logout, silently } = await signedIn();
    expect(await (await logout({})).text()).toContain("Signed out");
    expect((await silently()).get("error")).toBe("login_required");
  });
});
