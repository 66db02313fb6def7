import { isObject, type Json } from "../json.ts";
import { viewApp } from "./app-view.ts";
import { type Call, groupOf, type Route } from "./call.ts";
import { readFilter } from "./filter.ts";
import type { OktaGroup } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import { page } from "./page.ts";
import { invalid, OktaProblem } from "./problem.ts";

const read = "okta.groups.read";
const manage = "okta.groups.manage";

/** Groups: list, create, read, replace, delete, and the apps that a group may use. */
export const groupRoutes: readonly Route[] = [
  { method: "GET", path: "/api/v1/groups", scope: read, bucket: "groups", handle: list },
  {
    method: "POST",
    path: "/api/v1/groups",
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
    path: "/api/v1/groups/:groupId",
    scope: read,
    bucket: "group",
    handle: (call) => ({ status: 200, json: viewGroup(call.org, groupOf(call)) }),
  },
  {
    method: "PUT",
    path: "/api/v1/groups/:groupId",
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
    path: "/api/v1/groups/:groupId",
    scope: manage,
    bucket: "group",
    handle: (call) => {
      call.org.removeGroup(changeable(groupOf(call)).id);
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: "/api/v1/groups/:groupId/apps",
    scope: read,
    bucket: "groups",
    handle: (call) => {
      const group = groupOf(call);
      const apps = call.org.apps.filter((app) => app.assignments.has(group.id));
      const path = `/api/v1/groups/${group.id}/apps`;
      return page(call, path, apps, (app) => viewApp(call.org, app), { standard: 20, most: 200 });
    },
  },
];

function list(call: Call) {
  const wanted = (call.query.get("q") ?? "").toLowerCase();
  const fields = {
    id: (group: OktaGroup) => [group.id],
    type: (group: OktaGroup) => [group.type],
    "profile.name": (group: OktaGroup) => [group.profile.name],
  };
  const filter = readFilter(call.query.get("filter"), fields);
  const searched = (call.query.get("search") ?? "") !== "";
  const search = readFilter(call.query.get("search"), fields, true);
  const found = call.org.groups.filter(
    (group) =>
      group.profile.name.toLowerCase().startsWith(wanted) &&
      filter(group) &&
      search(group) &&
      (group.indexed || !searched),
  );
  return page(call, "/api/v1/groups", found, (group) => viewGroup(call.org, group), { standard: 10_000, most: 10_000 });
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
  if (call.org.groups.some((group) => group !== present && group.profile.name === name)) {
    throw invalid("name", ["name: An object with this field already exists in the current organization"]);
  }
  return { ...sent, name, description: description ?? null };
}

/** Built-in groups cannot be changed or removed. */
function changeable(group: OktaGroup): OktaGroup {
  if (group.type === "BUILT_IN") {
    throw new OktaProblem(403, "E0000006", "You do not have permission to perform the requested action");
  }
  return group;
}

function viewGroup(org: OktaOrg, group: OktaGroup): Json {
  const self = `${org.url}/api/v1/groups/${group.id}`;
  return {
    id: group.id,
    created: group.created,
    lastUpdated: group.lastUpdated,
    lastMembershipUpdated: group.created,
    objectClass: ["okta:user_group"],
    type: group.type,
    profile: group.profile,
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
