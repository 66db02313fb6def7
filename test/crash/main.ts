// npm run -s crash -- --runs N --seed S [--only K] [--jobs J] [--verbose]
//
// Kills the real command line at many points and makes the sandbox fail at many others, runs it again, and looks whether
// anything was lost or doubled or anybody was put out. The last line is `runs N, violations N`.

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { startPostgres } from "../support/postgres-server.ts";
import { Coverage } from "./coverage.ts";
import { memoryFolder } from "./memory-folder.ts";
import type { RunResult } from "./run.ts";
import { scenarios } from "./scenarios.ts";
import { describeFault, faultOf, type Shape, scenarioOf } from "./sequence.ts";
import type { Order, Reply } from "./worker.ts";

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: "300" },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    jobs: { type: "string", default: "3" },
    verbose: { type: "boolean", default: false },
  },
});
const runs = whole("runs", values.runs);
const seed = whole("seed", values.seed);
const only = values.only === undefined ? undefined : whole("only", values.only);
const numbers = only === undefined ? Array.from({ length: runs }, (_, index) => index + 1) : [only];
const jobs = Math.min(whole("jobs", values.jobs), numbers.length);

function whole(name: string, text: string): number {
  const value = /^[1-9][0-9]{0,8}$/.test(text) ? Number(text) : undefined;
  if (value !== undefined) return value;
  process.stderr.write(`--${name} is a whole number from 1 on, not ${text}\n`);
  process.exit(2);
}

const worker = fileURLToPath(new URL("./worker.ts", import.meta.url));
const folder = memoryFolder();
const postgres = await startPostgres().catch((error: unknown) => ({
  answer: { missing: String(error) },
  stop: async () => undefined,
}));
const server =
  "missing" in postgres.answer
    ? undefined
    : `postgres://${postgres.answer.user}:${postgres.answer.password}@127.0.0.1:${postgres.answer.port}/postgres`;
if ("missing" in postgres.answer) process.stdout.write(`nothing is done on PostgreSQL: ${postgres.answer.missing}\n`);
/** A scenario that nothing can be done for gives its runs to the first. */
const possible = (index: number): number => (scenarios[index]?.onServer === true && server === undefined ? 0 : index);
const env = { ...process.env, TMPDIR: folder, NODE_COMPILE_CACHE: join(folder, "compiled") };
const workers = Array.from({ length: jobs }, () =>
  fork(worker, { env, stdio: ["ignore", "inherit", "inherit", "ipc"] }),
);

/** Its answer. A worker that ends instead ends everything, because nobody can say why. */
async function ask(child: ChildProcess, order: Order): Promise<Reply> {
  child.send(order);
  const given = new AbortController();
  const gone = once(child, "exit", { signal: given.signal }).then(([code]) => {
    throw new Error(`a worker ended with ${String(code)} while it did ${JSON.stringify(order).slice(0, 300)}`);
  });
  try {
    const [answer] = (await Promise.race([once(child, "message", { signal: given.signal }), gone])) as [Reply];
    return answer;
  } finally {
    given.abort();
    gone.catch(() => undefined);
  }
}

/** Lets every worker take the next item until none is left. */
async function share<T>(items: readonly T[], work: (child: ChildProcess, item: T) => Promise<void>): Promise<void> {
  const waiting = [...items];
  await Promise.all(
    workers.map(async (child) => {
      for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(child, item);
    }),
  );
}

let violations = 0;
const coverage = new Coverage();
const shapes = new Map<number, Shape>();

function tell(title: string, repeat: string, found: readonly string[]): void {
  if (found.length === 0) return;
  violations += 1;
  process.stdout.write(`\nVIOLATION  ${title}\n`);
  for (const text of found) process.stdout.write(`  - ${text.trimEnd().replaceAll("\n", "\n    ")}\n`);
  process.stdout.write(`  repeat: ${repeat}\n\n`);
}

async function close(): Promise<void> {
  const ends = workers.map((child) => (child.exitCode === null ? once(child, "exit") : undefined));
  for (const child of workers) if (child.connected) child.disconnect();
  await Promise.all(ends);
  await postgres.stop();
  rmSync(folder, { recursive: true, force: true });
}

process.once("SIGINT", () => void close().finally(() => process.exit(130)));

/** The first run that has the scenario. */
function firstRunOf(index: number): number {
  return numbers.find((run) => possible(scenarioOf(seed, run, scenarios.length)) === index) ?? 1;
}

const started = performance.now();
try {
  const needed = [...new Set(numbers.map((run) => possible(scenarioOf(seed, run, scenarios.length))))];
  await share(needed, async (child, index) => {
    const name = scenarios[index]?.name ?? "";
    const reply = await ask(child, { kind: "learn", scenario: index, server });
    if (reply.kind !== "learned") throw new Error(`${name}: ${reply.kind === "failed" ? reply.error : reply.kind}`);
    const { learned } = reply;
    shapes.set(index, learned);
    coverage.learned(name, learned);
    if (values.verbose) {
      const counts = `${learned.requests.length} requests, ${learned.writes.length} writes`;
      process.stdout.write(`clean ${name}: ${counts}, ${Math.round(learned.milliseconds)} ms\n`);
    }
    tell(
      `${name}, without any fault`,
      `npm run -s crash -- --seed ${seed} --only ${firstRunOf(index)}`,
      learned.violations,
    );
  });
  await share(numbers, async (child, run) => {
    const index = possible(scenarioOf(seed, run, scenarios.length));
    const name = scenarios[index]?.name ?? "";
    const shape = shapes.get(index);
    if (shape === undefined) throw new Error(`${name} was not learned`);
    const fault = faultOf(seed, run, index, scenarios.length, shape);
    const reply = await ask(child, { kind: "run", scenario: index, fault, shape, server });
    const result: RunResult =
      reply.kind === "ran"
        ? reply.result
        : { struck: [], looks: 0, milliseconds: 0, violations: [reply.kind === "failed" ? reply.error : reply.kind] };
    coverage.ran(name, fault, result);
    const title = `seed ${seed}, run ${run}: ${name}, ${describeFault(fault)}`;
    const where = result.struck.length === 0 ? "not reached" : result.struck.join("; ");
    if (values.verbose) process.stdout.write(`${title} (${where}), ${Math.round(result.milliseconds)} ms\n`);
    tell(`${title} (${where})`, `npm run -s crash -- --seed ${seed} --only ${run}`, result.violations);
  });
  process.stdout.write(`${coverage.summary()}\n`);
} finally {
  await close();
}
process.stdout.write(`seed ${seed}, ${Math.round((performance.now() - started) / 1000)} s\n`);
process.stdout.write(`runs ${numbers.length}, violations ${violations}\n`);
process.exitCode = violations === 0 ? 0 : 1;
