import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

const callback = "https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5";

describe("one tenant, from its file to a proven sign-in", () => {
  let workspace: TestWorkspace;
  beforeAll(async () => {
    workspace = await openTestWorkspace();
  });
  afterAll(() => workspace.close());

  it("plans the client, the tenant's row, the record and its activation, and writes nothing", async () => {
    const before = workspace.sandbox.okta.apps.length;
    const result = await workspace.tenantry("plan", "--exit-code", "--json");
    expect(result.exit).toBe(3);
    const { plan } = result.json() as unknown as { plan: { changes: { action: string; address: string }[] } };
    expect(plan.changes.map(({ action, address }) => `${action} ${address}`)).toEqual([
      "create idp/workforce/client/whiterabbit/portal",
      "create app/portal/tenant/whiterabbit",
      "create app/portal/record/whiterabbit/portal",
      "activate app/portal/record/whiterabbit/portal",
    ]);
    expect(workspace.sandbox.okta.apps).toHaveLength(before);
    expect(workspace.portal("select * from sso_connection")).toEqual([]);
    expect(workspace.sandbox.okta.requests.entries.filter(({ path }) => path.endsWith("/v1/authorize"))).toEqual([]);
  });

  it("applies, proves every link and switches the tenant on", async () => {
    const result = await workspace.tenantry("apply", "--yes", "--json");
    expect(result.exit).toBe(0);
    const [outcome] = (result.json() as unknown as { connections: { outcome: string; evidence: Evidence }[] })
      .connections;
    expect(outcome?.outcome).toBe("active");
    expect(outcome?.evidence).toMatchObject({ verdict: "pass", secretCopy: "record" });
    expect(outcome?.evidence.checks.filter(({ verdict }) => verdict !== "pass" && verdict !== "skipped")).toEqual([]);
    expect(outcome?.evidence.checks.map(({ id }) => id)).toEqual(
      expect.arrayContaining(["D1", "D3", "D9", "K1", "K2", "K3", "P1", "P2", "P3", "S1", "S2", "R2"]),
    );
  });

  it("left exactly one client at the org, marked, assigned to the group and nobody else", () => {
    const apps = ourApps(workspace.sandbox);
    expect(apps).toHaveLength(1);
    const [app] = apps;
    expect(app?.label).toMatch(/^whiterabbit\/portal /);
    expect(app?.oauth.redirect_uris).toEqual([callback]);
    const names = [...(app?.assignments.keys() ?? [])].map((id) => workspace.sandbox.okta.group(id)?.profile.name);
    expect(names).toEqual(["whiterabbit-staff"]);
  });

  it("left one active record that the app can read, its secret sealed", () => {
    const [record] = workspace.portal("select * from sso_connection_active");
    expect(record).toMatchObject({
      issuer: "https://acme.okta.com/oauth2/default",
      redirect_uri: callback,
      state: "active",
    });
    expect(String(record?.client_secret)).toMatch(/^tenantry\.v1\./);
    expect(workspace.portal("select * from sso_connection_previous")).toEqual([]);
    expect(workspace.portal("select domain from org_domain")).toEqual([{ domain: "whiterabbit.example" }]);
  });

  it("has nothing to do afterwards", async () => {
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
    const second = await workspace.tenantry("apply", "--yes");
    expect(second).toMatchObject({ exit: 0, out: "Nothing to do: everything is as the files say.\n" });
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
  });

  it("proves what the app really uses and says so in status and show", async () => {
    const proof = await workspace.tenantry("verify");
    expect(proof.exit).toBe(0);
    expect(proof.out).toMatch(/whiterabbit\/portal +pass +pass +pass +pass +pass +pass/);
    const status = (await workspace.tenantry("status", "--json")).json() as unknown as {
      connections: { record: string; proof: { verdict: string; current: boolean } }[];
    };
    expect(status.connections[0]).toMatchObject({ record: "active", proof: { verdict: "pass", current: true } });
    expect((await workspace.tenantry("show", "whiterabbit")).out).toContain(callback);
  });

  it("says what it would take to prove the app's half, and proves it once the file names the start page", async () => {
    expect((await workspace.tenantry("verify", "--json")).out).toContain("with `start: PATH` at the app");
    workspace.edit("tenantry.yaml", "    postLogout: [/]", "    start: /openid/start/{id}\n    postLogout: [/]");
    const proof = await workspace.tenantry("verify", "--json");
    expect(proof.exit, proof.err).toBe(0);
    const checks = [...proof.out.matchAll(/"id": ?"(A\d)"[^}]*?"verdict": ?"(\w+)"/g)].map(([, id, verdict]) => [
      id,
      verdict,
    ]);
    expect(checks).toEqual([...Array.from({ length: 8 }, (_, n) => [`A${n + 1}`, "pass"]), ["A9", "skipped"]]);
  });

  it("hands a replaced secret over when the plan sees another one", async () => {
    const [app] = ourApps(workspace.sandbox);
    workspace.sandbox.okta.replaceSecret(String(app?.id));
    const broken = await workspace.tenantry("verify");
    expect(broken.exit).toBe(6);
    expect(broken.out).toMatch(/FAIL +S1/);
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect((await workspace.tenantry("verify")).exit).toBe(0);
  });

  it("hands the secret over again when asked, although nothing differs", async () => {
    const [before] = workspace.portal("select client_secret from sso_connection");
    workspace.changePortal("update sso_connection set client_secret = 'tenantry.v1.damaged'");
    const broken = await workspace.tenantry("verify");
    expect(broken.exit).toBe(6);
    expect(broken.out).toContain("--hand-over whiterabbit/portal");
    expect((await workspace.tenantry("apply", "--yes", "--hand-over", "whiterabbit/portal")).exit).toBe(0);
    const [after] = workspace.portal("select client_secret from sso_connection");
    expect(after?.client_secret).not.toBe("tenantry.v1.damaged");
    expect(after?.client_secret).not.toBe(before?.client_secret);
    expect((await workspace.tenantry("verify")).exit).toBe(0);
  });
});

interface Evidence {
  readonly verdict: string;
  readonly checks: readonly { readonly id: string; readonly verdict: string }[];
}
