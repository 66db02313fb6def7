import type { Auth0Tenant } from "../auth0/tenant.ts";
import type { Customers } from "../external/customers.ts";
import type { Faults } from "../faults.ts";
import type { Misbehaviours } from "../misbehave/misbehaviours.ts";
import type { OktaOrg } from "../okta/org.ts";
import type { RequestLog } from "../request-log.ts";

/** What the page shows: all of one sandbox. */
export interface World {
  /** RFC 3339. */
  readonly startedAt: string;
  readonly hosts: readonly string[];
  readonly okta: OktaOrg;
  readonly auth0: Auth0Tenant;
  readonly providers: Customers["providers"];
  readonly requests: RequestLog;
  readonly faults: Faults;
  readonly misbehaviours: Misbehaviours;
}
