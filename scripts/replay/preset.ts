import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { Exchange, Recording } from "./recording.ts";
import { isObject, type Translation } from "./translation.ts";

/**
 * Puts into a fresh sandbox what a recording takes for granted: things that its reads return and that no earlier
 * request of it has made. They come from those very answers.
 */
export function preset(sandbox: Sandbox, recording: Recording, known: Translation): void {
  const created = new Set<string>();
  const present = new Set<string>();
  for (const exchange of recording.exchanges) {
    const policy = /^\/api\/v1\/policies\/(\w{20})\/rules/.exec(exchange.path)?.[1];
    if (policy !== undefined && !created.has(policy) && !present.has(policy)) {
      present.add(policy);
      known.add(policy, sandbox.okta.addPolicy(`Policy ${policy}`).id);
    }
    if (exchange.method === "POST") for (const id of idsOf(exchange.response)) created.add(id);
    if (exchange.method !== "GET" || (exchange.status ?? 200) >= 300) continue;
    const connection = /^\/api\/v2\/connections\/([^/]+)\/clients/.exec(exchange.path)?.[1];
    for (const thing of thingsOf(exchange.response)) {
      const id = identifierOf(thing);
      if (id === undefined || created.has(id)) continue;
      if (connection !== undefined) enable(sandbox, connection, id, known);
      else if (!present.has(id)) {
        present.add(id);
        if (recording.vendor === "okta") presetOkta(sandbox, exchange, thing, id, known);
        else presetAuth0(sandbox, recording, exchange, thing, id, known);
      }
    }
  }
  if (
    recording.exchanges.some(
      ({ status, response }) => status === 401 && isObject(response) && response.errorCode === "E0000015",
    )
  ) {
    sandbox.okta.state.apiAccessManagement = false;
  }
}

/** Lets a client that is there beforehand use the connection. */
function enable({ auth0 }: Sandbox, connectionId: string, clientId: string, known: Translation): void {
  const client = known.get(clientId) ?? clientId;
  if (auth0.clients.has(client)) auth0.connection(known.get(connectionId) ?? connectionId)?.clients.add(client);
}

const accounts = "END_USER_ACCOUNT_MANAGEMENT";

function presetOkta(
  { okta }: Sandbox,
  { path }: Exchange,
  thing: Record<string, unknown>,
  id: string,
  known: Translation,
): void {
  const profile = isObject(thing.profile) ? thing.profile : {};
  if (/^\/api\/v1\/groups(\/[^/]+)?(\?|$)/.test(path) && typeof profile.name === "string") {
    const type = thing.type === "BUILT_IN" || thing.type === "APP_GROUP" ? thing.type : "OKTA_GROUP";
    const description = typeof profile.description === "string" ? profile.description : null;
    const group = okta.group(profile.name) ?? okta.addGroup(profile.name, description, type);
    known.add(id, group.id);
  } else if (/^\/api\/v1\/authorizationServers(\/[^/]+)?(\?|$)/.test(path) && typeof thing.name === "string") {
    const { name } = thing;
    const server = okta.servers.find((each) => each.name === name) ?? okta.addServer(name);
    known.add(id, server.id);
  } else if (/^\/api\/v1\/policies(\/[^/]+)?(\?|$)/.test(path) && thing.type === "ACCESS_POLICY") {
    // Policies differ from org to org: a free one of the same sort stands for the recorded one.
    const resourceType = isObject(thing._embedded) && thing._embedded.resourceType === accounts ? accounts : "APP";
    const system = thing.system === true;
    const taken = known.counterparts();
    const free = okta.policies.filter((each) => !taken.has(each.id));
    const policy =
      free.find((each) => each.name === thing.name) ??
      free.find((each) => each.system === system && each.resourceType === resourceType && system) ??
      okta.addPolicy(String(thing.name), { system, resourceType });
    known.add(id, policy.id);
  }
}

function presetAuth0(
  { auth0 }: Sandbox,
  { exchanges }: Recording,
  { path }: Exchange,
  thing: Record<string, unknown>,
  id: string,
  known: Translation,
): void {
  if (path.includes("is_global=true")) {
    const global = [...auth0.clients.values()].find((client) => client.global);
    if (global !== undefined) known.add(id, global.clientId);
    return;
  }
  const name = typeof thing.name === "string" ? thing.name : undefined;
  if (name === undefined) return;
  const isNeeded = exchanges.some((each) => each.path.includes(id) || JSON.stringify(each.body).includes(id));
  if (!isNeeded) return;
  if (/^\/api\/v2\/clients(\/|\?|$)/.test(path)) {
    const { client_id: _id, client_secret: _secret, tenant: _tenant, global, signing_keys: _keys, ...settings } = thing;
    const present = global === true ? [...auth0.clients.values()].find((client) => client.global) : undefined;
    const client =
      present ?? auth0.addClient({ clientId: id, settings: { grant_types: [], ...settings, name } as never });
    known.add(id, client.clientId);
  } else if (/^\/api\/v2\/resource-servers\/[^/]+$/.test(path)) {
    const server = auth0.resourceServer(thing.is_system === true ? auth0.audience : name);
    if (server !== undefined) known.add(id, server.id);
  } else if (/^\/api\/v2\/connections(\/|\?|$)/.test(path)) {
    const { id: _id, name: _name, strategy, enabled_clients: _clients, ...settings } = thing;
    const connection = auth0.connection(name) ?? auth0.addConnection(name, String(strategy), settings as never);
    known.add(id, connection.id);
  } else if (/^\/api\/v2\/organizations(\/|\?|$)/.test(path) && id.startsWith("org_")) {
    const displayName = typeof thing.display_name === "string" ? thing.display_name : name;
    const organization = auth0.organization(name) ?? auth0.addOrganization(name, { displayName });
    known.add(id, organization.id);
  }
}

/** The things that an answer shows: itself, its items, or those of its one list. */
function thingsOf(response: unknown): readonly Record<string, unknown>[] {
  if (Array.isArray(response)) return response.filter(isObject);
  if (!isObject(response)) return [];
  const lists = Object.values(response).filter(Array.isArray);
  const isFrame = identifierOf(response) === undefined && lists.length === 1;
  return isFrame ? (lists[0] ?? []).filter(isObject) : [response];
}

function identifierOf(thing: Record<string, unknown>): string | undefined {
  for (const key of ["id", "client_id", "user_id"]) {
    const value = thing[key];
    if (typeof value === "string") return value;
  }
  return undefined;
}

function idsOf(value: unknown): readonly string[] {
  if (!isObject(value)) return [];
  const id = identifierOf(value);
  return id === undefined ? [] : [id];
}
