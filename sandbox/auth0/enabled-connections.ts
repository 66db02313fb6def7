import type { Answer } from "../answer.ts";
import type { JsonObject } from "../json.ts";
import { type Call, existingConnection, organizationOf, type Route } from "./call.ts";
import type { Auth0Connection, EnabledConnection } from "./model.ts";
import { offsetPage, offsetQuery } from "./page.ts";
import { Auth0Problem } from "./problem.ts";
import { bool, checked, oneOf, orNull, record, text, withoutNulls } from "./validate.ts";

/** Most connections that one organization can have. */
export const mostConnections = 10;

const flags = { assign_membership_on_login: bool, show_as_button: bool, is_signup_enabled: bool };

/** One connection as it is enabled for an organization. */
export const enabledConnection = record({ ...flags, connection_id: text({ least: 1 }) }, ["connection_id"]);

const named = text({ least: 1, most: 50, pattern: /^[a-z0-9][a-z0-9_-]*$/, format: "organization-connection-name" });
const level = oneOf("none", "readonly", "limited", "full");

const withState = record(
  {
    ...flags,
    is_enabled: bool,
    connection_id: text({ least: 1 }),
    organization_access_level: level,
    organization_connection_name: named,
  },
  ["connection_id"],
);
const changes = record(flags);
const changesWithState = record({
  ...flags,
  is_enabled: orNull(bool),
  organization_access_level: orNull(level),
  organization_connection_name: orNull(named),
});

/**
 * Connections of an organization, under both of Auth0's names for them: `enabled_connections`, and the newer
 * `connections`, which also knows switched-off ones, a name within the organization and an access level.
 */
export const enabledConnectionRoutes: readonly Route[] = ["enabled_connections", "connections"].flatMap(routesUnder);

function routesUnder(collection: string): readonly Route[] {
  const newer = collection === "connections";
  const base = `/organizations/:organizationId/${collection}`;
  const view = (connection: Auth0Connection, enabled: EnabledConnection): JsonObject => ({
    connection_id: connection.id,
    assign_membership_on_login: enabled.assign_membership_on_login,
    show_as_button: enabled.show_as_button,
    ...(connection.strategy === "auth0" ? { is_signup_enabled: enabled.is_signup_enabled } : {}),
    ...(newer ? newerFields(enabled) : {}),
    connection: { name: connection.name, strategy: connection.strategy },
  });
  const one = (call: Call): readonly [Auth0Connection, EnabledConnection] => {
    const organization = organizationOf(call);
    const connection = call.tenant.connections.get(call.params.connectionId ?? "");
    const enabled = connection === undefined ? undefined : organization.connections.get(connection.id);
    if (connection === undefined || enabled === undefined || !(newer || enabled.is_enabled)) {
      throw new Auth0Problem(404, "No connection found by that id", "inexistent_connection");
    }
    return [connection, enabled];
  };
  return [
    {
      method: "GET",
      path: base,
      scopes: ["read:organization_connections"],
      bucket: "readOrganizationConnections",
      query: [...offsetQuery, ...(newer ? ["is_enabled"] : [])],
      handle: (call) => list(call, collection, view),
    },
    {
      method: "POST",
      path: base,
      scopes: ["create:organization_connections"],
      bucket: "writeOrganizationConnections",
      handle: (call) => {
        const organization = organizationOf(call);
        const { connection_id: id, ...how } = checked(call.body, newer ? withState : enabledConnection);
        const connection = existingConnection(call.tenant, String(id));
        if (organization.connections.has(connection.id)) {
          throw new Auth0Problem(409, "The connection is already enabled for the organization", "conflict");
        }
        if (organization.connections.size >= mostConnections) {
          throw new Auth0Problem(
            400,
            `An organization can have at most ${mostConnections} connections`,
            "limit_reached",
          );
        }
        const enabled = call.tenant.enableConnection(organization, connection, how);
        return { status: 201, json: view(connection, enabled) };
      },
    },
    {
      method: "GET",
      path: `${base}/:connectionId`,
      scopes: ["read:organization_connections"],
      bucket: "readOrganizationConnections",
      handle: (call) => ({ status: 200, json: view(...one(call)) }),
    },
    {
      method: "PATCH",
      path: `${base}/:connectionId`,
      scopes: ["update:organization_connections"],
      bucket: "writeOrganizationConnections",
      handle: (call) => {
        const [connection, enabled] = one(call);
        apply(enabled, checked(call.body, newer ? changesWithState : changes));
        return { status: 200, json: view(connection, enabled) };
      },
    },
    {
      method: "DELETE",
      path: `${base}/:connectionId`,
      scopes: ["delete:organization_connections"],
      bucket: "writeOrganizationConnections",
      handle: (call) => {
        const organization = organizationOf(call);
        organization.connections.delete(call.params.connectionId ?? "");
        return { status: 204 };
      },
    },
  ];
}

/** A null takes the field back to its default. */
function apply(enabled: EnabledConnection, sent: JsonObject): void {
  Object.assign(enabled, withoutNulls(sent));
  if (sent.is_enabled === null) enabled.is_enabled = true;
  if (sent.organization_access_level === null) delete enabled.organization_access_level;
  if (sent.organization_connection_name === null) delete enabled.organization_connection_name;
}

function newerFields(enabled: EnabledConnection): JsonObject {
  const { is_enabled, organization_access_level = "none", organization_connection_name: name } = enabled;
  return {
    is_enabled,
    organization_access_level,
    ...(name === undefined ? {} : { organization_connection_name: name }),
  };
}

function list(
  call: Call,
  collection: string,
  view: (connection: Auth0Connection, enabled: EnabledConnection) => JsonObject,
): Answer {
  const organization = organizationOf(call);
  const state = collection === "connections" ? call.query.get("is_enabled") : "true";
  // In the order of the connections' ids, not of their enabling.
  const found = [...organization.connections]
    .filter(([, enabled]) => state === null || String(enabled.is_enabled) === state)
    .sort(([a], [b]) => a.localeCompare(b, "en"));
  return offsetPage(call.query, collection, found, ([id, enabled]) =>
    view(existingConnection(call.tenant, id), enabled),
  );
}
