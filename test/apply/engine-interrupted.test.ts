import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyPlan } from "../../src/apply/apply.ts";
import { planWorld } from "../../src/apply/make-plan.ts";
import { openRecordingWorld } from "../../src/apply/open.ts";
import type { RecordingWorld } from "../../src/apply/world.ts";
import { outcomeLine } from "../../src/cli/apply-text.ts";
import { loadContext } from "../../src/cli/context.ts";
import { makeRun, recordingOptions } from "../../src/cli/run.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import { plain } from "../../src/plan/paint.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
});
afterEach(() => workspace.close());

/** Applies everything with an engine whose program ends in the middle of a step, asked to or not. */
async function applyInterrupted(asked: boolean) {
  const terminal = { out: () => undefined, err: () => undefined, paint: plain };
  const surroundings = { environment: {}, cwd: workspace.root, pid: process.pid };
  const context = loadContext(surroundings, { workspace: workspace.root, env: "sandbox" }, Date.now());
  const reach = { connections: context.connections, access: "manage", whole: true } as const;
  let stopping = false;
  const opened = await openRecordingWorld({
    ...recordingOptions(makeRun(terminal, surroundings), context, reach),
    stopping: () => stopping,
  });
  const engines = new Map(
    [...opened.engines].map(([name, engine]) => [
      name,
      {
        ...engine,
        apply: async (): Promise<never> => {
          stopping = asked;
          throw new TenantryError("ENGINE_INTERRUPTED", "the run was asked to stop, and the program has ended");
        },
      },
    ]),
  );
  const world: RecordingWorld = { ...opened, engines };
  try {
    const request = { tenants: context.tenants, connections: context.connections, only: [], handOver: [], deep: false };
    const { outcomes } = await applyPlan(world, await planWorld(world, request));
    return outcomes;
  } finally {
    await opened.close();
  }
}

describe("an engine's program that was stopped in the middle of a step", () => {
  it("leaves the connection stopped on the way, to be gone on with, and no failure", async () => {
    const [outcome] = await applyInterrupted(true);
    expect(outcome).toMatchObject({ key: "whiterabbit/portal", outcome: "interrupted", during: "register", done: [] });
    if (outcome === undefined) throw new Error("there is no outcome");
    expect(outcomeLine(outcome, 18, plain)).toBe(
      "whiterabbit/portal  stopped in the middle of register, where the next run goes on; " +
        "left: register, prove-idp, hand-over, prove-app, activate",
    );
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  });

  it("is a failure when nobody has asked this run to stop", async () => {
    expect(await applyInterrupted(false)).toMatchObject([{ outcome: "failed", error: { code: "ENGINE_INTERRUPTED" } }]);
  });
});
