import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

// A customer's own org that its file gives in place, with an API token for it.

const host = "juniper.okta.com";
const inPlace = `  okta: { domain: ${host}, credentials: { apiToken: env:TENANT_JUNIPER_LABS__OKTA_TOKEN } }
  groups: [juniper-people]
`;
const file = "tenants/juniper-labs.yaml";

describe("a customer's own org, given in place", () => {
  let workspace: TestWorkspace;

  beforeEach(async () => {
    workspace = await openTestWorkspace();
    workspace.edit("tenantry.yaml", "references:\n", `references:\n  hosts: [${host}]\n`);
    workspace.addTenant("juniper-labs", (text) =>
      text.replace("  idp: workforce\n  groups: [whiterabbit-staff]\n", inPlace).replace(/^ {2}roles:.*\n/m, ""),
    );
  });
  afterEach(() => workspace.close());

  const org = () => workspace.sandbox.standIns.customerOrg.org;
  const clients = () => org().apps.filter((app) => JSON.stringify(app.profile ?? {}).includes("juniper-labs/portal"));
  const asked = () => workspace.sandbox.okta.requests.entries.filter((entry) => entry.host === host);

  it("is provisioned and proven beside the workspace's own", async () => {
    const planned = await workspace.tenantry("plan");
    expect(planned.out).toContain(`idp/${host}/client/juniper-labs/portal`);
    const applied = await workspace.tenantry("apply", "--yes");
    expect(applied.exit, applied.out + applied.err).toBe(0);
    expect(clients()).toHaveLength(1);
    expect(ourApps(workspace.sandbox, "juniper-labs")).toEqual([]);
    expect(workspace.portal("select issuer from sso_connection_active where key = 'juniper-labs/portal'")).toEqual([
      { issuer: `https://${host}` },
    ]);
    const again = await workspace.tenantry("plan", "--exit-code");
    expect(again.exit, again.out + again.err).toBe(0);
    const status = await workspace.tenantry("status");
    expect(status.out).toMatch(new RegExp(`juniper-labs/portal +${host} `));
    expect((await workspace.tenantry("show", "juniper-labs")).out).toContain(`${host} (okta)`);

    workspace.edit(file, "status: active", "status: suspended");
    const off = await workspace.tenantry("apply", "--yes", "--only", "juniper-labs");
    const acks = [...off.err.matchAll(/--ack (\S+)/g)].flatMap(([, what = ""]) => ["--ack", what]);
    const suspended =
      off.exit === 0 ? off : await workspace.tenantry("apply", "--yes", "--only", "juniper-labs", ...acks);
    expect(suspended.exit, suspended.out + suspended.err).toBe(0);
    expect(clients().map(({ status: state }) => state)).toEqual(["INACTIVE"]);
  });

  it("is sent no credential unless tenantry.yaml lists its host", async () => {
    workspace.edit("tenantry.yaml", `  hosts: [${host}]\n`, "  hosts: [other.okta.com]\n");
    for (const command of [["validate"], ["plan"], ["plan", "--only", "juniper-labs"], ["apply", "--yes"]]) {
      const refused = await workspace.tenantry(...command);
      expect(refused.exit).toBe(2);
      expect(refused.out + refused.err).toContain("RULE_HOST_FORBIDDEN");
    }
    expect(asked()).toEqual([]);
  });

  it("may not be come into with another tenant's credential", async () => {
    workspace.edit(file, "env:TENANT_JUNIPER_LABS__OKTA_TOKEN", "env:OKTA_API_TOKEN");
    const refused = await workspace.tenantry("validate");
    expect(refused.exit).toBe(2);
    expect(refused.out).toMatch(/juniper-labs\.yaml:9:\d+ +RULE_REFERENCE_FORBIDDEN/);
  });

  it("holds up nobody else when its credential gives nothing", async () => {
    workspace.edit(file, "__OKTA_TOKEN", "__ABSENT");
    const applied = await workspace.tenantry("apply", "--yes");
    expect(applied.exit).not.toBe(0);
    expect(applied.out + applied.err).toContain("SECRET_UNRESOLVED");
    expect(workspace.portal("select key from sso_connection_active")).toEqual([{ key: "whiterabbit/portal" }]);
    expect(asked().filter(({ path }) => path.startsWith("/api/"))).toEqual([]);
    const rebuilt = await workspace.tenantry("status", "--rebuild");
    expect(rebuilt.exit, rebuilt.err).toBe(0);
    expect(rebuilt.out).toContain("TENANT_JUNIPER_LABS__ABSENT");
  });

  it("is asked nothing for a draft", async () => {
    workspace.edit(file, "status: active", "status: draft");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(asked()).toEqual([]);
  });

  it("is told to hold a client still when its tenant has moved away", async () => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    workspace.edit(file, inPlace, "  idp: workforce\n  groups: [whiterabbit-staff]\n");
    const moved = await workspace.tenantry("plan");
    expect(moved.out.replaceAll(/\s+/g, " ")).toContain(
      `the client of juniper-labs/portal at https://${host} (no file gives access there)`,
    );
  });

  it("may be an Auth0 tenant, with an organization of the name that the file says", async () => {
    const { sandbox } = workspace;
    workspace.edit("tenantry.yaml", `hosts: [${host}]`, "hosts: [acme.eu.auth0.com]");
    workspace.edit(
      file,
      inPlace,
      `  auth0:
    domain: acme.eu.auth0.com
    organizationName: juniper
    credentials: { clientId: TenantryManagement0000000000000a, clientSecret: env:TENANT_JUNIPER_LABS__AUTH0 }
  enabledConnections: [juniper-oidc]
  organization: { displayName: Juniper at Acme }
`,
    );
    sandbox.auth0.addConnection("juniper-oidc", "oidc");
    const secret = { TENANT_JUNIPER_LABS__AUTH0: String(sandbox.env.AUTH0_MANAGEMENT_SECRET) };
    const applied = await workspace.tenantryWith(secret, "apply", "--yes");
    expect(applied.exit, applied.out + applied.err).toBe(0);
    const organization = sandbox.auth0.organization("juniper");
    expect(JSON.stringify(organization)).toContain("Juniper at Acme");
    expect(workspace.portal("select issuer from sso_connection_active where key = 'juniper-labs/portal'")).toEqual([
      { issuer: "https://acme.eu.auth0.com/" },
    ]);
    const again = await workspace.tenantryWith(secret, "plan", "--exit-code");
    expect(again.exit, again.out + again.err).toBe(0);
  });

  it("is one identity provider", async () => {
    workspace.edit(file, host, "acme.okta.com");
    workspace.edit("tenantry.yaml", `hosts: [${host}]`, 'hosts: ["*.okta.com"]');
    const same = await workspace.tenantry("validate");
    expect(same.out).toContain("`acme.okta.com` is `workforce` of tenantry.yaml already");
    workspace.edit(file, "acme.okta.com", host);
    workspace.addTenant("bramble", () =>
      workspace
        .read(file)
        .replace("tenant: juniper-labs", "tenant: bramble")
        .replace(/^id: .*/m, "id: bramblebramblebrambl")
        .replace("juniper-labs.example", "bramble.example")
        .replace("TENANT_JUNIPER_LABS", "TENANT_BRAMBLE"),
    );
    const twice = await workspace.tenantry("validate");
    expect(twice.out).toContain(`\`bramble\` gives \`${host}\` in place too`);
    expect((await workspace.tenantry("plan", "--only", "juniper-labs")).err).toContain("RULE_INLINE_TWICE");
  });
});
