import { randomToken } from "../random.ts";
import { RequestLog } from "../request-log.ts";
import type { Site } from "../site.ts";
import { Access } from "./access.ts";
import { createOktaSite } from "./okta-site.ts";
import { OktaOrg } from "./org.ts";
import { RateLimits } from "./rate-limits.ts";

/** Host of an org that belongs to a customer, who gave an API token for it. */
const customerOrgHost = "juniper.okta.com";

/** The customer's org: new at each start, with people and without authorization servers of its own. */
export function createCustomerOrg({ clock }: { readonly clock: () => number }): {
  readonly sites: readonly Site[];
  readonly env: Readonly<Record<string, string>>;
  readonly org: OktaOrg;
} {
  const token = `00${randomToken(30)}`;
  const org = new OktaOrg(customerOrgHost, new RequestLog(), clock);
  org.addGroup("Everyone", "All users in your organization", "BUILT_IN");
  const people = org.addGroup("juniper-people", "People of Juniper Labs");
  const admins = org.addGroup("juniper-admins", "Administrators of Juniper Labs");
  org.addUser("staff@juniperlabs.example", { first: "Test", last: "Staff" }, [people]);
  org.addUser("admin@juniperlabs.example", { first: "Test", last: "Admin" }, [people, admins]);
  return {
    sites: [createOktaSite(org, new Access(org, token), new RateLimits("none", clock))],
    env: { TENANT_JUNIPER_LABS__OKTA_TOKEN: token },
    org,
  };
}
