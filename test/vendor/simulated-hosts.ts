import type { LimitedReply } from "../../src/vendor/limiter.ts";
import type { VirtualTime } from "./virtual-time.ts";

/** Calls a minute of Okta's buckets by plan, as Okta publishes them (November 2026). */
export const oktaPlans = {
  integrator: { "/api/v1/apps": 20, "/api/v1/apps/{id}": 100, "/api/v1/groups": 100, "/api/v1": 100 },
  oneApp: { "/api/v1/apps": 100, "/api/v1/apps/{id}": 600, "/api/v1/groups": 600, "/api/v1": 600 },
  workforce: { "/api/v1/apps": 100, "/api/v1/apps/{id}": 500, "/api/v1/groups": 500, "/api/v1": 1200 },
} as const;

interface Rate {
  readonly burst: number;
  readonly perMinute: number;
}

const organizations = {
  "list organizations": { burst: 10, perMinute: 100 },
  "read organizations": { burst: 10, perMinute: 100 },
  "write organizations": { burst: 5, perMinute: 150 },
  "read organization connections": { burst: 10, perMinute: 100 },
  "write organization connections": { burst: 5, perMinute: 150 },
};

/** Auth0's token buckets by subscription, as Auth0 publishes them (November 2026): `rest` is one bucket for all others. */
export const auth0Plans: Readonly<Record<string, Readonly<Record<string, Rate>>>> = {
  free: { rest: { burst: 2, perMinute: 120 } },
  essentials: {
    rest: { burst: 10, perMinute: 150 },
    "read connections": { burst: 5, perMinute: 50 },
    "read clients": { burst: 5, perMinute: 100 },
    "list organizations": { burst: 5, perMinute: 50 },
    "read organizations": { burst: 20, perMinute: 200 },
    "write organizations": { burst: 5, perMinute: 25 },
    "read organization connections": { burst: 5, perMinute: 50 },
    "write organization connections": { burst: 5, perMinute: 25 },
  },
  enterprise: { rest: { burst: 50, perMinute: 960 }, ...organizations },
  staging: { rest: { burst: 10, perMinute: 120 }, ...organizations },
};

/** A call that the host took, or refused. */
interface Taken {
  readonly at: number;
  readonly bucket: string;
  readonly who: string;
  readonly name: string;
  readonly allowed: boolean;
}

export interface HostClock {
  /** Milliseconds that the host's clock is ahead of ours. */
  readonly skew?: number;
  /** Whether replies have a `Date`. */
  readonly dated?: boolean;
  /** What the host writes instead of the reset that it means, seconds. */
  readonly reset?: (meant: number) => number;
}

/** What both hosts have: replies that take their time, in virtual time, and a record of what they took. */
abstract class SimulatedHost {
  readonly taken: Taken[] = [];
  protected readonly time: VirtualTime;
  readonly #clock: HostClock;

  constructor(time: VirtualTime, clock: HostClock) {
    this.time = time;
    this.#clock = clock;
  }

  /** Counts one call. `reset` is milliseconds of our clock. */
  protected abstract take(
    bucket: string,
    who: string,
  ): { allowed: boolean; limit: number; remaining: number; reset: number };
  protected abstract readonly spelling: string;

  /** Answers after so many milliseconds, half on the way there and half on the way back. */
  async call(bucket: string, name: string, latency: number, who = "us"): Promise<LimitedReply> {
    const { skew = 0, dated = true, reset = (meant: number) => meant } = this.#clock;
    if (latency > 0) await this.time.sleep(latency / 2);
    const at = this.time.clock();
    const { allowed, limit, remaining, reset: meant } = this.take(bucket, who);
    this.taken.push({ at, bucket, who, name, allowed });
    const headers = new Headers({
      ...(dated ? { date: new Date(at + skew).toUTCString() } : {}),
      [`${this.spelling}-limit`]: String(limit),
      [`${this.spelling}-remaining`]: String(remaining),
      [`${this.spelling}-reset`]: String(Math.max(0, reset(Math.ceil((meant + skew) / 1000)))),
    });
    if (latency > 0) await this.time.sleep(latency / 2);
    return { status: allowed ? 200 : 429, headers };
  }

  /** Others call at these moments, counted from now, whatever they are answered. */
  visitedBy(bucket: string, moments: readonly number[], who = "others"): void {
    for (const [index, moment] of moments.entries()) {
      void this.time.sleep(moment).then(() => this.call(bucket, `${who} ${index}`, 0, who));
    }
  }

  refusedTo(who: string): number {
    return this.taken.filter((each) => each.who === who && !each.allowed).length;
  }

  /** Names of the calls that had an effect, sorted: each once when none was lost or repeated. */
  effects(who: string): readonly string[] {
    return this.taken
      .filter((each) => each.who === who && each.allowed)
      .map(({ name }) => name)
      .sort();
  }
}

/** Okta: windows of a minute, that begin with a bucket's first call or with each minute of the clock. */
export class SimulatedOkta extends SimulatedHost {
  protected readonly spelling = "x-rate-limit";
  readonly #limits: Readonly<Record<string, number>>;
  readonly #aligned: boolean;
  readonly #windows = new Map<string, { start: number; used: number; by: Map<string, number> }[]>();

  constructor(
    time: VirtualTime,
    limits: Readonly<Record<string, number>>,
    options: HostClock & { readonly aligned?: boolean } = {},
  ) {
    super(time, options);
    this.#limits = limits;
    this.#aligned = options.aligned ?? false;
  }

  /** Calls that somebody had in each window of a bucket, oldest first. */
  windows(bucket: string, who = "us"): readonly number[] {
    return (this.#windows.get(bucket) ?? []).map(({ by }) => by.get(who) ?? 0);
  }

  protected take(bucket: string, who: string) {
    const limit = this.#limits[bucket] ?? 1_000;
    const now = this.time.clock();
    const windows = this.#windows.get(bucket) ?? [];
    this.#windows.set(bucket, windows);
    let window = windows.at(-1);
    if (window === undefined || now >= window.start + 60_000) {
      window = { start: this.#aligned ? Math.floor(now / 60_000) * 60_000 : now, used: 0, by: new Map() };
      windows.push(window);
    }
    const allowed = window.used < limit;
    if (allowed) {
      window.used += 1;
      window.by.set(who, (window.by.get(who) ?? 0) + 1);
    }
    return { allowed, limit, remaining: limit - window.used, reset: window.start + 60_000 };
  }
}

/** Auth0: token buckets, some of which are for several kinds of calls together. */
export class SimulatedAuth0 extends SimulatedHost {
  protected readonly spelling = "x-ratelimit";
  readonly #rates: Readonly<Record<string, Rate>>;
  readonly #levels = new Map<string, { left: number; at: number }>();

  constructor(time: VirtualTime, rates: Readonly<Record<string, Rate>>, clock: HostClock = {}) {
    super(time, clock);
    this.#rates = rates;
  }

  poolOf(bucket: string): string {
    return bucket in this.#rates ? bucket : "rest";
  }

  /** How far somebody's calls of a pool were above `allowed` calls at once and `perMinute` more, at the worst moment. */
  excess(pool: string, allowed: number, perMinute: number, who = "us"): number {
    let level = allowed;
    let last = Number.NEGATIVE_INFINITY;
    let worst = Number.NEGATIVE_INFINITY;
    for (const each of this.taken) {
      if (each.who !== who || this.poolOf(each.bucket) !== pool || !each.allowed) continue;
      level = Math.min(allowed, level + ((each.at - last) / 60_000) * perMinute) - 1;
      last = each.at;
      worst = Math.max(worst, -level);
    }
    return worst;
  }

  protected take(bucket: string) {
    const pool = this.poolOf(bucket);
    const { burst, perMinute } = this.#rates[pool] ?? { burst: 60_000, perMinute: 60_000 };
    const now = this.time.clock();
    const before = this.#levels.get(pool) ?? { left: burst, at: now };
    const level = Math.min(burst, before.left + ((now - before.at) / 60_000) * perMinute);
    const allowed = level >= 1;
    const left = allowed ? level - 1 : level;
    this.#levels.set(pool, { left, at: now });
    const untilNext = ((Math.floor(left) + 1 - left) / perMinute) * 60_000;
    return { allowed, limit: burst, remaining: Math.floor(left), reset: now + untilNext };
  }
}
