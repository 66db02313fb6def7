import fc from "fast-check";
import { expect, test } from "vitest";
import { Faults } from "../../sandbox/faults.ts";

const request = { host: "acme.okta.com", method: "GET", path: "/api/v1/apps" };

/** What a rule does to so many requests, one after the other. */
function strikes(rule: Parameters<Faults["add"]>[0], requests: number): readonly string[] {
  const faults = new Faults();
  faults.add(rule);
  return Array.from({ length: requests }, () =>
    faults
      .take(request)
      .map(({ effect, milliseconds }) => `${effect} ${milliseconds}`)
      .join(),
  );
}

test("the same seed and the same requests give the same strikes, another seed gives others", () => {
  const with7 = strikes({ effect: "reset-before", probability: 0.5, seed: 7 }, 64);
  expect(strikes({ effect: "reset-before", probability: 0.5, seed: 7 }, 64)).toEqual(with7);
  expect(strikes({ effect: "reset-before", probability: 0.5, seed: 8 }, 64)).not.toEqual(with7);
  // Fixed, so that a seed in a bug report means the same in every version.
  expect(with7.map((strike) => (strike === "" ? 0 : 1)).slice(0, 16)).toEqual([
    1, 1, 0, 0, 0, 1, 1, 1, 0, 0, 1, 1, 0, 0, 1, 1,
  ]);
});

test("a probability is how many of many are struck, whatever the seed", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1, max: 99 }), (seed, percent) => {
      const share = percent / 100;
      const struck = strikes({ effect: "reset-before", probability: share, seed }, 2000).filter((each) => each !== "");
      // Five standard deviations.
      expect(Math.abs(struck.length / 2000 - share)).toBeLessThanOrEqual(5 * Math.sqrt((share * (1 - share)) / 2000));
    }),
    // Five standard deviations are not all: by chance alone some seed would fail.
    { numRuns: 60, seed: 20261121 },
  );
});

test("never and always are exactly that", () => {
  expect(strikes({ effect: "stale", milliseconds: 0, probability: 0 }, 500).join("")).toBe("");
  expect(strikes({ effect: "stale", milliseconds: 0, probability: 1 }, 500).every((each) => each !== "")).toBe(true);
});

test("times and skip count as ever, beside chance", () => {
  const some = strikes({ effect: "reset-before", probability: 0.5, seed: 7, skip: 10, times: 3 }, 64);
  expect(some.slice(0, 10).join("")).toBe("");
  expect(some.filter((each) => each !== "")).toHaveLength(3);
});

test("a delay is drawn between its two numbers, the same with the same seed", () => {
  const rule = { effect: "delay", milliseconds: [200, 203], times: "all" } as const;
  const drawn = strikes({ ...rule, seed: 3 }, 400);
  expect(strikes({ ...rule, seed: 3 }, 400)).toEqual(drawn);
  expect(new Set(drawn)).toEqual(new Set(["delay 200", "delay 201", "delay 202", "delay 203"]));
});

test("a seed that was not given is made up and told, and repeats what happened", () => {
  const faults = new Faults();
  faults.add({ effect: "reset-before", probability: 0.3 });
  const happened = Array.from({ length: 64 }, () => faults.take(request).length);
  const [{ seed = -1, hits, passed, remaining } = {}] = faults.counts();
  expect(seed).toBeGreaterThanOrEqual(0);
  expect([hits, passed, remaining]).toEqual([happened.filter((each) => each === 1).length, 64 - (hits ?? 0), null]);
  const again = new Faults();
  again.add({ effect: "reset-before", probability: 0.3, seed });
  expect(Array.from({ length: 64 }, () => again.take(request).length)).toEqual(happened);
});

test("what has nothing to do with chance has no seed", () => {
  const faults = new Faults();
  faults.add({ effect: "delay", milliseconds: 5 });
  expect(faults.counts()[0]).not.toHaveProperty("seed");
});

test("a delay and one other fault strike the same request; of the others the oldest", () => {
  const faults = new Faults();
  faults.add({ effect: "status-before", status: 502 });
  faults.add({ effect: "delay", milliseconds: 1, times: "all" });
  faults.add({ effect: "delay", milliseconds: 2, times: "all" });
  faults.add({ effect: "status-before", status: 503 });
  const seen = () => faults.take(request).map(({ effect, status, milliseconds }) => [effect, milliseconds ?? status]);
  expect(seen()).toEqual([
    ["delay", 1],
    ["status-before", 502],
  ]);
  expect(seen()).toEqual([
    ["delay", 1],
    ["status-before", 503],
  ]);
  expect(seen()).toEqual([["delay", 1]]);
});

test("a rate limit that ends by time begins with its first hit, and says when it ends", () => {
  let now = 1_000_000;
  const faults = new Faults(() => now);
  faults.add({ effect: "rate-limit", milliseconds: 5000 });
  expect(faults.counts()[0]).toMatchObject({ hits: 0, remaining: null });
  expect(faults.counts()[0]).not.toHaveProperty("ends");
  now += 60_000;
  expect(faults.take(request)).toMatchObject([{ until: 1_065_000 }]);
  now += 4_999;
  expect(faults.take(request)).toMatchObject([{ until: 1_065_000 }]);
  now += 1;
  expect(faults.take(request)).toEqual([]);
  expect(faults.counts()[0]).toMatchObject({ hits: 2, remaining: 0, ends: "1970-01-01T00:17:45.000Z" });
});

test.each([
  [{ effect: "drip", status: 500 }, "status means nothing to drip; it is for status-before, status-after"],
  [{ effect: "reset-before", bytes: 1 }, "bytes means nothing to reset-before; it is for truncate, drip"],
  [
    { effect: "truncate", milliseconds: 1 },
    "milliseconds means nothing to truncate; it is for delay, rate-limit, drip, stale",
  ],
  [{ effect: "delay" }, "delay needs milliseconds"],
  [{ effect: "stale" }, "stale needs milliseconds"],
  [{ effect: "drip", bytes: 0 }, "drip needs at least 1 byte in a piece"],
  [{ effect: "stale", milliseconds: [1, 2] }, "only delay takes a range of milliseconds"],
  [
    { effect: "delay", milliseconds: [2, 1] },
    "milliseconds is a whole number, not negative, or a list of the least and the most",
  ],
  [
    { effect: "delay", milliseconds: [1] },
    "milliseconds is a whole number, not negative, or a list of the least and the most",
  ],
  [{ effect: "delay", milliseconds: 600_001 }, "milliseconds is at most 600000"],
  [{ effect: "reset-before", seed: 1 }, "seed means nothing without probability or a range of milliseconds"],
  [{ effect: "reset-before", probability: 1.1 }, "probability is from 0 to 1"],
  [{ effect: "reset-before", probability: 0.5, seed: 2 ** 32 }, "seed is below 4294967296"],
  [{ effect: "reset-before", times: "often" }, 'times is a whole number, not negative, or "all"'],
  [{ effect: "reset-before", skip: 1.5 }, "skip is a whole number, not negative"],
  [{ effect: "reset-before", host: "ACME.okta.com" }, "host is a host name in lower case"],
  [{ effect: "reset-before", method: "get" }, "method is one of GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"],
  [{ effect: "toString" }, /^effect is one of reset-before, .*refuse-token$/],
])("a rule that makes no sense is refused with the reason: %j", (rule, reason) => {
  expect(() => new Faults().add(rule as never)).toThrow(reason);
});
