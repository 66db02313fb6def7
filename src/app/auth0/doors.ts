import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Auth0Organization } from "../../vendor/auth0/organizations.ts";
import { readOrganization } from "./organization.ts";
import type { Auth0Place, OwnConnection } from "./place.ts";

// The ways by which people come in through a connection: applications, and the tenant's organization. (The third, an
// e-mail address of one of its domains, is among its options.)

/**
 * Enables a connection for just these applications. Others lose it, but for registrations of this workspace, which name
 * their connections themselves; new ones come before old ones go.
 */
export async function enableClients(
  place: Auth0Place,
  id: string,
  { wanted, probe }: { readonly wanted: readonly string[]; readonly probe: boolean },
): Promise<void> {
  const { enterpriseConnections } = place.tenant;
  const own = place.app.probe?.clientId;
  const all = probe && own !== undefined ? [...wanted, own] : wanted;
  const enabled = await enterpriseConnections.clientsOf(id);
  const missing = all.filter((clientId) => !enabled.includes(clientId));
  if (missing.length > 0) await enterpriseConnections.switchClients(id, missing, true);
  const extra = await extraClients(place, enabled, all);
  if (extra.length > 0) await enterpriseConnections.switchClients(id, extra, false);
}

/** Those of the enabled applications that nobody has named. */
export async function extraClients(
  { clients }: Auth0Place,
  enabled: readonly string[],
  named: readonly string[],
): Promise<readonly string[]> {
  const others = enabled.filter((id) => !named.includes(id));
  const own = await Promise.all(others.map((id) => clients.isRegistration(id)));
  return others.filter((_, index) => own[index] === false);
}

/** Nobody comes in by a connection any more, at any application, whoever has enabled it. */
export async function close(place: Auth0Place, { connection, note }: OwnConnection): Promise<void> {
  const { enterpriseConnections, organizations } = place.tenant;
  const enabled = await enterpriseConnections.clientsOf(connection.id);
  const probe = note.state === "pending" ? place.app.probe?.clientId : undefined;
  const others = enabled.filter((id) => id !== probe);
  if (others.length > 0) await enterpriseConnections.switchClients(connection.id, others, false);
  const organization = await readOrganization(place, tenantOfKey(note.key));
  if (organization !== undefined) await organizations.disable(organization.id, connection.id);
}

/** The tenant's organization, which a connection is to be enabled for. @throws TenantryError AUTH0_CONNECTION_GONE */
export async function organizationFor(place: Auth0Place, { note }: OwnConnection): Promise<Auth0Organization> {
  const tenant = tenantOfKey(note.key);
  const organization = await readOrganization(place, tenant);
  if (organization !== undefined) return organization;
  const message = `Auth0 (${place.tenant.host}) has no organization of ${tenant} for the connection of ${note.key}`;
  throw new TenantryError("AUTH0_CONNECTION_GONE", message);
}

/** Enables a connection for the tenant's organization. */
export async function enableFor(
  { tenant }: Auth0Place,
  organization: Auth0Organization,
  { connection, note }: Pick<OwnConnection, "connection"> & { readonly note: { readonly membership: boolean } },
): Promise<void> {
  const enabled = await tenant.organizations.enabledConnections(organization.id);
  const there = enabled.find((each) => each.connectionId === connection.id);
  const enabling = { connectionId: connection.id, assignMembershipOnLogin: note.membership };
  if (there === undefined) await tenant.organizations.enable(organization.id, enabling);
  else if (there.assignMembershipOnLogin !== note.membership) {
    await tenant.organizations.reenable(organization.id, enabling);
  }
}
