import { isObject } from "../json.ts";
import { viewApp } from "./app-view.ts";
import { type Call, groupOf, type Route, userOf } from "./call.ts";
import { type FilterRules, readFilter } from "./filter.ts";
import { countGroups, type GroupCounts, membersOf, viewGroup } from "./group-view.ts";
import type { OktaGroup } from "./model.ts";
import { page } from "./page.ts";
import { invalid, problemOf } from "./problem.ts";
import { customMistake, groupBase } from "./profile-attributes.ts";
import { viewUser } from "./user-view.ts";

const read = "okta.groups.read";
const manage = "okta.groups.manage";
const root = "/api/v1/groups";
const one = `${root}/:groupId`;

/** Groups: list, create, read, replace, delete, their people, and the apps that a group may use. */
export const groupRoutes: readonly Route[] = [
  { method: "GET", path: root, scope: read, bucket: "groups", handle: list },
  {
    method: "POST",
    path: root,
    scope: manage,
    bucket: "groups",
    handle: (call) => {
      const profile = readProfile(call, undefined);
      const group = call.org.addGroup(profile.name, profile.description);
      group.profile = profile;
      return { status: 200, json: viewGroup(call.org, group) };
    },
  },
  {
    method: "GET",
    path: one,
    scope: read,
    bucket: "group",
    handle: (call) => ({ status: 200, json: viewGroup(call.org, groupOf(call), countsOf(call)) }),
  },
  {
    method: "PUT",
    path: one,
    scope: manage,
    bucket: "group",
    handle: (call) => {
      const group = changeable(groupOf(call));
      group.profile = readProfile(call, group);
      group.lastUpdated = call.org.timestamp();
      return { status: 200, json: viewGroup(call.org, group) };
    },
  },
  {
    method: "DELETE",
    path: one,
    scope: manage,
    bucket: "group",
    handle: (call) => {
      const group = groupOf(call);
      if (group.type === "BUILT_IN") throw problemOf(403);
      call.org.removeGroup(group.id);
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: `${one}/apps`,
    scope: read,
    bucket: "groups",
    handle: (call) => {
      const group = groupOf(call);
      const apps = call.org.apps.filter((app) => app.assignments.has(group.id));
      const path = `${root}/${group.id}/apps`;
      return page(call, path, apps, (app) => viewApp(call.org, app), { standard: 20, most: 200 });
    },
  },
  {
    method: "GET",
    path: `${one}/users`,
    scope: read,
    bucket: "groups",
    handle: (call) => {
      const group = groupOf(call);
      const path = `${root}/${group.id}/users`;
      return page(call, path, membersOf(call.org, group), (user) => viewUser(call.org, user, true), {
        standard: 1000,
        most: 1000,
      });
    },
  },
  { method: "PUT", path: `${one}/users/:userId`, scope: manage, bucket: "groups", handle: (call) => move(call, "in") },
  {
    method: "DELETE",
    path: `${one}/users/:userId`,
    scope: manage,
    bucket: "groups",
    handle: (call) => move(call, "out"),
  },
];

const fields = {
  id: (group: OktaGroup) => group.id,
  type: (group: OktaGroup) => group.type,
  created: (group: OktaGroup) => group.created,
  lastUpdated: (group: OktaGroup) => group.lastUpdated,
  lastMembershipUpdated: (group: OktaGroup) => group.lastMembershipUpdated,
  "profile.name": (group: OktaGroup) => group.profile.name,
};

const filterRules: FilterRules<OktaGroup> = { fields, operators: ["eq", "sw", "gt", "ge", "lt", "le"] };
const searchRules: FilterRules<OktaGroup> = {
  fields: { ...fields, "profile.description": (group) => group.profile.description },
  other: (name) => {
    const key = name.startsWith("profile.") ? name.slice("profile.".length) : "";
    return key === "" ? undefined : (group) => (Object.hasOwn(group.profile, key) ? group.profile[key] : undefined);
  },
  ignoreCase: true,
};

function list(call: Call) {
  const wanted = (call.query.get("q") ?? "").toLowerCase();
  const filter = readFilter(call.query.get("filter"), filterRules);
  const searched = (call.query.get("search") ?? "") !== "";
  const search = readFilter(call.query.get("search"), searchRules);
  const counts = countsOf(call);
  const found = call.org.groups.filter(
    (group) =>
      (wanted === "" || group.profile.name.toLowerCase().startsWith(wanted)) &&
      filter(group) &&
      search(group) &&
      (group.indexed || !searched),
  );
  return page(call, root, found, (group) => viewGroup(call.org, group, counts), { standard: 10_000, most: 10_000 });
}

/** With `expand=stats`. */
function countsOf(call: Call): GroupCounts | undefined {
  return (call.query.get("expand") ?? "").split(",").includes("stats") ? countGroups(call.org) : undefined;
}

function readProfile(call: Call, present: OktaGroup | undefined): OktaGroup["profile"] {
  const sent = isObject(call.body) && isObject(call.body.profile) ? call.body.profile : {};
  const { name, description } = sent;
  if (typeof name !== "string" || name.trim() === "") {
    throw invalid("name", ["name: The field cannot be left blank"]);
  }
  if (name.length > 255) throw invalid("name", ["name: The field is too long, at most 255 characters are allowed"]);
  if (description !== undefined && description !== null && typeof description !== "string") {
    throw invalid("description", ["description: Must be a text"]);
  }
  if (typeof description === "string" && description.length > 1024) {
    throw invalid("description", ["description: The field is too long, at most 1024 characters are allowed"]);
  }
  for (const [key, value] of Object.entries(sent)) {
    if (Object.hasOwn(groupBase, key)) continue;
    const schema = call.org.state.groupAttributes.get(key);
    const mistake =
      schema === undefined ? `Property name '${key}' is not defined in profile` : customMistake(key, value, schema);
    if (mistake !== undefined) throw invalid("profile", [mistake]);
  }
  if (call.org.groups.some((group) => group !== present && group.profile.name === name)) {
    throw invalid("name", ["name: An object with this field already exists in the current organization"]);
  }
  return { ...sent, name, description: description ?? null };
}

/** Okta's own groups, and those of a directory, cannot be changed here. */
function changeable(group: OktaGroup): OktaGroup {
  if (group.type !== "OKTA_GROUP") throw problemOf(403);
  return group;
}

/** Says nothing when the person is there, or not there, already. */
function move(call: Call, direction: "in" | "out") {
  const group = changeable(groupOf(call));
  const user = userOf(call);
  if (user.groups.has(group.id) !== (direction === "in")) {
    if (direction === "in") user.groups.add(group.id);
    else user.groups.delete(group.id);
    group.lastMembershipUpdated = call.org.timestamp();
  }
  return { status: 204 };
}
