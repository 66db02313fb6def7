import { isObject, type JsonObject } from "../json.ts";
import { type Call, clientOf, type Route, requireScope } from "./call.ts";
import { readChangedClient, readNewClient } from "./client-input.ts";
import { viewClient } from "./client-view.ts";
import { connectionView } from "./connection-view.ts";
import { takeCredentials } from "./credentials.ts";
import { pickFields } from "./fields.ts";
import type { Auth0Client } from "./model.ts";
import { checkpointPage, offsetPage, offsetQuery } from "./page.ts";
import { Auth0Problem, invalidQuery } from "./problem.ts";

const readers = ["read:clients", "read:client_keys", "read:client_credentials", "read:client_summary"];

/** Fields of a client that name credentials, or in a new client hold them. */
const withCredentials = ["client_authentication_methods", "signed_request_object", "token_vault_privileged_access"];

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
      ...offsetQuery,
      "is_global",
      "is_first_party",
      "app_type",
      "external_client_id",
      "q",
      "from",
      "take",
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
    scopes: [
      "update:clients",
      "update:client_keys",
      "update:client_credentials",
      "update:client_token_vault_privileged_access",
    ],
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

/** Shown whatever `fields` asks for. */
const always = ["tenant"];

function shown(call: Call, client: Auth0Client): JsonObject {
  return pickFields(call.query, viewClient(call.tenant, client, call.principal), always);
}

function list(call: Call) {
  const { query } = call;
  const search = query.get("q");
  if (search !== null) return searchByGrant(call, search);
  const checkpoint = ["from", "take"].find((name) => query.has(name));
  if (checkpoint !== undefined) throw invalidQuery(`'Additional properties not allowed: ${checkpoint}'`);
  const types = query.get("app_type")?.split(",");
  const external = query.get("external_client_id");
  // Asked of the query once: asking it for every client would take longer than all the rest.
  const flag = (name: string): ((value: boolean) => boolean) => {
    const wanted = query.get(name);
    return (value) => wanted === null || wanted === String(value);
  };
  const [isGlobal, isFirstParty] = [flag("is_global"), flag("is_first_party")];
  const found = [...call.tenant.clients.values()].filter(
    (client) =>
      isGlobal(client.global) &&
      isFirstParty(client.settings.is_first_party !== false) &&
      (types === undefined || types.includes(client.settings.app_type ?? "")) &&
      (external === null || client.settings.external_client_id === external),
  );
  return offsetPage(query, "clients", found, (client) => shown(call, client));
}

/** The two queries that Auth0 knows. They go with no other filter, and with checkpoints only. */
function searchByGrant(call: Call, search: string) {
  const { query, tenant } = call;
  const match = /^client_grant\.(?:organization_id:(\S+)|allow_any_organization:(true))$/.exec(search.trim());
  const filters = ["is_global", "is_first_party", "app_type", "external_client_id", "page", "per_page"];
  if (match === null || filters.some((name) => query.has(name))) {
    throw invalidQuery("'The query is not permitted' on property q");
  }
  const organization = match[1] === undefined ? undefined : tenant.organizations.get(match[1]);
  const ids = new Set<string | undefined>();
  for (const { id, clientId, settings } of tenant.clientGrants.values()) {
    if (match[2] === "true" ? settings.allow_any_organization === true : organization?.clientGrants.has(id)) {
      ids.add(clientId);
    }
  }
  const found = [...tenant.clients.values()].filter(({ clientId }) => ids.has(clientId));
  return checkpointPage(query, "clients", found, (client) => shown(call, client));
}

function create(call: Call) {
  const sent = isObject(call.body) ? call.body : {};
  if (withCredentials.some((name) => sent[name] !== undefined)) {
    requireScope(call.principal, ["create:client_credentials"]);
  }
  const settings = readNewClient(call.tenant, call.body);
  const credentials = takeCredentials(call.tenant, settings);
  const client = call.tenant.addClient({ settings });
  for (const credential of credentials) client.credentials.set(credential.id, credential);
  return { status: 201, json: viewClient(call.tenant, client, call.principal, true) };
}

function change(call: Call) {
  const client = clientOf(call);
  const sent = isObject(call.body) ? call.body : {};
  if (sent.client_secret !== undefined) requireScope(call.principal, ["update:client_keys"]);
  if (sent.client_authentication_methods !== undefined || sent.signed_request_object !== undefined) {
    requireScope(call.principal, ["update:client_credentials"]);
  }
  if (sent.token_vault_privileged_access !== undefined) {
    requireScope(call.principal, ["update:client_token_vault_privileged_access", "update:client_credentials"]);
  }
  const rest = Object.keys(sent).filter((name) => name !== "client_secret" && !withCredentials.includes(name));
  if (rest.length > 0) requireScope(call.principal, ["update:clients"]);
  const { settings, secret } = readChangedClient(call.tenant, client, call.body);
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
