import { isObject, type Json, type JsonObject } from "../json.ts";
import type { Call, Route } from "./call.ts";
import { existingResourceServer, roleOf, userOf } from "./existing.ts";
import type { Auth0User, Permission } from "./model.ts";
import { offsetPage, offsetQuery } from "./page.ts";
import { Auth0Problem } from "./problem.ts";
import type { Auth0Tenant } from "./tenant.ts";
import { checked, list, record, text } from "./validate.ts";

const schema = record(
  {
    permissions: list(
      record({ resource_server_identifier: text({ least: 1 }), permission_name: text({ least: 1 }) }, [
        "resource_server_identifier",
        "permission_name",
      ]),
      Number.POSITIVE_INFINITY,
      1,
    ),
  },
  ["permissions"],
);

/** Permissions of a role, and of a person: list, add, take away. */
export const permissionRoutes: readonly Route[] = [
  ...routesOf("/roles/:roleId/permissions", {
    read: ["read:roles"],
    change: ["update:roles"],
    holder: roleOf,
    view: (tenant, role) => role.permissions.map((each) => shown(tenant, each)),
  }),
  ...routesOf("/users/:userId/permissions", {
    read: ["read:users"],
    change: ["update:users"],
    holder: userOf,
    view: permissionsOf,
  }),
];

function routesOf<Holder extends { permissions: readonly Permission[] }>(
  path: string,
  of: {
    readonly read: readonly string[];
    readonly change: readonly string[];
    readonly holder: (call: Call) => Holder;
    readonly view: (tenant: Auth0Tenant, holder: Holder) => readonly JsonObject[];
  },
): readonly Route[] {
  return [
    {
      method: "GET",
      path,
      scopes: of.read,
      bucket: "rest",
      query: offsetQuery,
      handle: (call) =>
        offsetPage(call.query, "permissions", byName(of.view(call.tenant, of.holder(call))), (one) => one),
    },
    {
      method: "POST",
      path,
      scopes: of.change,
      bucket: "rest",
      handle: (call) => {
        const holder = of.holder(call);
        const sent = readPermissions(call.body);
        for (const { audience, scope } of sent) checkPermission(call.tenant, audience, scope);
        const fresh = sent.filter((one) => !holder.permissions.some((each) => same(each, one)));
        holder.permissions = [...holder.permissions, ...fresh];
        return { status: 201, json: {} };
      },
    },
    {
      method: "DELETE",
      path,
      scopes: of.change,
      bucket: "rest",
      handle: (call) => {
        const holder = of.holder(call);
        const sent = readPermissions(call.body);
        holder.permissions = holder.permissions.filter((each) => !sent.some((one) => same(each, one)));
        return { status: 204 };
      },
    },
  ];
}

function readPermissions(body: unknown): readonly Permission[] {
  const { permissions } = checked(body, schema) as { permissions: readonly JsonObject[] };
  return permissions.map((each) => ({
    audience: String(each.resource_server_identifier),
    scope: String(each.permission_name),
  }));
}

function checkPermission(tenant: Auth0Tenant, audience: string, scope: string): void {
  const server = existingResourceServer(tenant, audience);
  if (describe(server.settings.scopes, scope) === undefined) {
    throw new Auth0Problem(
      400,
      `The permission ${scope} does not exist in the resource server ${audience}`,
      "invalid_body",
    );
  }
}

function same(one: Permission, other: Permission): boolean {
  return one.audience === other.audience && one.scope === other.scope;
}

function describe(scopes: Json | undefined, name: string): string | undefined {
  const found = Array.isArray(scopes) ? scopes.find((each) => isObject(each) && each.value === name) : undefined;
  return isObject(found) ? String(found.description ?? "") : undefined;
}

function shown(tenant: Auth0Tenant, { audience, scope }: Permission): JsonObject {
  const server = tenant.resourceServer(audience);
  return {
    permission_name: scope,
    description: describe(server?.settings.scopes, scope) ?? "",
    resource_server_name: String(server?.settings.name ?? audience),
    resource_server_identifier: audience,
  };
}

/** Those given to the person, and those of the person's roles, each with where it comes from. */
function permissionsOf(tenant: Auth0Tenant, user: Auth0User): readonly JsonObject[] {
  const sources = new Map<string, { readonly permission: Permission; readonly from: JsonObject[] }>();
  const add = (permission: Permission, source: JsonObject): void => {
    const key = JSON.stringify([permission.audience, permission.scope]);
    const known = sources.get(key) ?? { permission, from: [] };
    known.from.push(source);
    sources.set(key, known);
  };
  for (const each of user.permissions) add(each, { source_id: "", source_name: "", source_type: "DIRECT" });
  for (const id of user.roles) {
    const role = tenant.roles.get(id);
    for (const each of role?.permissions ?? []) {
      add(each, { source_id: id, source_name: role?.name ?? "", source_type: "ROLE" });
    }
  }
  return [...sources.values()].map(({ permission, from }) => ({ ...shown(tenant, permission), sources: from }));
}

function byName(permissions: readonly JsonObject[]): readonly JsonObject[] {
  return permissions.toSorted((a, b) => String(a.permission_name).localeCompare(String(b.permission_name), "en"));
}
