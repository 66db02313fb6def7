import { type RateReading, windowLength } from "./rate-reading.ts";
import { allowance, type Permission } from "./rate-window.ts";

/**
 * What is known of a bucket that fills up steadily, as Auth0's do. A value: every step makes a new one.
 *
 * The host says how many calls may go at once, how many are left, and in which second there is one more; not how fast
 * the bucket fills up. That rate is published per subscription, or it is measured. When it is known, we draw from a
 * bucket of our own: our share of the host's, filling up at our share of its rate. Until then the host's bucket is
 * drawn down to the others' share, and then one call goes when the host has named one more.
 */
export interface TokenBucket {
  readonly limit: number;
  /** Calls left for everybody, as the newest call was told. */
  readonly remaining: number;
  /** When that newest call went out. */
  readonly readAt: number;
  /** When that was heard. */
  readonly heardAt: number;
  /** When there is one more than `remaining`. */
  readonly nextAt: number;
  /** Calls a millisecond at which it fills up; missing while unknown. */
  readonly rate?: number | undefined;
  /** When the rate was measured; missing when it is published. */
  readonly learnedAt?: number | undefined;
  /** Calls left in our own bucket at `ownAt`; below 0 when we were ahead of our share before the rate was known. */
  readonly own: number;
  readonly ownAt: number;
  readonly measuring?: Measuring | undefined;
  /** When the only call under way went out; missing when there are none or several. */
  readonly aloneSince?: number | undefined;
}

/** From what the rate is measured: a reading, and our calls that certainly came after it. */
interface Measuring {
  readonly remaining: number;
  /** No later than the host's reading. */
  readonly from: number;
  /** No earlier than it. */
  readonly known: number;
  readonly calls: number;
}

/** Calls that must have come back into the bucket before their rate is believed: it may be too low by one of them. */
const enoughMeasured = 8;

/** How long a measured rate is kept although the bucket is full: others may have drawn while it was measured. */
const relearning = 60_000;

/** Calls that no run of ours draws while anybody else may want one. */
function bucketReserve(limit: number, share: number): number {
  return share >= 1 || limit < 2 ? 0 : Math.max(1, Math.floor(limit * Math.min(0.1, 1 - share)));
}

/** Whether one more call may go. */
export function permitInBucket(bucket: TokenBucket, underWay: number, now: number, share: number): Permission {
  const { limit, rate } = bucket;
  if (rate === undefined) {
    const { nextAt } = bucket;
    const others = limit - allowance(limit, share);
    if (now < nextAt && bucket.remaining - underWay > others) return { go: true };
    if (now >= nextAt && underWay === 0) return { go: true };
    return { go: false, until: now < nextAt ? nextAt : Number.POSITIVE_INFINITY };
  }
  const wanting = 1 - ownAt(bucket, now, share);
  if (wanting > 1e-9) return { go: false, until: now + Math.ceil(wanting / (rate * share)) };
  // For each call of ours one of others (a second run of ours, for one) may come that we have not heard of.
  const calls = (underWay + 1) * (share < 1 ? 2 : 1);
  const missing = Math.min(limit, calls + bucketReserve(limit, share)) - levelAt(bucket, now, rate);
  if (missing <= 0) return { go: true };
  return { go: false, until: now + Math.ceil(missing / rate) };
}

/** The bucket after one more call has gone out. */
export function departedInBucket(bucket: TokenBucket, underWay: number, now: number, share: number): TokenBucket {
  return {
    ...bucket,
    own: ownAt(bucket, now, share) - 1,
    ownAt: now,
    aloneSince: underWay === 0 ? now : undefined,
  };
}

/**
 * The bucket after a call has come back.
 *
 * @param bucket undefined before the first reply that told of one
 * @param published calls a millisecond, when the subscription is known
 */
export function returnedInBucket(
  bucket: TokenBucket | undefined,
  reading: RateReading,
  departedAt: number,
  now: number,
  share: number,
  published: number | undefined,
): TokenBucket | undefined {
  const { limit = 0, remaining } = reading;
  if (limit <= 0 || remaining === undefined) return bucket;
  const before = bucket ?? {
    ...{ limit, remaining, readAt: departedAt, heardAt: now, nextAt: now, ownAt: now },
    own: allowance(limit, share) - 1,
    aloneSince: departedAt,
  };
  // Replies may overtake each other: what the call that went out last was told is the newest.
  const newest = departedAt >= before.readAt;
  const said = newest ? { remaining, readAt: departedAt, heardAt: now, nextAt: nextOf(reading, now, published) } : {};
  const told: TokenBucket = { ...before, limit, ...said };
  if (published !== undefined) return withRate(told, published, now, share);
  return measured(told, remaining, departedAt, now, share);
}

/** What is in the bucket at least, if others have drawn nothing since the newest reading. */
function levelAt({ limit, remaining, heardAt, nextAt }: TokenBucket, now: number, rate: number): number {
  const named = now < nextAt ? 0 : 1 + (now - nextAt) * rate;
  return Math.min(limit, remaining + Math.max(named, (now - heardAt) * rate));
}

function ownAt({ limit, rate = 0, own, ownAt: at }: TokenBucket, now: number, share: number): number {
  return Math.min(allowance(limit, share), own + Math.max(0, now - at) * rate * share);
}

function withRate(bucket: TokenBucket, rate: number, now: number, share: number): TokenBucket {
  // What we drew before is made up for, but never for longer than it takes to fill our own bucket.
  const own = Math.max(ownAt(bucket, now, share), -allowance(bucket.limit, share));
  return { ...bucket, rate, own, ownAt: now, measuring: undefined };
}

/** A second that the host cannot mean is taken for the next. */
function nextOf({ resetAt = Number.NaN, dated }: RateReading, now: number, published: number | undefined): number {
  const longest = published === undefined ? windowLength : 1 / published + 2_000;
  if (resetAt <= now && resetAt > now - 2_000 && dated) return now;
  return resetAt > now && resetAt <= now + longest ? resetAt : now + Math.min(1_000, longest);
}

/**
 * Learns from how the calls left go up again. Only what certainly came back is counted, in the longest time that it
 * may have taken, and others may have drawn too: the rate is never taken for higher than it is. A full bucket tells
 * nothing, so what was begun before it is dropped; a rate that leaves the bucket full is measured again after a while.
 */
function measured(bucket: TokenBucket, remaining: number, departedAt: number, now: number, share: number): TokenBucket {
  const fresh: Measuring = { remaining, from: departedAt, known: now, calls: 0 };
  const { measuring, aloneSince } = bucket;
  if (measuring === undefined) return { ...bucket, measuring: fresh };
  if (departedAt < measuring.known) return bucket;
  const calls = measuring.calls + 1;
  const counting = { ...bucket, measuring: { ...measuring, calls } };
  // With several under way it is not known which of them the host counted first.
  if (aloneSince !== departedAt) return counting;
  if (remaining >= bucket.limit - 1) {
    const again = now - (bucket.learnedAt ?? now) > relearning;
    return { ...bucket, measuring: fresh, ...(again ? { rate: undefined, learnedAt: undefined } : {}) };
  }
  const back = remaining - measuring.remaining + calls - 1;
  if (back < enoughMeasured) return counting;
  const rate = back / Math.max(1, now - measuring.from);
  const better = rate > (bucket.rate ?? 0) ? { ...withRate(bucket, rate, now, share), learnedAt: now } : bucket;
  return { ...better, measuring: fresh };
}
