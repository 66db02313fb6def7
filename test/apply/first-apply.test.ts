import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

describe("a first apply that meets trouble", () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await openTestWorkspace();
  });
  afterEach(() => workspace.close());

  const expectWhole = async (): Promise<void> => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
    expect(workspace.portal("select key, state from sso_connection")).toEqual([
      { key: "whiterabbit/portal", state: "active" },
    ]);
    expect((await workspace.tenantry("verify")).exit).toBe(0);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
  };

  it.each(["reset-after", "reset-before"] as const)(
    "makes exactly one client when its create meets %s",
    async (effect) => {
      workspace.sandbox.faults.add({ method: "POST", path: "^/api/v1/apps$", effect, times: 1 });
      await workspace.tenantry("apply", "--yes");
      expect(workspace.sandbox.faults.counts()[0]?.hits).toBe(1);
      await expectWhole();
    },
  );

  it("makes exactly one client when every look after a lost create fails too", async () => {
    workspace.sandbox.faults.add({
      method: "POST",
      path: "^/api/v1/apps$",
      effect: "reset-after",
      onHit: () => {
        workspace.sandbox.faults.add({ method: "GET", path: "^/api/v1/apps$", effect: "reset-before", times: 100 });
      },
    });
    const first = await workspace.tenantry("apply", "--yes");
    expect([5, 7]).toContain(first.exit);
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
    workspace.sandbox.faults.clear();
    await expectWhole();
  });

  it("lets nobody in when the callback is not proven, and goes on when it is", async () => {
    workspace.sandbox.faults.add({
      method: "GET",
      path: "/v1/authorize",
      effect: "status-before",
      status: 503,
      times: 100,
    });
    const failed = await workspace.tenantry("apply", "--yes");
    expect(failed.exit).toBe(7);
    expect(failed.out).toMatch(/unclear +P1/);
    expect(workspace.portal("select * from sso_connection_active")).toEqual([]);
    workspace.sandbox.faults.clear();
    await expectWhole();
  });

  it("leaves a foreign app with the same label as it is", async () => {
    await workspace.tenantry("apply", "--yes");
    const label = ourApps(workspace.sandbox)[0]?.label ?? "";
    await workspace.close();
    workspace = await openTestWorkspace();
    const payroll = workspace.sandbox.okta.app("Payroll");
    workspace.sandbox.okta.edit(String(payroll?.id), (app) => {
      app.label = label;
    });
    const before = JSON.stringify(payroll);
    await expectWhole();
    expect(JSON.stringify(workspace.sandbox.okta.app(String(payroll?.id)))).toBe(before);
  });

  it("stops at a record of ours that belongs to another environment", async () => {
    await workspace.tenantry("apply", "--yes");
    workspace.changePortal("update sso_connection set managed_by = 'acme/production'");
    workspace.changePortal("update org set managed_by = 'acme/production'");
    const before = workspace.portal("select * from sso_connection");
    const refused = await workspace.tenantry("apply", "--yes");
    expect(refused).toMatchObject({ exit: 4 });
    expect(refused.err).toContain("PLAN_RECORD_FOREIGN");
    expect(workspace.portal("select * from sso_connection")).toEqual(before);
  });

  it("names the position of a group that does not exist, and makes nothing", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "groups: [whiterabbit-staff]", "groups: [whiterabbit-staf]");
    const refused = await workspace.tenantry("plan");
    expect(refused).toMatchObject({ exit: 2 });
    expect(refused.err).toMatch(/tenants\/whiterabbit\.yaml:10:12 {2}OKTA_GROUP_MISSING/);
    expect(ourApps(workspace.sandbox)).toEqual([]);
  });
});
