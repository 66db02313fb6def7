import { afterAll, beforeAll, expect, test } from "vitest";
import { settingsFor } from "../../../sandbox/auth0/client-input.ts";
import type { Auth0Connection } from "../../../sandbox/auth0/model.ts";
import { auth0Host } from "../../../sandbox/sandbox.ts";
import { type CommandResult, openTestWorkspace, type TestWorkspace } from "../../support/workspace.ts";

// From the file to people who come in: an Okta org behind an enterprise connection of our Auth0 tenant, the whole way
// through the command line.

const probe = { id: "Q".repeat(32), at: "https://probe.acme.example/done" };
const portal = "P".repeat(32);
let workspace: TestWorkspace;

beforeAll(async () => {
  workspace = await openTestWorkspace();
  const { auth0 } = workspace.sandbox;
  const application = (name: string, callback: string) =>
    settingsFor({
      ...{ name, app_type: "regular_web", callbacks: [callback], grant_types: ["authorization_code"] },
      ...{ token_endpoint_auth_method: "client_secret_post", oidc_conformant: true },
    });
  auth0.addClient({ clientId: portal, settings: application("Portal", "https://portal.acme.example/callback") });
  auth0.addClient({ clientId: probe.id, settings: application("Proofs", probe.at) });
  workspace.edit(
    "tenantry.yaml",
    "\napps:\n",
    `
  customers:
    kind: auth0
    domain: ${auth0Host}
    engine: direct
    credentials: { clientId: TenantryManagement0000000000000a, clientSecret: env:AUTH0_MANAGEMENT_SECRET }
apps:
  people:
    kind: auth0
    identityProvider: customers
    clients: [Portal]
    probe: { clientId: ${probe.id}, redirectUri: ${probe.at} }
`,
  );
  workspace.edit("tenants/whiterabbit.yaml", "clientAuth: client_secret_basic", "clientAuth: client_secret_post");
  workspace.edit("tenants/whiterabbit.yaml", "  - app: portal", "  - app: people");
});
afterAll(() => workspace.close());

function connection(): Auth0Connection {
  const found = workspace.sandbox.auth0.connection("whiterabbit");
  if (found === undefined) throw new Error("there is no connection");
  return found;
}

/** Verdicts by check of the only proof. */
function verdictsOf(verified: CommandResult): Readonly<Record<string, string>> {
  const all: Record<string, string> = {};
  JSON.parse(verified.out, (_name, value) => {
    if (typeof value?.id === "string" && typeof value.verdict === "string") all[value.id] = value.verdict;
    return value;
  });
  return all;
}

const enabled = () => [...connection().clients].sort();

test("a connection is made, proven through Auth0 at the customer's provider, and only then enabled", async () => {
  const plan = await workspace.tenantry("plan");
  expect(plan.err + plan.out).toContain("app/people/record/whiterabbit/people");
  expect(plan.out).toContain("an Action");
  const applied = await workspace.tenantry("apply", "--yes");
  expect(applied.err + applied.out).toContain("active");
  expect(applied.exit).toBe(0);
  expect(enabled()).toEqual([portal, probe.id].sort());
  expect(connection().settings.options).toMatchObject({
    issuer: "https://acme.okta.com/oauth2/default",
    type: "back_channel",
    domain_aliases: ["whiterabbit.example"],
  });
  const [app] = workspace.sandbox.okta.apps.filter((each) => JSON.stringify(each).includes("whiterabbit/people"));
  expect(JSON.stringify(app)).toContain(`https://${auth0Host}/login/callback`);
  const verified = await workspace.tenantry("verify", "whiterabbit", "--json");
  expect(verified.exit, verified.err + verified.out).toBe(0);
  const verdicts = verdictsOf(verified);
  // Auth0 sets more cookies than the one that binds the sign-in, so that A5 may warn.
  expect(verdicts).toMatchObject({
    A1: "pass",
    A2: "pass",
    A3: "pass",
    A4: "pass",
    A6: "pass",
    A7: "pass",
    A8: "pass",
  });
});

test("nothing more is to do, and a change by hand is", async () => {
  expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
  const { options } = connection().settings;
  connection().settings.options = { ...(options as object), scope: "openid" };
  const plan = await workspace.tenantry("plan", "--exit-code");
  expect([plan.exit, plan.out]).toEqual([3, expect.stringContaining("scopes")]);
  const applied = await workspace.tenantry("apply", "--yes");
  expect(applied.exit, applied.err + applied.out).toBe(0);
  expect((connection().settings.options as { scope: string }).scope).toBe("openid email profile");
});

test("a change whose proof fails leaves what worked", async () => {
  const before = JSON.stringify(connection().settings);
  workspace.edit(
    "tenants/whiterabbit.yaml",
    "scopes: [openid, email, profile]",
    "scopes: [openid, email, nothing-of-okta]",
  );
  const applied = await workspace.tenantry("apply", "--yes");
  expect(applied.exit, applied.err + applied.out).toBe(6);
  workspace.edit(
    "tenants/whiterabbit.yaml",
    "scopes: [openid, email, nothing-of-okta]",
    "scopes: [openid, email, profile]",
  );
  expect(JSON.stringify(connection().settings)).toBe(before);
  expect(enabled()).toEqual([portal, probe.id].sort());
});

test("suspended, nobody comes in; active again, as before; off-boarded, nothing is left", async () => {
  workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
  const off = await workspace.tenantry("apply", "--yes");
  expect(off.exit, off.err + off.out).toBe(0);
  expect([enabled(), (connection().settings.options as { domain_aliases: string[] }).domain_aliases]).toEqual([[], []]);
  workspace.edit("tenants/whiterabbit.yaml", "status: suspended", "status: active");
  const on = await workspace.tenantry("apply", "--yes");
  expect(on.exit, on.err + on.out).toBe(0);
  expect(enabled()).toEqual([portal, probe.id].sort());
});

test("what Auth0 cannot do is an issue with its place, before anything is asked", async () => {
  const file = workspace.read("tenants/whiterabbit.yaml");
  const issues = async (from: string, to: string) => {
    workspace.edit("tenants/whiterabbit.yaml", from, to);
    const { exit, out, err } = await workspace.tenantry("validate");
    workspace.write("tenants/whiterabbit.yaml", file);
    expect(exit).toBe(2);
    return out + err;
  };
  expect(await issues("clientAuth: client_secret_post", "clientAuth: client_secret_basic")).toMatch(
    /tenants\/whiterabbit\.yaml:\d+:\d+[\s\S]*client_secret_basic/,
  );
  expect(await issues("externalId: sub", "externalId: oid")).toMatch(
    /whiterabbit\.yaml:\d+:\d+[\s\S]*RULE_APP_CANNOT|RULE_APP_CANNOT[\s\S]*whiterabbit\.yaml:\d+:\d+/,
  );
  expect(await issues("  - app: people", "  - app: people\n    auth0: { name: white--rabbit }")).toContain(
    "single hyphens",
  );
  expect(await issues("  roles:", "  require: { hd: whiterabbit.example }\n  roles:")).toContain("RULE_APP_CANNOT");
  workspace.addTenant("gryphon", (text) =>
    text.replace("  - app: people", "  - app: people\n    auth0: { name: WhiteRabbit }"),
  );
  const { exit, out, err } = await workspace.tenantry("validate");
  expect([exit, out + err]).toEqual([2, expect.stringContaining("RULE_APP_NAME_TAKEN")]);
});
