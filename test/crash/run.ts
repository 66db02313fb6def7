import { existsSync, readFileSync } from "node:fs";
import type { FaultyRequest, LocalFaultRule } from "../../sandbox/faults.ts";
import type { RequestMoment } from "../../sandbox/sandbox.ts";
import { faultsOf, leaksIn, secretValues } from "./checks.ts";
import { type Ended, type RunningCommand, startCommand } from "./child.ts";
import type { PreloadOrders } from "./preload.ts";
import { type Expected, fleet, type Scenario } from "./scenarios.ts";
import type { Fault, Shape } from "./sequence.ts";
import { applyAcknowledged, type CrashWorld, freshFile, openCrashWorld } from "./world.ts";

/** What one run gave. */
export interface RunResult {
  /** What was struck, one item for each strike: a request or a statement. Fewer than wanted when an apply ended before. */
  readonly struck: readonly string[];
  readonly violations: readonly string[];
  /** How many times the watcher looked. */
  readonly looks: number;
  readonly milliseconds: number;
}

/** So many times faster are the program's waits between two tries. Stale reads are given in this time too. */
const haste = 20;

/** Milliseconds between two looks of the watcher besides those at requests. */
const lookEvery = 10;

/** Carries the scenario out without a fault. What this violates is no fault's doing. */
export async function learn(scenario: Scenario, server?: string): Promise<Shape & RunResult> {
  const started = performance.now();
  const world = await openCrashWorld(scenario, server);
  try {
    const requests: string[] = [];
    const log = freshFile(world, "writes");
    const acks = await acksFor(world, scenario);
    const ended = await watched(
      world,
      "apply",
      (moment) => {
        if (moment.when === "before") requests.push(`${moment.method} ${moment.host}${moment.path}`);
      },
      () => start(world, scenario, acks, { log }).ended,
    );
    world.said.push(ended.out, ended.err);
    const violations = [
      ...wrongEnd(ended, false),
      ...(ended.how === 0 || scenario.spoil !== undefined ? [] : [`a clean apply ended with ${ended.how}`]),
    ];
    if (violations.length > 0) violations.push(ended.out + ended.err);
    if (scenario.spoil !== undefined) violations.push(...(await mended(world, scenario)));
    violations.push(...(await afterwards(world, scenario, ended)));
    const { looks } = world.watcher;
    const milliseconds = performance.now() - started;
    return { requests, writes: linesOf(log), acks, struck: [], violations, looks, milliseconds };
  } finally {
    await world.close();
  }
}

/** Carries the scenario out with a fault, then once more without, and looks at what became of it. */
export async function carryOut(scenario: Scenario, fault: Fault, shape: Shape, server?: string): Promise<RunResult> {
  const started = performance.now();
  const world = await openCrashWorld(scenario, server);
  try {
    const struck: string[] = [];
    const violations: string[] = [];
    let ended: Ended | undefined;
    const attempts = "points" in fault ? fault.points.length : 1;
    for (let attempt = 0; attempt < attempts; attempt += 1) {
      const acks = attempt === 0 ? shape.acks : await acksFor(world, scenario);
      ended = await strike(world, scenario, fault, attempt, acks, struck);
      world.said.push(ended.out, ended.err);
      violations.push(...wrongEnd(ended, fault.kind.startsWith("kill")));
    }
    if (ended === undefined) throw new Error("a fault without a point");
    if (scenario.spoil !== undefined) violations.push(...(await mended(world, scenario)));
    violations.push(...(await afterwards(world, scenario, ended)));
    return { struck, violations, looks: world.watcher.looks, milliseconds: performance.now() - started };
  } finally {
    await world.close();
  }
}

/** One apply by the real command line, with the fault. */
async function strike(
  world: CrashWorld,
  scenario: Scenario,
  fault: Fault,
  attempt: number,
  acks: readonly string[],
  struck: string[],
): Promise<Ended> {
  const { faults } = world.sandbox;
  let running: RunningCommand | undefined;
  const log = freshFile(world, "writes");
  let orders: PreloadOrders = { log };
  const onHit = ({ method, host, path }: FaultyRequest): void => {
    struck.push(`${method} ${host}${path}`);
    if (fault.kind === "kill at request") running?.kill();
  };
  switch (fault.kind) {
    case "kill at write":
      orders = { log, kill: { write: fault.points[attempt] ?? 1, when: fault.when } };
      break;
    case "write fails":
      orders = { log, fail: { write: fault.point, lasts: fault.lasts } };
      break;
    case "kill at request":
      faults.add({ ...at(fault.points[attempt] ?? 1), effect: `reset-${fault.when}`, onHit });
      break;
    case "reply lost":
      faults.add({ ...at(fault.point), effect: `reset-${fault.when}`, onHit });
      break;
    case "error":
      faults.add({
        ...at(fault.point),
        effect: `status-${fault.when}`,
        status: fault.status,
        times: fault.times,
        onHit,
      });
      break;
    case "truncated":
      faults.add({ ...at(fault.point), effect: "truncate", onHit });
      break;
    case "stale":
      faults.add({ ...at(fault.point), effect: "stale", milliseconds: fault.milliseconds, onHit });
      break;
    default:
      fault satisfies never;
  }
  world.letLocksLapse();
  const ended = await watched(
    world,
    "apply",
    () => undefined,
    () => {
      running = start(world, scenario, acks, orders);
      return running.ended;
    },
  );
  faults.clear();
  const writes = linesOf(log);
  if (fault.kind === "kill at write" && ended.how === "SIGKILL") struck.push(writes.at(-1) ?? "");
  if (fault.kind === "write fails") struck.push(...writes.slice(fault.point - 1, fault.point));
  return ended;
}

function at(point: number): Pick<LocalFaultRule, "skip" | "times"> {
  return { skip: point - 1, times: 1 };
}

function start(
  { workspace, environment }: CrashWorld,
  scenario: Scenario,
  acks: readonly string[],
  orders: PreloadOrders,
): RunningCommand {
  const args = ["apply", "--yes", "--workspace", workspace.root, "--env", "sandbox", ...(scenario.args ?? []), ...acks];
  return startCommand(args, { haste, ...orders }, environment);
}

/** What the guards would ask for now. */
async function acksFor({ tenantry, said }: CrashWorld, { args = [] }: Scenario): Promise<readonly string[]> {
  const { out, err, json } = await tenantry("plan", "--json", ...args);
  said.push(out, err);
  const { stops } = json() as unknown as { readonly stops?: readonly { readonly acknowledge: string }[] };
  if (stops === undefined) throw new Error(`there is no plan: ${out}${err}`);
  return stops.flatMap(({ acknowledge }) => ["--ack", acknowledge]);
}

/**
 * Where somebody spoils what is written, an apply fails, and then the old record must be back, whatever became of the
 * applies before. Takes the spoiling away.
 */
async function mended(world: CrashWorld, scenario: Scenario): Promise<readonly string[]> {
  world.letLocksLapse();
  const { exit, text } = await applyAcknowledged(world, scenario.args);
  const violations = exit === 0 ? [`an apply whose record was spoiled ended with 0: ${text.slice(-900)}`] : [];
  world.watch();
  world.watcher.look("after an apply whose record was spoiled");
  world.mend();
  return violations;
}

/** Does the work with the watcher looking at each request and in between. */
async function watched<T>(
  world: CrashWorld,
  name: string,
  told: (moment: RequestMoment) => void,
  work: () => Promise<T>,
): Promise<T> {
  const { watcher } = world;
  world.listen((moment) => {
    told(moment);
    watcher.look(`${name}, ${moment.when} ${moment.method} ${moment.host}${moment.path}`);
  });
  const timer = setInterval(() => watcher.look(`${name}, between requests`), lookEvery);
  try {
    return await work();
  } finally {
    clearInterval(timer);
    watcher.look(`after the ${name}`);
    world.listen(undefined);
  }
}

/** What no end of a command may be, whatever went wrong around it. */
function wrongEnd({ how, out, err }: Ended, mayBeKilled: boolean): readonly string[] {
  const found: string[] = [];
  const known: readonly (string | number)[] = mayBeKilled ? [0, 4, 5, 6, 7, "SIGKILL"] : [0, 4, 5, 6, 7];
  if (!known.includes(how)) found.push(`the command ended with ${how}: ${(out + err).slice(-600)}`);
  if (/^ {4}at /m.test(out + err)) found.push("the command showed a stack trace");
  return found;
}

/** The same apply again, and everything that must hold then. */
async function afterwards(world: CrashWorld, scenario: Scenario, before: Ended): Promise<readonly string[]> {
  const { sandbox, databases, store, watcher, said } = world;
  const violations: string[] = [];
  world.letLocksLapse();
  const again = await watched(
    world,
    "second apply",
    () => undefined,
    () => applyAcknowledged(world, scenario.args),
  );
  if (again.exit !== 0) violations.push(`the apply after it ended with ${again.exit}: ${again.text.slice(-900)}`);
  // What is handed over again is handed over each time.
  const idle = again.text.includes("Nothing to do") || scenario.args !== undefined;
  if (before.how === 0 && !idle && scenario.spoil === undefined)
    violations.push(`it ended with 0, and something was left to do: ${again.text.slice(0, 900)}`);
  const plan = await world.tenantry("plan", "--exit-code");
  said.push(plan.out, plan.err);
  if (plan.exit !== 0) violations.push(`a plan then ended with ${plan.exit}: ${(plan.out + plan.err).slice(0, 900)}`);
  violations.push(...(await provenAgain(world)));
  const expected = Object.fromEntries(
    fleet.map((key): [string, Expected] => [key, scenario.becomes?.[key] ?? "active"]),
  );
  violations.push(...(await faultsOf({ sandbox, databases, store, expected })));
  violations.push(...world.foreignChanges());
  violations.push(...leaksIn(secretValues(sandbox), { said, files: [store, ...Object.values(databases)] }));
  violations.push(...watcher.outages.map(({ key, moment, why }) => `${key}: ${why} (${moment})`));
  return violations;
}

/**
 * Proves again what the newest proof could not tell, as `status` says to. A proof that was cut off by the fault stays the
 * newest where nothing is left to change, because an apply that has nothing to do proves nothing.
 */
async function provenAgain({ tenantry, said }: CrashWorld): Promise<readonly string[]> {
  const { connections } = (await tenantry("status", "--json")).json() as unknown as {
    readonly connections: readonly Row[];
  };
  const unclear = connections.filter(({ proof }) => proof?.current === true && proof.verdict === "inconclusive");
  if (unclear.length === 0) return [];
  const { exit, out, err } = await tenantry("verify", ...unclear.map(({ key }) => key));
  said.push(out, err);
  return exit === 0 ? [] : [`what was unclear was not proven again: ${(out + err).slice(0, 900)}`];
}

interface Row {
  readonly key: string;
  readonly proof: { readonly verdict: string; readonly current: boolean } | null;
}

function linesOf(file: string): readonly string[] {
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}
