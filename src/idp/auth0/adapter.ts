import type { Registration } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import { compareText } from "../../errors/issue.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import type { Auth0Client, Auth0ConnectionName } from "../../vendor/auth0/clients.ts";
import type { Auth0Tenant } from "../../vendor/auth0/tenant.ts";
import type { BucketReport, Limiter } from "../../vendor/limiter.ts";
import type { Sleep } from "../../vendor/network.ts";
import { callBudget } from "../call-counts.ts";
import type { ClientSecret, IdentityProviderAdapter } from "../identity-provider.ts";
import { auth0Calls } from "./budget.ts";
import { ClientDirectory } from "./client-directory.ts";
import { checkKey } from "./client-key.ts";
import { ConnectionDirectory } from "./connection-directory.ts";
import { createClient } from "./create.ts";
import { type MarkerScope, ownKey } from "./marker.ts";
import { observeClients } from "./observe.ts";
import { observedClient, usesSecret } from "./observed-client.ts";
import { OrganizationKeeper, organizationOf } from "./organization-keeper.ts";
import { presentTenant, type TellsPresent } from "./present.ts";
import { settleClient } from "./settle-client.ts";
import { settleOrganization } from "./settle-organization.ts";

export interface Auth0AdapterOptions {
  /** Name of the identity provider in the workspace. */
  readonly name: string;
  readonly tenant: Auth0Tenant;
  readonly limiter: Limiter;
  /** Workspace and environment of the marker. */
  readonly scope: MarkerScope;
  readonly sleep: Sleep;
}

/** Registrations as clients of an Auth0 tenant, with an organization for each tenant. */
export interface Auth0Adapter extends IdentityProviderAdapter, TellsPresent {
  /** Calls made so far, by bucket. */
  calls(): readonly BucketReport[];
}

export function createAuth0Adapter(options: Auth0AdapterOptions): Auth0Adapter {
  const { name, tenant, limiter, scope, sleep } = options;
  const connections = new ConnectionDirectory(tenant.host, tenant.connections);
  const clients = new ClientDirectory(tenant.clients, scope);
  const organizations = new OrganizationKeeper(tenant.host, tenant.organizations, scope);
  const context = { name, tenant, scope, sleep, clients, connections, organizations };

  async function connectionsOf(wanted: Registration): Promise<readonly Auth0ConnectionName[]> {
    const { found, missing } = await connections.resolve(wanted.enabledConnections ?? []);
    const [first] = missing;
    // Switching off must not fail because a connection is gone.
    if (first !== undefined && wanted.state === "active") {
      throw new TenantryError("AUTH0_CONNECTION_MISSING", first.message);
    }
    return found;
  }

  /** The client as it is now, if it still is what was observed. Undefined when it is gone. */
  async function ownClient(found: ObservedRegistration): Promise<Auth0Client | undefined> {
    const client = await clients.read(found.id);
    if (client === undefined || ownKey(client.raw, scope) === found.key) return client;
    const message = `At Auth0 (${tenant.host}) client ${client.clientId} has lost the marker of ${found.key}`;
    throw new TenantryError("AUTH0_FOREIGN", message);
  }

  /** Settles the client and sees to it that it is found again. */
  async function settle(
    wanted: Registration,
    client: Auth0Client,
    wantedConnections: readonly Auth0ConnectionName[],
    enabled: readonly Auth0ConnectionName[],
  ): Promise<ObservedRegistration> {
    await organizations.list(organizationOf(wanted), client.clientId, wanted.key);
    const settled = await settleClient(tenant, client, wanted, wantedConnections, enabled);
    return observedClient(wanted.key, settled, wantedConnections.map((each) => each.name).sort(compareText));
  }

  return {
    name,

    observe: (wanted, depth) => observeClients(context, wanted, depth),

    async settlePart(part) {
      if (part.kind === "organization") await settleOrganization(context, part);
    },

    async create(wanted) {
      checkKey(wanted);
      const wantedConnections = await connectionsOf(wanted);
      const client = await createClient(context, wanted);
      return settle(wanted, client, wantedConnections, await tenant.clients.connections(client.clientId));
    },

    async update(wanted, found) {
      checkKey(wanted);
      const wantedConnections = await connectionsOf(wanted);
      const [client, enabled] = await Promise.all([ownClient(found), tenant.clients.connections(found.id)]);
      if (client === undefined) {
        const message = `Auth0 (${tenant.host}) has no client ${found.id} of ${found.key} any more`;
        throw new TenantryError("AUTH0_NOT_FOUND", message);
      }
      return settle(wanted, client, wantedConnections, enabled);
    },

    // Deleting ends every right of the client at once, so it is not switched off before.
    async remove(found) {
      const client = await ownClient(found);
      if (client !== undefined) await tenant.clients.remove(client.clientId);
      clients.forget(found.id);
      await organizations.unlist(found.key, found.id);
    },

    async secretOf(found): Promise<ClientSecret | undefined> {
      if (!usesSecret(found)) return undefined;
      const secret = await tenant.clients.secret(found.id);
      if (secret === undefined) {
        const message = `Auth0 (${tenant.host}) does not show the secret of client ${found.id} of ${found.key}`;
        throw new TenantryError("AUTH0_SECRET_MISSING", message);
      }
      // A client has one secret, and Auth0 has no id for it.
      return { id: found.id, secret };
    },

    async present(registrations, found) {
      const [first] = registrations;
      if (first === undefined) return { clients: new Map(), connectionIds: new Map() };
      return presentTenant(context, organizationOf(first), registrations, found);
    },

    budget: (work, more) =>
      callBudget(
        tenant.host,
        limiter,
        auth0Calls(work, {
          complete: clients.complete,
          clients: clients.seen,
          organizations: organizations.listed,
        }).plus(more),
      ),
    calls: () => limiter.report(),
    close: () => tenant.close(),
  };
}
