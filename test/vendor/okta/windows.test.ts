import { describe, expect, test } from "vitest";
import { oktaPlans, SimulatedOkta } from "../simulated-hosts.ts";
import { callsOf, every, inTurns, limiterIn, namesOf } from "../simulation.ts";
import { VirtualTime } from "../virtual-time.ts";

const minute = 60_000;
const apps = "/api/v1/apps";
const app = "/api/v1/apps/{id}";
const groups = "/api/v1/groups";

function repeated(bucket: string, count: number): readonly string[] {
  return Array<string>(count).fill(bucket);
}

function laterEachTime(): (meant: number) => number {
  let later = 0;
  return (meant) => {
    later += 3;
    return meant + later;
  };
}

function anything(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state;
  };
}

describe("share", () => {
  test.each(Object.keys(oktaPlans) as (keyof typeof oktaPlans)[])(
    "of every bucket of plan %s, in every window",
    async (plan) => {
      const limits = oktaPlans[plan];
      const share = (bucket: keyof typeof limits) => limits[bucket] / 2;
      for (const aligned of [true, false]) {
        const time = new VirtualTime(Date.UTC(2026, 10, 21, 9, 30, 17, 250));
        const host = new SimulatedOkta(time, limits, { aligned });
        const calls = inTurns({ [apps]: share(apps) * 6, [app]: share(app) * 3, [groups]: share(groups) * 2 });
        const start = time.clock();
        const replies = await time.until(callsOf(limiterIn(time), host, calls, 40));
        expect(replies.every(({ status }) => status === 200)).toBe(true);
        expect(host.refusedTo("us")).toBe(0);
        for (const bucket of [apps, app, groups] as const) {
          expect(Math.max(...host.windows(bucket)), bucket).toBe(share(bucket));
        }
        // Six windows, of which the first may have begun before us.
        expect(time.clock() - start).toBeLessThan(5 * (minute + 1_000) + 10_000 + (aligned ? minute : 0));
        expect(time.clock() - start).toBeGreaterThan((aligned ? 4 : 5) * minute);
      }
    },
  );

  test("is kept beside others, who get what they want", async () => {
    const time = new VirtualTime();
    const host = new SimulatedOkta(time, oktaPlans.workforce);
    host.visitedBy(apps, every(1_250, 10 * minute));
    await time.until(callsOf(limiterIn(time), host, repeated(apps, 300)));
    expect(Math.max(...host.windows(apps))).toBe(50);
    expect([host.refusedTo("us"), host.refusedTo("others")]).toEqual([0, 0]);
    expect(host.effects("us")).toEqual(namesOf(300));
  });

  test("is less when others have drawn more than theirs: a tenth stays for them", async () => {
    const time = new VirtualTime();
    const host = new SimulatedOkta(time, oktaPlans.workforce);
    // 70 at once as soon as each window begins, then one every six seconds.
    const bursts = every(minute, 6 * minute).flatMap((at) => Array<number>(70).fill(at + 100));
    host.visitedBy(apps, [...Array<number>(70).fill(50), ...bursts, ...every(6_000, 6 * minute)]);
    await time.until(callsOf(limiterIn(time), host, repeated(apps, 60)));
    expect(host.effects("us")).toEqual(namesOf(60));
    expect([host.refusedTo("us"), host.refusedTo("others")]).toEqual([0, 0]);
  });
});

test.each([
  ["its window is long over", 45_000, {}, 50],
  ["its window is over by a clock that is wrong", 20_000, { skew: -30_000, dated: false }, 51],
] as const)("a reply that comes when %s does not begin another", async (_, wait, clock, most) => {
  const time = new VirtualTime();
  const host = new SimulatedOkta(time, oktaPlans.workforce, clock);
  const limiter = limiterIn(time);
  await time.until(callsOf(limiter, host, repeated(apps, 49), 40));
  await time.until(time.sleep(wait));
  const late = limiter.run(apps, async () => {
    const reply = await host.call(apps, "late", 40);
    await time.sleep(30_000);
    return reply;
  });
  if (wait < 30_000) await time.until(late);
  await time.until(Promise.all([late, callsOf(limiter, host, repeated(apps, 100), 1_000)]));
  expect(Math.max(...host.windows(apps))).toBe(most);
  expect(host.effects("us")).toEqual([...namesOf(100), ...namesOf(49), "late"].sort());
});

describe("two runs on one org", () => {
  test.each([
    ["workforce", 400],
    ["integrator", 80],
  ] as const)("plan %s: both finish, hardly a refusal, and others are not starved", async (plan, count) => {
    const time = new VirtualTime();
    const host = new SimulatedOkta(time, oktaPlans[plan]);
    const limit = oktaPlans[plan][apps];
    host.visitedBy(apps, every((minute / limit) * 10, 15 * minute));
    const start = time.clock();
    await time.until(
      Promise.all([
        callsOf(limiterIn(time), host, repeated(apps, count), (n) => 80 + ((n * 37) % 400), "one"),
        callsOf(limiterIn(time), host, repeated(apps, count), (n) => 80 + ((n * 53) % 400), "two"),
      ]),
    );
    expect([host.effects("one"), host.effects("two")]).toEqual([namesOf(count, "one"), namesOf(count, "two")]);
    expect((host.refusedTo("one") + host.refusedTo("two")) / (2 * count)).toBeLessThanOrEqual(0.01);
    const others = host.taken.filter(({ who }) => who === "others").length;
    expect(host.refusedTo("others") / others).toBeLessThanOrEqual(0.2);
    // Together nine tenths of each window, less what others had.
    expect((time.clock() - start) / minute).toBeLessThan((2 * count) / (limit * 0.8) + 1);
    const both = host.windows(apps, "one").map((calls, n) => calls + (host.windows(apps, "two")[n] ?? 0));
    expect(Math.max(...both)).toBeLessThanOrEqual(limit * 0.9 + 4);
  });
});

describe("clocks", () => {
  const skews = [0, -30_000, 30_000, -90_000, 90_000, -3_600_000, 3_600_000];
  test.each(skews.flatMap((skew) => [true, false].map((dated) => [skew, dated] as const)))(
    "the host is %i ms ahead, replies with a Date: %s",
    async (skew, dated) => {
      const time = new VirtualTime();
      const host = new SimulatedOkta(time, oktaPlans.workforce, { skew, dated });
      const start = time.clock();
      await time.until(callsOf(limiterIn(time), host, repeated(apps, 250)));
      expect(host.effects("us")).toEqual(namesOf(250));
      expect(host.refusedTo("us")).toBe(0);
      // Without a Date one call too many may go, which asks whether the window is over.
      expect(Math.max(...host.windows(apps))).toBeLessThanOrEqual(dated ? 50 : 51);
      // Without a Date a clock that is half a minute ahead looks like a longer window.
      expect(time.clock() - start).toBeLessThan(4 * (minute + 2_000) * (!dated && skew === 30_000 ? 1.5 : 1) + 10_000);
    },
  );

  test.each([
    ["an hour past", (meant: number) => meant - 3_600],
    ["a day ahead", (meant: number) => meant + 86_400],
    ["always the same", () => 1_700_000_000],
    ["0", () => 0],
    ["later with every reply", laterEachTime()],
    ["anything at all", anything()],
    ["in milliseconds", (meant: number) => meant * 1_000],
  ])("a reset that is %s neither stops us nor lets us go faster", async (_, reset) => {
    for (const dated of [true, false]) {
      const time = new VirtualTime();
      const host = new SimulatedOkta(time, oktaPlans.workforce, { dated, reset });
      const start = time.clock();
      await time.until(callsOf(limiterIn(time), host, repeated(apps, 250)));
      expect(host.effects("us")).toEqual(namesOf(250));
      expect(Math.max(...host.windows(apps))).toBeLessThanOrEqual(51);
      expect(host.refusedTo("us")).toBe(0);
      expect(time.clock() - start).toBeLessThan(4 * (minute + 7_000) + 10_000);
    }
  });

  test("a bucket that is used up when we come is waited for, whatever the clocks", async () => {
    for (const skew of skews) {
      for (const dated of [true, false]) {
        const time = new VirtualTime();
        const host = new SimulatedOkta(time, oktaPlans.workforce, { skew, dated });
        for (let n = 0; n < 100; n++) await time.until(host.call(apps, `${n}`, 0, "others"));
        const start = time.clock();
        const replies = await time.until(callsOf(limiterIn(time), host, repeated(apps, 60)));
        expect(replies.every(({ status }) => status === 200)).toBe(true);
        expect(host.effects("us")).toEqual(namesOf(60));
        expect(host.refusedTo("us")).toBeLessThanOrEqual(2);
        expect(time.clock() - start).toBeLessThan(4 * minute);
      }
    }
  });

  test.each([-3_600_000, 3_600_000])("our clock is set by %i ms while we wait", async (by) => {
    const time = new VirtualTime();
    const host = new SimulatedOkta(time, oktaPlans.workforce);
    let set = 0;
    const limiter = limiterIn(time, { clock: () => time.clock() + set });
    const all = callsOf(limiter, host, repeated(apps, 130));
    await time.until(time.sleep(20_000));
    const start = time.clock();
    set = by;
    const more = callsOf(limiter, host, repeated(apps, 5));
    await time.until(Promise.all([all, more]));
    // Set back, a wait that was begun before is begun again.
    expect(time.clock() - start).toBeLessThan((by < 0 ? 3 : 2) * (minute + 2_000));
    expect(Math.max(...host.windows(apps))).toBeLessThanOrEqual(51);
    expect(host.refusedTo("us")).toBe(0);
  });
});
