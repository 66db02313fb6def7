import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

// An authorization server of an Okta org that a file names: made when it says what it is like, else there already.

const host = "juniper.okta.com";
const described = `{ name: Sign-in, audience: "api://portal", scopes: [portal.read], groupsClaim: { filter: "^juniper-" } }`;
const file = "tenants/juniper-labs.yaml";

describe("an authorization server by its name", () => {
  let workspace: TestWorkspace;

  beforeEach(async () => {
    workspace = await openTestWorkspace();
    workspace.edit("tenantry.yaml", "references:\n", `references:\n  hosts: [${host}]\n`);
    workspace.addTenant("juniper-labs", (text) =>
      text
        .replace(
          "  idp: workforce\n  groups: [whiterabbit-staff]\n",
          `  okta: { domain: ${host}, credentials: { apiToken: env:TENANT_JUNIPER_LABS__OKTA_TOKEN } }
  authorizationServer: ${described}
  groups: [juniper-people]
`,
        )
        .replace("scopes: [openid, email, profile]", "scopes: [openid, email, profile, portal.read]")
        .replace(/^ {2}roles:.*$/m, "  roles: { claim: groups, map: { juniper-admins: admin }, default: member }"),
    );
  });
  afterEach(() => workspace.close());

  const org = () => workspace.sandbox.standIns.customerOrg.org;
  const servers = () => org().servers.filter(({ name }) => name === "Sign-in");
  const policies = () => [...(servers()[0]?.policies.values() ?? [])];
  const records = () =>
    workspace
      .portal("select key, issuer from sso_connection_active order by key")
      .map(({ key, issuer }) => [key, issuer]);

  it("is made with what the file says, and lets in exactly our client", async () => {
    const planned = await workspace.tenantry("plan");
    expect(planned.exit, planned.err).toBe(0);
    expect(planned.out).toContain(`idp/${host}/server/Sign-in`);
    expect(planned.err).toContain("APPLY_SERVER_FIRST");
    expect(servers()).toEqual([]);

    const applied = await workspace.tenantry("apply", "--yes");
    expect(applied.exit, applied.out + applied.err).toBe(0);
    const [server, ...others] = servers();
    expect(others).toEqual([]);
    expect(server).toMatchObject({
      audiences: ["api://portal"],
      description: "Made by Tenantry for workspace acme, environment sandbox.",
    });
    expect([...(server?.scopes.values() ?? [])].map(({ name }) => name)).toContain("portal.read");
    expect([...(server?.claims.values() ?? [])].filter(({ name }) => name === "groups")).toMatchObject([
      { claimType: "IDENTITY", valueType: "GROUPS", value: "^juniper-", alwaysIncludeInToken: true },
    ]);
    const [client] = org().apps.filter((app) => JSON.stringify(app.profile ?? {}).includes("juniper-labs/portal"));
    expect(policies().map(({ clients }) => clients)).toEqual([[client?.clientId]]);
    expect(policies().flatMap(({ rules }) => [...rules.values()])).toMatchObject([
      { grantTypes: ["authorization_code"], scopes: ["email", "openid", "portal.read", "profile"] },
    ]);
    expect(records()).toContainEqual(["juniper-labs/portal", `https://${host}/oauth2/${server?.id}`]);

    const again = await workspace.tenantry("plan", "--exit-code");
    expect(again.exit, again.out + again.err).toBe(0);
    const verified = await workspace.tenantry("verify", "juniper-labs");
    expect(verified.exit, verified.out + verified.err).toBe(0);
    const shown = await workspace.tenantry("show", "juniper-labs");
    expect(shown.out).toContain(`https://${host}/oauth2/${server?.id}`);
  });

  it("is kept as the file says", async () => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    for (const policy of policies()) Object.assign(policy, { clients: ["ALL_CLIENTS"] });
    for (const claim of servers()[0]?.claims.values() ?? []) if (claim.name === "groups") claim.value = ".*";
    const drifted = await workspace.tenantry("plan", "--exit-code");
    expect(drifted.exit).toBe(3);
    expect(drifted.out).toContain("serverScopes");
    expect(drifted.out).toContain("groupsClaim");
    const mended = await workspace.tenantry("apply", "--yes");
    expect(mended.exit, mended.out + mended.err).toBe(0);
    expect(policies().map(({ clients }) => clients)).not.toContainEqual(["ALL_CLIENTS"]);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("is all that a saved plan makes of it; the next plan has the rest", async () => {
    const plan = join(workspace.root, "plan.json");
    expect((await workspace.tenantry("plan", "--out", plan)).exit).toBe(0);
    const applied = await workspace.tenantry("apply", "--yes", "--plan", plan);
    expect(applied.exit, applied.out + applied.err).toBe(0);
    expect(applied.out).toMatch(/juniper-labs\/portal +waiting[\s\S]*plan again/);
    expect(servers()).toHaveLength(1);
    expect(records()).toEqual([["whiterabbit/portal", "https://acme.okta.com/oauth2/default"]]);
    expect((await workspace.tenantry("plan", "--out", plan)).exit).toBe(0);
    expect((await workspace.tenantry("apply", "--yes", "--plan", plan)).exit).toBe(0);
    expect(records()).toHaveLength(2);
  });

  it("holds up no switching off when it is gone", async () => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    org().state.servers.delete(servers()[0]?.id ?? "");
    workspace.edit(file, "status: active", "status: suspended");
    const only = ["--yes", "--only", "juniper-labs"];
    const stopped = await workspace.tenantry("apply", ...only);
    const acks = [...stopped.err.matchAll(/--ack (\S+)/g)].flatMap(([, what = ""]) => ["--ack", what]);
    const off = stopped.exit === 0 ? stopped : await workspace.tenantry("apply", ...only, ...acks);
    expect(off.exit, off.out + off.err).toBe(0);
    expect(records()).toEqual([["whiterabbit/portal", "https://acme.okta.com/oauth2/default"]]);
    expect(servers()).toEqual([]);
  });

  it("is left alone when somebody else has made it, and holds up nobody else", async () => {
    const theirs = org().addServer("Sign-in", { audiences: ["api://theirs"] });
    const applied = await workspace.tenantry("apply", "--yes");
    expect(applied.exit).toBe(4);
    expect(applied.out + applied.err).toContain("OKTA_SERVER_TAKEN");
    expect(theirs.audiences).toEqual(["api://theirs"]);
    expect(theirs.policies.size).toBe(0);
    expect(records()).toEqual([["whiterabbit/portal", "https://acme.okta.com/oauth2/default"]]);
  });

  it("is used as it is when the file only names it", async () => {
    workspace.edit(file, described, "{ name: Sign-in }");
    const missing = await workspace.tenantry("plan");
    expect(missing.exit).toBe(2);
    expect(missing.err).toContain("OKTA_AUTHORIZATION_SERVER_MISSING");
    workspace.edit(file, ", portal.read]", "]");
    const { id } = org().addServer("Sign-in", { audiences: ["api://theirs"] });
    const planned = await workspace.tenantry("plan");
    expect(planned.out).toContain(`https://${host}/oauth2/${id}`);
    expect(planned.out).not.toContain("server/Sign-in");
  });
});
