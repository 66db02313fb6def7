// One limiter per host: who may call when. The decisions are pure (pool.ts and what it stands on); here is the queue
// around them.
//
// Calls wait in one queue, in the order they came. Whenever a place is free, the oldest call whose bucket allows it
// goes: a full bucket holds back only its own calls. A call that was answered 429 keeps its place and goes again after
// the moment the host named, because a refused call had no effect; so this is safe for writes too.

import type { Clock, Sleep } from "./network.ts";
import { departed, freshPool, type Pace, type Pool, paceOf, permit, pooled, returned } from "./pool.ts";
import { type RateReading, type ReplyHeaders, readRates } from "./rate-reading.ts";
import { allowance } from "./rate-window.ts";

/** What the limiter needs to see of a reply. */
export interface LimitedReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
}

/** A token bucket as its host publishes it. */
export interface PublishedRate {
  /** Buckets of one name are one at the host. */
  readonly pool: string;
  /** Calls at once. */
  readonly atOnce: number;
  /** Calls a minute at which it fills up. */
  readonly perMinute: number;
}

/**
 * What is published about a host's buckets, given how many calls at once the host has said for some of them. Undefined
 * when nothing published fits that.
 */
export type KnownRates = (said: ReadonlyMap<string, number>) => ((bucket: string) => PublishedRate) | undefined;

export interface LimiterOptions {
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Share of each bucket that we may use, 0 < share <= 1. Default 0.5. */
  readonly share?: number | undefined;
  /** Calls under way at once, over all buckets of the host. Default 8. */
  readonly concurrency?: number | undefined;
  /** How often one call may be answered 429 before it is given up. Default 5. */
  readonly refusals?: number | undefined;
  /** Longest wait after a 429, milliseconds; a host that names a longer one is given up. Default 120,000. */
  readonly longestWait?: number | undefined;
  /** For a host whose replies do not say how fast its buckets fill up. Asked again whenever another has answered. */
  readonly rates?: KnownRates | undefined;
}

/** What a bucket has seen since the limiter was made. */
export interface BucketReport {
  readonly bucket: string;
  readonly calls: number;
  /** Calls among them that were answered 429. */
  readonly refused: number;
  /** Calls at once, or of a window, that our share allows; missing when the host has not said. */
  readonly allowed?: number | undefined;
}

/** Paces the calls to one host. Shared by everything that talks to it. */
export interface Limiter {
  /**
   * Sends when the bucket allows it. A 429 is sent again after the wait that the host named; the last 429 is handed
   * back when patience is over. What `send` throws is thrown.
   */
  run<Reply extends LimitedReply>(bucket: string, send: () => Promise<Reply>): Promise<Reply>;
  /** Sorted by bucket. */
  report(): readonly BucketReport[];
  /** What our share of a bucket allows, as far as the host has said or published it. */
  pace(bucket: string): Pace | undefined;
}

interface Waiting {
  readonly bucket: Bucket;
  readonly place: number;
  readonly start: () => void;
}

interface Bucket {
  readonly name: string;
  pool: string;
  /** Calls that the host allows at once or in a window; missing until it has said. */
  limit?: number;
  underWay: number;
  calls: number;
  refused: number;
}

export function createLimiter(options: LimiterOptions): Limiter {
  const { sleep, share = 0.5, concurrency = 8, refusals = 5, longestWait = 120_000 } = options;
  const clock = neverBack(options.clock);
  const buckets = new Map<string, Bucket>();
  const pools = new Map<string, Pool>();
  const queue: Waiting[] = [];
  let published: ReturnType<KnownRates>;
  // Where the buckets are not known by their names, the first replies tell which there are: so those come one by one.
  let introductions = options.rates === undefined ? 0 : 3;
  let places = concurrency;
  let nextPlace = 0;
  let wakeAt = Number.POSITIVE_INFINITY;

  function bucketNamed(name: string): Bucket {
    let bucket = buckets.get(name);
    if (bucket === undefined) {
      bucket = { name, pool: published?.(name).pool ?? name, underWay: 0, calls: 0, refused: 0 };
      buckets.set(name, bucket);
    }
    return bucket;
  }

  const poolOf = (bucket: Bucket): Pool => pools.get(bucket.pool) ?? freshPool;

  /** The limit of another bucket may tell which of the published rates are this host's, and what its buckets share. */
  function learn(bucket: Bucket, { limit = 0, refills }: RateReading): void {
    introductions = limit > 0 ? 0 : introductions - 1;
    if (limit <= 0 || bucket.limit === limit) return;
    bucket.limit = limit;
    if (options.rates === undefined || !refills) return;
    const said = new Map([...buckets.values()].flatMap((each) => (each.limit ? [[each.name, each.limit]] : [])));
    published = options.rates(said);
    const before = new Map(pools);
    pools.clear();
    const members = Map.groupBy(buckets.values(), ({ name }) => published?.(name).pool ?? name);
    for (const [name, of] of members) {
      const from = [...new Set(of.map(({ pool }) => before.get(pool) ?? freshPool))];
      const underWay = of.reduce((sum, each) => sum + each.underWay, 0);
      pools.set(name, pooled(from, underWay));
      for (const each of of) each.pool = name;
    }
  }

  /** Starts every call that may start, oldest first, and sees to it that somebody looks again when one may later. */
  function startWhatMay(): void {
    const now = clock();
    let earliest = Number.POSITIVE_INFINITY;
    const held = new Set<string>();
    const least = introductions > 0 ? concurrency - 1 : 0;
    for (let index = 0; index < queue.length && places > least; ) {
      const waiting = queue[index];
      if (waiting === undefined) break;
      const { bucket } = waiting;
      const permission = held.has(bucket.pool) ? undefined : permit(poolOf(bucket), now, share);
      if (permission?.go) {
        queue.splice(index, 1);
        places -= 1;
        bucket.calls += 1;
        bucket.underWay += 1;
        pools.set(bucket.pool, departed(poolOf(bucket), now, share));
        waiting.start();
      } else {
        if (permission !== undefined) earliest = Math.min(earliest, permission.until);
        held.add(bucket.pool);
        index += 1;
      }
    }
    if (earliest < wakeAt) void wake(earliest, now);
  }

  async function wake(at: number, now: number): Promise<void> {
    wakeAt = at;
    await sleep(Math.max(1, at - now));
    if (wakeAt === at) wakeAt = Number.POSITIVE_INFINITY;
    startWhatMay();
  }

  function turn(bucket: Bucket, place: number): Promise<void> {
    return new Promise((start) => {
      const after = queue.findIndex((waiting) => waiting.place > place);
      queue.splice(after === -1 ? queue.length : after, 0, { bucket, place, start });
      startWhatMay();
    });
  }

  return {
    async run(bucketName, send) {
      const bucket = bucketNamed(bucketName);
      const place = nextPlace++;
      for (let attempt = 0; ; attempt++) {
        await turn(bucket, place);
        const departedAt = clock();
        let reading: RateReading | undefined;
        try {
          const reply = await send();
          const now = clock();
          const said = readRates(reply.status, reply.headers, now, attempt);
          // Nobody waits longer than that on the word of one reply.
          const retryAt = said.retryAt === undefined ? undefined : Math.min(said.retryAt, now + longestWait);
          reading = { ...said, retryAt };
          if (reply.status !== 429) return reply;
          bucket.refused += 1;
          if (attempt >= refusals || (said.retryAt ?? 0) > now + longestWait) return reply;
        } finally {
          const now = clock();
          if (reading !== undefined && reading.retryAt === undefined) learn(bucket, reading);
          const perMinute = published?.(bucket.name).perMinute;
          pools.set(bucket.pool, returned(poolOf(bucket), reading, { departedAt, now, share, perMinute }));
          bucket.underWay -= 1;
          places += 1;
          startWhatMay();
        }
      }
    },

    report() {
      return [...buckets.values()]
        .map(({ name, calls, refused, limit }) => ({
          bucket: name,
          calls,
          refused,
          ...(limit === undefined ? {} : { allowed: allowance(limit, share) }),
        }))
        .sort((a, b) => (a.bucket < b.bucket ? -1 : 1));
    },

    pace(name) {
      const known = published?.(name);
      if (known !== undefined) {
        const { pool, atOnce, perMinute } = known;
        return { pool, atOnce: allowance(atOnce, share), perMinute: perMinute * share, refills: true };
      }
      const bucket = buckets.get(name);
      return bucket === undefined ? undefined : paceOf(bucket.pool, poolOf(bucket), share);
    },
  };
}

/** A clock that goes on where it was when it is set back: what was to end in a minute ends in a minute. */
function neverBack(clock: Clock): Clock {
  let last = Number.NEGATIVE_INFINITY;
  let ahead = 0;
  return () => {
    const now = clock() + ahead;
    if (now < last) ahead += last - now;
    last = Math.max(last, now);
    return last;
  };
}

/** The limiters of a run, one for each host. */
export interface HostLimiters {
  of(host: string, options?: Pick<LimiterOptions, "share" | "concurrency" | "rates">): Limiter;
}

/** The first to name a host settles its options; who comes later shares that limiter. */
export function createHostLimiters(base: LimiterOptions): HostLimiters {
  const limiters = new Map<string, Limiter>();
  return {
    of(host, options = {}) {
      let limiter = limiters.get(host);
      if (limiter === undefined) {
        limiter = createLimiter({ ...base, ...options });
        limiters.set(host, limiter);
      }
      return limiter;
    },
  };
}
