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

/** Connections by which people may come in to this client: enabled for it, and for the organization that is asked for. */
export function enabledConnections(
  tenant: Auth0Tenant,
  client: Auth0Client,
  organization: string | undefined,
): readonly Auth0Connection[] {
  return [...tenant.connections.values()].filter((connection) => {
    if (!connection.clients.has(client.clientId)) return false;
    if (organization === undefined) return true;
    return requestedOrganization(tenant, organization)?.connections.get(connection.id)?.is_enabled === true;
  });
}

/** Whether this person may come in to this client now. */
export function mayComeIn(
  tenant: Auth0Tenant,
  client: Auth0Client,
  user: Auth0User,
  organization: string | undefined,
): boolean {
  if (organization === undefined && needsOrganization(client)) return false;
  return enabledConnections(tenant, client, organization).some(({ id }) => id === user.connectionId);
}
