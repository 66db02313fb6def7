import type { JsonObject } from "../json.ts";
import type { Auth0Organization } from "./model.ts";

/** An organization as it is shown. Empty metadata are left out. */
export function shownOrganization(organization: Auth0Organization): JsonObject {
  return {
    id: organization.id,
    name: organization.name,
    display_name: organization.displayName,
    third_party_client_access: "block",
    is_app_entitlement_active: false,
    ...organization.settings,
    ...(Object.keys(organization.metadata).length === 0 ? {} : { metadata: organization.metadata }),
  };
}
