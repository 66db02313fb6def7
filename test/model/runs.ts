import { spawnSync } from "node:child_process";
import type { RequestMoment } from "../../sandbox/sandbox.ts";
import { leaksIn } from "../crash/checks.ts";
import { type Ended, type RunningCommand, startCommand } from "../crash/child.ts";
import type { PreloadOrders } from "../crash/preload.ts";
import type { CutPoint, RequestFault } from "./commands.ts";
import { cutOff, failDatabases } from "./database-fault.ts";
import {
  doubles,
  foreignFaults,
  forgetWrites,
  type Look,
  look,
  lostValues,
  type Proofs,
  writesToOthers,
} from "./looks.ts";
import type { ModelWorld } from "./world.ts";

// One run of the command line with whatever goes wrong in it, the sentry looking on, and the look at what it left.

/** What a run gave. */
export interface RunReport {
  readonly ends: readonly (number | string)[];
  readonly text: string;
  readonly faults: readonly string[];
  /** What was struck; empty when the run ended before. */
  readonly struck: readonly string[];
}

/** What happens while a run goes on. */
interface Meanwhile {
  /** Told of every request, before it is handled and after it was. */
  readonly onMoment?: (moment: RequestMoment) => void;
  /** The run may be cut off, so that it could not take back what it had begun. */
  readonly cut?: boolean;
  /** Keys that somebody meddles with, and words of objects of others that they make: told when all is over. */
  readonly excused?: () => { readonly keys: readonly string[]; readonly words: readonly string[] };
  /** What is not ours, read again because somebody has changed it meanwhile. */
  readonly foreign?: () => Look["foreign"] | undefined;
}

/** Milliseconds between two looks of the sentry besides those at requests. */
const lookEvery = 10;

/** So many times faster are the waits of a program in a process of its own. */
const haste = 20;

/** A process that has ended: the locks of a run in its name are those of somebody who is gone. */
const deadPid = spawnSync(process.execPath, ["--version"]).pid;

/** 1 is a bug of the program; 2 says that the files and what is there do not fit, which hands have seen to. */
const knownEnds: readonly (number | string)[] = [0, 2, 3, 4, 5, 6, 7];

/** Does the work under the sentry's eyes, and looks at what must hold whatever happened. */
async function looked(
  world: ModelWorld,
  proofs: Proofs,
  work: () => Promise<readonly (Pick<Ended, "how"> & { readonly text: string })[]>,
  meanwhile: Meanwhile = {},
): Promise<Omit<RunReport, "struck">> {
  const { sentry } = world;
  const wanted = new Map(world.connections.map((connection) => [connection.key as string, connection.record]));
  const before = look(world);
  forgetWrites(world);
  const live = sentry.serving().filter((key) => wanted.get(key)?.state === "active");
  const changing = live.filter((key) => before.records.get(key)?.row.client_auth !== wanted.get(key)?.clientAuth);
  sentry.guard(live, changing);
  world.listen((moment) => {
    meanwhile.onMoment?.(moment);
    sentry.look(`${moment.when} ${moment.method} ${moment.host}${moment.path}`);
  });
  const timer = setInterval(() => sentry.look("between requests"), lookEvery);
  const ended = await work().finally(() => {
    clearInterval(timer);
    world.listen(undefined);
    world.workspace.sandbox.faults.clear();
    failDatabases(undefined);
  });
  sentry.look("after the run");
  world.learnSecrets();
  const { keys = [], words = [] } = meanwhile.excused?.() ?? {};
  const out = [...sentry.outages()].filter(([key]) => !keys.includes(key));
  const kept = live.filter((key) => !keys.includes(key));
  const texts = ended.map(({ text }) => text);
  const files = [world.store, ...Object.values(world.databases)];
  const mayBeKilled = meanwhile.cut === true;
  const faults = [
    ...out.map(([key, how]) => `${key} was put out: ${how}`),
    ...ended.flatMap(({ how, text }) => wrongEnd(how, text, mayBeKilled)),
    ...doubles(world),
    ...foreignFaults(world, meanwhile.foreign?.() ?? before.foreign).filter(
      (text) => !words.some((word) => text.includes(word)),
    ),
    ...writesToOthers(world),
    ...lostValues(world, before, kept, !mayBeKilled),
    ...proofs.missing(world),
    ...leaksIn([...world.secrets], { said: texts, files }),
  ];
  return { ends: ended.map(({ how }) => how), text: texts.join("\n----\n"), faults };
}

function wrongEnd(how: string | number, text: string, mayBeKilled: boolean): readonly string[] {
  const found: string[] = [];
  const known = mayBeKilled ? [...knownEnds, "SIGKILL"] : knownEnds;
  if (!known.includes(how)) found.push(`the command ended with ${how}: ${text.slice(-900)}`);
  if (/^ {4}at /m.test(text)) found.push("the command showed a stack trace");
  return found;
}

/** An apply in this process; what its guards ask for is acknowledged. */
export async function apply(world: ModelWorld, proofs: Proofs, ...args: readonly string[]): Promise<RunReport> {
  const { acks } = await world.planned(...args);
  const report = await looked(world, proofs, async () => [
    await here(world, process.pid, ["apply", "--yes", ...args, ...acks]),
  ]);
  return { ...report, struck: [] };
}

/** Any command in this process that is not expected to change anything outside the store. */
export async function command(world: ModelWorld, proofs: Proofs, ...args: readonly string[]): Promise<RunReport> {
  return { ...(await looked(world, proofs, async () => [await here(world, process.pid, args)])), struck: [] };
}

/** Two applies at once; the second one may be a program of its own, and be killed at one of its writes. */
export async function twoRunners(
  world: ModelWorld,
  proofs: Proofs,
  { child, kill }: { readonly child: boolean; readonly kill: number },
): Promise<RunReport> {
  const args = ["apply", "--yes", ...(await world.planned()).acks];
  const second = async (): Promise<{ how: number | string; text: string }> => {
    if (!child) return here(world, process.pid, args);
    return there(world, args, kill === 0 ? {} : { kill: { write: kill, when: "after" } }).ended;
  };
  const work = async () => Promise.all([here(world, process.pid, args), second()]);
  const report = await looked(world, proofs, work, { cut: child && kill > 0 });
  return { ...report, struck: report.ends.includes("SIGKILL") ? [`write ${kill}`] : [] };
}

/** An apply whose requests go wrong. */
export async function withFault(world: ModelWorld, proofs: Proofs, fault: RequestFault): Promise<RunReport> {
  const { faults } = world.workspace.sandbox;
  const { acks, size } = await world.planned();
  const args = ["apply", "--yes", ...acks];
  const struck: string[] = [];
  const at = pointOf(fault.of, fault.at, size);
  if (fault.effect === "stale") faults.reads.remember();
  const onMoment = counting(fault.of, (moment, count) => {
    if (count < at || count >= at + fault.times) return;
    faults.add({
      ...exactly(moment),
      effect: fault.effect,
      ...(fault.effect.startsWith("status") ? { status: fault.status } : {}),
      ...(fault.effect === "stale" ? { milliseconds: 150 } : {}),
      onHit: () => struck.push(`${moment.method} ${moment.path}`),
    });
  });
  const work = async () => [await here(world, process.pid, args)];
  return { ...(await looked(world, proofs, work, { onMoment })), struck };
}

/** An apply of which one write fails, as on a full disk. */
export async function withFailedWrite(
  world: ModelWorld,
  proofs: Proofs,
  { n, when }: { readonly n: number; readonly when: "before" | "after" },
): Promise<RunReport> {
  const { acks, size } = await world.planned();
  const args = ["apply", "--yes", ...acks];
  const struck: string[] = [];
  const work = async () => {
    failDatabases({
      write: pointOf("write", n, size),
      when,
      lasts: "once",
      onHit: (statement) => struck.push(statement),
    });
    return [await here(world, deadPid, args)];
  };
  // What cannot be written cannot be taken back either.
  return { ...(await looked(world, proofs, work, { cut: true })), struck };
}

/** An apply in this process that is gone at some point: none of its requests and writes does anything any more. */
export async function cutShort(world: ModelWorld, proofs: Proofs, cut: CutPoint): Promise<RunReport> {
  const { faults } = world.workspace.sandbox;
  const { acks, size } = await world.planned();
  const { at, when } = cut;
  const n = pointOf(at, cut.n, size);
  const args = ["apply", "--yes", ...acks];
  const struck: string[] = [];
  const end = (where: string): void => {
    struck.push(where);
    cutOff();
    faults.add({ effect: "reset-before", times: Number.MAX_SAFE_INTEGER });
  };
  const onMoment = counting(at === "write" ? "any" : at, (moment, count) => {
    if (at === "write" || count !== n) return;
    faults.add({ ...exactly(moment), effect: `reset-${when}`, onHit: () => end(`${moment.method} ${moment.path}`) });
  });
  const work = async () => {
    failDatabases({ write: at === "write" ? n : 0, when, lasts: "gone", onHit: end });
    return [await here(world, deadPid, args)];
  };
  return { ...(await looked(world, proofs, work, { onMoment, cut: true })), struck };
}

/** The real command line, ended with -9 at some point. */
export async function killed(world: ModelWorld, proofs: Proofs, cut: CutPoint): Promise<RunReport> {
  const { faults } = world.workspace.sandbox;
  const { acks, size } = await world.planned();
  const { at, when } = cut;
  const n = pointOf(at, cut.n, size);
  const args = ["apply", "--yes", ...acks];
  const struck: string[] = [];
  let running: RunningCommand | undefined;
  const onMoment = counting(at === "write" ? "any" : at, (moment, count) => {
    if (at === "write" || count !== n) return;
    const onHit = (): void => {
      struck.push(`${moment.method} ${moment.path}`);
      running?.kill();
    };
    faults.add({ ...exactly(moment), effect: `reset-${when}`, onHit });
  });
  const work = async () => {
    const started = there(world, args, at === "write" ? { kill: { write: n, when } } : {});
    running = started.running;
    return [await started.ended];
  };
  const report = await looked(world, proofs, work, { onMoment, cut: true });
  return { ...report, struck: at === "write" && report.ends.includes("SIGKILL") ? [`write ${n}`] : struck };
}

/** What somebody did in the middle of a run. */
interface Meddled {
  /** Connections of which nothing is expected now. */
  readonly keys: readonly string[];
  /** Ids of the objects that they have changed: nobody who has not read them since can know. */
  readonly objects: readonly string[];
  /** Ids of objects of which nobody can know at all. */
  readonly unknowable: readonly string[];
}

/**
 * An apply in the middle of which somebody does something.
 *
 * @param own in the very moment before the run reads a client of ours to see whether it still is
 * @param meddle told which connections the apply would change, and which client it is about to read
 */
export async function meddledWith(
  world: ModelWorld,
  proofs: Proofs,
  { at, own }: { readonly at: number; readonly own: boolean },
  meddle: (due: readonly string[], id: string | undefined) => Meddled | undefined,
): Promise<RunReport> {
  const { acks, due, size } = await world.planned();
  const args = ["apply", "--yes", ...acks];
  // What somebody does before the look round is over is seen by it.
  const first = own ? 1 + (at % 2) : 10 + (at % (20 * Math.min(3, Math.max(1, size))));
  const struck: string[] = [];
  let done: Meddled | undefined;
  let foreign: Look["foreign"] | undefined;
  const unseen = new Set<string>();
  const late = new Set<string>();
  const strike = counting(own ? "clients" : "any", (moment, count) => {
    if (struck.length > 0 || count < first) return;
    unlessBusy(() => {
      done ??= meddle(due, own ? moment.path.split("/").at(-1) : undefined);
      if (done === undefined && own) return;
      struck.push(`${moment.method} ${moment.path}`);
      foreign = look(world).foreign;
      for (const id of done?.objects ?? []) if (!isRead(moment, id)) unseen.add(id);
    });
  });
  const onMoment = (moment: RequestMoment): void => {
    for (const id of moment.when === "before" ? unseen : []) {
      if (moment.method !== "GET" && moment.path.includes(`/${id}`)) late.add(id);
      // What is read from now on shows what has been done.
      if (isRead(moment, id)) unseen.delete(id);
    }
    strike(moment);
  };
  const report = await looked(world, proofs, async () => [await here(world, process.pid, args)], {
    onMoment,
    foreign: () => foreign,
    excused: () => ({ keys: done?.keys ?? [], words: [...late, ...(done?.unknowable ?? [])] }),
  });
  return { ...report, struck };
}

/** Does it, unless the run is writing to that database at this moment: then the next one will do. */
function unlessBusy(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!/locked|busy/i.test(String(error))) throw error;
  }
}

/** Whether this request shows whose object it is. */
function isRead({ method, path }: RequestMoment, id: string): boolean {
  const paths = ["/api/v1/apps", "/api/v2/clients", `/api/v1/apps/${id}`, `/api/v2/clients/${id}`];
  return method === "GET" && paths.includes(path);
}

async function here(world: ModelWorld, pid: number, args: readonly string[]) {
  const { exit, text } = await world.command(pid, ...args);
  return { how: exit, text };
}

function there(world: ModelWorld, args: readonly string[], orders: PreloadOrders) {
  const running = startCommand([...args, "--workspace", world.workspace.root, "--env", "sandbox"], {
    haste,
    ...orders,
  });
  const ended = running.ended.then(({ how, out, err }) => {
    world.said.push(out, err);
    return { how, text: out + err };
  });
  return { running, ended };
}

/** How many points of a kind an apply has, about: those of its look round, and those of each connection that it changes. */
const sizes: Readonly<Record<RequestFault["of"] | "write", readonly [number, number]>> = {
  any: [15, 20],
  effects: [0, 3],
  creates: [0, 1],
  write: [4, 40],
};

/** One of the points that there may be; the same for the same number. */
function pointOf(kind: keyof typeof sizes, number: number, size: number): number {
  const [round, each] = sizes[kind];
  return 1 + (number % Math.max(1, round + each * Math.min(size, 3)));
}

/** Counts the requests of a kind as they come. */
function counting(
  of: RequestFault["of"] | "clients",
  told: (moment: RequestMoment, count: number) => void,
): (moment: RequestMoment) => void {
  let count = 0;
  return (moment) => {
    if (moment.when !== "before" || !matches(of, moment)) return;
    count += 1;
    told(moment, count);
  };
}

function matches(of: RequestFault["of"] | "clients", { method, path }: RequestMoment): boolean {
  switch (of) {
    case "any":
      return true;
    case "effects":
      return method !== "GET" && /^\/api\/v[12]\//.test(path);
    case "creates":
      return method === "POST" && /^\/api\/v(1\/apps|2\/clients)$/.test(path);
    case "clients":
      return method === "GET" && /^\/api\/v(1\/apps|2\/clients)\/[^/]+$/.test(path);
    default:
      return of satisfies never;
  }
}

function exactly({ host, method, path }: RequestMoment) {
  return { host, method, path: `^${path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}$`, times: 1 };
}
