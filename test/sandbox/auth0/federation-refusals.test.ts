import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Auth0Connection } from "../../../sandbox/auth0/model.ts";
import { withDiscovery } from "../../../sandbox/auth0/oidc-metadata.ts";
import type { CustomerClient } from "../../../sandbox/external/customer-client.ts";
import type { JsonObject } from "../../../sandbox/json.ts";
import { fernhillConnection } from "../../../sandbox/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { formAction } from "../external/visitor.ts";
import { authorizationQuery, Browser, callback, register, type TestClient } from "./browser.ts";

const editor = "editor@fernhill.example";
const at = sharedSandbox();
let client: TestClient;

beforeEach(async () => {
  client = await register(at);
});
afterEach(() => vi.useRealTimers());

/** A connection to Fernhill of this client alone, with these options changed. */
function connect(changes: JsonObject): Auth0Connection {
  const fernhill = at.sandbox.auth0.connection(fernhillConnection);
  const options = { ...(fernhill?.settings.options as JsonObject), ...changes };
  const name = `made-${client.client_id.toLowerCase()}`;
  const connection = at.sandbox.auth0.addConnection(name, "oidc", { options });
  fernhill?.clients.delete(client.client_id);
  connection.clients.add(client.client_id);
  return connection;
}

function registered(): CustomerClient {
  const found = at.sandbox.providers.fernhill.client("acme-auth0");
  if (found === undefined) throw new Error("not seeded");
  return found;
}

/** What the app is told of somebody who tries to sign in. */
async function told(): Promise<Record<string, string>> {
  const back = await new Browser(at).signIn(authorizationQuery(client), editor);
  expect(back.href.startsWith(`${callback}?`)).toBe(true);
  return Object.fromEntries(back.searchParams);
}

describe("the app is told", () => {
  test("that the issuer did not take the secret of the connection", async () => {
    connect({ client_secret: "wrong" });
    expect(await told()).toEqual({
      error: "access_denied",
      error_description: expect.stringMatching(/^invalid_client \(Client authentication failed/),
      state: "state-0123456789abcdef",
    });
  });

  test("that the issuer wants HTTP Basic, which Auth0 never sends", async () => {
    registered().method = "client_secret_basic";
    try {
      expect((await told()).error_description).toContain("but method 'client_secret_post' was requested");
    } finally {
      registered().method = "client_secret_post";
    }
  });

  test("that somebody did not want to sign in after all", async () => {
    const browser = new Browser(at);
    const page = await browser.follow(`/authorize?${authorizationQuery(client)}`);
    const form = new URL(formAction(page.text) ?? "", page.url).href;
    const { location } = await browser.follow(form, "cancel=yes");
    expect(location.startsWith(`${callback}?error=access_denied&`)).toBe(true);
  });

  test("what the issuer said of the request", async () => {
    connect({ scope: "openid nonsense" });
    expect(await told()).toMatchObject({ error: "invalid_scope" });
  });

  test.each([
    [
      "issuer",
      { issuer: "https://login.fernhill.example/" },
      /^unexpected iss value, expected \S+example\/, got: \S+example$/,
    ],
    [
      "signature",
      { jwks_uri: "https://id.tannberg.example/realms/staff/protocol/openid-connect/certs" },
      /^failed to validate JWT signature$/,
    ],
    [
      "algorithm",
      { id_token_signed_response_algs: ["ES256"] },
      /^unexpected JWT alg received, expected ES256, got: RS256$/,
    ],
    [
      "token endpoint",
      { token_endpoint: "https://elsewhere.example/token" },
      /^getaddrinfo ENOTFOUND elsewhere\.example$/,
    ],
    [
      "userinfo endpoint",
      { userinfo_endpoint: "https://login.fernhill.example/nowhere" },
      /^expected 200 OK, got: 404$/,
    ],
  ])("that the %s is not the one it should be", async (_what, changes, description) => {
    connect(changes);
    expect(await told()).toMatchObject({
      error: "access_denied",
      error_description: expect.stringMatching(description),
    });
  });

  test("that the issuer has failed, by a fault of the sandbox", async () => {
    at.sandbox.faults.add({
      host: "login.fernhill.example",
      method: "POST",
      path: "^/oauth2/token$",
      effect: "status-before",
      status: 503,
    });
    expect(await told()).toMatchObject({ error: "access_denied", error_description: "expected 200 OK, got: 503" });
    expect(await told()).toHaveProperty("code");
  });

  test("that the ID token is for another request", async () => {
    const connection = connect({ type: "front_channel" });
    const browser = new Browser(at);
    const page = await browser.follow(`/authorize?${authorizationQuery(client)}`);
    const form = new URL(formAction(page.text) ?? "", page.url).href;
    const answer = (await browser.follow(form, `username=${encodeURIComponent(editor)}`)).text;
    const field = (name: string): string => new RegExp(`name="${name}" value="([^"]*)"`).exec(answer)?.[1] ?? "";
    const again = await browser.follow(`/authorize?${authorizationQuery(client)}`);
    const state = /name="state" value="([^"]*)"/.exec(again.text)?.[1] ?? "";
    const sent = new URLSearchParams({ id_token: field("id_token"), state });
    const { location } = await browser.follow("/login/callback", sent.toString());
    expect(new URL(location).searchParams.get("error_description")).toMatch(/^nonce mismatch, expected /);
    expect(connection.strategy).toBe("oidc");
  });

  test("that the connection was taken away meanwhile", async () => {
    const connection = connect({});
    const browser = new Browser(at);
    const page = await browser.follow(`/authorize?${authorizationQuery(client)}`);
    connection.clients.clear();
    const form = new URL(formAction(page.text) ?? "", page.url).href;
    const { location } = await browser.follow(form, `username=${encodeURIComponent(editor)}`);
    expect(Object.fromEntries(new URL(location).searchParams)).toMatchObject({
      error: "access_denied",
      error_description: "The connection of this user is not enabled for the application.",
    });
  });
});

describe("the person is stopped", () => {
  test("at the issuer's own page when the callback of the tenant is not registered there", async () => {
    registered().redirectUris = ["https://acme.eu.auth0.com/login/callback/"];
    try {
      const page = await new Browser(at).follow(`/authorize?${authorizationQuery(client)}`);
      expect(page.url).toContain("https://login.fernhill.example/oauth2/fallbacks/error?error=invalid_request");
      expect(page.location).toBe("");
    } finally {
      registered().redirectUris = ["https://acme.eu.auth0.com/login/callback"];
    }
  });

  test("at a page of the tenant when the issuer is in no sandbox", async () => {
    const elsewhere = "https://idp.elsewhere.example";
    connect({
      issuer: elsewhere,
      discovery_url: `${elsewhere}/.well-known/openid-configuration`,
      authorization_endpoint: `${elsewhere}/auth`,
    });
    const page = await new Browser(at).follow(`/authorize?${authorizationQuery(client)}`);
    expect(page).toMatchObject({ status: 400, location: "" });
    expect(page.text).toContain("is not in this sandbox");
  });

  test("at a page of the tenant when no connection is switched on", async () => {
    const connection = connect({});
    connection.settings.authentication = { active: false };
    const page = await new Browser(at).follow(`/authorize?${authorizationQuery(client)}`);
    expect(page.text).toContain("no connections enabled for the client");
  });

  test("at Auth0's page when they come back with a state that is over, or in another browser", async () => {
    const lost = "You may have pressed the back button, refreshed during login";
    const browser = new Browser(at);
    const start = await browser.visit(`/authorize?${authorizationQuery(client)}`);
    const state = new URL((await browser.visit(start.location)).location).searchParams.get("state");
    for (const [who, query] of [
      [browser, ""],
      [browser, "?state=nonsense&code=x"],
      [new Browser(at), `?state=${state}&code=x`],
    ] as const) {
      const page = await who.visit(`/login/callback${query}`);
      expect(page).toMatchObject({ status: 400, location: "" });
      expect(page.text).toContain(lost);
    }
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 3_601_000 });
    const late = await browser.visit(`/login/callback?state=${state}&code=x`);
    expect(late).toMatchObject({ status: 400, location: "" });
    expect(late.text).toContain(lost);
  });

  test("at the tenant's own error page, where it has one", async () => {
    const { state } = at.sandbox.auth0;
    state.errorPage = "https://acme.example/sorry";
    try {
      const { status, location } = await new Browser(at).visit("/login/callback");
      expect(status).toBe(302);
      expect(location.startsWith("https://acme.example/sorry?")).toBe(true);
      const wrong = await new Browser(at).visit(
        `/authorize?${authorizationQuery(client, { redirect_uri: "https://probe.invalid/" })}`,
      );
      expect(Object.fromEntries(new URL(wrong.location).searchParams)).toMatchObject({
        client_id: client.client_id,
        error: "unauthorized_client",
        error_description: expect.stringContaining("is not in the list of allowed callback URLs"),
        tracking: expect.any(String),
      });
    } finally {
      state.errorPage = "";
    }
  });
});

test("a state works once", async () => {
  const browser = new Browser(at);
  const page = await browser.follow(`/authorize?${authorizationQuery(client)}`);
  const form = new URL(formAction(page.text) ?? "", page.url).href;
  let visit = await browser.visit(form, `username=${encodeURIComponent(editor)}`);
  while (!visit.location.includes("/login/callback?")) visit = await browser.visit(visit.location);
  const back = visit.location;
  expect((await browser.visit(back)).status).toBe(302);
  expect((await browser.visit(back)).status).toBe(400);
});

describe("what is read of an issuer when a connection is made", () => {
  const calls = () => at.sandbox.auth0.calls;

  test("is its document, with the endpoints that were not sent", async () => {
    const issuer = "https://login.fernhill.example";
    const sent = { issuer, token_endpoint: null, userinfo_endpoint: "https://mine.example/me", client_id: "x" };
    expect(await withDiscovery(calls(), "oidc", sent)).toMatchObject({
      issuer,
      client_id: "x",
      authorization_endpoint: `${issuer}/oauth2/auth`,
      token_endpoint: `${issuer}/oauth2/token`,
      userinfo_endpoint: "https://mine.example/me",
      jwks_uri: `${issuer}/.well-known/jwks.json`,
      oidc_metadata: {
        issuer,
        scopes_supported: expect.arrayContaining(["openid"]),
        claims_parameter_supported: false,
      },
    });
    const okta = await withDiscovery(calls(), "okta", { domain: "acme.okta.com" });
    expect(okta).toMatchObject({ issuer: "https://acme.okta.com", oidc_metadata: { issuer: "https://acme.okta.com" } });
  });

  test.each([
    ["of an issuer that is not here", "oidc", { issuer: "https://elsewhere.example" }],
    ["behind a firewall", "oidc", { issuer: "https://sso.aldervoss.example" }],
    ["of a connection without issuer", "oidc", {}],
    ["of a database", "auth0", { issuer: "https://login.fernhill.example" }],
    ["that was sent along", "oidc", { issuer: "https://login.fernhill.example", oidc_metadata: { issuer: "x" } }],
  ])("is nothing %s", async (_what, strategy, options) => {
    expect(await withDiscovery(calls(), strategy, options)).toEqual(options);
  });
});

test("calls between sites go nowhere else", async () => {
  const { calls } = at.sandbox.auth0;
  for (const url of [
    "https://example.com/",
    "http://login.fernhill.example/",
    "https://login.fernhill.example:8443/",
    "https://user@login.fernhill.example/",
    "https://127.0.0.1/",
    "nonsense",
  ]) {
    expect(calls.reaches(url), url).toBe(false);
    await expect(calls.ask(url)).rejects.toThrow();
  }
  expect(await calls.ask("https://login.fernhill.example/userinfo")).toMatchObject({ status: 401 });
});
