import type {
  Auth0Client,
  Auth0Connection,
  Auth0Organization,
  Auth0ResourceServer,
  Auth0Role,
  Auth0User,
} from "../auth0/model.ts";
import type { Auth0Tenant } from "../auth0/tenant.ts";
import { type Html, html } from "./html.ts";
import { searchForm } from "./layout.ts";
import { count, searchOf, slice } from "./list.ts";
import { ownerTexts, showOwner } from "./owner.ts";
import { part } from "./part.ts";
import { code, contents, names, type Row } from "./table.ts";
import type { World } from "./world.ts";

/** The Auth0 tenant: clients, connections, organizations, roles, APIs, people. */
export function auth0Page({ auth0 }: World, query: URLSearchParams): Html {
  const search = searchOf(query);
  const place = { path: "/auth0", query };
  const clients = slice([...auth0.clients.values()], search, query.get("clients"), clientTexts);
  const connections = slice([...auth0.connections.values()], search, query.get("connections"), (connection) => [
    connection.id,
    connection.name,
    connection.strategy,
  ]);
  const organizations = slice([...auth0.organizations.values()], search, query.get("organizations"), (each) => [
    each.id,
    each.name,
    each.displayName,
    ...ownerTexts(each.metadata),
  ]);
  const roles = slice([...auth0.state.roles.values()], search, query.get("roles"), ({ id, name }) => [id, name]);
  const apis = slice([...auth0.state.resourceServers.values()], search, query.get("apis"), (api) => [
    api.id,
    api.identifier,
    apiName(api),
  ]);
  const users = slice([...auth0.users.values()], search, query.get("users"), ({ id, email, name }) => [
    id,
    email,
    name,
  ]);
  return html`<h1>Auth0 tenant ${auth0.host}</h1>
<p>Everything in the tenant as the next request will find it.</p>
${searchForm("/auth0", search, "clients, connections, organizations, roles, APIs and people")}
${contents([
  ["clients", "Clients", clients],
  ["connections", "Connections", connections],
  ["organizations", "Organizations", organizations],
  ["roles", "Roles", roles],
  ["apis", "APIs", apis],
  ["users", "People", users],
])}
${part("clients", "Clients", clients, place, ["Name", "Client id", "Owner", "Type", "Connections enabled"], (client) => clientRow(auth0, client))}
${part("connections", "Connections", connections, place, ["Name", "Id", "Strategy", "Enabled for"], (connection) => connectionRow(auth0, connection))}
${part("organizations", "Organizations", organizations, place, ["Name", "Id", "Display name", "Owner", "Connections enabled", "Domains", "Members"], (each) => organizationRow(auth0, each))}
${part("roles", "Roles", roles, place, ["Name", "Id", "Description", "Permissions"], roleRow)}
${part("apis", "APIs", apis, place, ["Name", "Id", "Audience"], apiRow)}
${part("users", "People", users, place, ["E-mail", "Id", "Name", "Connection"], (user) => userRow(auth0, user))}`;
}

function clientTexts({ clientId, settings }: Auth0Client): readonly string[] {
  return [settings.name, clientId, ...ownerTexts(settings.client_metadata)];
}

function clientRow(tenant: Auth0Tenant, { clientId, settings, global }: Auth0Client): Row {
  const enabled = [...tenant.connections.values()].filter((connection) => connection.clients.has(clientId));
  return {
    key: clientId,
    cells: [
      settings.name,
      code(clientId),
      showOwner(settings.client_metadata),
      global ? "stands for all clients" : (settings.app_type ?? ""),
      names(
        enabled.map(({ name }) => name),
        "none",
      ),
    ],
  };
}

function connectionRow(tenant: Auth0Tenant, { id, name, strategy, clients }: Auth0Connection): Row {
  const enabled = [...clients].slice(0, 1000).map((client) => tenant.clients.get(client)?.settings.name ?? client);
  return { key: id, cells: [name, code(id), strategy, names(enabled, "no client")] };
}

function organizationRow(tenant: Auth0Tenant, organization: Auth0Organization): Row {
  const { id, name, displayName, metadata, connections } = organization;
  const enabled = [...connections.keys()].map((connection) => tenant.connections.get(connection)?.name ?? connection);
  const domains = [...organization.discoveryDomains.values()].map(({ domain }) => domain);
  return {
    key: id,
    cells: [
      name,
      code(id),
      displayName,
      showOwner(metadata),
      names(enabled, "none"),
      names(domains, "none"),
      html`<span class="number">${count(organization.members.size)}</span>`,
    ],
  };
}

function roleRow({ id, name, description, permissions }: Auth0Role): Row {
  return {
    key: id,
    cells: [name, code(id), description ?? "", html`<span class="number">${count(permissions.length)}</span>`],
  };
}

function apiName({ identifier, settings }: Auth0ResourceServer): string {
  return typeof settings.name === "string" ? settings.name : identifier;
}

function apiRow(api: Auth0ResourceServer): Row {
  return { key: api.id, cells: [apiName(api), code(api.id), code(api.identifier)] };
}

function userRow(tenant: Auth0Tenant, { id, email, name, connectionId }: Auth0User): Row {
  return { key: id, cells: [email, code(id), name, tenant.connections.get(connectionId)?.name ?? ""] };
}
