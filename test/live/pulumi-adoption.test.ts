import { afterAll, beforeAll, expect, test } from "vitest";
import { type CommandResult, openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { hasPulumi } from "./pulumi-bench.ts";

// A tenant that `direct` has made moves into Pulumi's state, by the command line and the real tools.

let workspace: TestWorkspace;

beforeAll(async () => {
  if (hasPulumi) workspace = await openTestWorkspace({ whole: true });
});
afterAll(() => workspace?.close());

function tenantry(...args: readonly string[]): Promise<CommandResult> {
  const environment = { PATH: process.env.PATH ?? "", HOME: workspace.root, PULUMI_CONFIG_PASSPHRASE: "of the test" };
  return workspace.tenantryWith(environment, ...args, "--only", "fernhill");
}

function clients(): readonly string[] {
  return [...workspace.sandbox.auth0.clients.values()]
    .filter(({ settings }) => String(settings.name).startsWith("fernhill/"))
    .map(({ clientId }) => clientId);
}

test.skipIf(!hasPulumi)(
  "made by direct, held by pulumi until it is adopted, then nothing is left to plan (needs pulumi and pulumi-resource-auth0)",
  { timeout: 180_000 },
  async () => {
    expect((await tenantry("apply", "--engine", "direct", "--yes")).exit).toBe(0);
    const before = clients();
    expect(before).toHaveLength(2);

    const held = await tenantry("plan", "--engine", "pulumi");
    expect(held.exit).toBe(4);
    expect(held.err).toContain("ENGINE_NOT_IN_STATE");
    expect(held.err).toContain("--adopt-into");

    const plan = await tenantry("plan", "--adopt-into", "pulumi");
    expect(plan.err + plan.out).toMatch(/engine\s+none -> pulumi/);
    expect(plan.exit).toBe(0);
    const adopted = await tenantry("apply", "--adopt-into", "pulumi", "--yes");
    expect(adopted.exit, adopted.err + adopted.out).toBe(0);
    expect(clients()).toEqual(before);

    const after = await tenantry("plan", "--engine", "pulumi", "--exit-code");
    expect(after.exit, after.err + after.out).toBe(0);
  },
);
