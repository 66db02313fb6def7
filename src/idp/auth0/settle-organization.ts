import type { OrganizationPart } from "../../desired/connection.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { Auth0Failure } from "../../vendor/auth0/failure.ts";
import { appNote } from "../../vendor/auth0/marker-names.ts";
import type { Auth0Organization } from "../../vendor/auth0/organizations.ts";
import type { Auth0Tenant } from "../../vendor/auth0/tenant.ts";
import type { ClientDirectory } from "./client-directory.ts";
import type { ConnectionDirectory } from "./connection-directory.ts";
import { type MarkerScope, ownKey } from "./marker.ts";
import type { OrganizationKeeper, OwnOrganization } from "./organization-keeper.ts";
import type { KeptConnection } from "./organization-metadata.ts";

export interface SettleOrganizationContext {
  readonly tenant: Auth0Tenant;
  readonly scope: MarkerScope;
  readonly clients: ClientDirectory;
  readonly connections: ConnectionDirectory;
  readonly organizations: OrganizationKeeper;
}

/**
 * Brings a tenant's organization to what is wanted. The order keeps people in who may come in before and after, and
 * lets nobody in too early: what is kept is written before anything is taken away, new connections come before old
 * ones go.
 *
 * @throws TenantryError AUTH0_ORGANIZATION_TAKEN, AUTH0_CONNECTION_MISSING, AUTH0_METADATA_FULL
 */
export async function settleOrganization(context: SettleOrganizationContext, part: OrganizationPart): Promise<void> {
  switch (part.state) {
    case "active":
      return switchOn(context, part);
    case "inactive":
      return switchOff(context, part);
    case "absent":
      return removeUnused(context, part);
    default:
      return part.state satisfies never;
  }
}

async function switchOn(context: SettleOrganizationContext, part: OrganizationPart): Promise<void> {
  const { tenant, organizations } = context;
  const wanted = await enabledIds(context, part);
  const found = (await organizations.read(part)) ?? (await make(context, part, wanted));
  const { id } = found.organization;
  const kept = new Map(found.own.kept?.map((each) => [each.connectionId, each]));
  const enabled = await tenant.organizations.enabledConnections(id);
  for (const connectionId of wanted) {
    const present = enabled.find((each) => each.connectionId === connectionId);
    // Without it nobody could come in whom no administrator has made a member.
    const enabling = { ...kept.get(connectionId), connectionId, assignMembershipOnLogin: true };
    if (present === undefined) await tenant.organizations.enable(id, enabling);
    else if (!present.assignMembershipOnLogin) await tenant.organizations.reenable(id, enabling);
  }
  for (const { connectionId } of enabled) {
    if (wanted.includes(connectionId) || (await context.connections.isOfApp(connectionId, context.scope))) continue;
    await tenant.organizations.disable(id, connectionId);
  }
  if (found.own.kept !== undefined || found.organization.displayName !== part.displayName) {
    await organizations.edit(part, ({ kept: _kept, ...own }) => own, part.displayName);
  }
}

/** The ids of the connections that the part names. */
async function enabledIds(
  { connections }: SettleOrganizationContext,
  part: OrganizationPart,
): Promise<readonly string[]> {
  const { found, missing } = await connections.resolve(part.enabledConnections);
  const [first] = missing;
  if (first !== undefined) throw new TenantryError("AUTH0_CONNECTION_MISSING", first.message);
  return found.map((connection) => connection.id);
}

/** Its name is unique at the Auth0 tenant: a second create is refused, so that a lost reply can be asked again. */
async function make(
  { tenant, clients, organizations }: SettleOrganizationContext,
  part: OrganizationPart,
  wanted: readonly string[],
): Promise<OwnOrganization> {
  const body = {
    name: part.name,
    displayName: part.displayName,
    // Clients may be there already: somebody may have deleted the organization.
    metadata: organizations.firstMetadata(part.tenant, clients.seenOf(part.tenant)),
    enabled: wanted.map((connectionId) => ({ connectionId, assignMembershipOnLogin: true })),
  };
  for (let attempt = 0; ; attempt++) {
    try {
      const organization = await tenant.organizations.create(body);
      const own = organizations.ownIn(organization, part.tenant);
      if (own !== undefined) return { organization, own };
    } catch (error) {
      // A conflict is of somebody who was faster, or of our own create whose reply was lost.
      const again = error instanceof Auth0Failure && (error.effect === "unclear" || error.status === 409);
      if (!again || attempt > 0) throw error;
    }
    const found = await organizations.read(part);
    if (found !== undefined) return found;
  }
}

async function switchOff(
  { tenant, scope, connections, organizations }: SettleOrganizationContext,
  part: OrganizationPart,
): Promise<void> {
  const found = await organizations.read(part);
  if (found === undefined) return;
  const { id } = found.organization;
  const all = await tenant.organizations.enabledConnections(id);
  // Those of apps are switched off as the records that they are.
  const ofApps = await Promise.all(all.map(({ connectionId }) => connections.isOfApp(connectionId, scope)));
  const enabled = all.filter((_, index) => ofApps[index] === false);
  await organizations.edit(part, (own) => ({ ...own, kept: united(own.kept ?? [], enabled) }), part.displayName);
  for (const { connectionId } of enabled) await tenant.organizations.disable(id, connectionId);
}

/** What was kept, with what is enabled now in its place: a switch-off that was cut short loses nothing. */
function united(kept: readonly KeptConnection[], enabled: readonly KeptConnection[]): readonly KeptConnection[] {
  const now = new Set(enabled.map((each) => each.connectionId));
  return [...kept.filter((each) => !now.has(each.connectionId)), ...enabled];
}

async function removeUnused(
  { tenant, scope, clients, organizations }: SettleOrganizationContext,
  part: OrganizationPart,
): Promise<void> {
  const organization = await tenant.organizations.named(part.name);
  const own = organization === undefined ? undefined : organizations.ownIn(organization, part.tenant);
  if (organization === undefined || own === undefined || isOfAppToo(organization)) return;
  const listed = await clients.all();
  const hidden = await Promise.all(
    own.clientIds.filter((id) => !listed.clients.some((each) => each.clientId === id)).map((id) => clients.read(id)),
  );
  const left = [...listed.clients, ...hidden.filter((client) => client !== undefined)].some(({ raw }) => {
    const key = ownKey(raw, scope);
    return key !== undefined && tenantOfKey(key) === part.tenant;
  });
  if (!left) await tenant.organizations.remove(organization.id);
}

/** Whether an app at this Auth0 tenant keeps its connections of the customer in the organization. */
function isOfAppToo({ metadata }: Auth0Organization): boolean {
  return metadata[appNote] !== undefined;
}
