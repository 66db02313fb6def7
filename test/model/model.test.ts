import "../crash/key-pool.ts";
import { rmSync } from "node:fs";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { memoryFolder } from "../crash/memory-folder.ts";
import { type Sequence, sequence } from "./commands.ts";
import { carryOut } from "./sequence.ts";
import { Tally } from "./tally.ts";

// Fleets, edits, runs and hands in any order: nothing is lost, nothing doubled, nobody put out, and in the end
// everything is as the files say. TENANTRY_MODEL_SEED and TENANTRY_MODEL_PATH repeat a failure, TENANTRY_MODEL_RUNS makes
// a series longer, TENANTRY_MODEL_SEQUENCE (JSON) carries out that one sequence.

const {
  TENANTRY_MODEL_SEED = String(Math.floor(Math.random() * 2 ** 31)),
  TENANTRY_MODEL_RUNS = "18",
  TENANTRY_MODEL_PATH,
  TENANTRY_MODEL_SEQUENCE,
  TENANTRY_MODEL_VERBOSE,
  TENANTRY_MODEL_SHRINK = "60",
} = process.env;
const seed = Number(TENANTRY_MODEL_SEED);
const runs = Number(TENANTRY_MODEL_RUNS);

/** Milliseconds for making a failing sequence smaller, once there is one. */
const shrinking = Number(TENANTRY_MODEL_SHRINK) * 1000;

const before = process.env.TMPDIR;
const folder = memoryFolder();

beforeAll(() => {
  process.env.TMPDIR = folder;
});

afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(folder, { recursive: true, force: true });
});

async function expectSound(wanted: Sequence, tally: Tally): Promise<void> {
  const { story, violations } = await carryOut(wanted, tally);
  if (TENANTRY_MODEL_VERBOSE !== undefined) process.stdout.write(`${story.join("\n")}\n\n`);
  if (violations.length === 0) return;
  throw new Error(
    `${violations.join("\n")}\n\n${story.join("\n")}\n\nTENANTRY_MODEL_SEQUENCE='${JSON.stringify(wanted)}'`,
  );
}

test.skipIf(TENANTRY_MODEL_SEQUENCE === undefined)("the sequence asked for", async () => {
  await expectSound(JSON.parse(TENANTRY_MODEL_SEQUENCE ?? "") as Sequence, new Tally());
});

test.skipIf(TENANTRY_MODEL_SEQUENCE !== undefined)(
  `whatever happens to it, an apply converges (TENANTRY_MODEL_SEED=${seed})`,
  async () => {
    const tally = new Tally();
    const started = performance.now();
    let failedAt: number | undefined;
    const property = fc.asyncProperty(sequence, async (wanted) => {
      // Making it smaller has taken long enough: what is asked now is left as it is.
      if (failedAt !== undefined && performance.now() - failedAt > shrinking) return;
      if (failedAt === undefined) tally.sequences += 1;
      try {
        await expectSound(wanted, tally);
      } catch (error) {
        failedAt ??= performance.now();
        throw error;
      }
    });
    const parameters = {
      seed,
      numRuns: runs,
      ...(TENANTRY_MODEL_PATH === undefined ? {} : { path: TENANTRY_MODEL_PATH }),
    };
    const { failed, counterexamplePath, errorInstance } = await fc.check(property, parameters);
    const seconds = Math.round((performance.now() - started) / 1000);
    process.stdout.write(`model: seed ${seed}, ${tally.summary()}; ${seconds} s\n`);
    const repeat = `TENANTRY_MODEL_SEED=${seed} TENANTRY_MODEL_PATH=${counterexamplePath} npx vitest run test/model`;
    expect(failed ? `${(errorInstance as Error).message}\n\nrepeat: ${repeat}` : "").toBe("");
  },
  300_000 + runs * 30_000,
);
