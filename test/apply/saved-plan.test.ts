import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

describe("a saved plan", () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await openTestWorkspace();
    expect((await workspace.tenantry("plan", "--out", "plan.json")).exit).toBe(0);
  });
  afterEach(() => workspace.close());

  it("is applied as it was reviewed", async () => {
    expect((await workspace.tenantry("apply", "--plan", "plan.json", "--yes")).exit).toBe(0);
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
  });

  it("is refused when it has been applied already", async () => {
    await workspace.tenantry("apply", "--plan", "plan.json", "--yes");
    const again = await workspace.tenantry("apply", "--plan", "plan.json", "--yes");
    expect(again.exit).toBe(4);
    expect(again.err).toContain("PLAN_STALE");
    expect(again.err).toContain("no longer: create idp/workforce/client/whiterabbit/portal");
  });

  it("is refused when a file has changed since", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Food");
    const refused = await workspace.tenantry("apply", "--plan", "plan.json", "--yes");
    expect(refused.exit).toBe(4);
    expect(refused.err).toContain("PLAN_STALE");
    expect(ourApps(workspace.sandbox)).toEqual([]);
  });

  it("is refused when somebody edited it, its dates included", async () => {
    workspace.edit("plan.json", /"expiresAt": "20/, '"expiresAt": "29');
    const refused = await workspace.tenantry("apply", "--plan", "plan.json", "--yes");
    expect(refused.exit).toBe(2);
    expect(refused.err).toContain("PLAN_SAVED_UNREADABLE");
  });

  it.each([
    ["no JSON", "{"],
    ["something else", "{}"],
  ])("is refused when the file is %s", async (_what, text) => {
    workspace.write("plan.json", text);
    const refused = await workspace.tenantry("apply", "--plan", "plan.json", "--yes");
    expect(refused).toMatchObject({ exit: 2 });
    expect(refused.err).toContain("PLAN_SAVED_UNREADABLE");
  });

  it("stands alone: what it was limited to cannot be said again", async () => {
    const refused = await workspace.tenantry("apply", "--plan", "plan.json", "--only", "whiterabbit", "--yes");
    expect(refused).toMatchObject({ exit: 2 });
    expect(refused.err).toContain("CLI_USAGE");
  });
});
