import type { Bucket } from "./call.ts";

/** A token bucket: how many calls at once, and how many more per second. */
interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

/** Calls without a bucket of their own share `rest`. */
type Plan = Readonly<Partial<Record<Bucket, Rate>>> & { readonly rest: Rate };

const perMinute = (burst: number, calls: number): Rate => ({ burst, perSecond: calls / 60 });

const organizations = {
  listOrganizations: perMinute(10, 100),
  readOrganization: perMinute(10, 100),
  writeOrganizations: perMinute(5, 150),
  readOrganizationConnections: perMinute(10, 100),
  writeOrganizationConnections: perMinute(5, 150),
};

/**
 * Auth0's published limits by subscription and kind of tenant. `none` never gets in the way.
 * @see https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations
 */
const plans = {
  none: { rest: { burst: 60_000, perSecond: 1000 } },
  free: { rest: { burst: 2, perSecond: 2 } },
  /** Essentials and Professional. */
  essentials: {
    rest: perMinute(10, 150),
    readConnections: perMinute(5, 50),
    readClients: perMinute(5, 100),
    listOrganizations: perMinute(5, 50),
    readOrganization: perMinute(20, 200),
    writeOrganizations: perMinute(5, 25),
    readOrganizationConnections: perMinute(5, 50),
    writeOrganizationConnections: perMinute(5, 25),
  },
  enterprise: { rest: { burst: 50, perSecond: 16 }, ...organizations },
  /** Not a production tenant. */
  "enterprise-development": { rest: { burst: 10, perSecond: 2 }, ...organizations },
} as const satisfies Record<string, Plan>;

export type Auth0Plan = keyof typeof plans;

/** The names of the plans. */
export const auth0Plans = Object.keys(plans) as readonly Auth0Plan[];

/** What one request did to its bucket. */
export interface RateLimitState {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts the requests of the whole tenant in token buckets. */
export class Auth0RateLimits {
  readonly #plan: Plan;
  readonly #clock: () => number;
  readonly #levels = new Map<Bucket, { left: number; at: number }>();

  constructor(plan: Auth0Plan, clock: () => number) {
    this.#plan = plans[plan];
    this.#clock = clock;
  }

  /** Takes one token; `allowed` is false when there was none. `x-ratelimit-reset` is when the next one is there. */
  take(wanted: Bucket): RateLimitState {
    const own = this.#plan[wanted];
    const bucket = own === undefined ? "rest" : wanted;
    const { burst, perSecond } = own ?? this.#plan.rest;
    const now = this.#clock();
    const before = this.#levels.get(bucket) ?? { left: burst, at: now };
    const level = Math.min(burst, before.left + (Math.max(0, now - before.at) / 1000) * perSecond);
    const allowed = level >= 1;
    const left = allowed ? level - 1 : level;
    this.#levels.set(bucket, { left, at: now });
    const untilNext = (Math.floor(left) + 1 - left) / perSecond;
    return {
      allowed,
      headers: {
        "x-ratelimit-limit": String(burst),
        "x-ratelimit-remaining": String(Math.floor(left)),
        "x-ratelimit-reset": String(Math.ceil(now / 1000 + untilNext)),
      },
    };
  }
}
