import type { RateReading } from "./rate-reading.ts";
import {
  allowance,
  departedInWindow,
  type Permission,
  permitInWindow,
  type RateWindow,
  returnedInWindow,
} from "./rate-window.ts";
import { departedInBucket, permitInBucket, returnedInBucket, type TokenBucket } from "./token-bucket.ts";

/** What is known of one bucket of a host, whichever way it counts. A value: every step makes a new one. */
export interface Pool {
  readonly underWay: number;
  /** Nothing goes before this moment (a 429 said so). */
  readonly blockedUntil: number;
  /** Whether a reply has come; before that nobody knows how many calls the host allows, so one asks. */
  readonly heard: boolean;
  readonly window?: RateWindow | undefined;
  readonly bucket?: TokenBucket | undefined;
}

/** What our share of a bucket allows. */
export interface Pace {
  /** Buckets with one pool are drawn from together. */
  readonly pool: string;
  /** Calls at once, or in a window. */
  readonly atOnce: number;
  /** Calls a minute over a long time; missing while the host's rate is unknown. */
  readonly perMinute?: number | undefined;
  /** Whether it fills up steadily, instead of starting anew with each minute. */
  readonly refills: boolean;
}

/** Whose call came back, and when. */
export interface Return {
  readonly departedAt: number;
  readonly now: number;
  readonly share: number;
  /** Calls a minute at which the bucket fills up, when that is published. */
  readonly perMinute: number | undefined;
}

export const freshPool: Pool = { underWay: 0, blockedUntil: 0, heard: false };

/** Whether one more call may go now. It may not while a 429 holds the bucket. */
export function permit(pool: Pool, now: number, share: number): Permission {
  const { underWay, blockedUntil, heard, window, bucket } = pool;
  if (now < blockedUntil) return { go: false, until: blockedUntil };
  if (!heard) return underWay === 0 ? { go: true } : { go: false, until: Number.POSITIVE_INFINITY };
  if (window !== undefined) return permitInWindow(window, underWay, now, share);
  return bucket === undefined ? { go: true } : permitInBucket(bucket, underWay, now, share);
}

/** The pool after one more call has gone out. */
export function departed(pool: Pool, now: number, share: number): Pool {
  const { underWay, window, bucket } = pool;
  return {
    ...pool,
    underWay: underWay + 1,
    window: window && departedInWindow(window, now),
    bucket: bucket && departedInBucket(bucket, underWay, now, share),
  };
}

/** The pool after a call has come back; `reading` is missing when no reply came. */
export function returned(pool: Pool, reading: RateReading | undefined, call: Return): Pool {
  const { departedAt, now, share, perMinute } = call;
  const underWay = Math.max(0, pool.underWay - 1);
  // The wait that a refusal names is enough. Its other numbers may be of something else.
  const told = reading?.retryAt === undefined ? reading : undefined;
  const back: Pool = {
    ...pool,
    underWay,
    heard: pool.heard || told !== undefined,
    blockedUntil: Math.max(pool.blockedUntil, reading?.retryAt ?? 0),
  };
  if (told?.refills) {
    const rate = perMinute === undefined ? undefined : perMinute / 60_000;
    return { ...back, bucket: returnedInBucket(pool.bucket, told, departedAt, now, share, rate) };
  }
  return { ...back, window: returnedInWindow(pool.window, told, departedAt, underWay, now) };
}

/**
 * What is known of pools that turned out to be one, or of one that turned out to be several: of one of them what it was
 * told, of all of them what they may not do yet.
 *
 * @param underWay calls under way in all
 */
export function pooled(pools: readonly Pool[], underWay: number): Pool {
  return {
    underWay,
    blockedUntil: Math.max(0, ...pools.map((each) => each.blockedUntil)),
    heard: pools.some((each) => each.heard),
    window: pools.find((each) => each.window !== undefined)?.window,
    bucket: pools.find((each) => each.bucket !== undefined)?.bucket,
  };
}

/** What our share of a pool allows, when the host has said; Okta's windows last a minute. */
export function paceOf(name: string, { window, bucket }: Pool, share: number): Pace | undefined {
  if (window !== undefined) {
    const atOnce = allowance(window.limit, share);
    return { pool: name, atOnce, perMinute: atOnce, refills: false };
  }
  if (bucket === undefined) return undefined;
  const perMinute = bucket.rate === undefined ? undefined : bucket.rate * share * 60_000;
  return { pool: name, atOnce: allowance(bucket.limit, share), perMinute, refills: true };
}
