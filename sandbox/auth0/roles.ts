import type { JsonObject } from "../json.ts";
import type { Call, Route } from "./call.ts";
import { roleOf } from "./existing.ts";
import type { Auth0Role } from "./model.ts";
import { offsetPage, offsetQuery } from "./page.ts";
import { Auth0Problem, invalidBody } from "./problem.ts";
import { forgetRole } from "./removal.ts";
import { checked, oneOf, record, text } from "./validate.ts";

const name = text({ least: 1, pattern: /^[^<>]+$/ });
const description = text({ most: 255 });
const createSchema = record(
  { name, description, type: oneOf("tenant", "organization"), owner_id: text({ least: 1 }) },
  ["name"],
);
const updateSchema = record({ name, description });

/** Roles: list, create, read, change, delete. Auth0 answers a create and a delete with 200. */
export const roleRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/roles",
    scopes: ["read:roles"],
    bucket: "rest",
    query: [...offsetQuery, "name_filter", "type", "owner_id"],
    handle: list,
  },
  { method: "POST", path: "/roles", scopes: ["create:roles"], bucket: "rest", handle: create },
  {
    method: "GET",
    path: "/roles/:roleId",
    scopes: ["read:roles"],
    bucket: "rest",
    handle: (call) => ({ status: 200, json: shownRole(roleOf(call)) }),
  },
  { method: "PATCH", path: "/roles/:roleId", scopes: ["update:roles"], bucket: "rest", handle: change },
  {
    method: "DELETE",
    path: "/roles/:roleId",
    scopes: ["delete:roles"],
    bucket: "rest",
    handle: (call) => {
      forgetRole(call.tenant.state, roleOf(call));
      return { status: 200, json: {} };
    },
  },
];

/** Without a `type` the roles of the tenant; those of organizations are listed for one at a time. */
function list(call: Call) {
  const { query } = call;
  const type = query.get("type") ?? "tenant";
  const owner = query.get("owner_id");
  if (type === "organization" && owner === null) {
    throw new Auth0Problem(400, "owner_id is required when type is organization", "invalid_query_string");
  }
  const part = (query.get("name_filter") ?? "").toLowerCase();
  const found = [...call.tenant.roles.values()].filter(
    (role) =>
      role.type === type && (owner === null || role.ownerId === owner) && role.name.toLowerCase().includes(part),
  );
  return offsetPage(query, "roles", found, shownRole);
}

function create(call: Call) {
  const sent = checked(call.body, createSchema);
  const type = sent.type === "organization" ? "organization" : "tenant";
  const ownerId = typeof sent.owner_id === "string" ? sent.owner_id : undefined;
  if (type === "organization") {
    if (ownerId === undefined) throw invalidBody("'owner_id' is required when type is 'organization'");
    if (!call.tenant.organizations.has(ownerId))
      throw new Auth0Problem(404, "No organization found by that id or name");
  } else if (ownerId !== undefined) throw invalidBody("'owner_id' is only allowed when type is 'organization'");
  refuseTaken(call, String(sent.name), ownerId, undefined);
  const role = call.tenant.addRole(String(sent.name), {
    description: typeof sent.description === "string" ? sent.description : undefined,
    type,
    ownerId,
  });
  const { description: _none, ...shown } = shownRole(role);
  return { status: 200, json: role.description === undefined ? shown : shownRole(role) };
}

function change(call: Call) {
  const role = roleOf(call);
  const sent = checked(call.body, updateSchema);
  if (typeof sent.name === "string") {
    refuseTaken(call, sent.name, role.ownerId, role);
    role.name = sent.name;
  }
  if (typeof sent.description === "string") role.description = sent.description;
  return { status: 200, json: shownRole(role) };
}

function refuseTaken(call: Call, wanted: string, ownerId: string | undefined, self: Auth0Role | undefined): void {
  const taken = [...call.tenant.roles.values()].some(
    (role) => role !== self && role.ownerId === ownerId && role.name.toLowerCase() === wanted.toLowerCase(),
  );
  if (taken) throw new Auth0Problem(409, "A role with this name already exists", "role_conflict");
}

/** A role as it is shown; the description is empty when there is none. */
function shownRole(role: Auth0Role): JsonObject {
  return {
    id: role.id,
    name: role.name,
    description: role.description ?? "",
    type: role.type,
    ...(role.ownerId === undefined ? {} : { owner_id: role.ownerId }),
  };
}
