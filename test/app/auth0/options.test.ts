import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AppAdapter } from "../../../src/app/app.ts";
import type { ConnectionRecord } from "../../../src/desired/connection.ts";
import type { Json } from "../../../src/desired/json.ts";
import { recordFields } from "../../../src/plan/fields.ts";
import type { ObservedRecord } from "../../../src/plan/observed.ts";
import { Browser } from "../../sandbox/auth0/browser.ts";
import { type Bench, discovery, editor, ids, key, name, probe, record, startBench } from "./bench.ts";

// What a record becomes among the options of a connection, and what it reads back as.

let bench: Bench;
let app: AppAdapter;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.reset();
  app = await bench.adapter();
});

async function found(wanted: ConnectionRecord = record()): Promise<ObservedRecord | undefined> {
  return (await app.observe([wanted], false)).records.get(wanted.key);
}

/** A placeholder of an attribute map. */
function from(path: string): string {
  return ["$", `{context.${path}}`].join("");
}

/** The record of a change, written and read back. */
async function written(change: Partial<ConnectionRecord>, target: Readonly<Record<string, Json>> = {}) {
  const write = bench.write(change, target);
  await bench.live(app, write);
  const there = await found(write.record);
  const fields = recordFields(write.record, write.discovery);
  const shown = Object.keys(fields).filter((field) => there?.fields[field] !== undefined);
  for (const field of shown) expect([field, there?.fields[field]]).toEqual([field, fields[field]]);
  return { options: bench.options(), shown, missing: Object.keys(fields).filter((field) => !shown.includes(field)) };
}

describe("a back channel", () => {
  test("has discovery document, proven endpoints, secret, PKCE, nonce, scopes with openid, and the attribute map", async () => {
    const { options, missing } = await written({});
    expect(options).toMatchObject({
      type: "back_channel",
      client_id: "acme-auth0",
      client_secret: bench.sandbox.providers.fernhill.client("acme-auth0")?.secret,
      scope: "openid email profile",
      discovery_url: "https://login.fernhill.example/.well-known/openid-configuration",
      issuer: discovery.issuer,
      authorization_endpoint: discovery.authorizationEndpoint,
      token_endpoint: discovery.tokenEndpoint,
      userinfo_endpoint: discovery.userinfoEndpoint,
      jwks_uri: discovery.jwksUri,
      connection_settings: { pkce: "S256" },
      token_endpoint_auth_method: "client_secret_post",
      send_back_channel_nonce: true,
      set_user_root_attributes: "on_each_login",
      attribute_map: {
        mapping_mode: "use_map",
        attributes: { email: from("tokenset.email"), name: from("tokenset.name") },
      },
      domain_aliases: ["fernhill.example"],
    });
    // All else that is compared reads back.
    expect(missing).toEqual(["endSessionEndpoint"]);
    expect(bench.connection()?.strategy).toBe("oidc");
    expect(bench.connection()?.settings).toMatchObject({ display_name: "Fernhill Media", show_as_button: false });
  });

  test("of a provider without a discovery document has the endpoints of the file alone", async () => {
    const { options } = await written({
      endpoints: {
        authorization: discovery.authorizationEndpoint,
        token: discovery.tokenEndpoint,
        jwks: discovery.jwksUri,
      },
    });
    expect(options).not.toHaveProperty("discovery_url");
    expect(options).toMatchObject({ jwks_uri: discovery.jwksUri, token_endpoint: discovery.tokenEndpoint });
  });

  test.each<[string, Partial<ConnectionRecord>, Readonly<Record<string, unknown>>]>([
    ["PKCE that is off", { pkce: "off" }, { connection_settings: { pkce: "disabled" } }],
    [
      "ACR values and fixed parameters",
      { acrValues: ["urn:a", "urn:b"], extraParams: { kc_idp_hint: 'quo"te' } },
      { upstream_params: { acr_values: { value: "urn:a urn:b" }, kc_idp_hint: { value: 'quo"te' } } },
    ],
    [
      "profiles that are made and not kept up to date",
      { provision: { create: true, update: false } },
      { set_user_root_attributes: "on_first_login" },
    ],
    [
      "no accounts that make themselves",
      { provision: { create: false, update: false } },
      { set_user_root_attributes: "never_on_login" },
    ],
    [
      "nested, namespaced and foreign claims",
      {
        claims: {
          externalId: "sub",
          email: "upn",
          displayName: ["profile", "Näme"],
          roles: "https://fernhill.example/roles",
          department: ["org.unit", "name"],
        },
      },
      {
        attribute_map: {
          mapping_mode: "use_map",
          attributes: {
            email: from("tokenset.upn"),
            name: from("tokenset.profile['Näme']"),
            roles: from("tokenset['https://fernhill.example/roles']"),
            department: from("tokenset['org.unit'].name"),
          },
        },
      },
    ],
    [
      "a claim that roles go by",
      { roles: { claim: ["realm_access", "roles"], map: { a: "admin" } } },
      { attribute_map: { attributes: { groups: from("tokenset.realm_access.roles") } } },
    ],
  ])("has %s", async (_what, change, options) => {
    expect((await written(change)).options).toMatchObject(options);
  });

  test.each<[string, Readonly<Record<string, Json>>, Readonly<Record<string, unknown>>]>([
    ["a picture", { icon: "https://acme.example/fernhill.png" }, { icon_url: "https://acme.example/fernhill.png" }],
    [
      "claims of the userinfo endpoint",
      { claimsFrom: "userinfo" },
      {
        attribute_map: {
          mapping_mode: "use_map",
          attributes: { email: from("userinfo.email"), name: from("userinfo.name") },
          userinfo_scope: "openid email profile",
        },
      },
    ],
    ["no domain where another connection has them", { homeRealm: false }, { domain_aliases: [] }],
  ])("has %s", async (_what, target, options) => {
    expect((await written({}, target)).options).toMatchObject(options);
  });

  test("has a button with a name of its own", async () => {
    await written({}, { displayName: "Fernhill: “Staff”", showAsButton: true });
    expect(bench.connection()?.settings).toMatchObject({ display_name: "Fernhill: “Staff”", show_as_button: true });
  });

  test("shows what somebody has changed by hand, as drift", async () => {
    await bench.live(app);
    const drift = async (change: Readonly<Record<string, unknown>>) => {
      const connection = bench.connection();
      if (connection === undefined) throw new Error("it is not there");
      const before = connection.settings.options;
      connection.settings.options = { ...(before as object), ...change } as never;
      const there = await found();
      connection.settings.options = before ?? {};
      const wanted = recordFields(record(), discovery);
      return Object.keys(wanted).filter(
        (field) =>
          there?.fields[field] !== undefined && JSON.stringify(there.fields[field]) !== JSON.stringify(wanted[field]),
      );
    };
    expect(await drift({})).toEqual([]);
    // Endpoints that somebody has adjusted by hand win over the document, so they are told.
    expect(await drift({ token_endpoint: "https://evil.example/token" })).toEqual(["tokenEndpoint"]);
    expect(await drift({ scope: "openid" })).toEqual(["scopes"]);
    expect(await drift({ connection_settings: { pkce: "auto" } })).toEqual(["pkce"]);
    expect(await drift({ set_user_root_attributes: "weird" })).toEqual(["provision"]);
    expect(await drift({ upstream_params: { prompt: { value: "none" } } })).toEqual(["extraParams"]);
    const attributes = { email: "fixed@fernhill.example", name: from("tokenset.name") };
    expect(await drift({ attribute_map: { mapping_mode: "use_map", attributes } })).toEqual(["claims"]);
    expect(await drift({ type: "front_channel" })).toContain("auth0.channel");
  });
});

describe("a change", () => {
  test("of the issuer drops what Auth0 has read of the old one's document, and keeps it otherwise", async () => {
    await bench.live(app);
    const metadata = { issuer: discovery.issuer, theirs: "adjusted by hand" };
    const connection = bench.connection();
    if (connection === undefined) throw new Error("it is not there");
    connection.settings.options = { ...bench.options(), oidc_metadata: metadata } as never;
    await app.write(bench.write({ scopes: ["openid"] }));
    expect(bench.options().oidc_metadata).toEqual(metadata);
    const other = "https://id.other.example";
    const moved = { ...discovery, issuer: other, tokenEndpoint: `${other}/token` };
    await app.write({ ...bench.write({ issuer: other }), discovery: moved });
    expect(bench.options()).not.toHaveProperty("oidc_metadata");
    expect(bench.options()).toMatchObject({ issuer: other, token_endpoint: `${other}/token` });
  });

  test("keeps the parameters that Auth0 takes from the app's request, and none that were fixed before", async () => {
    await bench.live(app, bench.write({ extraParams: { old: "1" } }));
    const connection = bench.connection();
    if (connection === undefined) throw new Error("it is not there");
    const upstream = bench.options().upstream_params as object;
    connection.settings.options = {
      ...bench.options(),
      upstream_params: { ...upstream, login_hint: { alias: "login_hint" } },
    } as never;
    await app.write(bench.write({ extraParams: { new: "2" } }));
    expect(bench.options().upstream_params).toEqual({ login_hint: { alias: "login_hint" }, new: { value: "2" } });
  });

  test("that changes nothing writes nothing", async () => {
    const write = await bench.live(app);
    const calls = await bench.callsOf(() => bench.live(app, write));
    expect(calls.filter((call) => !call.startsWith("GET "))).toEqual([]);
  });
});

test("a front channel has no secret and asks for an ID token by a posted form", async () => {
  const front = { clientAuth: "none" } as const;
  const { options, missing } = await written(front, { channel: "front" });
  expect(options).toMatchObject({ type: "front_channel", domain_aliases: ["fernhill.example"] });
  for (const absent of ["client_secret", "token_endpoint_auth_method"]) {
    expect(options).not.toHaveProperty(absent);
  }
  expect(missing.sort()).toEqual(["endSessionEndpoint", "pkce", "tokenEndpoint", "userinfoEndpoint"]);
  expect(await app.secretOf(key)).toBeUndefined();
  const query = new URLSearchParams({
    ...{ client_id: ids.portal, redirect_uri: "https://portal.acme.example/callback", response_type: "code" },
    ...{ scope: "openid", state: "state-0123456789abcdef", connection: name },
    ...{ code_challenge: "c".repeat(43), code_challenge_method: "S256" },
  });
  const first = await bench.test.fetch("acme.eu.auth0.com", `/authorize?${query}`);
  const cookie = first.headers
    .getSetCookie()
    .map((line) => line.split(";")[0])
    .join("; ");
  const on = await bench.test.fetch("acme.eu.auth0.com", first.headers.get("location") ?? "", { headers: { cookie } });
  const asked = new URL(on.headers.get("location") ?? "").searchParams;
  expect([asked.get("response_type"), asked.get("response_mode")]).toEqual(["id_token", "form_post"]);
  expect(asked.get("nonce")).not.toBeNull();
});

test("strategy okta has the org's domain and no address of a document", async () => {
  const org = "https://acme.okta.com";
  const okta = {
    issuer: org,
    authorizationEndpoint: `${org}/oauth2/v1/authorize`,
    tokenEndpoint: `${org}/oauth2/v1/token`,
    userinfoEndpoint: `${org}/oauth2/v1/userinfo`,
    jwksUri: `${org}/oauth2/v1/keys`,
  };
  const write = { ...bench.write({ issuer: org }, { strategy: "okta" }), discovery: okta };
  await bench.live(app, write);
  expect(bench.connection()?.strategy).toBe("okta");
  expect(bench.options()).toMatchObject({
    domain: "acme.okta.com",
    type: "back_channel",
    scope: "openid email profile",
    token_endpoint: okta.tokenEndpoint,
    attribute_map: { mapping_mode: "use_map" },
  });
  expect(bench.options()).not.toHaveProperty("discovery_url");
  const there = await found(write.record);
  expect(there?.fields).toMatchObject({ clientAuth: "client_secret_post", "auth0.strategy": "okta", issuer: org });
});

test("people come in by the platform's application at the customer's own provider, with their profile", async () => {
  await bench.live(app, bench.write({ claims: { externalId: "sub", email: "email", displayName: "name" } }));
  expect(await bench.visit()).toBe("in");
  const user = [...bench.sandbox.auth0.users.values()].find(({ id }) => id.startsWith(`oidc|${name}|`));
  expect(user).toMatchObject({ email: editor });
  // Applications that the file does not name, and the one for proofs where there is none, are closed.
  expect(await bench.visit(ids.reports)).toBe("out");
  expect(probe.clientId).toBe(ids.probe);
  expect(await bench.visit(ids.probe)).toBe("out");
});

test("an address of a proven domain leads to the customer's provider, any other to no one's", async () => {
  const { auth0 } = bench.sandbox;
  auth0.connection("Username-Password-Authentication")?.clients.add(ids.portal);
  await bench.live(app);
  const query = new URLSearchParams({
    ...{ client_id: ids.portal, redirect_uri: "https://portal.acme.example/callback", response_type: "code" },
    ...{ scope: "openid", state: "state-0123456789abcdef" },
    ...{ code_challenge: "c".repeat(43), code_challenge_method: "S256" },
  });
  const browser = new Browser(bench.test);
  const { url, text } = await browser.follow(`/authorize?${query}`);
  expect(text).not.toContain("Continue with");
  const typed = async (email: string) => (await browser.visit(url, `username=${encodeURIComponent(email)}`)).location;
  expect(await typed(editor)).toContain(discovery.authorizationEndpoint);
  expect(await typed("somebody@else.example")).toBe("");
});

test("another Auth0 tenant is a provider like any other, with the slash at the end of its issuer", async () => {
  const issuer = "https://fernhill.eu.auth0.com/";
  const write = { ...bench.write({ issuer }), discovery: { ...discovery, issuer } };
  await bench.live(app, write);
  expect(bench.options()).toMatchObject({
    issuer,
    discovery_url: "https://fernhill.eu.auth0.com/.well-known/openid-configuration",
  });
});
