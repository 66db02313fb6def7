import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createHostLimiters, createLimiter, type LimiterOptions } from "../../src/vendor/limiter.ts";
import { LimitedHost } from "./limited-host.ts";
import { VirtualTime } from "./virtual-time.ts";

const minute = 60_000;

function set(options: Partial<LimiterOptions> = {}) {
  const time = new VirtualTime();
  const limiter = createLimiter({ clock: time.clock, sleep: time.sleep, ...options });
  return { time, limiter };
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** A reply made by hand. */
function reply(status: number, headers: Record<string, string> = {}) {
  return { status, headers: new Headers(headers) };
}

describe("share", () => {
  test("a thousand calls keep to half of the bucket in every window and are never refused", async () => {
    const { time, limiter } = set();
    const host = new LimitedHost(time, 100);
    const start = time.clock();
    await time.until(Promise.all(range(1000).map((n) => limiter.run("apps", () => host.call(`${n}`, 120)))));
    expect(Math.max(...host.windows)).toBe(50);
    expect(host.refused).toBe(0);
    expect(time.clock() - start).toBeLessThan(21 * (minute + 2_000));
    expect(limiter.report()).toEqual([{ bucket: "apps", calls: 1000, refused: 0, allowed: 50 }]);
  });

  test.each([-3_600_000, 3_600_000, 1_234_567])("the host's clock may be off by %i ms", async (skew) => {
    const { time, limiter } = set({ share: 1 });
    const host = new LimitedHost(time, 20, { skew });
    const start = time.clock();
    await time.until(Promise.all(range(60).map((n) => limiter.run("apps", () => host.call(`${n}`, 50)))));
    expect(host.refused).toBe(0);
    expect(time.clock() - start).toBeLessThan(2 * (minute + 2_000) + 1_000);
  });

  test("what others use up is left to them", async () => {
    const { time, limiter } = set({ share: 1 });
    const host = new LimitedHost(time, 50, { others: 40 });
    await time.until(Promise.all(range(40).map((n) => limiter.run("apps", () => host.call(`${n}`, 50)))));
    expect(host.refused).toBe(0);
    expect(host.windows).toEqual([10, 10, 10, 10]);
  });

  test("whatever the limit, share, latency and clock: all are answered, alone never refused, never too many at once", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          limit: fc.integer({ min: 8, max: 120 }),
          share: fc.double({ min: 0.1, max: 1, noNaN: true }),
          skew: fc.integer({ min: -5_000, max: 5_000 }),
          latencies: fc.array(fc.integer({ min: 2, max: 3_000 }), { minLength: 1, maxLength: 150 }),
          concurrency: fc.integer({ min: 1, max: 8 }),
        }),
        async ({ limit, share, skew, latencies, concurrency }) => {
          const { time, limiter } = set({ share, concurrency });
          const host = new LimitedHost(time, limit, { skew });
          const calls = latencies.map((latency, n) => limiter.run("b", () => host.call(`${n}`, latency)));
          const replies = await time.until(Promise.all(calls));
          expect(replies.every((each) => each.status === 200)).toBe(true);
          expect(host.refused).toBe(0);
          expect(host.mostAtOnce).toBeLessThanOrEqual(concurrency);
          // Before the first reply the limit is not known, and calls may cross the host's window on their way.
          expect(Math.max(...host.windows)).toBeLessThanOrEqual(Math.max(1, Math.floor(limit * share)) + concurrency);
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe("refusals", () => {
  test("a 429 is sent again at the reset time, and until then nothing else of its bucket goes", async () => {
    const { time, limiter } = set();
    const start = time.clock();
    const sent: [string, number][] = [];
    const send = (name: string, statuses: number[]) => async () => {
      sent.push([name, time.clock() - start]);
      const reset = String((start + 30_000) / 1000);
      return reply(statuses.shift() ?? 200, {
        date: new Date(time.clock()).toUTCString(),
        "x-rate-limit-reset": reset,
      });
    };
    await time.until(limiter.run("apps", async () => reply(200)));
    const first = limiter.run("apps", send("a", [429]));
    const second = limiter.run("apps", send("b", [429]));
    await time.until(Promise.all([first, second]));
    const third = limiter.run("groups", send("c", []));
    await time.until(third);
    expect(sent).toEqual([
      ["a", 0],
      ["b", 0],
      ["a", 30_000],
      ["b", 30_000],
      ["c", 30_000],
    ]);
    expect(limiter.report().map(({ bucket, calls, refused }) => [bucket, calls, refused])).toEqual([
      ["apps", 5, 2],
      ["groups", 1, 0],
    ]);
  });

  test.each([
    ["7", 7_000],
    [new Date(Date.UTC(2026, 10, 21) + 9_000).toUTCString(), 9_000],
    ["0", 1_000],
  ])("Retry-After %s is obeyed", async (after, waited) => {
    const { time, limiter } = set();
    const start = time.clock();
    const statuses = [429, 200];
    await time.until(limiter.run("b", async () => reply(statuses.shift() ?? 0, { "retry-after": after })));
    expect(time.clock() - start).toBe(waited);
  });

  test("a 429 that names no time is tried again after 1, 2, 4, … seconds, until patience is over", async () => {
    const { time, limiter } = set({ refusals: 3 });
    const start = time.clock();
    const last = await time.until(limiter.run("b", async () => reply(429)));
    expect(last.status).toBe(429);
    expect(time.clock() - start).toBe(1_000 + 2_000 + 4_000);
  });

  test("a host that names a wait longer than ours is given up at once, and holds the others no longer than that", async () => {
    const { time, limiter } = set({ longestWait: 10_000 });
    const start = time.clock();
    const refused = await time.until(limiter.run("b", async () => reply(429, { "retry-after": "3600" })));
    expect([refused.status, time.clock() - start]).toEqual([429, 0]);
    await time.until(limiter.run("b", async () => reply(200)));
    expect(time.clock() - start).toBe(10_000);
  });

  test("a limit of 0 (too many at once) does not become the bucket's limit", async () => {
    const { time, limiter } = set();
    const statuses = [429, 200];
    const headers = { "x-rate-limit-limit": "0", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1609459200" };
    const answered = await time.until(limiter.run("b", async () => reply(statuses.shift() ?? 0, headers)));
    expect(answered.status).toBe(200);
    expect(limiter.report()).toEqual([{ bucket: "b", calls: 2, refused: 1 }]);
  });
});

describe("queue", () => {
  test("calls of a bucket go in the order they came, and a full bucket holds back only its own", async () => {
    const { time, limiter } = set({ concurrency: 1, share: 1 });
    const small = new LimitedHost(time, 3);
    const large = new LimitedHost(time, 100);
    const start = time.clock();
    const slow = range(5).map((n) => limiter.run("small", () => small.call(`s${n}`, 10)));
    const quick = range(5).map((n) => limiter.run("large", () => large.call(`l${n}`, 10)));
    await time.until(Promise.all(quick));
    expect(time.clock() - start).toBeLessThan(1_000);
    await time.until(Promise.all(slow));
    expect(small.order).toEqual(["s0", "s1", "s2", "s3", "s4"]);
    expect(large.order).toEqual(["l0", "l1", "l2", "l3", "l4"]);
  });

  test("a call that was refused keeps its place before those that came later", async () => {
    const { time, limiter } = set({ concurrency: 1 });
    const order: string[] = [];
    const send = (name: string, statuses: number[]) => async () => {
      order.push(name);
      return reply(statuses.shift() ?? 200);
    };
    const calls = [limiter.run("b", send("first", [429])), limiter.run("b", send("second", []))];
    await time.until(Promise.all(calls));
    expect(order).toEqual(["first", "first", "second"]);
  });

  test("a call that throws frees its place", async () => {
    const { time, limiter } = set({ concurrency: 1 });
    const broken = limiter.run("b", async () => {
      throw new Error("cut");
    });
    await expect(time.until(broken)).rejects.toThrow("cut");
    expect((await time.until(limiter.run("b", async () => reply(200)))).status).toBe(200);
  });

  test("a host has one limiter, whoever asks for it", () => {
    const time = new VirtualTime();
    const limiters = createHostLimiters({ clock: time.clock, sleep: time.sleep });
    expect(limiters.of("acme.okta.com")).toBe(limiters.of("acme.okta.com", { share: 1 }));
    expect(limiters.of("acme.okta.com")).not.toBe(limiters.of("acme.eu.auth0.com"));
  });
});
