import { describe, expect, test } from "vitest";
import { auth0Rates } from "../../../src/vendor/auth0/published-rates.ts";
import { auth0Plans, type HostClock, SimulatedAuth0 } from "../simulated-hosts.ts";
import { callsOf, every, inTurns, limiterIn, namesOf } from "../simulation.ts";
import { VirtualTime } from "../virtual-time.ts";

const minute = 60_000;
const plans = Object.keys(auth0Plans);
const createsOne = {
  "read clients": 5,
  "write clients": 1,
  "read organizations": 5,
  "write organizations": 1,
  "read organization connections": 3,
};

function times(counts: Readonly<Record<string, number>>, factor: number): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(counts).map(([name, count]) => [name, count * factor]));
}

function world(plan: string, clock: HostClock = {}) {
  const time = new VirtualTime(Date.UTC(2026, 10, 21, 9, 30, 17, 250));
  const rates = auth0Plans[plan] ?? {};
  const host = new SimulatedAuth0(time, rates, clock);
  const limiter = () => limiterIn(time, { rates: auth0Rates, concurrency: 4 });
  /** Calls a minute of the host's bucket, and at once. */
  const rate = (pool: string) => rates[pool] ?? { burst: Number.NaN, perMinute: Number.NaN };
  return { time, host, limiter, rate };
}

/** Calls of each of the host's buckets. */
function byPool(host: SimulatedAuth0, counts: Readonly<Record<string, number>>): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const [bucket, count] of Object.entries(counts)) {
    sums.set(host.poolOf(bucket), (sums.get(host.poolOf(bucket)) ?? 0) + count);
  }
  return sums;
}

describe("share", () => {
  test.each(plans)("plan %s: half of what may go at once and half of the refill, over many minutes", async (plan) => {
    const { time, host, limiter, rate } = world(plan);
    const counts = times(createsOne, 30);
    const start = time.clock();
    const replies = await time.until(callsOf(limiter(), host, inTurns(counts), 90));
    expect(replies.every(({ status }) => status === 200)).toBe(true);
    expect(host.effects("us")).toEqual(namesOf(replies.length));
    expect(host.refusedTo("us")).toBe(0);
    const minutes = (time.clock() - start) / minute;
    const foreseen: number[] = [];
    for (const [pool, calls] of byPool(host, counts)) {
      const { burst, perMinute } = rate(pool);
      const atOnce = Math.max(1, Math.floor(burst / 2));
      expect(host.excess(pool, atOnce, perMinute / 2), pool).toBeLessThanOrEqual(0.01);
      foreseen.push((calls - atOnce) / (perMinute / 2));
    }
    // As fast as that allows: what is foreseen is what happens.
    expect(minutes).toBeLessThan(Math.max(...foreseen) * 1.05 + 0.05);
  });

  test.each(plans)("plan %s: others who draw their half are never refused", async (plan) => {
    const { time, host, limiter, rate } = world(plan);
    for (const pool of Object.keys(auth0Plans[plan] ?? {})) {
      host.visitedBy(pool, every((2 * minute) / rate(pool).perMinute + 1, 4 * minute));
    }
    await time.until(callsOf(limiter(), host, inTurns(times(createsOne, 12)), 90));
    expect(host.effects("us")).toEqual(namesOf(12 * 15));
    expect([host.refusedTo("us"), host.refusedTo("others")]).toEqual([0, 0]);
  });

  test.each(plans)("plan %s: two runs finish, hardly a refusal, and others still come through", async (plan) => {
    const { time, host, limiter, rate } = world(plan);
    for (const pool of Object.keys(auth0Plans[plan] ?? {})) {
      host.visitedBy(pool, every((10 * minute) / rate(pool).perMinute, 10 * minute));
    }
    const counts = times(createsOne, 20);
    const start = time.clock();
    await time.until(
      Promise.all([
        callsOf(limiter(), host, inTurns(counts), (n) => 60 + ((n * 37) % 200), "one"),
        callsOf(limiter(), host, inTurns(counts), (n) => 60 + ((n * 53) % 200), "two"),
      ]),
    );
    expect([host.effects("one"), host.effects("two")]).toEqual([namesOf(300, "one"), namesOf(300, "two")]);
    // The free plan allows two calls at once: a reserve of one and a call of each run do not fit.
    expect((host.refusedTo("one") + host.refusedTo("two")) / 600).toBeLessThanOrEqual(plan === "free" ? 0.05 : 0.01);
    const others = host.taken.filter(({ who, at }) => who === "others" && at <= time.clock()).length;
    expect(host.refusedTo("others") / others).toBeLessThanOrEqual(0.2);
    const longest = Math.max(...[...byPool(host, counts)].map(([pool, calls]) => (2 * calls) / rate(pool).perMinute));
    expect((time.clock() - start) / minute).toBeLessThan(longest * 1.35 + 0.1);
  });
});

describe("a subscription that nobody has published", () => {
  const rates = { rest: { burst: 30, perMinute: 300 }, "read clients": { burst: 8, perMinute: 40 } };

  test.each([
    ["write clients", "rest", 800],
    ["read clients", "read clients", 120],
  ] as const)("the rate of `%s` is measured, and our share of it kept", async (bucket, pool, count) => {
    const time = new VirtualTime();
    const host = new SimulatedAuth0(time, rates);
    const limiter = limiterIn(time, { rates: auth0Rates, concurrency: 4 });
    const start = time.clock();
    await time.until(callsOf(limiter, host, Array<string>(count).fill(bucket), 70));
    expect(host.effects("us")).toEqual(namesOf(count));
    expect(host.refusedTo("us")).toBe(0);
    const minutes = (time.clock() - start) / minute;
    const { burst, perMinute } = rates[pool];
    // Until it is measured, our half of the bucket is drawn, and what comes in that time.
    expect(count).toBeLessThanOrEqual((minutes * perMinute) / 2 + 2 * burst);
    expect(minutes).toBeLessThan((count / (perMinute / 2)) * 1.25 + 0.2);
    expect(limiter.pace(bucket)?.perMinute).toBeLessThanOrEqual(perMinute / 2);
    expect(limiter.pace(bucket)?.perMinute).toBeGreaterThan((perMinute / 2) * 0.75);
  });

  test("replies that overtake each other do not make the rate higher", async () => {
    for (const [burst, perMinute] of [
      [30, 300],
      [60, 120],
      [20, 1_200],
    ] as const) {
      const time = new VirtualTime();
      const host = new SimulatedAuth0(time, { rest: { burst, perMinute } });
      const limiter = limiterIn(time, { rates: auth0Rates, concurrency: 8 });
      const calls = Array.from({ length: 300 }, (_, n) =>
        limiter.run("write clients", async () => {
          const reply = await host.call("write clients", `us ${n}`, 2);
          // Every eighth reply comes late.
          await time.sleep(n % 8 === 1 ? 1_900 : 30);
          expect(limiter.pace("write clients")?.perMinute ?? 0).toBeLessThanOrEqual(perMinute / 2);
          return reply;
        }),
      );
      await time.until(Promise.all(calls));
      expect(limiter.pace("write clients")?.perMinute ?? 0).toBeLessThanOrEqual(perMinute / 2);
    }
  });

  test("a rate that was measured while others drew is measured again when they have gone", async () => {
    const time = new VirtualTime();
    const host = new SimulatedAuth0(time, rates);
    host.visitedBy("write clients", every(minute / 240, minute));
    const limiter = limiterIn(time, { rates: auth0Rates, concurrency: 4 });
    await time.until(callsOf(limiter, host, Array<string>(800).fill("write clients"), 70));
    expect(limiter.pace("write clients")?.perMinute).toBeGreaterThan(110);
    expect(host.refusedTo("us")).toBeLessThanOrEqual(2);
  });
});

describe("refusals and clocks", () => {
  const skews = [0, -90_000, 90_000, -3_600_000, 3_600_000];

  test.each(plans)("plan %s: a bucket that is empty when we come is waited for, whatever the clocks", async (plan) => {
    for (const skew of skews) {
      for (const dated of [true, false]) {
        const { time, host, limiter } = world(plan, { skew, dated });
        for (let n = 0; n < 60; n++) await time.until(host.call("read organizations", `${n}`, 0, "others"));
        const replies = await time.until(callsOf(limiter(), host, Array<string>(30).fill("read organizations"), 50));
        expect(replies.every(({ status }) => status === 200)).toBe(true);
        expect(host.effects("us")).toEqual(namesOf(30));
        expect(host.refusedTo("us")).toBeLessThanOrEqual(2);
      }
    }
  });

  test.each([
    ["an hour past", (meant: number) => meant - 3_600],
    ["a day ahead", (meant: number) => meant + 86_400],
    ["0", () => 0],
  ])("a reset that is %s neither stops us nor lets us go faster", async (_, reset) => {
    for (const plan of plans) {
      const { time, host, limiter, rate } = world(plan, { reset });
      const start = time.clock();
      await time.until(callsOf(limiter(), host, Array<string>(100).fill("read organizations"), 50));
      const pool = host.poolOf("read organizations");
      const { burst, perMinute } = rate(pool);
      expect(host.refusedTo("us")).toBe(0);
      expect(host.excess(pool, Math.max(1, Math.floor(burst / 2)), perMinute / 2)).toBeLessThanOrEqual(0.01);
      expect((time.clock() - start) / minute).toBeLessThan((100 / (perMinute / 2)) * 1.1);
    }
  });
});
