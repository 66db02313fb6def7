import type { Bucket } from "./call.ts";

/** Requests per minute and bucket. `generous` never gets in the way; the others are Okta's plans. */
const rateLimitPlans = {
  generous: { apps: 60_000, app: 60_000, groups: 60_000, group: 60_000, rest: 60_000 },
  integrator: { apps: 20, app: 100, groups: 100, group: 100, rest: 100 },
  enterprise: { apps: 100, app: 600, groups: 600, group: 600, rest: 600 },
  workforce: { apps: 100, app: 500, groups: 500, group: 1000, rest: 1200 },
} as const satisfies Record<string, Record<Bucket, number>>;

export type RateLimitPlan = keyof typeof rateLimitPlans;

const window = 60_000;

/** What one request did to its bucket. */
export interface RateLimitState {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts the requests of the whole org in windows of one minute that begin with a bucket's first request. */
export class RateLimits {
  readonly #plan: Readonly<Record<Bucket, number>>;
  readonly #clock: () => number;
  readonly #windows = new Map<Bucket, { start: number; used: number }>();

  constructor(plan: RateLimitPlan, clock: () => number) {
    this.#plan = rateLimitPlans[plan];
    this.#clock = clock;
  }

  /** Counts one request; `allowed` is false when the bucket was empty already. */
  take(bucket: Bucket): RateLimitState {
    const now = this.#clock();
    let current = this.#windows.get(bucket);
    if (current === undefined || now >= current.start + window) {
      current = { start: now, used: 0 };
      this.#windows.set(bucket, current);
    }
    const limit = this.#plan[bucket];
    const allowed = current.used < limit;
    if (allowed) current.used += 1;
    return {
      allowed,
      headers: {
        "x-rate-limit-limit": String(limit),
        "x-rate-limit-remaining": String(limit - current.used),
        "x-rate-limit-reset": String(Math.ceil((current.start + window) / 1000)),
      },
    };
  }
}
