import type { Bucket } from "./call.ts";

interface Plan extends Readonly<Record<Bucket, number>> {
  /** Requests at the same time. */
  readonly atOnce: number;
}

/**
 * Requests per minute and bucket. `none` never gets in the way; the others are Okta's plans.
 * @see https://developer.okta.com/docs/reference/rl-global-mgmt/
 */
const plans = {
  none: { apps: 60_000, app: 60_000, groups: 60_000, group: 60_000, rest: 60_000, atOnce: Number.POSITIVE_INFINITY },
  integrator: { apps: 20, app: 100, groups: 100, group: 100, rest: 100, atOnce: 35 },
  "one-app": { apps: 100, app: 600, groups: 600, group: 600, rest: 600, atOnce: 75 },
  enterprise: { apps: 100, app: 600, groups: 600, group: 600, rest: 600, atOnce: 75 },
  workforce: { apps: 100, app: 500, groups: 500, group: 1000, rest: 1200, atOnce: 75 },
} as const satisfies Record<string, Plan>;

export type OktaPlan = keyof typeof plans;

/** The names of the plans. */
export const oktaPlans = Object.keys(plans) as readonly OktaPlan[];

/** What one API token or OAuth app gets of a bucket at Okta, unless an admin says otherwise. */
const tokenShare = 0.5;

const window = 60_000;

/** What one request did to its bucket. */
export interface RateLimitState {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

interface Count {
  start: number;
  used: number;
}

/**
 * Counts the requests of the whole org, and of each token or app, in windows of one minute that begin with a bucket's
 * first request; and how many are under way.
 */
export class RateLimits {
  readonly #plan: Plan;
  readonly #share: number;
  readonly #clock: () => number;
  readonly #windows = new Map<string, Count>();
  #underWay = 0;

  /** With a share of 1 a token may use up a bucket alone. */
  constructor(plan: OktaPlan, clock: () => number, share: number = plan === "none" ? 1 : tokenShare) {
    this.#plan = plans[plan];
    this.#share = share;
    this.#clock = clock;
  }

  /**
   * Counts one request of a token or app; `allowed` is false when the bucket, or its share of it, was empty already.
   * The headers are of whichever is nearer to its end.
   */
  take(bucket: Bucket, caller: string): RateLimitState {
    const now = this.#clock();
    const whole = { limit: this.#plan[bucket], count: this.#count(bucket, now) };
    const own = { limit: Math.floor(whole.limit * this.#share), count: this.#count(`${bucket} ${caller}`, now) };
    const allowed = whole.count.used < whole.limit && own.count.used < own.limit;
    if (allowed) {
      whole.count.used += 1;
      own.count.used += 1;
    }
    const { limit, count } = own.limit - own.count.used < whole.limit - whole.count.used ? own : whole;
    return {
      allowed,
      headers: {
        "x-rate-limit-limit": String(limit),
        "x-rate-limit-remaining": String(limit - count.used),
        "x-rate-limit-reset": String(Math.ceil((count.start + window) / 1000)),
      },
    };
  }

  /** One more request is under way; undefined when there is room for it, else the headers of the refusal. */
  enter(): RateLimitState["headers"] | undefined {
    if (this.#underWay >= this.#plan.atOnce) {
      const reset = String(Math.ceil(this.#clock() / 1000) + 1);
      return { "x-rate-limit-limit": "0", "x-rate-limit-remaining": "0", "x-rate-limit-reset": reset };
    }
    this.#underWay += 1;
    return undefined;
  }

  /** A request that was let in has its answer. */
  leave(): void {
    this.#underWay -= 1;
  }

  #count(name: string, now: number): Count {
    let current = this.#windows.get(name);
    if (current === undefined || now >= current.start + window) {
      current = { start: now, used: 0 };
      this.#windows.set(name, current);
    }
    return current;
  }
}
