import { createHash } from "node:crypto";
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { afterAll, beforeAll, expect, test } from "vitest";
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
async function signIn(login: string, changes: Record<string, string | undefined> = {}) {
  const cookies = new Map<string, string>();
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
  const start = await visit(`/oauth2/v1/authorize?${new URLSearchParams(sent)}`);
  expect(start.location).toMatch(/^\/signin\/org\/[\w-]+$/);
  expect((await visit(start.location)).text).toContain("<form");
  const posted = await visit(start.location, { method: "POST", body: `username=${encodeURIComponent(login)}` });
  const resume = new URL(posted.location);
  const done = await visit(resume.pathname);
  return new URL(done.location);
}

function redeem(code: string, code_verifier = verifier) {
  const form = { grant_type: "authorization_code", code, redirect_uri: callback, code_verifier };
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
  const form = { grant_type: "refresh_token", refresh_token };
  const again = await post(at, "/oauth2/v1/token", form, basic(app.client_id, app.client_secret));
  expect(again.json).toHaveProperty("access_token");
});
