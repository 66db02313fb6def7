import { afterEach, beforeEach, expect, test } from "vitest";
import { partnersServerId, restrictedServerId } from "../../../sandbox/okta/seed.ts";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../../support/workspace.ts";

// From the tenant's file to Okta and back, with the command line.

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
});
afterEach(() => workspace.close());

const file = "tenants/whiterabbit.yaml";
const groups = "groups: [whiterabbit-staff]";

test("a group is made with `create: true`, then the client that it may use, then there is nothing to do", async () => {
  workspace.edit(file, groups, "groups: [whiterabbit-staff, { name: whiterabbit-partners, create: true }]");
  const plan = await workspace.tenantry("plan");
  expect(plan.out).toMatch(/create\s+idp\/workforce\/group\/whiterabbit-partners/);
  expect(plan.exit).toBe(0);
  const apply = await workspace.tenantry("apply", "--yes");
  expect([apply.exit, apply.err]).toEqual([0, expect.anything()]);
  const [app] = ourApps(workspace.sandbox);
  const assigned = [...(app?.assignments.keys() ?? [])].map((id) => workspace.sandbox.okta.group(id)?.profile.name);
  expect(assigned.sort()).toEqual(["whiterabbit-partners", "whiterabbit-staff"]);
  expect((await workspace.tenantry("plan", "--exit-code", "--deep")).exit).toBe(0);
});

test.each([
  [groups, "groups: [whiterabbit-staff, nobody]", "OKTA_GROUP_MISSING", /whiterabbit\.yaml:10:31/],
  [groups, `${groups}\n  accessPolicy: nobody's`, "OKTA_POLICY_MISSING", /whiterabbit\.yaml:11:17/],
  [
    groups,
    `${groups}\n  authorizationServer: ausnosuchserver00000`,
    "OKTA_AUTHORIZATION_SERVER_MISSING",
    /whiterabbit\.yaml:11:24/,
  ],
])("what the org lacks is said with its place in the file: %s → %s", async (from, to, code, place) => {
  workspace.edit(file, from, to);
  const plan = await workspace.tenantry("plan");
  expect([plan.exit, plan.out + plan.err]).toEqual([2, expect.stringContaining(code)]);
  expect(plan.out + plan.err).toMatch(place);
});

test("an authorization server that only tenantry.yaml names falls back to the sign-in", async () => {
  workspace.edit("tenantry.yaml", "authorizationServer: default", "authorizationServer: ausnosuchserver00000");
  const plan = await workspace.tenantry("plan");
  expect(plan.out + plan.err).toContain("OKTA_AUTHORIZATION_SERVER_MISSING");
  expect(plan.out + plan.err).toMatch(/whiterabbit\.yaml:\d+:\d+/);
  expect(plan.exit).toBe(2);
});

test("a sign-in by a custom authorization server, with a policy and refresh tokens, is proven and switched on", async () => {
  workspace.edit(
    file,
    groups,
    `${groups}\n  accessPolicy: Phishing resistant\n  authorizationServer: ${partnersServerId}`,
  );
  workspace.edit(file, "scopes: [openid, email, profile]", "scopes: [openid, email, profile, offline_access]");
  expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  expect(workspace.portal("select issuer, state from sso_connection")).toEqual([
    { issuer: `https://acme.okta.com/oauth2/${partnersServerId}`, state: "active" },
  ]);
  const [app] = ourApps(workspace.sandbox);
  const policy = workspace.sandbox.okta.policies.find(({ id }) => id === app?.accessPolicy);
  expect([policy?.name, app?.oauth.refresh_token]).toEqual([
    "Phishing resistant",
    { rotation_type: "STATIC", leeway: 0 },
  ]);
  expect((await workspace.tenantry("plan", "--exit-code", "--deep")).exit).toBe(0);
});

test("a client with a secret that should do without is refused, in words", async () => {
  await workspace.tenantry("apply", "--yes");
  workspace.edit("tenantry.yaml", "clientAuth: [client_secret_basic,", "clientAuth: [none, client_secret_basic,");
  workspace.edit(file, "clientAuth: client_secret_basic", "clientAuth: none");
  const plan = await workspace.tenantry("plan");
  expect(plan.out + plan.err).toContain("OKTA_APPLICATION_TYPE");
  expect(plan.out + plan.err).toContain("declare a second sign-in of another name");
  expect(plan.exit).not.toBe(0);
});

test("the restricted server is no mistake of the file that a plan could see", async () => {
  workspace.edit(file, groups, `${groups}\n  authorizationServer: ${restrictedServerId}`);
  expect((await workspace.tenantry("plan")).exit).toBe(0);
});
