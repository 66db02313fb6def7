import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
});
afterEach(() => workspace.close());

const off = (): void =>
  workspace.edit("tenants/whiterabbit.yaml", "- app: portal", "- app: portal\n    status: suspended");

describe("a connection of an active tenant that is suspended itself", () => {
  it("makes nothing when it never was on, and the plan is empty", async () => {
    off();
    const plan = await workspace.tenantry("plan", "--exit-code");
    expect(plan, plan.out).toMatchObject({ exit: 0 });
    expect((await workspace.tenantry("apply", "--yes")).out).toContain("Nothing to do");
    expect(workspace.portal("select * from org")).toEqual([]);
  });

  it("keeps its tenant's row up to date when it was on", async () => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    off();
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Food");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(workspace.portal("select * from sso_connection_active")).toEqual([]);
    expect(workspace.portal("select name from org")).toEqual([{ name: "Whiterabbit Food" }]);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("leaves the row to a connection beside it that comes after it and is on", async () => {
    workspace.edit("tenantry.yaml", "callback: /openid/callback/{id}", "callback: /openid/callback/{id}/{signIn}");
    const signIn = /^signIn:\n((?: {2}.*\n)+)/m;
    const [, fields = ""] = signIn.exec(workspace.read("tenants/whiterabbit.yaml")) ?? [];
    const indented = fields.replaceAll(/^/gm, "  ").replace(/ +$/, "");
    workspace.edit("tenants/whiterabbit.yaml", signIn, `signIns:\n  default:\n${indented}  staff:\n${indented}`);
    off();
    workspace.edit(
      "tenants/whiterabbit.yaml",
      "status: suspended",
      "status: suspended\n  - app: portal\n    signIn: staff",
    );
    const applied = await workspace.tenantry("apply", "--yes");
    expect(applied, applied.out + applied.err).toMatchObject({ exit: 0 });
    expect(workspace.portal("select key from sso_connection_active")).toEqual([{ key: "whiterabbit/portal/staff" }]);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
  });
});
