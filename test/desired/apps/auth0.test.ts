import { describe, expect, test } from "vitest";
import type { AppUse } from "../../../src/desired/app-kind.ts";
import { auth0Kind } from "../../../src/desired/apps/auth0.ts";
import { claimsOfTemplates, profileTemplates } from "../../../src/desired/apps/auth0-profile.ts";
import type { Auth0Entry } from "../../../src/tenant/apps/auth0.ts";
import type { ClaimPath, SignIn } from "../../../src/tenant/tenant.ts";
import type { Auth0App } from "../../../src/workspace/apps/auth0.ts";
import { app } from "../../app/auth0/bench.ts";

// What an enterprise connection can express, and what is said of the rest.

interface Changes {
  readonly app?: Partial<Auth0App>;
  readonly signIn?: Partial<SignIn>;
  readonly entry?: Auth0Entry;
  readonly tenant?: string;
}

function use({ app: ofApp = {}, signIn = {}, entry, tenant = "fernhill" }: Changes = {}): AppUse<Auth0App> {
  const own = { app: "people", signIn: signIn.name ?? "default", ...(entry === undefined ? {} : { auth0: entry }) };
  return {
    app: app(ofApp),
    tenant: { tenant, name: "Fernhill Media", connections: [own] },
    signIn: {
      ...{ name: "default", idp: "workforce", scopes: ["openid"], require: {} },
      claims: { externalId: "sub", email: "email", displayName: "name" },
      provision: { create: true, update: true },
      ...signIn,
    },
    entry: own,
    ...{ environment: "sandbox", workspace: "acme" },
  } as unknown as AppUse<Auth0App>;
}

const said = (changes: Changes) =>
  auth0Kind.audit(use(changes)).map((each) => [each.in, each.path.join("."), each.code]);

describe("the connection's name", () => {
  test.each<[string, Changes, string]>([
    ["is the tenant's", {}, "fernhill"],
    ["says the sign-in where it is not the default one", { signIn: { name: "staff" } }, "fernhill-staff"],
    [
      "is what the app's template makes of the key",
      { app: { connectionName: "{app}-{tenant}-x" } },
      "people-fernhill-x",
    ],
    [
      "says the sign-in where the template does",
      { app: { connectionName: "{signIn}-of-{tenant}" }, signIn: { name: "staff" } },
      "staff-of-fernhill",
    ],
    ["is what the entry says", { entry: { name: "Fernhill-Media" } }, "Fernhill-Media"],
  ])("%s", (_what, changes, name) => {
    expect(auth0Kind.target(use(changes)).name).toBe(name);
    expect(auth0Kind.unique(use(changes)).map((each) => each.name)).toEqual([`connection ${name.toLowerCase()}`]);
    expect(auth0Kind.audit(use(changes))).toEqual([]);
  });

  test.each(["--{tenant}", "{tenant}-", "a--{tenant}", `${"a".repeat(128)}{tenant}`])(
    "outside Auth0's pattern is refused: %s",
    (connectionName) => {
      expect(said({ app: { connectionName } })).toEqual([["entry", "", "RULE_APP_CANNOT"]]);
    },
  );

  test("of two keys that come to one text is no other name, so that the rule for names tells it", () => {
    const [a] = auth0Kind.unique(use({ tenant: "a-b" }));
    const [b] = auth0Kind.unique(use({ tenant: "a", signIn: { name: "b" } }));
    expect(a?.name).toBe(b?.name);
    expect(auth0Kind.unique(use({ entry: { name: "X" } }))[0]?.path).toEqual(["auth0", "name"]);
  });
});

test("what cannot be expressed is told with its place", () => {
  const external = { issuer: "https://id.fernhill.example/x", clientId: "c" };
  const none: Changes["signIn"] = { idp: "external", external, clientAuth: "none" };
  expect(said({ signIn: none, entry: { channel: "front" } })).toEqual([]);
  expect(said({ entry: { channel: "front" }, signIn: { clientAuth: "none" } })).toEqual([
    ["entry", "auth0.channel", "RULE_APP_CANNOT"],
  ]);
  expect(said({ signIn: { ...none, clientAuth: "client_secret_post" }, entry: { channel: "front" } })).toEqual([
    ["signIn", "clientAuth", "RULE_APP_CANNOT"],
  ]);
  expect(said({ signIn: none })).toEqual([["signIn", "clientAuth", "RULE_APP_CANNOT"]]);
  expect(said({ signIn: none, entry: { channel: "front", claimsFrom: "userinfo" } })).toEqual([
    ["entry", "auth0.claimsFrom", "RULE_APP_CANNOT"],
  ]);
  const claims = (change: Readonly<Record<string, ClaimPath>>) =>
    said({ signIn: { claims: { externalId: "sub", ...change } } });
  expect(claims({ externalId: "oid" })).toEqual([["signIn", "claims.externalId", "RULE_APP_CANNOT"]]);
  expect(claims({ externalId: ["sub"], user_id: "x" })).toEqual([["signIn", "claims.user_id", "RULE_APP_CANNOT"]]);
  expect(claims({ name: "name", displayName: "name" })).toEqual([["signIn", "claims.displayName", "RULE_APP_CANNOT"]]);
  for (const hostile of ["it's", 'a"b', ["$", "{context.env.X}"].join(""), "a]b", "a\nb", "back\\slash"]) {
    expect(claims({ email: ["a", hostile] })).toEqual([["signIn", "claims.email", "RULE_APP_CANNOT"]]);
    expect(said({ signIn: { roles: { claim: hostile, map: {} } } })).toEqual([
      ["signIn", "roles.claim", "RULE_APP_CANNOT"],
    ]);
  }
  expect(said({ signIn: { provision: { create: false, update: true } } })).toEqual([
    ["signIn", "provision", "RULE_APP_CANNOT"],
  ]);
});

describe("the strategy okta", () => {
  const okta = { entry: { strategy: "okta" } } as const;
  test("is for an org's own authorization server", () => {
    expect(said(okta)).toEqual([]);
    expect(said({ ...okta, signIn: { authorizationServer: "org" } })).toEqual([]);
    expect(said({ ...okta, signIn: { external: { issuer: "https://acme.okta.com" } as never } })).toEqual([]);
    const refused = [["entry", "auth0.strategy", "RULE_APP_CANNOT"]];
    expect(said({ ...okta, signIn: { authorizationServer: "default" } })).toEqual(refused);
    expect(said({ ...okta, signIn: { external: { issuer: "https://acme.okta.com/oauth2/x" } as never } })).toEqual(
      refused,
    );
    expect(said({ app: { strategy: "okta" }, signIn: { authorizationServer: "default" } })).toEqual([
      ["entry", "", "RULE_APP_CANNOT"],
    ]);
  });
});

describe("another Auth0 tenant", () => {
  test("can be where the sign-in is, this one cannot", () => {
    const at = (issuer: string) => said({ signIn: { idp: "external", external: { issuer } as never } });
    expect(at("https://fernhill.eu.auth0.com/")).toEqual([]);
    expect(at("https://acme.eu.auth0.com/")).toEqual([["signIn", "external.issuer", "RULE_APP_CANNOT"]]);
    expect(said({ signIn: { idp: "customers" } })).toEqual([["signIn", "idp", "RULE_APP_CANNOT"]]);
    expect(said({ signIn: { idp: "workforce" } })).toEqual([]);
  });
});

test("roles are a step for a person, who is told the attribute", () => {
  expect(auth0Kind.manualSteps(use())).toEqual([]);
  const [step, ...others] = auth0Kind.manualSteps(use({ signIn: { roles: { claim: "groups", map: {} } } }));
  expect([step?.when, others]).toEqual(["before", []]);
  expect(step?.text).toContain("`groups`");
});

test("the start page is Auth0's own, at the application of the proof", () => {
  expect(auth0Kind.startUrl?.(use())).toBeUndefined();
  const probe = { clientId: "Q", redirectUri: "https://probe.acme.example/done" };
  const url = new URL(auth0Kind.startUrl?.(use({ app: { probe }, entry: { name: "X1" } })) ?? "");
  expect(url.origin + url.pathname).toBe("https://acme.eu.auth0.com/authorize");
  expect(Object.fromEntries(url.searchParams)).toMatchObject({
    ...{ client_id: "Q", connection: "X1", response_type: "code", redirect_uri: probe.redirectUri },
  });
});

test("only the tenant's first connection at the app gets its domains, unless the file says otherwise", () => {
  const one = use();
  const connections = [...one.tenant.connections, { app: "people", signIn: "staff" }];
  const second = { ...one, tenant: { ...one.tenant, connections }, entry: connections[1] } as never;
  expect(auth0Kind.target({ ...one, tenant: { ...one.tenant, connections } as never }).homeRealm).toBe(true);
  expect(auth0Kind.target(second).homeRealm).toBe(false);
  expect(auth0Kind.target(use({ entry: { homeRealm: false } })).homeRealm).toBe(false);
});

describe("templates of attributes", () => {
  const claims = { externalId: "sub", email: "email", displayName: ["a", "b.c"], team: ["https://x.example/t"] };
  test("read back as the claims that they were made of", () => {
    for (const source of ["tokenset", "userinfo"] as const) {
      expect(claimsOfTemplates(profileTemplates(claims, undefined, source), claims, undefined)).toEqual(claims);
    }
  });

  test("that are none of ours, or are missing, show", () => {
    const roles = { claim: "groups", map: {} };
    const own = profileTemplates(claims, roles, "tokenset");
    expect(claimsOfTemplates(own, claims, roles)).toEqual(claims);
    expect(claimsOfTemplates({ ...own, email: "fixed", extra: 1 }, claims, roles)).toEqual({
      ...{ ...claims, email: "fixed", extra: "1" },
    });
    const { groups: _gone, ...without } = own;
    expect(claimsOfTemplates(without, claims, roles)).toEqual({ ...claims, groups: "" });
    expect(claimsOfTemplates(own, claims, { claim: "roles", map: {} })).toEqual({ ...claims, groups: "groups" });
  });
});
