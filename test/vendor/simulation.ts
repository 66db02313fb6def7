import { createLimiter, type LimitedReply, type Limiter, type LimiterOptions } from "../../src/vendor/limiter.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** A limiter that lives in virtual time. */
export function limiterIn(time: VirtualTime, options: Partial<LimiterOptions> = {}): Limiter {
  return createLimiter({ clock: time.clock, sleep: time.sleep, ...options });
}

interface Host {
  call(bucket: string, name: string, latency: number, who?: string): Promise<LimitedReply>;
}

/** As many calls as there are buckets in the list, all wanted at once. */
export function callsOf(limiter: Limiter, host: Host, buckets: readonly string[], latency: Latency = 120, who = "us") {
  return Promise.all(
    buckets.map((bucket, n) => {
      const takes = typeof latency === "number" ? latency : latency(n);
      return limiter.run(bucket, () => host.call(bucket, `${who} ${n}`, takes, who));
    }),
  );
}

export type Latency = number | ((call: number) => number);

/** The names that `callsOf` gives, sorted. */
export function namesOf(count: number, who = "us"): readonly string[] {
  return Array.from({ length: count }, (_, n) => `${who} ${n}`).sort();
}

/** A list with each name so many times, in turns as far as they last. */
export function inTurns(counts: Readonly<Record<string, number>>): readonly string[] {
  const left = new Map(Object.entries(counts));
  const list: string[] = [];
  while (left.size > 0) {
    for (const [name, count] of left) {
      list.push(name);
      if (count > 1) left.set(name, count - 1);
      else left.delete(name);
    }
  }
  return list;
}

/** Moments, one every so many milliseconds. */
export function every(milliseconds: number, until: number): readonly number[] {
  return Array.from({ length: Math.floor(until / milliseconds) }, (_, n) => (n + 1) * milliseconds);
}
