import type { JsonObject } from "../json.ts";
import { shownPerson } from "./assigned-roles.ts";
import { type Call, organizationOf, type Route, requireScope } from "./call.ts";
import { existingUser } from "./existing.ts";
import { pickFields } from "./fields.ts";
import type { Membership } from "./model.ts";
import { offsetQuery, page } from "./page.ts";
import { checked, record, set, text } from "./validate.ts";

const base = "/organizations/:organizationId/members";

/** Auth0 takes at most 10 people in one call. */
const sentMembers = record({ members: set(text({ least: 1 }), 10, 1) }, ["members"]);

/** Members of an organization: list, add, remove. */
export const memberRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scopes: ["read:organization_members"],
    bucket: "rest",
    query: [...offsetQuery, "from", "take", "fields", "include_fields"],
    handle: list,
  },
  { method: "POST", path: base, scopes: ["create:organization_members"], bucket: "rest", handle: add },
  { method: "DELETE", path: base, scopes: ["delete:organization_members"], bucket: "rest", handle: remove },
];

/** Oldest first. `roles` are shown to whoever asks for them. */
function list(call: Call) {
  const { members } = organizationOf(call);
  const { query, tenant } = call;
  const withRoles = (query.get("fields") ?? "").split(",").includes("roles") && query.get("include_fields") !== "false";
  if (withRoles) requireScope(call.principal, ["read:organization_member_roles"]);
  const view = ([id, { roles }]: readonly [string, Membership]): JsonObject => {
    const shown = shownPerson(existingUser(tenant, id));
    if (!withRoles) return pickFields(query, shown);
    const held = [...roles].flatMap((each) => tenant.roles.get(each) ?? []);
    return pickFields(query, { ...shown, roles: held.map((role) => ({ id: role.id, name: role.name })) });
  };
  const items = [...members].map(([id, membership]) => ({
    sequence: membership.sequence,
    entry: [id, membership] as const,
  }));
  // The last page has a `next` too, as was recorded in April 2026; it leads to an empty page.
  return page(query, "members", items, ({ entry }) => view(entry), { alwaysNext: true });
}

function sent(call: Call): readonly string[] {
  const { members } = checked(call.body, sentMembers) as { members: readonly string[] };
  return members;
}

function add(call: Call) {
  const organization = organizationOf(call);
  const people = sent(call).map((id) => existingUser(call.tenant, id));
  for (const { id } of people) call.tenant.addMember(organization, id);
  return { status: 204 };
}

function remove(call: Call) {
  const { members } = organizationOf(call);
  for (const id of sent(call)) members.delete(id);
  return { status: 204 };
}
