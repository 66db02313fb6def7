import type { Json } from "../json.ts";
import type { OktaOrg } from "./org.ts";

/** `/.well-known/okta-organization`, which needs no credential. */
export function viewOrganization(org: OktaOrg): Json {
  return {
    id: org.id,
    cell: "sandbox",
    _links: { organization: { href: org.url } },
    pipeline: "idx",
    settings: {
      analyticsCollectionEnabled: false,
      bugReportingEnabled: false,
      omEnabled: false,
      pssoEnabled: false,
      desktopMFAEnabled: false,
      itpEnabled: false,
    },
  };
}
