import { describe, expect, test } from "vitest";
import type { AppUse } from "../../../src/desired/app-kind.ts";
import { sqlKind } from "../../../src/desired/apps/sql.ts";
import type { SignIn, Tenant } from "../../../src/tenant/tenant.ts";
import type { SqlApp } from "../../../src/workspace/apps/sql.ts";
import type { SqlMapping } from "../../../src/workspace/apps/sql-mapping.ts";

const mapping: SqlMapping = {
  table: "Org",
  key: { column: "id", value: "id" },
  columns: { issuer: "issuer", clientId: "client_id" },
  scopes: "words",
  domains: { column: "domain" },
};

const plain = {
  name: "default",
  scopes: ["openid", "profile", "email"],
  responseMode: "query",
  acrValues: [],
  extraParams: {},
  claims: { externalId: "sub", email: "email", displayName: "name" },
  require: {},
  provision: { create: true, update: true },
} as unknown as SignIn;

function use(
  change: { mapping?: SqlMapping | undefined; signIn?: Partial<SignIn>; tenant?: Partial<Tenant> } = {},
): AppUse<SqlApp> {
  const app = { name: "portal", kind: "sql", mapping: "mapping" in change ? change.mapping : mapping } as SqlApp;
  const tenant = {
    tenant: "whiterabbit",
    domains: ["whiterabbit.example"],
    connections: [{ app: "portal", signIn: "default" }],
    ...change.tenant,
  } as unknown as Tenant;
  return {
    ...{ app, tenant, signIn: { ...plain, ...change.signIn }, entry: {} },
    ...{ environment: "production", workspace: "acme" },
  };
}

const findings = (of: AppUse<SqlApp>) => sqlKind.audit(of).map(({ in: place, path }) => `${place} ${path.join(".")}`);

describe("what a mapped table cannot hold", () => {
  test("is nothing while the file says what holds for everybody", () => {
    expect(findings(use())).toEqual([]);
  });

  test.each<[string, Partial<SignIn>]>([
    ["responseMode", { responseMode: "form_post" }],
    ["scopes", { scopes: ["openid", "groups"] }],
    ["acrValues", { acrValues: ["mfa"] }],
    ["extraParams", { extraParams: { domain_hint: "x" } }],
    ["claims", { claims: { email: "mail" } }],
    ["roles", { roles: { claim: "groups", map: {} } }],
    ["require", { require: { hd: "whiterabbit.example" } }],
    ["provision", { provision: { create: false, update: true } }],
    ["session", { session: { idle: 1_000 } }],
  ])("%s, without a column", (field, signIn) => {
    expect(findings(use({ signIn }))).toEqual([`signIn ${field}`]);
    const held = { ...mapping, columns: { ...mapping.columns, [field]: "a_column" } };
    expect(findings(use({ signIn, mapping: held }))).toEqual([]);
    expect(findings(use({ signIn, mapping: undefined }))).toEqual([]);
    expect(sqlKind.audit(use({ signIn }))[0]?.hint).toContain(`apps.portal.mapping.columns.${field}`);
  });

  test("a second domain, and a second sign-in", () => {
    const domains = ["a.example", "b.example"];
    expect(findings(use({ tenant: { domains } }))).toEqual(["tenant domains"]);
    const table = { ...mapping, domains: { table: "Domain", domain: "name", org: "orgId" } };
    expect(findings(use({ tenant: { domains }, mapping: table }))).toEqual([]);
    const connections = [
      { app: "portal", signIn: "default" },
      { app: "portal", signIn: "partners" },
    ] as unknown as Tenant["connections"];
    expect(findings(use({ tenant: { connections } }))).toEqual([]);
    const second = { signIn: { name: "partners" }, tenant: { connections } };
    expect(findings(use(second))).toEqual(["entry app"]);
    const each: SqlMapping = { ...mapping, key: { column: "key", value: "connection" }, domains: undefined };
    expect(findings(use({ ...second, mapping: each }))).toEqual([]);
  });
});

test("a mapped row is compared as a whole, and its API key is for a person to hand over", () => {
  expect(sqlKind.target(use({ mapping: undefined }))).toEqual({});
  expect(sqlKind.target(use())).toEqual({ row: "as written" });
  expect(sqlKind.manualSteps(use())).toEqual([]);
  const apiKey = { column: "apikey", file: ".tenantry/api-keys/{tenant}.key" };
  expect(sqlKind.manualSteps(use({ mapping: { ...mapping, apiKey } }))).toEqual([
    { when: "after", text: expect.stringContaining(".tenantry/api-keys/whiterabbit.key") },
  ]);
});
