import { rmSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { memoryFolder } from "./memory-folder.ts";
import { carryOut, learn } from "./run.ts";
import { type Scenario, scenarios } from "./scenarios.ts";
import { describeFault, type Fault, faultOf, type Shape, scenarioOf } from "./sequence.ts";

// A few runs of what `npm run crash` does three hundred times. The seeds are in the names.

const callback = scenarioNamed("callback");
/** Milliseconds for one run on a busy machine. */
const patience = 240_000;

function scenarioNamed(name: string): Scenario {
  const found = scenarios.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no scenario ${name}`);
  return found;
}

const numbers = Array.from({ length: 300 }, (_, index) => index + 1);
const shape: Shape = {
  requests: Array.from({ length: 80 }, (_, index) => (index % 3 === 0 ? `POST host/${index}` : `GET host/${index}`)),
  writes: Array.from({ length: 120 }, (_, index) =>
    index % 2 === 0 ? "store update tenantry_lock set" : "portal commit",
  ),
  acks: [],
};

function faultsOfSeed(seed: number): readonly (readonly [number, Fault])[] {
  return numbers.map((run) => {
    const scenario = scenarioOf(seed, run, scenarios.length);
    return [scenario, faultOf(seed, run, scenario, scenarios.length, shape)];
  });
}

describe("the sequence of runs", () => {
  it("is the same for the same seed, and another for another", () => {
    expect(faultsOfSeed(1)).toEqual(faultsOfSeed(1));
    expect(faultsOfSeed(1)).not.toEqual(faultsOfSeed(2));
  });

  it.each([1, 2, 3])("meets every scenario with every kind of fault, and spreads the points (seed %i)", (seed) => {
    const runs = faultsOfSeed(seed);
    const met = new Set(
      runs.map(([scenario, fault]) => `${scenario} ${describeFault(fault).replaceAll(/[0-9]+/g, "")}`),
    );
    for (const [index] of scenarios.entries()) {
      const kinds = [...met].filter((each) => each.startsWith(`${index} `));
      expect(kinds.length, scenarios[index]?.name).toBeGreaterThanOrEqual(12);
    }
    const killed = runs.flatMap(([, fault]) => (fault.kind === "kill at write" ? fault.points : []));
    expect(new Set(killed).size).toBeGreaterThan(40);
    expect(Math.max(...killed)).toBeLessThanOrEqual(shape.writes.length);
  });
});

describe("an apply that is struck, and then run again", () => {
  const before = process.env.TMPDIR;
  const folder = memoryFolder();
  let learned: Shape;
  beforeAll(async () => {
    process.env.TMPDIR = folder;
    const clean = await learn(callback);
    expect(clean.violations).toEqual([]);
    learned = clean;
  }, patience);
  afterAll(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([
    ["-9 after a request", () => atRequest(learned, "PUT acme.okta.com/api/v1/apps/", "after")],
    ["-9 before a write, twice", () => atWrite(learned, "portal update sso_connection", "before")],
    ["a lost reply", () => ({ kind: "reply lost", when: "after", point: 60 })],
    ["errors", () => ({ kind: "error", when: "after", point: 50, status: 502, times: 4 })],
    ["an answer cut short", () => ({ kind: "truncated", point: 40 })],
    ["stale reads", () => ({ kind: "stale", point: 45, milliseconds: 200 })],
  ] as const satisfies readonly (readonly [string, () => Fault])[])(
    "loses nothing, doubles nothing and puts nobody out: %s",
    async (_name, fault) => {
      const result = await carryOut(callback, fault(), learned);
      expect(result.violations).toEqual([]);
      expect(result.struck).not.toEqual([]);
      expect(result.looks).toBeGreaterThan(50);
    },
    patience,
  );
});

function atRequest({ requests }: Shape, request: string, when: "before" | "after"): Fault {
  const point = requests.findIndex((each) => each.startsWith(request)) + 1;
  return { kind: "kill at request", when, points: [point] };
}

function atWrite({ writes }: Shape, write: string, when: "before" | "after"): Fault {
  const point = writes.findIndex((each) => each.startsWith(write)) + 1;
  return { kind: "kill at write", when, points: [point, point] };
}
