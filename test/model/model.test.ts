import "../crash/key-pool.ts";
import { rmSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryFolder } from "../crash/memory-folder.ts";
import { type Sequence, sequence } from "./commands.ts";
import { carryOut } from "./sequence.ts";
import { Tally } from "./tally.ts";

// Fleets, edits, runs and other people's hands in any order: nothing is lost, nothing doubled, nobody put out, and in
// the end everything is as the files say.
//
// The series is the same every time, so that who changes something else is not stopped by what was always wrong. To look
// further: TENANTRY_MODEL_RUNS=200 makes a longer series, TENANTRY_MODEL_SEED=N (or `random`) another one. A failure prints the sequence, made
// smaller for as many seconds as TENANTRY_MODEL_SHRINK says; TENANTRY_MODEL_SEQUENCE carries out that one alone.

const environment = process.env;
const { TENANTRY_MODEL_SEED: wanted = "1" } = environment;
const seed = wanted === "random" ? Math.floor(Math.random() * 2 ** 31) : Number(wanted);
const runs = Number(environment.TENANTRY_MODEL_RUNS ?? 24);
const only = environment.TENANTRY_MODEL_SEQUENCE;
const shrinking = Number(environment.TENANTRY_MODEL_SHRINK ?? 60) * 1000;

const folder = memoryFolder();
const { TMPDIR: before } = environment;

beforeAll(() => {
  environment.TMPDIR = folder;
});

afterAll(() => {
  if (before === undefined) delete environment.TMPDIR;
  else environment.TMPDIR = before;
  rmSync(folder, { recursive: true, force: true });
});

async function expectSound(wanted: Sequence, tally: Tally): Promise<void> {
  const { story, violations } = await carryOut(wanted, tally);
  if (violations.length === 0) return;
  const repeat = `TENANTRY_MODEL_SEQUENCE='${JSON.stringify(wanted)}' npx vitest run test/model`;
  throw new Error([...violations, "", ...story, "", `repeat: ${repeat}`].join("\n"));
}

async function expectAllSound(tally: Tally): Promise<void> {
  let failedAt: number | undefined;
  const property = fc.asyncProperty(sequence, async (wanted) => {
    // Making it smaller has taken long enough: what is asked now is left as it is.
    if (failedAt !== undefined && performance.now() - failedAt > shrinking) return;
    try {
      await expectSound(wanted, tally);
    } catch (error) {
      failedAt ??= performance.now();
      throw error;
    }
  });
  const { failed, errorInstance } = await fc.check(property, { seed, numRuns: runs });
  if (failed) throw errorInstance;
}

test(
  `whatever happens to a fleet, it becomes what the files say (TENANTRY_MODEL_SEED=${seed})`,
  async () => {
    const tally = new Tally();
    const started = performance.now();
    try {
      await (only === undefined ? expectAllSound(tally) : expectSound(JSON.parse(only) as Sequence, tally));
    } finally {
      const seconds = Math.round((performance.now() - started) / 1000);
      process.stdout.write(`model: TENANTRY_MODEL_SEED=${seed}, ${tally.summary()}; ${seconds} s\n`);
    }
    expect(tally.sequences).toBeGreaterThan(0);
  },
  300_000 + runs * 30_000,
);
