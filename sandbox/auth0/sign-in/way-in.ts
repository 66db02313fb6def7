import { isObject } from "../../json.ts";
import type { Auth0Client, Auth0Connection, Auth0Organization, Auth0User } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";

/** What an authorization request asks for besides the protocol. */
export interface WayInRequest {
  readonly organization?: string | undefined;
  readonly connection?: string | undefined;
}

/** Why a request goes back to the app with an error. */
export interface WayInRefusal {
  readonly error: string;
  readonly description: string;
}

const invalid = (description: string): WayInRefusal => ({ error: "invalid_request", description });

/** Looks at what Auth0 looks at before it asks anybody to sign in. */
export function refuseRequest(
  tenant: Auth0Tenant,
  client: Auth0Client,
  { organization, connection }: WayInRequest,
): WayInRefusal | undefined {
  if (!client.settings.grant_types.includes("authorization_code")) {
    return {
      error: "unauthorized_client",
      description: "Grant type 'authorization_code' not allowed for the client.",
    };
  }
  if (organization !== undefined) {
    if ((client.settings.organization_usage ?? "deny") === "deny")
      return invalid("parameter organization is not allowed for this client");
    if (requestedOrganization(tenant, organization) === undefined) return invalid("parameter organization is invalid");
  } else if (
    needsOrganization(client) &&
    (client.settings.organization_require_behavior ?? "no_prompt") === "no_prompt"
  ) {
    return invalid("parameter organization is required for this client");
  }
  if (
    connection !== undefined &&
    !enabledConnections(tenant, client, organization).some((each) => each.name === connection)
  ) {
    return invalid("the connection is not enabled");
  }
  return undefined;
}

/** Whether nobody comes in to this client but as a member of an organization. */
export function needsOrganization(client: Auth0Client): boolean {
  return client.settings.organization_usage === "require";
}

/** An organization is named by its id; by its name only where the tenant allows it, which this one does not. */
export function requestedOrganization(
  tenant: Auth0Tenant,
  reference: string | undefined,
): Auth0Organization | undefined {
  return reference === undefined ? undefined : tenant.organizations.get(reference);
}

/** A connection may be there for something else than to sign in. */
function isForLogin({ settings }: Auth0Connection): boolean {
  return !isObject(settings.authentication) || settings.authentication.active !== false;
}

/** Connections by which people may come in to this client: enabled for it, and for the organization that is asked for. */
export function enabledConnections(
  tenant: Auth0Tenant,
  client: Auth0Client,
  organization: string | undefined,
): readonly Auth0Connection[] {
  return [...tenant.connections.values()].filter((connection) => {
    if (!connection.clients.has(client.clientId) || !isForLogin(connection)) return false;
    if (organization === undefined) return true;
    return requestedOrganization(tenant, organization)?.connections.get(connection.id)?.is_enabled === true;
  });
}

/**
 * Why this person may not come in to this client now; undefined when they may. Whoever comes by a connection that
 * assigns memberships at login becomes a member of the organization here.
 */
export function admit(
  tenant: Auth0Tenant,
  client: Auth0Client,
  user: Auth0User,
  reference: string | undefined,
): string | undefined {
  const enabled = enabledConnections(tenant, client, reference).some(({ id }) => id === user.connectionId);
  if (!enabled || (reference === undefined && needsOrganization(client))) {
    return "The connection of this user is not enabled for the application.";
  }
  const organization = requestedOrganization(tenant, reference);
  if (organization === undefined) return undefined;
  const assigns = organization.connections.get(user.connectionId)?.assign_membership_on_login === true;
  if (assigns) tenant.addMember(organization, user.id);
  return organization.members.has(user.id)
    ? undefined
    : `user ${user.id} is not part of the ${organization.id} organization`;
}
