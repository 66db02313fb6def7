import { planWorld } from "../../apply/make-plan.ts";
import { openWorld } from "../../apply/open.ts";
import { selectConnections } from "../../apply/select.ts";
import type { ExitCode } from "../../errors/code.ts";
import { acknowledgedInVain, guard, type Stop } from "../../plan/guard.ts";
import type { Plan } from "../../plan/plan.ts";
import { renderPlanMarkdown } from "../../plan/render-markdown.ts";
import { renderPlanText } from "../../plan/render-text.ts";
import { savePlan } from "../../plan/saved.ts";
import { commitOf } from "../commit.ts";
import { type Context, loadContext, type WorkspaceOptions } from "../context.ts";
import { type EngineOptions, runsPrograms, withEngine } from "../engine-choice.ts";
import { printJson, quoted, worstExit } from "../outcome.ts";
import { openOptions, type Run } from "../run.ts";
import { stopSignal } from "../stop-signal.ts";
import { version } from "../version.ts";
import { writeWhole } from "../write-file.ts";

/** What plan and apply both take. */
export interface PlanningOptions extends WorkspaceOptions, EngineOptions {
  readonly only: readonly string[];
  readonly ack: readonly string[];
  readonly deep?: boolean | undefined;
  readonly full?: boolean | undefined;
  readonly handOver: readonly string[];
}

export interface PlanOptions extends PlanningOptions {
  readonly exitCode?: boolean | undefined;
  readonly markdown?: boolean | undefined;
  readonly out?: string | undefined;
}

/**
 * Shows what an apply would do. Changes nothing and sends no tenant's client secret anywhere. Ctrl-C ends it at once; where
 * an engine may be running a program, that is told and waited for first, so that it leaves no lock behind.
 */
export async function plan(run: Run, options: PlanOptions): Promise<ExitCode> {
  const context = withEngine(loadContext(run.surroundings, options, run.now(), options.only), options);
  if (!runsPrograms(context.workspace)) return makePlan(run, context, options);
  const stop = stopSignal(run.terminal, "waiting for the engine's program to end; once more to stop at once");
  try {
    return await makePlan(run, context, options, stop.interrupted);
  } finally {
    stop.end();
  }
}

async function makePlan(
  run: Run,
  context: Context,
  options: PlanOptions,
  interrupted?: AbortSignal,
): Promise<ExitCode> {
  for (const { code, message } of context.rest?.issues ?? []) {
    run.terminal.err(`${code}  ${message}; this plan does not need it, \`tenantry validate\` says more\n`);
  }
  const connections = selectConnections(context.connections, options.only);
  const reach = { connections, access: "read", whole: options.only.length === 0 } as const;
  const wishes = { adopt: options.adoptInto !== undefined, ...(interrupted === undefined ? {} : { interrupted }) };
  const world = await openWorld(openOptions(run, context, reach, wishes));
  try {
    const planned = await planWorld(world, {
      tenants: context.tenants,
      connections: context.connections,
      only: options.only,
      deep: options.deep === true,
      handOver: options.handOver,
      glance: true,
      others: context.rest?.tenants,
    });
    const stops = guardOf(run, context, planned.plan, options.ack);
    if (options.out !== undefined) {
      const commit = commitOf(context.workspace.root);
      const saved = savePlan(planned.plan, { now: run.now(), version, commit });
      writeWhole(run.surroundings.cwd, options.out, `${JSON.stringify(saved, null, 2)}\n`);
      run.terminal.err(`saved the plan to ${options.out}; it runs out at ${saved.expiresAt}\n`);
    }
    const held = [...planned.held.values()];
    const notRead = held.map(({ connection, error: { code, message, hint, exit, words } }) => ({
      ...{ key: connection.key, code, message, hint, exit, words },
    }));
    if (options.json === true) printJson(run.terminal, "plan", { plan: planned.plan, stops, notRead });
    else if (options.markdown === true) run.terminal.out(`${renderPlanMarkdown(planned.plan, stops)}\n`);
    else run.terminal.out(`${renderPlanText(planned.plan, stops, run.terminal.paint, options.full === true)}\n`);
    // Connections of one issuer share its error.
    for (const { code, message, hint, words } of new Set(held.map(({ error }) => error))) {
      run.terminal.err(`${code}  ${message}\n${quoted(words)}  mend: ${hint}\n`);
    }
    return worstExit([
      ...held.flatMap(({ error, by }) => (by === "server" ? [] : [error.exit])),
      stops.length > 0 ? 4 : 0,
      options.exitCode === true && planned.plan.changes.length > 0 ? 3 : 0,
    ]);
  } finally {
    await world.close();
  }
}

/** The guards' stops that neither the command line nor a tenant file has acknowledged. Tells of an --ack for none. */
export function guardOf(run: Run, context: Context, planned: Plan, acknowledged: readonly string[]): readonly Stop[] {
  const input = {
    plan: planned,
    settings: context.workspace.guards,
    tenants: withSignIn(context, planned),
    acknowledged,
    entries: new Map(context.tenants.map((tenant) => [tenant.tenant, tenant.acknowledge])),
  };
  for (const name of acknowledgedInVain(input)) run.terminal.err(`--ack ${name} fits nothing in this plan\n`);
  return guard(input);
}

/** How many tenants of the folder have a sign-in to lose. */
function withSignIn({ connections, rest }: Context, planned: Plan): number {
  const here = connections.filter(({ status }) => status !== "draft").map(({ tenant }) => tenant);
  // Whatever their number, one may always change: the others need not be counted for it.
  const one = new Set(planned.changes.map(({ tenant }) => tenant)).size <= 1;
  return new Set(here).size + (one ? 0 : (rest?.withSignIn() ?? 0));
}
