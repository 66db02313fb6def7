import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { inWaves, type Turn, turnsOf } from "../../src/apply/waves.ts";
import type { Connection } from "../../src/desired/connection.ts";

interface Case {
  readonly lane: number | undefined;
  readonly shares: readonly number[];
  readonly fails: boolean;
  /** Turns of the event loop that it takes. */
  readonly takes: number;
}

const cases = fc.array(
  fc.record({
    lane: fc.option(fc.nat(2), { nil: undefined }),
    shares: fc.uniqueArray(fc.nat(4), { maxLength: 2 }),
    fails: fc.boolean(),
    takes: fc.integer({ min: 1, max: 4 }),
  }),
  { maxLength: 30 },
);

/** Runs the cases and gives what was seen: who was under way when each began, and what became of each. */
async function run(all: readonly Case[], parallelism: number, halt: () => string | undefined = () => undefined) {
  const connections = all.map((_, place) => ({ key: `t${place}/portal` }) as unknown as Connection);
  const caseOf = new Map(connections.map((connection, place) => [connection, { ...(all[place] as Case), place }]));
  const of = (connection: Connection) => caseOf.get(connection) as Case & { place: number };
  const turns = turnsOf(
    connections,
    (connection) => (of(connection).lane === undefined ? undefined : `lane ${of(connection).lane}`),
    (connection) => of(connection).shares.map(String),
  );
  const underWay = new Set<number>();
  const begun: { place: number; beside: readonly number[]; ended: readonly number[] }[] = [];
  const ended: number[] = [];
  const outcomes = await inWaves<"active" | "failed" | string>(turns, {
    parallelism,
    halted: halt,
    async carryOut({ connection }: Turn) {
      const { place, takes, fails } = of(connection);
      begun.push({ place, beside: [...underWay], ended: [...ended] });
      underWay.add(place);
      for (let turn = 0; turn < takes; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      underWay.delete(place);
      ended.push(place);
      return fails ? "failed" : "active";
    },
    notAttempted: (_turn, because) => because,
    meaning: (outcome) => (outcome === "active" ? "opens" : "stops"),
  });
  return { outcomes, begun };
}

describe("waves", () => {
  it("hold their rules for any fleet, lanes, sharing and failures", async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 1, max: 5 }), async (all, parallelism) => {
        const { outcomes, begun } = await run(all, parallelism);
        expect(outcomes).toHaveLength(all.length);
        expect(new Set(begun.map(({ place }) => place)).size).toBe(begun.length);
        for (const { place, beside, ended } of begun) {
          const own = all[place] as Case;
          expect(beside.length).toBeLessThan(parallelism);
          // Nothing shared is touched by two at once, and who comes earlier in the order goes first.
          for (const other of beside) {
            expect(all[other]?.shares.some((name) => own.shares.includes(name))).toBe(false);
          }
          if (own.lane === undefined) continue;
          const lane = (other: number) => all[other]?.lane === own.lane;
          const opened = ended.some((other) => lane(other) && outcomes[other] === "active");
          // Until one was activated, one at a time.
          if (!opened) expect(beside.filter(lane)).toEqual([]);
          expect(ended.some((other) => lane(other) && outcomes[other] === "failed")).toBe(false);
        }
        for (const [place, outcome] of outcomes.entries()) {
          const own = all[place] as Case;
          const tried = begun.some((each) => each.place === place);
          expect(tried).toBe(outcome === "active" || outcome === "failed");
          // What has no lane is tried, whatever fails.
          if (own.lane === undefined) expect(tried).toBe(true);
        }
      }),
    );
  });

  const plain: Case = { lane: 0, shares: [], fails: false, takes: 3 };

  it("let the first go alone and the rest side by side, no more than asked for", async () => {
    const { begun } = await run(Array(8).fill(plain), 3);
    expect(begun.map(({ beside }) => beside.length)).toEqual([0, 0, 1, 2, 2, 2, 2, 2]);
  });

  it("stop behind a failure, in its lane only, and say who failed", async () => {
    const { outcomes } = await run([{ ...plain, fails: true }, plain, { ...plain, lane: 1 }, plain], 3);
    const because = "t0/portal failed first at the same identity provider and app";
    expect(outcomes).toEqual(["failed", because, "active", because]);
  });

  it("begin nothing more once halted", async () => {
    let asked = 0;
    const { outcomes } = await run(Array(4).fill(plain), 1, () => (asked++ < 3 ? undefined : "asked to stop"));
    expect(outcomes.slice(-2)).toEqual(["asked to stop", "asked to stop"]);
  });

  it("wait for what is under way before a bug is thrown", async () => {
    const turns = turnsOf(
      [{ key: "a" }, { key: "b" }] as unknown as Connection[],
      () => undefined,
      () => [],
    );
    let release = (): void => undefined;
    const slow = new Promise<string>((resolve) => {
      release = () => resolve("done");
    });
    let over = false;
    const all = inWaves<string>(turns, {
      parallelism: 2,
      halted: () => undefined,
      carryOut: ({ connection }) =>
        (connection.key as string) === "a" ? Promise.reject(new TypeError("a bug")) : slow,
      notAttempted: (_turn, because) => because,
      meaning: () => "nothing",
    }).finally(() => {
      over = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    expect(over).toBe(false);
    release();
    await expect(all).rejects.toThrow("a bug");
  });
});
