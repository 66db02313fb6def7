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
    expect(again.err).toMatch(
      /^PLAN_SAVED_APPLIED {2}this saved plan was applied at 20\S+Z by \S+: all of it is done$/m,
    );
    expect(again.err).toContain("mend: Make a new one with `tenantry plan --out FILE`");
  });

  it("is refused when a file has changed since", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Food");
    const refused = await workspace.tenantry("apply", "--plan", "plan.json", "--yes");
    expect(refused.exit).toBe(4);
    expect(refused.err).toContain("PLAN_STALE  the reviewed plan no longer holds: ");
    expect(refused.err).toContain("other values: create app/portal/tenant/whiterabbit (name)");
    expect(ourApps(workspace.sandbox)).toEqual([]);
  });

  it("is refused when somebody edited it, its dates included", async () => {
    workspace.edit("plan.json", /"expiresAt": "20/, '"expiresAt": "29');
    const refused = await workspace.tenantry("apply", "--plan", "plan.json", "--yes");
    expect(refused.exit).toBe(4);
    expect(refused.err).toMatch(
      /^PLAN_SAVED_EDITED {2}plan\.json was edited: its content does not give its checksum$/m,
    );
    expect(ourApps(workspace.sandbox)).toEqual([]);
  });

  it.each([
    ["no JSON", "{", "plan.json is not JSON"],
    ["something else", "{}", "plan.json is not a saved plan"],
  ])("is refused when the file is %s", async (_what, text, words) => {
    workspace.write("plan.json", text);
    const refused = await workspace.tenantry("apply", "--plan", "plan.json", "--yes");
    expect(refused.exit).toBe(2);
    expect(refused.err).toBe(`PLAN_SAVED_UNREADABLE  ${words}\n  mend: Make one with \`tenantry plan --out FILE\`.\n`);
  });

  it("is refused when the file is not there", async () => {
    const refused = await workspace.tenantry("apply", "--plan", "none.json", "--yes");
    expect([refused.exit, refused.err.split("\n")[0]]).toEqual([2, "PLAN_SAVED_UNREADABLE  none.json cannot be read"]);
  });

  it("stands alone: what it was limited to cannot be said again", async () => {
    const refused = await workspace.tenantry("apply", "--plan", "plan.json", "--only", "whiterabbit", "--yes");
    expect(refused).toMatchObject({ exit: 2 });
    expect(refused.err).toContain("CLI_USAGE");
  });
});
