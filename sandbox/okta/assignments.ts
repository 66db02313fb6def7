import { isObject, type Json, type JsonObject, spelled } from "../json.ts";
import { viewAssignment } from "./app-view.ts";
import { appOf, type Call, groupOf, type Route, sentFields } from "./call.ts";
import { viewGroup } from "./group-view.ts";
import type { OktaApp, OktaAssignment } from "./model.ts";
import { page } from "./page.ts";
import { invalid, notFound } from "./problem.ts";

const read = "okta.apps.read";
const manage = "okta.apps.manage";
const base = "/api/v1/apps/:appId/groups";

/** Which groups may use an app. */
export const assignmentRoutes: readonly Route[] = [
  { method: "GET", path: base, scope: read, bucket: "apps", handle: list },
  {
    method: "GET",
    path: `${base}/:groupId`,
    scope: read,
    bucket: "apps",
    handle: (call) => ({ status: 200, json: view(call, appOf(call), assignmentOf(call)) }),
  },
  { method: "PUT", path: `${base}/:groupId`, scope: manage, bucket: "apps", handle: assign },
  { method: "PATCH", path: `${base}/:groupId`, scope: manage, bucket: "apps", handle: patch },
  {
    method: "DELETE",
    path: `${base}/:groupId`,
    scope: manage,
    bucket: "apps",
    handle: (call) => {
      appOf(call).assignments.delete(assignmentOf(call).groupId);
      return { status: 204 };
    },
  },
];

/** By priority. Okta's pages of these are never smaller than 20. */
function list(call: Call) {
  const app = appOf(call);
  const wanted = (call.query.get("q") ?? "").toLowerCase();
  const items = [...app.assignments.values()]
    .filter(({ groupId }) => (call.org.groupById(groupId)?.profile.name ?? "").toLowerCase().startsWith(wanted))
    .sort((a, b) => a.priority - b.priority)
    .map((assignment, sequence) => ({ sequence, assignment }));
  const path = `/api/v1/apps/${app.id}/groups`;
  return page(call, path, items, ({ assignment }) => view(call, app, assignment), {
    standard: 20,
    least: 20,
    most: 200,
  });
}

/** With `expand=group` the group too. */
function view(call: Call, app: OktaApp, assignment: OktaAssignment): Json {
  const shown = viewAssignment(call.org, app, assignment);
  const group = call.query.get("expand") === "group" ? call.org.groupById(assignment.groupId) : undefined;
  return group === undefined ? shown : { ...(shown as JsonObject), _embedded: { group: viewGroup(call.org, group) } };
}

function assignmentOf(call: Call): OktaAssignment {
  const id = call.params.groupId ?? "";
  const assignment = appOf(call).assignments.get(id);
  if (assignment === undefined) throw notFound(id, "GroupAppAssignment");
  return assignment;
}

function assign(call: Call) {
  const app = appOf(call);
  const group = groupOf(call);
  const body = sentFields(call);
  const { priority: sent, profile } = body;
  const priority = sent === undefined ? undefined : readPriority(sent);
  const assignment = call.org.assign(app, group, priority);
  if (isObject(profile)) assignment.profile = profile;
  return { status: 200, json: viewAssignment(call.org, app, assignment) };
}

function readPriority(sent: unknown): number {
  if (typeof sent === "number" && Number.isInteger(sent) && sent >= 0) return sent;
  throw invalid("priority", ["priority: Must be a whole number, not negative"]);
}

/** JSON Patch with `replace` of the priority or of an attribute at the app. */
function patch(call: Call) {
  const app = appOf(call);
  const assignment = assignmentOf(call);
  const steps = Array.isArray(call.body) ? (call.body as readonly unknown[]) : [];
  if (steps.length === 0) throw invalid("patch", ["The request body must be a list of operations"]);
  const changes = steps.map((step): { readonly name: string; readonly value: Json } => {
    const { op, path, value = null } = isObject(step) ? step : {};
    const [, name] = /^\/(priority|profile\/.+)$/.exec(spelled(path)) ?? [];
    if (op !== "replace" || name === undefined) {
      throw invalid("patch", ["Only 'replace' of '/priority' and '/profile/...' is supported"]);
    }
    return { name, value: name === "priority" ? readPriority(value) : value };
  });
  for (const { name, value } of changes) {
    if (name === "priority") assignment.priority = Number(value);
    else assignment.profile = { ...assignment.profile, [name.slice("profile/".length)]: value };
  }
  assignment.lastUpdated = call.org.timestamp();
  return { status: 200, json: viewAssignment(call.org, app, assignment) };
}
