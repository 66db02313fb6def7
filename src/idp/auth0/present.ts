import type { ConnectionKey, OrganizationPart, Registration } from "../../desired/connection.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import type { Auth0Tenant } from "../../vendor/auth0/tenant.ts";
import type { JsonObject } from "../../vendor/json.ts";
import type { ClientDirectory } from "./client-directory.ts";
import type { ConnectionDirectory } from "./connection-directory.ts";
import type { OrganizationKeeper } from "./organization-keeper.ts";
import type { KeptConnection } from "./organization-metadata.ts";

/**
 * What is at Auth0 of one tenant besides what its files say, for a program that writes objects whole: what others keep
 * in our objects must be written again, or it would be taken away.
 */
export interface PresentTenant {
  /** Undefined when there is none of ours. */
  readonly organization?: PresentOrganization | undefined;
  /** By key; only clients of ours. */
  readonly clients: ReadonlyMap<ConnectionKey, PresentClient>;
  /** Ids by name of the connections that registrations and organization name, as far as they are there. */
  readonly connectionIds: ReadonlyMap<string, string>;
}

export interface PresentOrganization {
  readonly id: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** The connections that are enabled for it now. */
  readonly enabled: readonly KeptConnection[];
}

export interface PresentClient {
  readonly clientId: string;
  /** Its members as Auth0 has them; never a secret. */
  readonly raw: JsonObject;
  /** Ids of the connections that are enabled for it now. */
  readonly enabled: readonly string[];
}

/** An adapter that can tell it. */
export interface TellsPresent {
  /**
   * Reads the organization, what is enabled for it, and each client: two calls and two for each client. Writes nothing.
   *
   * @param registrations of one tenant
   * @param found what an observation found of them
   * @throws TenantryError AUTH0_ORGANIZATION_TAKEN
   */
  present(
    registrations: readonly Registration[],
    found: ReadonlyMap<ConnectionKey, ObservedRegistration>,
  ): Promise<PresentTenant>;
}

export function tellsPresent<Adapter extends object>(adapter: Adapter): adapter is Adapter & TellsPresent {
  return "present" in adapter;
}

export interface PresentContext {
  readonly tenant: Auth0Tenant;
  readonly clients: ClientDirectory;
  readonly connections: ConnectionDirectory;
  readonly organizations: OrganizationKeeper;
}

/** What `TellsPresent` says, of the organization `part`. */
export async function presentTenant(
  context: PresentContext,
  part: OrganizationPart,
  registrations: readonly Registration[],
  found: ReadonlyMap<ConnectionKey, ObservedRegistration>,
): Promise<PresentTenant> {
  const ids = registrations.flatMap(({ key }) => {
    const id = found.get(key)?.id;
    return id === undefined ? [] : [[key, id] as const];
  });
  const names = new Set([
    ...part.enabledConnections,
    ...registrations.flatMap(({ enabledConnections }) => enabledConnections ?? []),
  ]);
  const [organization, clients, resolved] = await Promise.all([
    presentOrganization(context, part),
    Promise.all(ids.map(async ([key, id]) => [key, await presentClient(context, id)] as const)),
    context.connections.resolve([...names]),
  ]);
  return {
    organization,
    clients: new Map(clients.flatMap(([key, client]) => (client === undefined ? [] : [[key, client] as const]))),
    connectionIds: new Map(resolved.found.map(({ name, id }) => [name, id])),
  };
}

async function presentOrganization(
  { tenant, organizations }: PresentContext,
  part: OrganizationPart,
): Promise<PresentOrganization | undefined> {
  const found = await organizations.read(part);
  if (found === undefined) return undefined;
  const { id, metadata } = found.organization;
  const enabled = await tenant.organizations.enabledConnections(id);
  return {
    id,
    metadata,
    enabled: enabled.map(({ connectionId, assignMembershipOnLogin, showAsButton, isSignupEnabled }) => ({
      connectionId,
      assignMembershipOnLogin,
      showAsButton,
      isSignupEnabled,
    })),
  };
}

async function presentClient({ tenant, clients }: PresentContext, id: string): Promise<PresentClient | undefined> {
  const [client, enabled] = await Promise.all([clients.read(id), tenant.clients.connections(id)]);
  if (client === undefined) return undefined;
  return { clientId: client.clientId, raw: client.raw, enabled: enabled.map((each) => each.id) };
}
