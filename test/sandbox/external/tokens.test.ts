import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import * as oidc from "openid-client";
import { describe, expect, test } from "vitest";
import type { CustomerClient } from "../../../sandbox/external/customer-client.ts";
import type { CustomerProvider } from "../../../sandbox/external/customer-provider.ts";
import type { CustomerName } from "../../../sandbox/external/customers.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { ask, Browser } from "./visitor.ts";

const app = "https://portal.acme.example/back";
const verifier = "v".repeat(43);
const at = sharedSandbox();

interface Made {
  readonly provider: CustomerProvider;
  readonly client: CustomerClient;
  readonly configuration: oidc.Configuration;
}

function make(name: CustomerName): Made {
  const provider = at.sandbox.providers[name];
  const { methods } = provider.vendor.clientAuth;
  const basic = methods[0] === "client_secret_basic";
  const client = provider.register({
    method: basic ? "client_secret_basic" : "client_secret_post",
    redirectUris: [app],
    postLogoutUris: [app],
  });
  const proof = basic ? oidc.ClientSecretBasic(client.secret) : oidc.ClientSecretPost(client.secret);
  const server = provider.document() as unknown as oidc.ServerMetadata;
  const configuration = new oidc.Configuration(server, client.clientId, undefined, proof);
  configuration[oidc.customFetch] = (url, init) =>
    ask(at, url, init as Parameters<typeof ask>[2]) as unknown as Promise<Response>;
  oidc.enableNonRepudiationChecks(configuration);
  return { provider, client, configuration };
}

async function signIn(made: Made, login: string, more: Record<string, string> = {}, browser = new Browser(at)) {
  const url = oidc.buildAuthorizationUrl(made.configuration, {
    redirect_uri: app,
    scope: "openid profile email",
    state: "state-0123456789abcdef",
    nonce: "nonce",
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    ...more,
  });
  const back = await browser.signIn(url.href, login);
  return oidc.authorizationCodeGrant(made.configuration, back, {
    pkceCodeVerifier: verifier,
    expectedState: "state-0123456789abcdef",
    expectedNonce: "nonce",
  });
}

const offline = { scope: "openid profile email offline_access" };

describe.each([
  ["northwind-rail", "admin@northwindrail.example", offline, "another"],
  ["bluefin-studios", "staff@bluefin.example", { access_type: "offline" }, "none"],
  ["alder-voss", "staff@aldervoss.example", {}, "none"],
  ["tannberg", "staff@tannberg.example", {}, "another"],
  ["cobalt-clinics", "staff@cobaltclinics.example", {}, "none"],
  ["ostrava-steel", "staff@ostravasteel.example", offline, "rotate"],
  ["fernhill", "writer@fernhill.example", offline, "rotate"],
] as const)("%s", (name, login, request, renews) => {
  test("gives a refresh token where it is asked for in its way", async () => {
    const made = make(name);
    const tokens = await signIn(made, login, request);
    const first = tokens.refresh_token ?? "";
    expect(first).not.toBe("");
    const again = await oidc.refreshTokenGrant(made.configuration, first);
    expect(again.access_token).not.toBe(tokens.access_token);
    expect(again.claims()?.sub).toBe(tokens.claims()?.sub);
    expect(again.refresh_token !== undefined && again.refresh_token !== first).toBe(renews !== "none");
    if (Object.keys(request).length > 0) expect(await signIn(made, login)).not.toHaveProperty("refresh_token");
    const old = oidc.refreshTokenGrant(made.configuration, first);
    if (renews === "rotate") await expect(old).rejects.toMatchObject({ error: "invalid_grant" });
    else expect((await old).access_token).not.toBe("");
    if (renews !== "rotate") return;
    // Its misuse ended the whole family.
    const next = oidc.refreshTokenGrant(made.configuration, again.refresh_token ?? "");
    await expect(next).rejects.toMatchObject({ error: "invalid_grant" });
  });

  test("gives none to a client that may not have one, and refuses an invented one", async () => {
    const made = make(name);
    const refused = oidc.refreshTokenGrant(made.configuration, "invented");
    await expect(refused).rejects.toMatchObject({ error: "invalid_grant" });
    made.client.grants = ["authorization_code"];
    expect(await signIn(made, login, request)).not.toHaveProperty("refresh_token");
    const forbidden = oidc.refreshTokenGrant(made.configuration, "invented");
    await expect(forbidden).rejects.toMatchObject({ error: "unauthorized_client" });
  });
});

test.each(["tannberg", "alder-voss", "ostrava-steel"] as const)(
  "%s introspects its own client's tokens",
  async (name) => {
    const made = make(name);
    const login = made.provider.people[0]?.login ?? "";
    const { access_token, refresh_token } = await signIn(made, login, name === "ostrava-steel" ? offline : {});
    const found = await oidc.tokenIntrospection(made.configuration, access_token);
    expect(found).toMatchObject({
      active: true,
      client_id: made.client.clientId,
      sub: made.provider.people[0]?.claims.sub,
    });
    expect(await oidc.tokenIntrospection(made.configuration, refresh_token ?? "")).toMatchObject({ active: true });
    expect(await oidc.tokenIntrospection(made.configuration, "invented")).toEqual({ active: false });
    expect(await oidc.tokenIntrospection(make(name).configuration, access_token)).toEqual({ active: false });
    made.client.secret = "another";
    await expect(oidc.tokenIntrospection(made.configuration, access_token)).rejects.toThrow();
  },
);

test.each(["tannberg", "alder-voss", "ostrava-steel", "fernhill", "cobalt-clinics"] as const)(
  "%s takes a refresh token back",
  async (name) => {
    const made = make(name);
    const login = made.provider.people[0]?.login ?? "";
    const tokens = await signIn(made, login, name === "ostrava-steel" || name === "fernhill" ? offline : {});
    await oidc.tokenRevocation(made.configuration, tokens.refresh_token ?? "");
    const again = oidc.refreshTokenGrant(made.configuration, tokens.refresh_token ?? "");
    await expect(again).rejects.toMatchObject({ error: "invalid_grant" });
    const profile = oidc.fetchUserInfo(made.configuration, tokens.access_token, tokens.claims()?.sub ?? "");
    await expect(profile).rejects.toThrow();
    made.client.secret = "another";
    await expect(oidc.tokenRevocation(made.configuration, "any")).rejects.toThrow();
  },
);

/** What an endpoint answers to a form of the client, which shows its secret in it. */
async function revoke({ provider, client }: Made, form: Record<string, string>) {
  const response = await ask(at, provider.vendor.endpoints.revocation ?? "", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: new URLSearchParams({ client_id: client.clientId, client_secret: client.secret ?? "", ...form }).toString(),
  });
  return `${response.status} ${await response.text()}`.trim();
}

test("Keycloak says with status 200 that it does not know a token, and in what a request is wrong", async () => {
  const made = make("tannberg");
  expect(await revoke(made, { token: "invented" })).toBe(
    '200 {"error":"invalid_token","error_description":"Invalid token"}',
  );
  expect(await revoke(made, {})).toMatch(/^400 .*invalid_request/);
  expect(await revoke(made, { token: "x", client_secret: "wrong" })).toMatch(/^401 .*"Authentication failed\."/);
});

test.each([
  [
    "tannberg",
    "admin@tannberg.example",
    { azp: "client", typ: "Bearer", realm_access: { roles: expect.arrayContaining(["portal-admin"]) } },
  ],
  [
    "cobalt-clinics",
    "admin@cobaltclinics.example",
    { client_id: "client", token_use: "access", "cognito:groups": ["portal-admins"] },
  ],
] as const)("%s signs its access tokens, which say what the person may do", async (name, login, expected) => {
  const made = make(name);
  const { access_token, id_token = "" } = await signIn(made, login);
  const keys = (await (await ask(at, made.provider.vendor.endpoints.jwks)).json()) as JSONWebKeySet;
  const { payload } = await jwtVerify(access_token, createLocalJWKSet(keys), { issuer: made.provider.issuer });
  const own = Object.entries(expected).map(([claim, value]) => [
    claim,
    value === "client" ? made.client.clientId : value,
  ]);
  expect(payload).toMatchObject(Object.fromEntries(own));
  const sub = payload.sub ?? "";
  expect(await oidc.fetchUserInfo(made.configuration, access_token, sub)).toMatchObject({ sub, email: login });
  await expect(oidc.fetchUserInfo(made.configuration, id_token, sub)).rejects.toThrow();
});

test("Cognito takes back no access token", async () => {
  const made = make("cobalt-clinics");
  const { access_token } = await signIn(made, "staff@cobaltclinics.example");
  expect(await revoke(made, { token: access_token })).toMatch(/^400 .*unsupported_token_type/);
});

test("Google takes any token back from whoever shows it", async () => {
  const made = make("bluefin-studios");
  const { refresh_token = "", access_token } = await signIn(made, "staff@bluefin.example", { access_type: "offline" });
  const open = async (token: string) => {
    const response = await ask(at, "https://oauth2.googleapis.com/revoke", {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ token }).toString(),
    });
    return `${response.status} ${await response.text()}`;
  };
  expect(await open("invented")).toBe('400 {"error":"invalid_token","error_description":"Token expired or revoked"}');
  expect(await open(access_token)).toBe("200 {}");
  const again = oidc.refreshTokenGrant(made.configuration, refresh_token);
  await expect(again).rejects.toMatchObject({ error: "invalid_grant" });
});

describe("signing out", () => {
  const leave = ({ provider }: Made, query: Record<string, string>): string =>
    `${provider.vendor.endpoints.endSession}?${new URLSearchParams(query)}`;

  /** Whether the person is still signed in. */
  async function isIn({ configuration }: Made, browser: Browser): Promise<boolean> {
    const params = { redirect_uri: app, scope: "openid", prompt: "none", state: "state-0123456789abcdef" };
    const visit = await browser.visit(oidc.buildAuthorizationUrl(configuration, params).href);
    return new URL(visit.location ?? "").searchParams.has("code");
  }

  test.each([
    ["northwind-rail", "never", 200],
    ["tannberg", "without-hint", 400],
    ["alder-voss", "without-hint", 200],
    ["ostrava-steel", "always", 400],
    ["fernhill", "without-hint", 302],
  ] as const)("of %s asks %s, and goes to no address that is not registered", async (name, asks, refusal) => {
    const made = make(name);
    const login = made.provider.people[0]?.login ?? "";
    const browser = new Browser(at);
    const { id_token = "" } = await signIn(made, login, {}, browser);
    const wrong = await new Browser(at).visit(
      leave(made, { id_token_hint: id_token, post_logout_redirect_uri: "https://evil.example/" }),
    );
    expect(wrong.status).toBe(refusal);
    expect(wrong.location ?? "").not.toContain("evil.example/?");
    expect(wrong.location ?? "").not.toMatch(/^https:\/\/evil/);
    const hinted = { id_token_hint: id_token, post_logout_redirect_uri: app, state: "s" };
    const { clientId } = made.client;
    const unhinted = { client_id: clientId, post_logout_redirect_uri: app, state: "s" };
    for (const query of [unhinted, hinted]) {
      if (!(await isIn(made, browser))) await signIn(made, login, {}, browser);
      let answer = await browser.visit(leave(made, query));
      const asked = answer.location === null;
      expect(asked).toBe(asks === "always" || (asks === "without-hint" && query === unhinted));
      if (asked) {
        expect(await isIn(made, browser)).toBe(true);
        const [, action = ""] = /action="([^"]+)"/.exec(answer.text) ?? [];
        const [, xsrf = ""] = /name="xsrf" value="([^"]+)"/.exec(answer.text) ?? [];
        expect((await browser.visit(action, "xsrf=invented&logout=yes")).status).toBe(400);
        answer = await browser.visit(action, `xsrf=${xsrf}&logout=yes`);
      }
      expect(answer.location).toBe(`${app}?state=s`);
      expect(await isIn(made, browser)).toBe(false);
    }
  });

  test("of PingFederate is also at its older address", async () => {
    const made = make("alder-voss");
    const browser = new Browser(at);
    await signIn(made, "staff@aldervoss.example", {}, browser);
    expect((await browser.visit("https://sso.aldervoss.example/idp/startSLO.ping")).status).toBe(200);
    expect(await isIn(made, browser)).toBe(false);
  });

  test("another person's ID token is a hint for nothing", async () => {
    const made = make("tannberg");
    const other = make("fernhill");
    const { id_token = "" } = await signIn(other, "writer@fernhill.example");
    const page = await new Browser(at).visit(leave(made, { id_token_hint: id_token, post_logout_redirect_uri: app }));
    expect(page.status).toBe(400);
  });
});
