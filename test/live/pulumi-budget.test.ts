import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { hasPulumi } from "./pulumi-bench.ts";

let workspace: TestWorkspace;

beforeAll(async () => {
  if (hasPulumi) workspace = await openTestWorkspace({ whole: true });
});
afterAll(() => workspace?.close());

interface Told {
  readonly plan: { readonly budget: readonly { readonly bucket: string; readonly calls: number }[] };
}

/** Calls at Auth0's API that a plan predicts for its apply, and those that the apply then makes. */
async function compare(): Promise<{ readonly predicted: number; readonly made: number }> {
  const environment = { PATH: process.env.PATH ?? "", HOME: workspace.root, PULUMI_CONFIG_PASSPHRASE: "of the test" };
  const asked = ["--engine", "pulumi", "--only", "fernhill"];
  const plan = (await workspace.tenantryWith(environment, "plan", ...asked, "--json")).json() as unknown as Told;
  const counted = plan.plan.budget.filter(({ bucket }) => !bucket.endsWith(" tokens"));
  const { requests } = workspace.sandbox.auth0;
  const before = requests.entries.length;
  const applied = await workspace.tenantryWith(environment, "apply", ...asked, "--yes");
  expect(applied.exit, applied.err + applied.out).toBe(0);
  const made = requests.entries.slice(before).filter(({ path }) => path.startsWith("/api/v2/"));
  return { predicted: counted.reduce((sum, { calls }) => sum + calls, 0), made: made.length };
}

test.skipIf(!hasPulumi)(
  "the calls that a plan predicts are those that its apply makes, within a fifth (needs pulumi and pulumi-resource-auth0)",
  { timeout: 180_000 },
  async () => {
    const steps: readonly (() => void)[] = [
      () => undefined,
      () => workspace.edit("tenants/fernhill.yaml", "displayName: Fernhill Media", "displayName: Fernhill Media AG"),
      () => workspace.edit("tenantry.yaml", "postLogout: [/]", "postLogout: [/, /bye]"),
      () => workspace.edit("tenants/fernhill.yaml", "status: active", "status: suspended"),
    ];
    for (const step of steps) {
      step();
      const { predicted, made } = await compare();
      expect(predicted).toBeGreaterThan(made * 0.8);
      expect(predicted).toBeLessThan(made * 1.2);
    }
  },
);
