import type { RateLimitPlan } from "../okta/rate-limits.ts";
import type { Bucket } from "./call.ts";

/** A token bucket: how many calls at once, and how many more per second. */
interface Rate {
  readonly burst: number;
  readonly perSecond: number;
}

const perMinute = (burst: number, calls: number): Rate => ({ burst, perSecond: calls / 60 });

const plenty: Rate = { burst: 60_000, perSecond: 1000 };

function everywhere(rate: Rate): Readonly<Record<Bucket, Rate>> {
  return {
    readClients: rate,
    readConnections: rate,
    listOrganizations: rate,
    readOrganization: rate,
    writeOrganizations: rate,
    readOrganizationConnections: rate,
    writeOrganizationConnections: rate,
    rest: rate,
  };
}

const organizations = {
  listOrganizations: perMinute(10, 100),
  readOrganization: perMinute(10, 100),
  writeOrganizations: perMinute(5, 150),
  readOrganizationConnections: perMinute(10, 100),
  writeOrganizationConnections: perMinute(5, 150),
};

/**
 * Auth0's published limits under the names of the sandbox's plans: `integrator` is the free plan, `enterprise` and
 * `workforce` are production tenants of the enterprise plan. `generous` never gets in the way.
 * @see https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations
 */
const plans: Readonly<Record<RateLimitPlan, Readonly<Record<Bucket, Rate>>>> = {
  generous: everywhere(plenty),
  integrator: everywhere({ burst: 2, perSecond: 2 }),
  enterprise: { ...everywhere({ burst: 50, perSecond: 16 }), ...organizations },
  workforce: { ...everywhere({ burst: 50, perSecond: 16 }), ...organizations },
};

/** What one request did to its bucket. */
export interface RateLimitState {
  readonly allowed: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** Counts the requests of the whole tenant in token buckets. */
export class Auth0RateLimits {
  readonly #plan: Readonly<Record<Bucket, Rate>>;
  readonly #clock: () => number;
  readonly #levels = new Map<Bucket, { left: number; at: number }>();

  constructor(plan: RateLimitPlan, clock: () => number) {
    this.#plan = plans[plan];
    this.#clock = clock;
  }

  /** Takes one token; `allowed` is false when there was none. `x-ratelimit-reset` is when the next one is there. */
  take(bucket: Bucket): RateLimitState {
    const { burst, perSecond } = this.#plan[bucket];
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
