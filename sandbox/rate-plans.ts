import type { Auth0Plan } from "./auth0/rate-limits.ts";
import type { OktaPlan } from "./okta/rate-limits.ts";

/** Which rate limits the management APIs keep; a vendor that is not named keeps none. */
export interface RatePlans {
  readonly okta?: OktaPlan;
  readonly auth0?: Auth0Plan;
  /** What one API token or OAuth app gets of each of Okta's buckets: 0.5 when absent, as at Okta; 1 for all of it. */
  readonly oktaTokenShare?: number;
}
