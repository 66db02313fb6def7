import { describe, expect, test } from "vitest";
import { partnersServerId } from "../../sandbox/okta/seed.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { OktaBrowser, register } from "./okta-browser.ts";
import { call } from "./okta-caller.ts";
import { app, browser, count, freshApp } from "./okta-fresh.ts";
import { verifiedToken } from "./okta-server.ts";

const staff = "staff@whiterabbit.example";
const partnersBase = `/oauth2/${partnersServerId}/v1`;

let now = Date.now();
const at = sharedSandbox({ clock: () => now });

freshApp(at, "life");

const verified = (base: string, token: string) => verifiedToken(at, base, token, now);

describe("a refresh token", () => {
  const offline = { scope: "openid email offline_access" };

  test("comes for offline_access only, to an app that has the grant only", async () => {
    expect((await browser.tokens(staff)).json).not.toHaveProperty("refresh_token");
    at.sandbox.okta.edit(app.id, (each) => {
      each.oauth.grant_types = ["authorization_code"];
    });
    expect((await browser.tokens(staff, { ...offline, prompt: "login" })).json).not.toHaveProperty("refresh_token");
  });

  test("that does not rotate stays, and can ask for less", async () => {
    const { refresh_token } = (await browser.tokens(staff, offline)).json;
    const again = await browser.refresh(refresh_token);
    expect(again.json).toMatchObject({ refresh_token, scope: "openid email offline_access" });
    expect((await verified("/oauth2/v1", again.json.id_token)).payload).toMatchObject({ email: staff });
    expect((await browser.refresh(refresh_token, { scope: "openid" })).json.scope).toBe("openid");
    expect((await browser.refresh(refresh_token, { scope: "openid groups" })).json).toEqual({
      error: "access_denied",
      error_description:
        "Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: groups.",
    });
  });

  test("that rotates gives another one, works once more in the leeway, and ends the family after it", async () => {
    at.sandbox.okta.edit(app.id, (each) => {
      Object.assign(each.oauth, { refresh_token: { rotation_type: "ROTATE", leeway: 30 } });
    });
    const first = (await browser.tokens(staff, offline)).json;
    const second = (await browser.refresh(first.refresh_token)).json;
    expect(second.refresh_token).not.toBe(first.refresh_token);
    expect((await browser.refresh(first.refresh_token)).json.refresh_token).toBe(second.refresh_token);
    now += 30_001;
    expect((await browser.refresh(first.refresh_token)).json).toEqual({
      error: "invalid_grant",
      error_description: "The refresh token is invalid or expired.",
    });
    expect((await browser.refresh(second.refresh_token)).json.error).toBe("invalid_grant");
    expect((await browser.userinfo(second.access_token)).status).toBe(401);
  });

  test("is for its app, and ends with the person's assignment", async () => {
    const { refresh_token } = (await browser.tokens(staff, offline)).json;
    const other = new OktaBrowser(at, await register(at, `thief ${count}`));
    expect((await other.refresh(refresh_token)).json.error).toBe("invalid_grant");
    await call(at, "DELETE", `/api/v1/apps/${app.id}/groups/${at.sandbox.okta.group("whiterabbit-staff")?.id}`);
    expect((await browser.refresh(refresh_token)).json.error).toBe("access_denied");
  });
});

describe("tokens that come with the answer", () => {
  const fragmentOf = (location: string) => Object.fromEntries(new URLSearchParams(new URL(location).hash.slice(1)));

  test("are in the fragment, bound to each other", async () => {
    await browser.signIn(staff);
    const { location } = await browser.authorize({ response_type: "code id_token token" });
    const answer = fragmentOf(location);
    expect(Object.keys(answer).sort()).toEqual(
      ["access_token", "code", "expires_in", "id_token", "scope", "state", "token_type"].sort(),
    );
    const { payload } = await verified("/oauth2/v1", answer.id_token ?? "");
    expect(payload).toMatchObject({ at_hash: expect.any(String), c_hash: expect.any(String), email: staff });
    expect(payload).not.toHaveProperty("given_name");
    expect((await browser.redeem(answer.code ?? "")).status).toBe(200);
  });

  test("hold every claim when an ID token comes alone", async () => {
    await browser.signIn(staff);
    const { id_token } = fragmentOf((await browser.authorize({ response_type: "id_token" })).location);
    expect((await verified("/oauth2/v1", id_token ?? "")).payload).toMatchObject({
      given_name: "Test",
      email_verified: true,
    });
  });

  test("need a nonce and another way than the query", async () => {
    await browser.signIn(staff);
    const ask = async (changes: Record<string, string | undefined>) =>
      fragmentOf((await browser.authorize({ response_type: "id_token", ...changes })).location).error;
    expect(await ask({ nonce: undefined })).toBe("invalid_request");
    expect(await ask({ response_mode: "query" })).toBe("unsupported_response_mode");
    const page = await browser.authorize({ response_type: "id_token", response_mode: "okta_post_message" });
    expect(page.text).toContain('postMessage({"id_token":');
    expect(page.text).toContain('"https://portal.acme.example")');
  });
});

describe("introspection and revocation", () => {
  test("tell an app about its own tokens only, until they end", async () => {
    const at2 = browser.elsewhere(partnersBase);
    const { json } = await at2.tokens(staff, { scope: "openid email offline_access" });
    const introspect = async (token: string, by = at2) => (await by.ask("/introspect", { token })).json;
    expect(await introspect(json.access_token)).toMatchObject({
      active: true,
      token_type: "Bearer",
      scope: "openid email offline_access",
      client_id: app.client_id,
      username: staff,
      sub: staff,
      aud: "api://partners",
      iss: `https://acme.okta.com/oauth2/${partnersServerId}`,
    });
    expect(await introspect(json.refresh_token)).toMatchObject({ active: true, username: staff });
    expect(await introspect(json.id_token)).toMatchObject({ active: true, aud: app.client_id });
    const stranger = new OktaBrowser(at, await register(at, `stranger ${count}`), partnersBase);
    for (const token of [json.access_token, json.refresh_token, json.id_token]) {
      expect(await introspect(token, stranger)).toEqual({ active: false });
    }
    expect((await stranger.ask("/revoke", { token: json.refresh_token })).status).toBe(200);
    expect(await introspect(json.access_token)).toMatchObject({ active: true });
    const second = (await at2.refresh(json.refresh_token)).json;
    expect((await at2.ask("/revoke", { token: second.access_token })).status).toBe(200);
    expect(await introspect(second.access_token)).toEqual({ active: false });
    expect((await at2.userinfo(second.access_token)).challenge).toContain("The access token has been revoked.");
    expect(await introspect(json.access_token)).toMatchObject({ active: true });
    expect((await at2.ask("/revoke", { token: json.refresh_token })).status).toBe(200);
    expect(await introspect(json.refresh_token)).toEqual({ active: false });
    expect(await introspect(json.access_token)).toEqual({ active: false });
    expect(await at2.ask("/introspect", {})).toMatchObject({ status: 400, json: { error: "invalid_request" } });
  });

  test("know that an access token has ended", async () => {
    const { json } = await browser.tokens(staff);
    now += 3_600_001;
    expect((await browser.ask("/introspect", { token: json.access_token })).json).toEqual({ active: false });
    expect((await browser.userinfo(json.access_token)).challenge).toContain("The token has expired.");
  });
});

test("what was given out is good after the world was written down and read again", async () => {
  const there = browser.elsewhere(partnersBase);
  const { json } = await there.tokens(staff, { scope: "openid offline_access" });
  const code = new URL((await there.authorize()).location).searchParams.get("code") ?? "";
  await at.sandbox.exchange.replace(await at.sandbox.exchange.read());
  expect((await verified(partnersBase, json.id_token)).payload.aud).toBe(app.client_id);
  expect((await there.userinfo(json.access_token)).status).toBe(200);
  expect((await there.refresh(json.refresh_token)).status).toBe(200);
  expect((await there.redeem(code)).status).toBe(200);
  expect((await there.authorize({ prompt: "none" })).location).toContain("code=");
});
