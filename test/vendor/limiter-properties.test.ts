import fc from "fast-check";
import { expect, test } from "vitest";
import { auth0Rates } from "../../src/vendor/auth0/published-rates.ts";
import { auth0Plans, oktaPlans, SimulatedAuth0, SimulatedOkta } from "./simulated-hosts.ts";
import { callsOf, limiterIn, namesOf } from "./simulation.ts";
import { VirtualTime } from "./virtual-time.ts";

const seed = Number(process.env.LIMITER_SEED ?? Math.floor(Math.random() * 2 ** 31));
const runs = { numRuns: Number(process.env.LIMITER_RUNS ?? 100), seed };
process.stdout.write(`limiter properties: LIMITER_SEED=${seed}\n`);

/** Moments at which others call, by how many milliseconds lie between them. */
const gaps = fc.array(fc.integer({ min: 1, max: 20_000 }), { maxLength: 120 });

function moments(between: readonly number[]): readonly number[] {
  let at = 0;
  return between.map((gap) => {
    at += gap;
    return at;
  });
}

const world = {
  share: fc.constantFrom(0.25, 0.5, 0.75, 1),
  concurrency: fc.integer({ min: 1, max: 8 }),
  latencies: fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 20 }),
  start: fc.integer({ min: 0, max: 120_000 }),
  skew: fc.oneof(fc.integer({ min: -120_000, max: 120_000 }), fc.constantFrom(-3_600_000, 3_600_000)),
  dated: fc.boolean(),
  others: gaps,
};

test("Okta: whatever the plan, the traffic and the clocks, every call is made once and our share is kept", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        ...world,
        plan: fc.constantFrom(...(Object.keys(oktaPlans) as (keyof typeof oktaPlans)[])),
        aligned: fc.boolean(),
        calls: fc.array(fc.constantFrom(...Object.keys(oktaPlans.workforce)), { minLength: 1, maxLength: 250 }),
      }),
      async ({ plan, share, concurrency, latencies, start, skew, dated, aligned, others, calls }) => {
        const time = new VirtualTime(Date.UTC(2026, 10, 21) + start);
        const host = new SimulatedOkta(time, oktaPlans[plan], { skew, dated, aligned });
        host.visitedBy("/api/v1/apps", moments(others));
        const limiter = limiterIn(time, { share, concurrency });
        const latency = (call: number) => latencies[call % latencies.length] ?? 0;
        const replies = await time.until(callsOf(limiter, host, calls, latency));
        expect(replies.every(({ status }) => status === 200)).toBe(true);
        expect(host.effects("us")).toEqual(namesOf(calls.length));
        for (const [bucket, limit] of Object.entries(oktaPlans[plan])) {
          // Without a Date, calls go now and then to ask whether a window is over that a wrong clock took for over.
          const most = Math.floor(limit * share) + (dated ? 0 : 2);
          expect(Math.max(0, ...host.windows(bucket)), bucket).toBeLessThanOrEqual(most);
        }
        // Others come at any moment; beside them only a run that takes all may be refused now and then.
        expect(host.refusedTo("us")).toBeLessThanOrEqual(share < 1 ? 2 : 2 + others.length);
      },
    ),
    runs,
  );
}, 120_000);

test("Auth0: whatever the plan, the traffic and the clocks, every call is made once and our share is kept", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        ...world,
        plan: fc.constantFrom(...Object.keys(auth0Plans)),
        calls: fc.array(fc.constantFrom(...Object.keys(auth0Plans.essentials ?? {}), "write clients"), {
          minLength: 1,
          maxLength: 150,
        }),
      }),
      async ({ plan, share, concurrency, latencies, start, skew, dated, others, calls }) => {
        const time = new VirtualTime(Date.UTC(2026, 10, 21) + start);
        const host = new SimulatedAuth0(time, auth0Plans[plan] ?? {}, { skew, dated });
        host.visitedBy("read clients", moments(others));
        const limiter = limiterIn(time, { share, concurrency, rates: auth0Rates });
        const latency = (call: number) => latencies[call % latencies.length] ?? 0;
        const replies = await time.until(callsOf(limiter, host, calls, latency));
        expect(replies.every(({ status }) => status === 200)).toBe(true);
        expect(host.effects("us")).toEqual(namesOf(calls.length));
        for (const [pool, { burst, perMinute }] of Object.entries(auth0Plans[plan] ?? {})) {
          // Counted at the host, calls that took longer on their way come closer to the next.
          const late = (Math.max(...latencies) / 60_000) * perMinute * share + 1;
          const atOnce = Math.max(1, Math.floor(burst * share));
          expect(host.excess(pool, atOnce, perMinute * share), pool).toBeLessThanOrEqual(late);
        }
        // A bucket that nobody has heard of yet is asked once, and may be one with others that are full.
        const unheard = Math.max(3, new Set(calls).size);
        expect(host.refusedTo("us")).toBeLessThanOrEqual(share < 1 ? unheard : 3 + others.length + calls.length / 2);
      },
    ),
    runs,
  );
}, 120_000);
