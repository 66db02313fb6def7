import type { Answer } from "../answer.ts";
import { isObject, type JsonObject } from "../json.ts";
import { randomText } from "../random.ts";
import { type Call, connectionOf, existingClient, type Route, requireScope } from "./call.ts";
import { checkDatabase } from "./connection-database.ts";
import { connectionDefaults, fillOptions, hasOldIdentityApi } from "./connection-defaults.ts";
import { checkPurposes, clientChanges, createSchema, mostClients, updateSchema } from "./connection-schema.ts";
import {
  displayedStrategies,
  strategies as knownStrategies,
  oidcStrategies,
  ticketStrategies,
} from "./connection-strategies.ts";
import { byName, connectionView, withoutNullAddresses } from "./connection-view.ts";
import type { Auth0Connection } from "./model.ts";
import { withDiscovery } from "./oidc-metadata.ts";
import { checkpointPage, offsetQuery, page } from "./page.ts";
import { Auth0Problem, invalidBody, invalidQuery } from "./problem.ts";
import type { Auth0Tenant } from "./tenant.ts";
import { checked, withoutNulls } from "./validate.ts";

/** Connections: list, create, read, change, delete, and the clients that one is enabled for. */
export const connectionRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/connections",
    scopes: ["read:connections"],
    bucket: "readConnections",
    query: ["fields", "include_fields", ...offsetQuery, "from", "take", "strategy", "name"],
    handle: list,
  },
  { method: "POST", path: "/connections", scopes: ["create:connections"], bucket: "rest", handle: create },
  {
    method: "GET",
    path: "/connections/:connectionId",
    scopes: ["read:connections"],
    bucket: "readConnections",
    query: ["fields", "include_fields"],
    handle: (call) => ({ status: 200, json: connectionView(call, connectionOf(call)) }),
  },
  {
    method: "PATCH",
    path: "/connections/:connectionId",
    scopes: ["update:connections"],
    bucket: "rest",
    handle: change,
  },
  {
    method: "DELETE",
    path: "/connections/:connectionId",
    scopes: ["delete:connections"],
    bucket: "rest",
    handle: (call) => {
      call.tenant.removeConnection(connectionOf(call).id);
      return { status: 202, json: { deleted_at: call.tenant.timestamp() } };
    },
  },
  {
    method: "GET",
    path: "/connections/:connectionId/clients",
    scopes: ["read:connections"],
    bucket: "readConnections",
    query: ["from", "take"],
    handle: listClients,
  },
  {
    method: "PATCH",
    path: "/connections/:connectionId/clients",
    scopes: ["update:connections"],
    bucket: "rest",
    handle: setClients,
  },
];

/** In the order of the names. */
function list(call: Call): Answer {
  const name = call.query.get("name");
  const strategies = call.query.getAll("strategy");
  const unknown = strategies.find((strategy) => !knownStrategies.includes(strategy));
  if (unknown !== undefined) throw invalidQuery(`'No enum match for: ${unknown}' on property strategy`);
  const found = byName
    .sorted(call.tenant)
    .filter(
      (connection) =>
        (name === null || connection.name === name) &&
        (strategies.length === 0 || strategies.includes(connection.strategy)),
    );
  return page(call.query, "connections", found, (connection) => connectionView(call, connection), { order: byName });
}

async function create(call: Call): Promise<Answer> {
  const { tenant } = call;
  const sent = checked(call.body, createSchema);
  const { name, strategy, options, ...rest } = sent;
  const wanted = { name: String(name), strategy: String(strategy), options: isObject(options) ? options : {} };
  checkPurposes(wanted.strategy, sent);
  const filled = await filledOptions(tenant, wanted.strategy, wanted.options, undefined);
  if (tenant.connection(wanted.name) !== undefined) {
    throw new Auth0Problem(409, "A connection with the same name already exists", "conflict");
  }
  const connection = tenant.addConnection(wanted.name, wanted.strategy, {
    ...connectionDefaults(wanted.strategy),
    ...(displayedStrategies.has(wanted.strategy) ? { display_name: wanted.name } : {}),
    ...rest,
    ...tidied(rest, wanted.name),
    options: withoutNullAddresses(wanted.strategy, filled),
    ...(hasTicket(wanted.strategy, filled) ? { provisioning_ticket_url: ticketUrl(tenant, wanted.strategy) } : {}),
  });
  // Of all replies the one to a creation still names the clients, of which there are none.
  return { status: 201, json: { ...replied(call, connection, filled), enabled_clients: [] } };
}

/** `options` are replaced as a whole, not merged. A display name that is not repeated becomes the name again. */
async function change(call: Call): Promise<Answer> {
  const { id, strategy } = connectionOf(call);
  const sent = checked(call.body, updateSchema);
  const { options, ...rest } = sent;
  if (options !== undefined) requireScope(call.principal, ["update:connections_options"]);
  checkPurposes(strategy, rest);
  const before = connectionOf(call).settings.options;
  const filled = isObject(options)
    ? await filledOptions(call.tenant, strategy, options, isObject(before) ? before : {})
    : undefined;
  const connection = call.tenant.connections.get(id) ?? connectionOf(call);
  const { name, settings } = connection;
  connection.settings = withoutNulls({
    ...settings,
    ...(settings.display_name === undefined ? {} : { display_name: name }),
    ...rest,
    ...tidied(rest, name),
    ...(filled === undefined ? {} : { options: withoutNullAddresses(strategy, filled) }),
  });
  return { status: 200, json: replied(call, connection, filled) };
}

async function filledOptions(
  tenant: Auth0Tenant,
  strategy: string,
  sent: JsonObject,
  before: JsonObject | undefined,
): Promise<JsonObject> {
  if (strategy === "auth0") checkDatabase(sent, before);
  const filled = fillOptions(strategy, sent, { host: tenant.host, before });
  return oidcStrategies.has(strategy) ? withDiscovery(tenant.calls, strategy, filled) : filled;
}

/** Fields that are not kept as they are sent. */
function tidied(sent: JsonObject, name: string): JsonObject {
  return {
    ...(Array.isArray(sent.realms) && sent.realms.length === 0 ? { realms: [name] } : {}),
    ...(isObject(sent.metadata) ? { metadata: withoutNulls(sent.metadata) } : {}),
  };
}

/** A reply to a change shows the options as they were sent, nulls and all. */
function replied(call: Call, connection: Auth0Connection, filled: JsonObject | undefined): JsonObject {
  const shown = connectionView(call, connection);
  return filled === undefined || shown.options === undefined ? shown : { ...shown, options: filled };
}

function hasTicket(strategy: string, options: JsonObject): boolean {
  return ticketStrategies.has(strategy) && (strategy !== "waad" || hasOldIdentityApi(options));
}

/** Where the customer's admin sets the other side up. */
function ticketUrl({ host, name }: Auth0Tenant, strategy: string): string {
  const ticket = randomText(8);
  if (strategy === "waad") return `https://${host}/${name}/p/waad/${ticket}`;
  if (strategy !== "google-apps") return `https://${host}/p/${strategy}/${ticket}`;
  return `https://login.${host.slice(host.indexOf(".") + 1)}/${name}/p/google-apps/${ticket}`;
}

function listClients(call: Call): Answer {
  const { clients } = connectionOf(call);
  const enabled = [...clients].flatMap((clientId) => call.tenant.clients.get(clientId) ?? []);
  return checkpointPage(call.query, "clients", enabled, ({ clientId }) => ({ client_id: clientId }));
}

function setClients(call: Call): Answer {
  const connection = connectionOf(call);
  const what = clientChanges(call.body);
  if (what !== undefined) throw invalidBody(what);
  const changes = call.body as readonly { client_id: string; status: boolean }[];
  if (changes.length > mostClients)
    throw invalidBody(`'Array is too long (${changes.length}), maximum ${mostClients}'`);
  for (const { client_id: clientId } of changes) existingClient(call.tenant, clientId);
  for (const { client_id: clientId, status } of changes) {
    if (status) connection.clients.add(clientId);
    else connection.clients.delete(clientId);
  }
  return { status: 204 };
}
