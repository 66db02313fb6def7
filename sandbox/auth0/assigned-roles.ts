import type { JsonObject } from "../json.ts";
import type { Call, Route } from "./call.ts";
import { organizationOf } from "./call.ts";
import { existingMember, existingRole, existingUser, roleOf, userOf } from "./existing.ts";
import type { Auth0Organization, Auth0Role, Auth0User } from "./model.ts";
import { checkpointPage, offsetPage, offsetQuery, page } from "./page.ts";
import { Auth0Problem } from "./problem.ts";
import type { Auth0Tenant } from "./tenant.ts";
import { checked, record, set, text } from "./validate.ts";

const sentRoles = record({ roles: set(text({ least: 1 }), 50, 1) }, ["roles"]);
const sentUsers = record({ users: set(text({ least: 1 }), Number.POSITIVE_INFINITY, 1) }, ["users"]);
const memberRoles = "/organizations/:organizationId/members/:userId/roles";

/** Who has which role: of a person, of a role, and of a member in an organization. */
export const assignedRoleRoutes: readonly Route[] = [
  ...routesOf("/users/:userId/roles", {
    read: ["read:users", "read:roles", "read:role_members"],
    create: ["update:users", "create:role_members"],
    remove: ["update:users", "delete:role_members"],
    held: (call) => userOf(call).roles,
    mayHold: ({ type }) => type === "tenant",
  }),
  ...routesOf(memberRoles, {
    read: ["read:organization_member_roles"],
    create: ["create:organization_member_roles"],
    remove: ["delete:organization_member_roles"],
    held: (call) => {
      const { members } = organizationOf(call);
      return existingMember(members, userOf(call).id).roles;
    },
    mayHold: ({ type, ownerId }, call) => type === "tenant" || ownerId === call.params.organizationId,
  }),
  {
    method: "GET",
    path: "/roles/:roleId/users",
    scopes: ["read:users", "read:roles", "read:role_members"],
    bucket: "rest",
    query: [...offsetQuery, "from", "take"],
    handle: (call) => {
      const { id } = roleOf(call);
      const found = [...call.tenant.users.values()].filter(({ roles }) => roles.has(id));
      return page(call.query, "users", found, shownPerson);
    },
  },
  {
    method: "POST",
    path: "/roles/:roleId/users",
    scopes: ["update:users", "update:roles", "create:role_members"],
    bucket: "rest",
    handle: (call) => {
      const { id } = roleOf(call);
      const { users } = checked(call.body, sentUsers) as { users: readonly string[] };
      const people = users.map((each) => existingUser(call.tenant, each));
      for (const person of people) person.roles.add(id);
      return { status: 200, json: {} };
    },
  },
  {
    method: "GET",
    path: "/organizations/:organizationId/roles/:roleId/members",
    scopes: ["read:organization_member_roles", "read:organization_members"],
    bucket: "rest",
    query: ["from", "take", "fields", "include_fields"],
    handle: (call) => {
      const holders = holdersOf(call.tenant, organizationOf(call), organizationRole(call));
      return checkpointPage(call.query, "members", holders, shownPerson);
    },
  },
  {
    // Groups come by directory provisioning, which the sandbox has not.
    method: "GET",
    path: "/organizations/:organizationId/roles/:roleId/groups",
    scopes: ["read:organization_group_roles", "read:organization_groups"],
    bucket: "rest",
    query: ["from", "take"],
    handle: (call) => {
      organizationOf(call);
      organizationRole(call);
      return { status: 200, json: { groups: [] } };
    },
  },
];

function routesOf(
  path: string,
  of: {
    readonly read: readonly string[];
    readonly create: readonly string[];
    readonly remove: readonly string[];
    readonly held: (call: Call) => Set<string>;
    readonly mayHold: (role: Auth0Role, call: Call) => boolean;
  },
): readonly Route[] {
  const sent = (call: Call): readonly Auth0Role[] => {
    const { roles } = checked(call.body, sentRoles) as { roles: readonly string[] };
    return roles.map((id) => existingRole(call.tenant, id));
  };
  return [
    {
      method: "GET",
      path,
      scopes: of.read,
      bucket: "rest",
      query: offsetQuery,
      handle: (call) => offsetPage(call.query, "roles", rolesOf(call.tenant, of.held(call)), shownAssigned),
    },
    {
      method: "POST",
      path,
      scopes: of.create,
      bucket: "rest",
      handle: (call) => {
        const held = of.held(call);
        const roles = sent(call);
        const wrong = roles.find((role) => !of.mayHold(role, call));
        if (wrong !== undefined) {
          throw new Auth0Problem(400, `The role ${wrong.id} cannot be assigned here`, "invalid_body");
        }
        for (const { id } of roles) held.add(id);
        return { status: 204 };
      },
    },
    {
      method: "DELETE",
      path,
      scopes: of.remove,
      bucket: "rest",
      handle: (call) => {
        const held = of.held(call);
        for (const { id } of sent(call)) held.delete(id);
        return { status: 204 };
      },
    },
  ];
}

/** The roles of these ids, by name. */
function rolesOf(tenant: Auth0Tenant, ids: ReadonlySet<string>): readonly Auth0Role[] {
  return [...ids]
    .flatMap((id) => tenant.roles.get(id) ?? [])
    .toSorted((one, other) => one.name.localeCompare(other.name, "en"));
}

function organizationRole(call: Call): Auth0Role {
  const role = roleOf(call);
  if (role.ownerId !== undefined && role.ownerId !== call.params.organizationId) {
    throw new Auth0Problem(404, "The role does not exist", "inexistent_role");
  }
  return role;
}

function holdersOf(tenant: Auth0Tenant, { members }: Auth0Organization, role: Auth0Role): readonly Auth0User[] {
  return [...members].flatMap(([id, { roles }]) => (roles.has(role.id) ? (tenant.users.get(id) ?? []) : []));
}

function shownAssigned({ id, name, description }: Auth0Role): JsonObject {
  return { id, name, description: description ?? "" };
}

/** A person as the members of something are listed. */
export function shownPerson(user: Auth0User): JsonObject {
  const { picture } = user.profile;
  return {
    user_id: user.id,
    ...(picture === undefined ? {} : { picture }),
    name: user.name,
    email: user.email,
  };
}
