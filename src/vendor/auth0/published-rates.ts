import type { KnownRates, PublishedRate } from "../limiter.ts";

/** A token bucket as published: calls at once, and calls a minute after that. */
interface Rate {
  readonly atOnce: number;
  readonly perMinute: number;
}

/** The buckets of one subscription. Calls that have none of their own are of `rest`, all together. */
interface Subscription {
  readonly rest: Rate;
  readonly own: Readonly<Record<string, Rate>>;
}

const rate = (atOnce: number, perMinute: number): Rate => ({ atOnce, perMinute });

const enterpriseOrganizations = {
  "list organizations": rate(10, 100),
  "read organizations": rate(10, 100),
  "write organizations": rate(5, 150),
  "read organization connections": rate(10, 100),
  "write organization connections": rate(5, 150),
};

/**
 * Auth0's published limits of the Management API, by the buckets of `auth0Bucket`. Read in November 2026.
 *
 * @see https://auth0.com/docs/troubleshoot/customer-support/operational-policies/rate-limit-policy/rate-limit-configurations
 */
const subscriptions: readonly Subscription[] = [
  // Free.
  { rest: rate(2, 120), own: {} },
  // Essentials and Professional.
  {
    rest: rate(10, 150),
    own: {
      "read connections": rate(5, 50),
      "read clients": rate(5, 100),
      "list organizations": rate(5, 50),
      "read organizations": rate(20, 200),
      "write organizations": rate(5, 25),
      "read organization connections": rate(5, 50),
      "write organization connections": rate(5, 25),
    },
  },
  // Enterprise in the public cloud: a tenant for production, and one for anything else.
  { rest: rate(50, 960), own: enterpriseOrganizations },
  { rest: rate(10, 120), own: enterpriseOrganizations },
];

/** The bucket of all calls that have none of their own. */
const management = "management";

/**
 * How fast Auth0's buckets fill up. Auth0 does not say; but how many calls go at once it does say, and that tells the
 * subscriptions apart. While several fit, the slowest of their rates counts, and what one of them lumps together is one
 * bucket. Undefined when none fits, as in a private cloud: then the limiter measures.
 *
 * @param said calls at once of the buckets that have answered
 */
export const auth0Rates: KnownRates = (said) => {
  const fitting = subscriptions.filter((each) =>
    [...said].every(([bucket, atOnce]) => ofSubscription(each, bucket).atOnce === atOnce),
  );
  if (fitting.length === 0) return undefined;
  return (bucket) => {
    const rates = fitting.map((each) => ofSubscription(each, bucket));
    const slowest = rates.reduce((a, b) => (b.perMinute < a.perMinute ? b : a));
    return rates.some(({ pool }) => pool === management) ? { ...slowest, pool: management } : slowest;
  };
};

function ofSubscription({ rest, own }: Subscription, bucket: string): PublishedRate {
  const mine = own[bucket];
  return mine === undefined ? { pool: management, ...rest } : { pool: bucket, ...mine };
}
