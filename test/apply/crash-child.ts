// Runs one apply and kills itself at a step: `node crash-child.ts ROOT STEP started|done`. The seam is the progress that
// every run tells, so the program under test is the real one.
import { setTimeout as delay } from "node:timers/promises";
import { applyPlan } from "../../src/apply/apply.ts";
import { planWorld } from "../../src/apply/make-plan.ts";
import { openRecordingWorld } from "../../src/apply/open.ts";
import { loadContext } from "../../src/cli/context.ts";
import { makeRun, recordingOptions } from "../../src/cli/run.ts";
import { plain } from "../../src/plan/paint.ts";

const [root = "", step = "", state = ""] = process.argv.slice(2);
const surroundings = {
  environment: {},
  cwd: root,
  pid: process.pid,
  sleep: (milliseconds: number) => delay(milliseconds / 100),
};
const run = makeRun({ out: () => undefined, err: () => undefined, paint: plain }, surroundings);
const context = loadContext(surroundings, { workspace: root, env: "sandbox" }, Date.now());
const world = await openRecordingWorld({
  ...recordingOptions(run, context, { connections: context.connections, access: "manage", whole: true }),
  progress: (event) => {
    if (event.kind === "step" && event.step === step && event.state === state) process.kill(process.pid, "SIGKILL");
  },
});
const planned = await planWorld(world, { ...context, only: [], deep: false, handOver: [] });
await applyPlan(world, planned);
await world.close();
process.exitCode = 3;
