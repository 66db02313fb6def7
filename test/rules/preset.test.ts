import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { checkFiles } from "../../src/cli/context.ts";
import type { Issue } from "../../src/errors/issue.ts";
import { memoryFiles } from "../workspace/memory-files.ts";

// Negative cases with their positions are golden: test/golden/170 to 175. Here is what no rule may refuse, and where two
// rules could speak at once.

const tenantry = readFileSync(new URL("../golden/145-issuer-of-nobody/tenantry.yaml", import.meta.url), "utf8");
const directory = "3f6c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e";

/** Everything that is wrong with one tenant's sign-in. */
function issues(signIn: string, workspace = tenantry): readonly Issue[] {
  const tenant = [
    ...["tenant: alice", "id: alicealicealicealice", "name: Alice", "status: active", "domains: [alice.example]"],
    ...["signIn:", ...signIn.split("\n").map((line) => `  ${line}`), "connections:", "  - app: portal", ""],
  ].join("\n");
  const files = memoryFiles({ "tenantry.yaml": workspace, "tenants/alice.yaml": tenant });
  return checkFiles("/nowhere", undefined, "2027-03-01", files).issues;
}

/** The same for a sign-in at the customer's own provider. */
function external(issuer: string, more = ""): readonly Issue[] {
  const client = "clientId: one, clientSecret: env:TENANT_ALICE__CLIENT_SECRET";
  return issues(`external: { issuer: "${issuer}", ${client} }\n${more}`.trimEnd());
}

const codes = (found: readonly Issue[]): readonly string[] => found.map(({ code }) => code);

test.each([
  ["https://alice.okta.com", "scopes: [openid, groups]"],
  ["https://alice.okta.com/oauth2/default", "scopes: [openid, groups]"],
  ["https://alice.eu.auth0.com/", ""],
  ["https://login.alice.example/", "preset: auth0"],
  [`https://login.microsoftonline.com/${directory}/v2.0`, "require: { tid: a }"],
  ["https://accounts.google.com", "require: { hd: alice.example, email_verified: 'true' }"],
  ["https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123xyz", ""],
  ["https://id.alice.example/realms/staff", "scopes: [openid, groups]"],
  ["https://id.alice.example/realms/staff/", "preset: oidc-provider"],
  ["https://id.alice.example/admin/staff/console/", "preset: oidc-provider"],
  [`https://auth.pingone.eu/${directory}/as`, ""],
  ["https://sso.alice.example", "preset: pingfederate"],
  ["https://sso.alice.example:9031/", "preset: pingfederate"],
  ["https://alice.onelogin.com/oidc/2", "scopes: [openid, groups]"],
  ["https://alice.onelogin.example/oidc/2", "preset: onelogin"],
  ["https://alice.my.salesforce.com", ""],
  ["https://sts.alice.example/adfs", ""],
  ["https://oauth.id.jumpcloud.com/", ""],
  ["https://id.alice.example/application/o/portal/", ""],
  ["https://id.alice.example/", "preset: authentik"],
  ["https://id.alice.example/dex", "preset: dex\nscopes: [openid, groups]"],
  ["https://id.alice.example", "preset: hydra"],
  ["https://id.alice.example/", "preset: oidc-provider"],
  // Nobody knows these: a look-alike is judged as any other server.
  ["https://alice.okta.com.evil.example/", "scopes: [openid, groups]"],
  ["https://login.microsoftonline.com.evil.example/a/v2.0", "scopes: [openid, groups]"],
])("nothing is wrong with %s (%s)", (issuer, more) => {
  expect(external(issuer, more)).toEqual([]);
});

test("one mistake of an issuer is said once", () => {
  expect(codes(external("https://login.microsoftonline.com/common/v2.0/"))).toEqual(["RULE_ISSUER_OF_NOBODY"]);
  expect(codes(external(`https://sts.windows.net/${directory}/`))).toEqual(["RULE_ISSUER_MISTAKEN"]);
  expect(codes(external("https://alice-admin.okta.com/"))).toEqual(["RULE_ISSUER_MISTAKEN"]);
});

test("an unknown preset hides nothing of the issuer that a host tells", () => {
  expect(codes(external("https://alice-admin.okta.com", "preset: oktaa"))).toEqual([
    "RULE_ISSUER_MISTAKEN",
    "RULE_PRESET_UNKNOWN",
  ]);
});

test("a draft without an issuer is judged by its preset", () => {
  const draft = issues("external: {}\npreset: entra-id\nscopes: [openid, groups]");
  expect(codes(draft)).toContain("RULE_SCOPE_REFUSED");
  expect(draft.find(({ code }) => code === "RULE_SCOPE_REFUSED")?.message).toBe(
    "Microsoft Entra ID refuses the scope `groups` (AADSTS650053), and with it the whole sign-in",
  );
});

test("a claim that never comes may still be mapped: only what depends on it is wrong", () => {
  const issuer = `https://login.microsoftonline.com/${directory}/v2.0`;
  expect(external(issuer, "claims: { externalId: oid, email: email, verified: email_verified }")).toEqual([]);
  expect(codes(external(issuer, "roles: { claim: email_verified, map: { 'true': member } }"))).toEqual([
    "RULE_CLAIM_NEVER_SENT",
  ]);
  expect(
    external("https://accounts.google.com", "require: { hd: alice.example }\nroles: { claim: [groups, a], map: {} }"),
  ).toEqual([]);
});

test("an identity provider of our own is what its kind says, at whatever address", () => {
  const custom = tenantry.replace(
    "domain: acme.eu.auth0.com",
    "domain: acme.eu.auth0.com\n    customDomain: login.acme.example",
  );
  const signIn = "idp: customers\nenabledConnections: [alice]";
  expect(issues(signIn, custom)).toEqual([]);
  expect(issues(`${signIn}\npreset: auth0`, custom)).toEqual([]);
  expect(codes(issues(`${signIn}\npreset: keycloak`, custom))).toEqual(["RULE_PRESET_CONTRADICTS"]);
  expect(codes(issues("idp: workforce\ngroups: [staff]\npreset: okta"))).toEqual(["RULE_PRESET_CONTRADICTS"]);
  expect(issues("idp: workforce\ngroups: [staff]\npreset: okta-custom")).toEqual([]);
});
