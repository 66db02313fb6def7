import type { Json } from "../json.ts";
import type { OktaGroup } from "./model.ts";
import type { OktaOrg } from "./org.ts";

/** How many people and apps each group has, by its id. */
export interface GroupCounts {
  readonly users: ReadonlyMap<string, number>;
  readonly apps: ReadonlyMap<string, number>;
}

/** A group, without what its profile has no value for; with counts it says how many people and apps it has. */
export function viewGroup(org: OktaOrg, group: OktaGroup, counts?: GroupCounts): Json {
  const self = `${org.url}/api/v1/groups/${group.id}`;
  return {
    id: group.id,
    created: group.created,
    lastUpdated: group.lastUpdated,
    lastMembershipUpdated: group.lastMembershipUpdated,
    objectClass: [group.type === "APP_GROUP" ? "okta:windows_security_principal" : "okta:user_group"],
    type: group.type,
    profile: Object.fromEntries(Object.entries(group.profile).filter(([, value]) => value !== null)),
    ...(counts === undefined ? {} : { _embedded: { stats: stats(group, counts, self) } }),
    _links: {
      logo: [
        { name: "medium", href: `${org.url}/img/logos/groups/medium.png`, type: "image/png" },
        { name: "large", href: `${org.url}/img/logos/groups/large.png`, type: "image/png" },
      ],
      ...(group.type === "BUILT_IN" ? {} : { owners: { href: `${self}/owners` } }),
      users: { href: `${self}/users` },
      apps: { href: `${self}/apps` },
    },
  };
}

/** Counted once for all groups: a list of all of them would take minutes otherwise. */
export function countGroups(org: OktaOrg): GroupCounts {
  const people = org.users.filter((user) => user.status !== "DEPROVISIONED");
  const everyone = org.groups.filter((group) => group.type === "BUILT_IN").map((group) => group.id);
  return {
    users: new Map([
      ...count(people.map((user) => user.groups)),
      ...everyone.map((id) => [id, people.length] as const),
    ]),
    apps: count(org.apps.map((app) => app.assignments.keys())),
  };
}

function count(lists: readonly Iterable<string>[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const list of lists) for (const id of list) counts.set(id, (counts.get(id) ?? 0) + 1);
  return counts;
}

function stats(group: OktaGroup, { users, apps }: GroupCounts, self: string): Json {
  return {
    usersCount: users.get(group.id) ?? 0,
    appsCount: apps.get(group.id) ?? 0,
    groupPushMappingsCount: 0,
    hasAdminPrivilege: false,
    _links: { group: { href: self } },
  };
}

/** The people of a group; all of them belong to Everyone. */
export function membersOf(org: OktaOrg, group: OktaGroup) {
  return org.users.filter(
    (user) => user.status !== "DEPROVISIONED" && (group.type === "BUILT_IN" || user.groups.has(group.id)),
  );
}
