import { importPKCS8, SignJWT } from "jose";
import { beforeEach, describe, expect, test } from "vitest";
import { serviceClientId } from "../../sandbox/okta/seed.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { OktaBrowser, register } from "./okta-browser.ts";
import { basic, call, post } from "./okta-caller.ts";
import { app, browser, count, freshAppAndServer, server } from "./okta-fresh.ts";

const staff = "staff@whiterabbit.example";
const admin = "admin@whiterabbit.example";
const denied = "Policy evaluation failed for this request, please check the policy configurations.";

let now = Date.now();
const at = sharedSandbox({ clock: () => now });

freshAppAndServer(at, "tokens");

/** `expires_in` of the access token, or why there is none. */
async function outcome(login = staff, changes: Record<string, string> = {}): Promise<number | string> {
  const back = await new OktaBrowser(at, app, server.base).signIn(login, changes);
  const code = back.searchParams.get("code");
  if (code === null) return back.searchParams.get("error_description") ?? "";
  return (await browser.redeem(code)).json.expires_in;
}

describe("whether there is a token, and for how long,", () => {
  test("is decided by the first policy for the client with a rule that fits, in their order", async () => {
    expect(await outcome()).toBe(denied);
    const others = await server.addPolicy("others", [(await register(at, `another ${count}`)).client_id]);
    await server.addRule(others, "anything", { minutes: 5 });
    expect(await outcome()).toBe(denied);
    const mine = await server.addPolicy("mine", [app.client_id]);
    expect(await outcome()).toBe(denied);
    await server.addRule(mine, "long", { minutes: 120 });
    expect(await outcome()).toBe(7200);
    await server.addRule(mine, "short", { minutes: 10, priority: 1 });
    expect(await outcome()).toBe(600);
    await server.addRule(await server.addPolicy("all", ["ALL_CLIENTS"], 1), "shortest", { minutes: 5 });
    expect(await outcome()).toBe(300);
  });

  test("changes with a rule or policy that is switched off", async () => {
    const policy = await server.addPolicy("all");
    const rule = await server.addRule(policy, "short", { minutes: 5 });
    await server.addRule(policy, "long", { minutes: 60 });
    expect(await outcome()).toBe(300);
    await call(at, "POST", `${server.path}/policies/${policy}/rules/${rule}/lifecycle/deactivate`);
    expect(await outcome()).toBe(3600);
    await call(at, "POST", `${server.path}/policies/${policy}/lifecycle/deactivate`);
    expect(await outcome()).toBe(denied);
  });

  test("looks at grants", async () => {
    await server.addRule(await server.addPolicy("all"), "implicit", { grants: ["implicit"] });
    expect(await outcome()).toBe(denied);
    const back = await browser.signIn(staff, { response_type: "token id_token" });
    expect(new URLSearchParams(back.hash.slice(1)).has("access_token")).toBe(true);
    const both = await browser.authorize({ response_type: "code token" });
    expect(new URLSearchParams(new URL(both.location).hash.slice(1)).get("error")).toBe("access_denied");
  });

  test("looks at scopes: a rule must have all that are asked for", async () => {
    await server.addRule(await server.addPolicy("all"), "two", { scopes: ["openid", "email"] });
    expect(await outcome(staff, { scope: "openid email" })).toBe(3600);
    expect(await outcome(staff, { scope: "openid email profile" })).toBe(denied);
  });

  test("looks at people, included and excluded, by themselves and by their groups", async () => {
    const id = (name: string) => at.sandbox.okta.group(name)?.id ?? "";
    const person = (login: string) => at.sandbox.okta.user(login)?.id ?? "";
    const policy = await server.addPolicy("all");
    const both = async () => [await outcome(staff), await outcome(admin)];
    const rule = async (people: Record<string, unknown>) => {
      for (const each of (await call(at, "GET", `${server.path}/policies/${policy}/rules`)).json) {
        await call(at, "DELETE", `${server.path}/policies/${policy}/rules/${each.id}`);
      }
      await server.addRule(policy, "people", { people });
      return both();
    };
    expect(await rule({ groups: { include: [id("whiterabbit-admins")] } })).toEqual([denied, 3600]);
    expect(await rule({ users: { include: [person(staff)] } })).toEqual([3600, denied]);
    expect(await rule({ groups: { include: [id("Everyone")], exclude: [id("whiterabbit-admins")] } })).toEqual([
      3600,
      denied,
    ]);
    expect(await rule({ groups: { include: ["EVERYONE"] }, users: { exclude: [person(staff)] } })).toEqual([
      denied,
      3600,
    ]);
    expect(await rule({ groups: { include: [] } })).toEqual([denied, denied]);
  });

  test("is decided anew at every refresh, and refresh tokens end as the rule said", async () => {
    const policy = await server.addPolicy("all");
    const rule = await server.addRule(policy, "r", { refresh: { lifetime: 120, window: 60 } });
    const offline = { scope: "openid offline_access", prompt: "login" };
    const token = async () => (await browser.tokens(staff, offline)).json.refresh_token;
    const used = await token();
    now += 59 * 60_000;
    expect((await browser.refresh(used)).status).toBe(200);
    now += 59 * 60_000;
    expect((await browser.refresh(used)).status).toBe(200);
    now += 3 * 60_000;
    // Two hours and a minute after the sign-in, used a moment ago.
    expect((await browser.refresh(used)).json.error).toBe("invalid_grant");
    const idle = await token();
    now += 60 * 60_000;
    expect((await browser.refresh(idle)).json.error).toBe("invalid_grant");
    const last = await token();
    await call(at, "POST", `${server.path}/policies/${policy}/rules/${rule}/lifecycle/deactivate`);
    expect(await browser.refresh(last)).toMatchObject({
      status: 401,
      json: { error: "access_denied", error_description: denied },
    });
  });
});

describe("a client that asks for itself", () => {
  let service: { client_id: string; client_secret: string };
  const ask = (form: Record<string, string>) =>
    post(
      at,
      `${server.base}/token`,
      { grant_type: "client_credentials", ...form },
      basic(service.client_id, service.client_secret),
    );

  beforeEach(async () => {
    service = await register(at, `service ${count}`, {
      oauth: {
        application_type: "service",
        grant_types: ["client_credentials"],
        response_types: ["token"],
        redirect_uris: [],
        post_logout_redirect_uris: [],
      },
      groups: [],
    });
    await call(at, "POST", `${server.path}/scopes`, { name: "cars:read", metadataPublish: "ALL_CLIENTS" });
  });

  test("gets what the server's scopes and rules allow, about nobody", async () => {
    await server.addRule(await server.addPolicy("services", [service.client_id]), "r", {
      minutes: 30,
      people: { groups: { include: [] } },
    });
    await server.addClaim({ name: "kind", value: "user == null ? 'service' : 'person'" });
    const { json } = await ask({ scope: "cars:read" });
    expect(Object.keys(json).sort()).toEqual(["access_token", "expires_in", "scope", "token_type"]);
    const payload = await server.read(json.access_token, now);
    expect(payload).toMatchObject({
      sub: service.client_id,
      cid: service.client_id,
      scp: ["cars:read"],
      kind: "service",
      aud: `api://${count}`,
    });
    expect(payload).not.toHaveProperty("uid");
    expect(json.expires_in).toBe(1800);
    expect(await browser.userinfo(json.access_token)).toMatchObject({
      status: 403,
      challenge: expect.stringContaining("insufficient_scope"),
    });
  });

  test("gets nothing of the org's own server, unless it is a service app that signs with its key", async () => {
    const form = { grant_type: "client_credentials", scope: "okta.apps.read" };
    const secret = await post(at, "/oauth2/v1/token", form, basic(service.client_id, service.client_secret));
    expect(secret).toMatchObject({ status: 401, json: { error: "invalid_client" } });
    expect(secret.json.error_description).toContain("must use the private_key_jwt");
    const key = await importPKCS8(at.sandbox.env.OKTA_PRIVATE_KEY ?? "", "RS256");
    const ask = async () =>
      post(at, "/oauth2/v1/token", {
        ...form,
        client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        client_assertion: await new SignJWT({ iss: serviceClientId, sub: serviceClientId })
          .setProtectedHeader({ alg: "RS256" })
          .setAudience("https://acme.okta.com/oauth2/v1/token")
          .setExpirationTime(Math.floor(now / 1000) + 60)
          .sign(key),
      });
    expect((await ask()).status).toBe(200);
    const type = (application_type: string) =>
      at.sandbox.okta.edit(serviceClientId, (each) => {
        each.oauth.application_type = application_type;
      });
    type("web");
    expect((await ask()).json.error_description).toContain("Only clients with 'application_type' of 'service'");
    type("service");
  });

  test("gets the default scopes when it asks for none", async () => {
    await server.openToAll();
    expect((await ask({})).json.error_description).toContain("does not have any configured default scopes");
    await call(at, "POST", `${server.path}/scopes`, { name: "base", default: true });
    expect((await ask({})).json.scope).toBe("base");
  });

  test.each([
    [
      "cars:drive",
      400,
      "invalid_scope",
      "One or more scopes are not configured for the authorization server resource.",
    ],
    ["openid", 400, "invalid_scope", "Cannot request 'openid' scopes using client credentials."],
    ["cars:read", 401, "access_denied", denied],
  ])("is refused %s with %i", async (scope, status, error, error_description) => {
    expect(await ask({ scope })).toMatchObject({ status, json: { error, error_description } });
  });
});
