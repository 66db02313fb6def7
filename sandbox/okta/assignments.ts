import { isObject } from "../json.ts";
import { viewAssignment } from "./app-view.ts";
import { appOf, type Call, groupOf, type Route } from "./call.ts";
import type { OktaAssignment } from "./model.ts";
import { page } from "./page.ts";
import { invalid, notFound } from "./problem.ts";

const read = "okta.apps.read";
const manage = "okta.apps.manage";
const base = "/api/v1/apps/:appId/groups";

/** Which groups may use an app. */
export const assignmentRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scope: read,
    bucket: "apps",
    handle: (call) => {
      const app = appOf(call);
      const items = [...app.assignments.values()]
        .sort((a, b) => a.priority - b.priority)
        .map((assignment, sequence) => ({ sequence, assignment }));
      return page(
        call,
        `/api/v1/apps/${app.id}/groups`,
        items,
        (item) => viewAssignment(call.org, app, item.assignment),
        {
          standard: 20,
          most: 200,
        },
      );
    },
  },
  {
    method: "GET",
    path: `${base}/:groupId`,
    scope: read,
    bucket: "apps",
    handle: (call) => ({ status: 200, json: viewAssignment(call.org, appOf(call), assignmentOf(call)) }),
  },
  { method: "PUT", path: `${base}/:groupId`, scope: manage, bucket: "apps", handle: assign },
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

function assignmentOf(call: Call): OktaAssignment {
  const id = call.params.groupId ?? "";
  const assignment = appOf(call).assignments.get(id);
  if (assignment === undefined) throw notFound(id, "GroupAppAssignment");
  return assignment;
}

function assign(call: Call) {
  const app = appOf(call);
  const group = groupOf(call);
  const body = isObject(call.body) ? call.body : {};
  const { priority, profile } = body;
  if (priority !== undefined && (typeof priority !== "number" || !Number.isInteger(priority) || priority < 0)) {
    throw invalid("priority", ["priority: Must be a whole number, not negative"]);
  }
  const assignment = call.org.assign(app, group, priority);
  if (isObject(profile)) assignment.profile = profile;
  return { status: 200, json: viewAssignment(call.org, app, assignment) };
}
