import { isObject, type JsonObject } from "../json.ts";
import { type Call, connectionOf, existingClient, type Route, requireScope } from "./call.ts";
import { connectionDefaults, fillOptions } from "./connection-defaults.ts";
import { connectionView } from "./connection-view.ts";
import { checkpointPage, page } from "./page.ts";
import { Auth0Problem, invalidBody } from "./problem.ts";
import { bool, checked, list as listOf, metadata, object, orNull, record, text } from "./validate.ts";

/** Most clients of one call, and of one page. */
const mostClients = 50;

const shared = {
  display_name: text({ most: 128 }),
  is_domain_connection: bool,
  show_as_button: bool,
  realms: listOf(text()),
  metadata: metadata(orNull(text({ most: 255 }))),
  authentication: object,
  connected_accounts: object,
};

const createSchema = record(
  {
    ...shared,
    name: text({ least: 1, most: 128, pattern: /^[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?$/ }),
    strategy: text({ least: 1 }),
    options: object,
  },
  ["name", "strategy"],
);

const updateSchema = record({ ...shared, options: orNull(object) });

const changeClients = listOf(record({ client_id: text({ least: 1 }), status: bool }, ["client_id", "status"]));

/** Connections: list, create, read, change, delete, and the clients that one is enabled for. */
export const connectionRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/connections",
    scopes: ["read:connections"],
    bucket: "readConnections",
    query: ["fields", "include_fields", "page", "per_page", "include_totals", "from", "take", "strategy", "name"],
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

function list(call: Call) {
  const name = call.query.get("name");
  const strategies = call.query.getAll("strategy");
  const found = [...call.tenant.connections.values()].filter(
    (connection) =>
      (name === null || connection.name === name) &&
      (strategies.length === 0 || strategies.includes(connection.strategy)),
  );
  return page(call.query, "connections", found, (connection) => connectionView(call, connection));
}

function create(call: Call) {
  const { name, strategy, options, ...rest } = checked(call.body, createSchema);
  if (call.tenant.connection(String(name)) !== undefined) {
    throw new Auth0Problem(409, "A connection with the same name already exists", "conflict");
  }
  const settings: JsonObject = {
    ...connectionDefaults(String(strategy)),
    ...rest,
    options: fillOptions(String(strategy), isObject(options) ? options : {}),
  };
  const connection = call.tenant.addConnection(String(name), String(strategy), settings);
  return { status: 201, json: connectionView(call, connection) };
}

/** `options` are replaced as a whole, not merged. */
function change(call: Call) {
  const connection = connectionOf(call);
  const { options, ...sent } = checked(call.body, updateSchema);
  if (options !== undefined) requireScope(call.principal, ["update:connections_options"]);
  connection.settings = {
    ...connection.settings,
    ...sent,
    ...(isObject(options) ? { options: fillOptions(connection.strategy, options, "disabled") } : {}),
  };
  return { status: 200, json: connectionView(call, connection) };
}

function listClients(call: Call) {
  const connection = connectionOf(call);
  const enabled = [...call.tenant.clients.values()].filter(({ clientId }) => connection.clients.has(clientId));
  return checkpointPage(call.query, "clients", enabled, ({ clientId }) => ({ client_id: clientId }), mostClients);
}

function setClients(call: Call) {
  const connection = connectionOf(call);
  const what = changeClients(call.body);
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
