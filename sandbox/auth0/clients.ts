import { isObject, type JsonObject } from "../json.ts";
import { type Call, clientOf, type Route, requireScope } from "./call.ts";
import { readChangedClient, readNewClient } from "./client-input.ts";
import { viewClient } from "./client-view.ts";
import { connectionView } from "./connection-view.ts";
import { makeCredential } from "./credentials.ts";
import { pickFields } from "./fields.ts";
import type { Auth0Client } from "./model.ts";
import { checkpointPage, offsetPage } from "./page.ts";
import { Auth0Problem } from "./problem.ts";

const readers = ["read:clients", "read:client_keys", "read:client_credentials", "read:client_summary"];

/** Clients: list, create, read, change, delete, new secret, and the connections that are enabled for one. */
export const clientRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/clients",
    scopes: readers,
    bucket: "readClients",
    query: [
      "fields",
      "include_fields",
      "page",
      "per_page",
      "include_totals",
      "is_global",
      "is_first_party",
      "app_type",
    ],
    handle: list,
  },
  { method: "POST", path: "/clients", scopes: ["create:clients"], bucket: "rest", handle: create },
  {
    method: "GET",
    path: "/clients/:clientId",
    scopes: readers,
    bucket: "readClients",
    query: ["fields", "include_fields"],
    handle: (call) => ({ status: 200, json: shown(call, clientOf(call)) }),
  },
  {
    method: "PATCH",
    path: "/clients/:clientId",
    scopes: ["update:clients", "update:client_keys", "update:client_credentials"],
    bucket: "rest",
    handle: change,
  },
  { method: "DELETE", path: "/clients/:clientId", scopes: ["delete:clients"], bucket: "rest", handle: remove },
  {
    method: "POST",
    path: "/clients/:clientId/rotate-secret",
    scopes: ["update:client_keys"],
    bucket: "rest",
    handle: (call) => {
      const client = clientOf(call);
      call.tenant.replaceSecret(client.clientId);
      return { status: 200, json: viewClient(call.tenant, client, call.principal, true) };
    },
  },
  {
    method: "GET",
    path: "/clients/:clientId/connections",
    scopes: ["read:connections"],
    bucket: "readClients",
    query: ["strategy", "from", "take", "fields", "include_fields"],
    handle: listConnections,
  },
];

function shown(call: Call, client: Auth0Client): JsonObject {
  return pickFields(call.query, viewClient(call.tenant, client, call.principal));
}

function list(call: Call) {
  const { query } = call;
  const types = query.get("app_type")?.split(",");
  const flag = (name: string, value: boolean): boolean => !query.has(name) || query.get(name) === String(value);
  const found = [...call.tenant.clients.values()].filter(
    (client) =>
      flag("is_global", client.global) &&
      flag("is_first_party", client.settings.is_first_party !== false) &&
      (types === undefined || types.includes(client.settings.app_type ?? "")),
  );
  return offsetPage(query, "clients", found, (client) => shown(call, client));
}

function create(call: Call) {
  const methods = isObject(call.body) ? call.body.client_authentication_methods : undefined;
  if (methods !== undefined) requireScope(call.principal, ["create:client_credentials"]);
  const settings = readNewClient(call.body);
  const jwt = isObject(settings.client_authentication_methods)
    ? settings.client_authentication_methods.private_key_jwt
    : undefined;
  const sent = isObject(jwt) && Array.isArray(jwt.credentials) ? jwt.credentials.filter(isObject) : [];
  const credentials = sent.map((each) => makeCredential(call.tenant, each));
  if (methods !== undefined) {
    settings.client_authentication_methods = {
      private_key_jwt: { credentials: credentials.map(({ id }) => ({ id })) },
    };
  }
  const client = call.tenant.addClient({ settings });
  for (const credential of credentials) client.credentials.set(credential.id, credential);
  return { status: 201, json: viewClient(call.tenant, client, call.principal, true) };
}

function change(call: Call) {
  const client = clientOf(call);
  const sent = isObject(call.body) ? call.body : {};
  if (sent.client_secret !== undefined) requireScope(call.principal, ["update:client_keys"]);
  if (sent.client_authentication_methods !== undefined) requireScope(call.principal, ["update:client_credentials"]);
  const rest = Object.keys(sent).filter((name) => name !== "client_secret" && name !== "client_authentication_methods");
  if (rest.length > 0) requireScope(call.principal, ["update:clients"]);
  const { settings, secret } = readChangedClient(client, call.body);
  client.settings = settings;
  if (secret !== undefined) client.secret = secret;
  return { status: 200, json: viewClient(call.tenant, client, call.principal) };
}

/** Deleting a client that is not there succeeds, as at Auth0. */
function remove(call: Call) {
  const client = call.tenant.clients.get(call.params.clientId ?? "");
  if (client?.global === true)
    throw new Auth0Problem(400, "The global client cannot be deleted", "operation_not_supported");
  if (client !== undefined) call.tenant.removeClient(client.clientId);
  return { status: 204 };
}

function listConnections(call: Call) {
  requireScope(call.principal, ["read:clients", "read:client_summary"]);
  const { clientId } = clientOf(call);
  const strategies = call.query.getAll("strategy");
  const found = [...call.tenant.connections.values()].filter(
    (connection) =>
      connection.clients.has(clientId) && (strategies.length === 0 || strategies.includes(connection.strategy)),
  );
  return checkpointPage(call.query, "connections", found, (connection) => connectionView(call, connection));
}
