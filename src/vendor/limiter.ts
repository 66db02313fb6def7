// One limiter per host: who may call when. The decisions are pure (rate-window.ts); here is the queue around them.
//
// Calls wait in one queue, in the order they came. Whenever a place is free, the oldest call whose bucket allows it
// goes: a full bucket holds back only its own calls. A call that was answered 429 keeps its place and goes again after
// the moment the host named, because a refused call had no effect; so this is safe for writes too.

import type { Clock, Sleep } from "./network.ts";
import type { RateReading, RateWindow, ReplyHeaders } from "./rate-window.ts";
import { allowance, departed, freshWindow, permit, readRates, returned } from "./rate-window.ts";

/** What the limiter needs to see of a reply. */
export interface LimitedReply {
  readonly status: number;
  readonly headers: ReplyHeaders;
}

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
}

/** What a bucket has seen since the limiter was made. */
export interface BucketReport {
  readonly bucket: string;
  readonly calls: number;
  /** Calls among them that were answered 429. */
  readonly refused: number;
  /** Calls of a window that our share allows; missing when the host has not said. */
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
}

interface Waiting {
  readonly bucket: Bucket;
  readonly place: number;
  readonly start: () => void;
}

interface Bucket {
  readonly name: string;
  window: RateWindow;
  calls: number;
  refused: number;
}

export function createLimiter(options: LimiterOptions): Limiter {
  const { clock, sleep, share = 0.5, concurrency = 8, refusals = 5, longestWait = 120_000 } = options;
  const buckets = new Map<string, Bucket>();
  const queue: Waiting[] = [];
  let places = concurrency;
  let nextPlace = 0;
  let wakeAt = Number.POSITIVE_INFINITY;

  function bucketNamed(name: string): Bucket {
    let bucket = buckets.get(name);
    if (bucket === undefined) {
      bucket = { name, window: freshWindow, calls: 0, refused: 0 };
      buckets.set(name, bucket);
    }
    return bucket;
  }

  /** Starts every call that may start, oldest first, and sees to it that somebody looks again when one may later. */
  function startWhatMay(): void {
    const now = clock();
    let earliest = Number.POSITIVE_INFINITY;
    for (let index = 0; index < queue.length && places > 0; ) {
      const waiting = queue[index];
      if (waiting === undefined) break;
      const permission = permit(waiting.bucket.window, now, share);
      if (permission.go) {
        queue.splice(index, 1);
        places -= 1;
        waiting.bucket.calls += 1;
        waiting.bucket.window = departed(waiting.bucket.window, now);
        waiting.start();
      } else {
        earliest = Math.min(earliest, permission.until);
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
        let reading: RateReading | undefined;
        try {
          const reply = await send();
          const now = clock();
          const said = readRates(reply.status, reply.headers, now, attempt);
          reading = capped(said, now + longestWait);
          if (reply.status !== 429) return reply;
          bucket.refused += 1;
          if (attempt >= refusals || (said.retryAt ?? 0) > now + longestWait) return reply;
        } finally {
          bucket.window = returned(bucket.window, reading, clock());
          places += 1;
          startWhatMay();
        }
      }
    },

    report() {
      return [...buckets.values()]
        .map(({ name, calls, refused, window }) => ({
          bucket: name,
          calls,
          refused,
          ...(window.limit === undefined ? {} : { allowed: allowance(window.limit, share) }),
        }))
        .sort((a, b) => (a.bucket < b.bucket ? -1 : 1));
    },
  };
}

/** Nobody waits longer than that on the word of one reply: a wrong clock would stop the run for hours. */
function capped(reading: RateReading, latest: number): RateReading {
  const { resetAt, retryAt } = reading;
  return {
    ...reading,
    ...(resetAt === undefined ? {} : { resetAt: Math.min(resetAt, latest) }),
    ...(retryAt === undefined ? {} : { retryAt: Math.min(retryAt, latest) }),
  };
}

/** The limiters of a run, one for each host. */
export interface HostLimiters {
  of(host: string, options?: Pick<LimiterOptions, "share" | "concurrency">): Limiter;
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
