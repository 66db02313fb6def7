import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { applyPlan, outcomesOfHeld } from "../../apply/apply.ts";
import { planWorld } from "../../apply/make-plan.ts";
import { makeServers } from "../../apply/named-servers.ts";
import { openRecordingWorld } from "../../apply/open.ts";
import type { Applied } from "../../apply/outcome.ts";
import { selectConnections } from "../../apply/select.ts";
import type { RecordingWorld } from "../../apply/world.ts";
import type { ExitCode } from "../../errors/code.ts";
import { TenantryError } from "../../errors/failure.ts";
import { summary } from "../../plan/describe.ts";
import type { Stop } from "../../plan/guard.ts";
import type { Plan } from "../../plan/plan.ts";
import { renderPlanText } from "../../plan/render-text.ts";
import {
  commitNote,
  expectApplicable,
  expectSameEngines,
  expectSamePlan,
  parseSavedPlan,
  type SavedPlan,
  savedPlanApplied,
} from "../../plan/saved.ts";
import { exitOf, outcomeLine, plainOutcome, unfinishedText } from "../apply-text.ts";
import { commitOf } from "../commit.ts";
import { type Context, loadContext } from "../context.ts";
import { withEngine } from "../engine-choice.ts";
import { keepHeapSmall } from "../heap.ts";
import { notCoveredBy, notCoveredText } from "../not-covered.ts";
import { printJson, quoted, worstExit } from "../outcome.ts";
import { proofTable } from "../proof-text.ts";
import { type Run, recordingOptions } from "../run.ts";
import { stopSignal } from "../stop-signal.ts";
import { version } from "../version.ts";
import { guardOf, type PlanningOptions } from "./plan.ts";

export interface ApplyOptions extends PlanningOptions {
  readonly plan?: string | undefined;
  readonly yes?: boolean | undefined;
  readonly parallelism?: number | undefined;
}

/** Plans afresh, asks, and carries the plan out: register, prove, hand over, read back, activate. */
export async function apply(run: Run, options: ApplyOptions): Promise<ExitCode> {
  const { terminal } = run;
  keepHeapSmall();
  const context = withEngine(loadContext(run.surroundings, options, run.now()), options);
  const saved = options.plan === undefined ? undefined : readSaved(run, context, options.plan);
  if (saved !== undefined && (options.only.length > 0 || options.handOver.length > 0 || options.deep === true)) {
    throw new TenantryError(
      "CLI_USAGE",
      "--plan says all itself: --only, --hand-over and --deep cannot stand beside it",
    );
  }
  const only = saved?.plan.only ?? options.only;
  const connections = selectConnections(context.connections, only);
  const stop = stopSignal(terminal);
  const reach = { connections, access: "manage", whole: only.length === 0 } as const;
  const wishes = { adopt: options.adoptInto !== undefined, interrupted: stop.interrupted };
  const world = await openRecordingWorld({
    ...recordingOptions(run, context, reach, wishes),
    stopping: stop.stopping,
  }).catch((error: unknown) => {
    stop.dispose();
    throw error;
  });
  try {
    const appliedBefore = saved === undefined ? undefined : await world.store.runOfSavedPlan(saved.checksum);
    if (appliedBefore !== undefined) throw savedPlanApplied(appliedBefore);
    return await carryOut(run, options, context, world, only, saved);
  } finally {
    stop.dispose();
    await world.close();
  }
}

/**
 * Plans, shows, asks and applies. Where authorization servers are to be made first, that is all that the first round
 * does; the second one, which knows their issuers, does the rest.
 */
async function carryOut(
  run: Run,
  options: ApplyOptions,
  context: Context,
  world: RecordingWorld,
  only: readonly string[],
  saved: SavedPlan | undefined,
  again = false,
): Promise<ExitCode> {
  const { terminal } = run;
  const planned = await planWorld(world, {
    tenants: context.tenants,
    connections: context.connections,
    only,
    deep: saved?.plan.deep ?? options.deep === true,
    handOver: saved?.plan.handOver ?? options.handOver,
  });
  const [unread] = [...planned.held.values()].filter(({ by }) => by === "discovery");
  if (saved !== undefined && saved.plan.digest !== planned.plan.digest && unread !== undefined) throw unread.error;
  if (saved !== undefined) expectSamePlan(saved.plan, planned.plan);
  const stops = guardOf(run, context, planned.plan, options.ack);
  if (planned.plan.changes.length === 0) {
    return finish(run, options, planned.plan, { outcomes: outcomesOfHeld(planned) }, stops);
  }
  const text =
    saved === undefined
      ? `${renderPlanText(planned.plan, stops, terminal.paint, options.full === true)}\n`
      : `The plan of ${saved.createdAt} still holds: ${summary(planned.plan)}\n`;
  if (options.json === true) terminal.err(text);
  else terminal.out(text);
  if (stops.length > 0) {
    throw new TenantryError("CLI_STOPPED_BY_GUARD", "nothing was changed: a guard stops this plan", {
      hint: `look at the plan again, then add ${stops.map((stop) => `--ack ${stop.acknowledge}`).join(" ")}`,
    });
  }
  await confirm(run, options, planned.plan);
  const first = [...planned.held.values()].filter(({ by }) => by === "server");
  if (first.length > 0 && !again) {
    await makeServers(
      world,
      first.map(({ connection }) => connection),
    );
    // What stands on them is planned, shown and asked for once more, with issuers that are known now.
    if (saved === undefined) return carryOut(run, options, context, world, only, undefined, true);
  }
  const applied = await applyPlan(world, planned, {
    parallelism: options.parallelism,
    savedPlan: saved?.checksum,
  });
  return finish(run, options, planned.plan, applied, stops);
}

function readSaved(run: Run, context: Context, file: string): SavedPlan {
  let text: string;
  try {
    text = readFileSync(resolve(run.surroundings.cwd, file), "utf8");
  } catch (cause) {
    throw new TenantryError("PLAN_SAVED_UNREADABLE", `${file} cannot be read`, { cause });
  }
  const saved = parseSavedPlan(text, file, version);
  const { name, environment, root, identityProviders } = context.workspace;
  expectApplicable(saved, { workspace: name, environment, now: run.now() });
  expectSameEngines(saved.plan, (idp) => identityProviders.get(idp)?.engine ?? "direct");
  const note = commitNote(saved, commitOf(root));
  if (note !== undefined) run.terminal.err(`${note}\n`);
  return saved;
}

async function confirm(run: Run, options: ApplyOptions, plan: Plan): Promise<void> {
  if (options.yes === true) return;
  if (run.terminal.ask === undefined) {
    throw new TenantryError("CLI_CONFIRMATION_NEEDED", "nothing was changed: nobody is there to say yes");
  }
  const question = `Apply ${plan.changes.length} changes to ${plan.workspace} in ${plan.environment}?`;
  if (!(await run.terminal.ask(question))) {
    throw new TenantryError("CLI_NOT_CONFIRMED", "nothing was changed: the answer was not yes");
  }
}

function finish(
  run: Run,
  options: ApplyOptions,
  plan: Plan,
  { outcomes, unrecorded }: Applied,
  stops: readonly Stop[],
): ExitCode {
  const { terminal } = run;
  const exit = worstExit([...outcomes.map(exitOf), ...(unrecorded === undefined ? [] : [unrecorded.exit])]);
  if (options.json === true) {
    const proofs = outcomes.flatMap((outcome) => (outcome.outcome === "active" ? [outcome.evidence] : []));
    const notCovered = notCoveredBy(proofs).join(" ");
    printJson(terminal, "apply", { plan, stops, connections: outcomes.map(plainOutcome), notCovered });
    return exit;
  }
  if (outcomes.length === 0) {
    terminal.out("Nothing to do: everything is as the files say.\n");
    return exit;
  }
  const proven = outcomes.filter((outcome) => outcome.outcome === "active");
  if (proven.length > 0) {
    const proofs = proven.map(({ key, evidence }) => ({
      key,
      state: "active" as const,
      verdict: evidence.verdict,
      evidence,
    }));
    const notCovered = notCoveredText(
      proven.map(({ evidence }) => evidence),
      terminal.paint,
    );
    terminal.out(`\n${proofTable(proofs, terminal.paint)}\n${notCovered}`);
  }
  terminal.out("\n");
  const width = Math.max(...outcomes.map(({ key }) => key.length));
  for (const outcome of outcomes) terminal.out(`${outcomeLine(outcome, width, terminal.paint)}\n`);
  const unfinished = unfinishedText(outcomes, options.plan !== undefined);
  if (unfinished !== undefined) terminal.out(`\n${unfinished}\n`);
  if (unrecorded !== undefined) {
    terminal.err(
      `${unrecorded.code}  not all of this was recorded: ${unrecorded.message}\n${quoted(unrecorded.words)}  mend: ${unrecorded.hint}\n`,
    );
  }
  return exit;
}
