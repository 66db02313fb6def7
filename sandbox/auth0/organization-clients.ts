import { isTexts, type JsonObject } from "../json.ts";
import { type Call, existingClient, organizationOf, type Route } from "./call.ts";
import type { Auth0Client, OrganizationClient } from "./model.ts";
import { checkpointPage, type Order } from "./page.ts";
import { Auth0Problem } from "./problem.ts";
import { bool, checked, list as listOf, record, text } from "./validate.ts";

const base = "/organizations/:organizationId/clients";

/** Most clients of one call. */
const mostClients = 10;

const newClient = record({ client_id: text({ least: 1 }), use_for_member_access: bool }, ["client_id"]);
const createSchema = record({ clients: listOf(newClient, mostClients, 1) }, ["clients"]);
const removeSchema = record({ clients: listOf(text({ least: 1 }), mostClients, 1) }, ["clients"]);
const updateSchema = record({ use_for_member_access: bool });

const byClientId: Order<{ readonly client: Auth0Client }> = {
  key: ({ client }) => client.clientId,
  compare: (one, other) => one.localeCompare(other, "en"),
};

/** Clients that are associated with an organization: list, add, read, change, remove. */
export const organizationClientRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scopes: ["read:organization_clients"],
    bucket: "rest",
    query: ["from", "take"],
    handle: list,
  },
  { method: "POST", path: base, scopes: ["create:organization_clients"], bucket: "rest", handle: add },
  { method: "DELETE", path: base, scopes: ["delete:organization_clients"], bucket: "rest", handle: remove },
  {
    method: "GET",
    path: `${base}/:clientId`,
    scopes: ["read:organization_clients"],
    bucket: "rest",
    handle: (call) => {
      const { client, association } = associationOf(call);
      return { status: 200, json: shown(client, association) };
    },
  },
  {
    method: "PATCH",
    path: `${base}/:clientId`,
    scopes: ["update:organization_clients"],
    bucket: "rest",
    handle: (call) => {
      const { client, association } = associationOf(call);
      const { use_for_member_access: use } = checked(call.body, updateSchema);
      if (typeof use === "boolean") association.useForMemberAccess = use;
      return { status: 200, json: shown(client, association) };
    },
  },
];

/** In the order of the client ids. */
function list(call: Call) {
  const items = [...organizationOf(call).clients]
    .flatMap(([id, association]) => {
      const client = call.tenant.clients.get(id);
      return client === undefined ? [] : [{ client, association, sequence: client.sequence }];
    })
    .toSorted((one, other) => byClientId.compare(one.client.clientId, other.client.clientId));
  return checkpointPage(call.query, "clients", items, ({ client, association }) => shown(client, association), {
    order: byClientId,
  });
}

function add(call: Call) {
  const organization = organizationOf(call);
  const { clients } = checked(call.body, createSchema) as { clients: readonly JsonObject[] };
  const found = clients.map((each) => ({
    client: existingClient(call.tenant, String(each.client_id)),
    association: { useForMemberAccess: each.use_for_member_access === true },
  }));
  for (const { client, association } of found) organization.clients.set(client.clientId, association);
  return { status: 201, json: found.map(({ client, association }) => shown(client, association)) };
}

function remove(call: Call) {
  const organization = organizationOf(call);
  const { clients } = checked(call.body, removeSchema);
  if (isTexts(clients)) for (const id of clients) organization.clients.delete(id);
  return { status: 204 };
}

function associationOf(call: Call): { readonly client: Auth0Client; readonly association: OrganizationClient } {
  const id = call.params.clientId ?? "";
  const association = organizationOf(call).clients.get(id);
  if (association === undefined) {
    throw new Auth0Problem(404, "The client is not associated with the organization", "inexistent_organization_client");
  }
  return { client: existingClient(call.tenant, id), association };
}

function shown({ clientId, settings }: Auth0Client, { useForMemberAccess }: OrganizationClient): JsonObject {
  const { name, is_first_party, grant_types, organization_usage } = settings;
  return {
    client_id: clientId,
    use_for_member_access: useForMemberAccess,
    client: {
      name,
      is_first_party: is_first_party !== false,
      grant_types,
      ...(organization_usage === undefined ? {} : { organization_usage }),
    },
  };
}
