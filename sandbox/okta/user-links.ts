import { isObject, type Json } from "../json.ts";
import { type Call, type Route, userOf } from "./call.ts";
import { viewGroup } from "./group-view.ts";
import type { OktaApp, OktaUser, RiskLevel } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import { invalid } from "./problem.ts";

const one = "/api/v1/users/:userId";
const levels: readonly RiskLevel[] = ["NONE", "LOW", "MEDIUM", "HIGH"];

/** What belongs to a person: groups, apps, the risk that an admin set. */
export const userLinkRoutes: readonly Route[] = [
  {
    method: "GET",
    path: `${one}/groups`,
    scope: "okta.users.read",
    bucket: "rest",
    handle: (call) => {
      const user = userOf(call);
      const groups = call.org.groups.filter((group) => group.type === "BUILT_IN" || user.groups.has(group.id));
      return { status: 200, json: groups.map((group) => viewGroup(call.org, group)) };
    },
  },
  {
    method: "GET",
    path: `${one}/appLinks`,
    scope: "okta.users.read",
    bucket: "rest",
    handle: (call) => {
      const user = userOf(call);
      const shown = user.status === "DEPROVISIONED" ? [] : call.org.apps.filter((app) => shows(call.org, app, user));
      return { status: 200, json: shown.map((app, order) => viewLink(call.org, app, user, order)) };
    },
  },
  {
    method: "GET",
    path: `${one}/risk`,
    scope: "okta.userRisk.read",
    bucket: "rest",
    handle: (call) => ({ status: 200, json: viewRisk(call.org, userOf(call)) }),
  },
  { method: "PUT", path: `${one}/risk`, scope: "okta.userRisk.manage", bucket: "rest", handle: setRisk },
];

function shows(org: OktaOrg, app: OktaApp, user: OktaUser): boolean {
  return app.status === "ACTIVE" && org.mayUse(user, app);
}

function viewLink(org: OktaOrg, app: OktaApp, user: OktaUser, sortOrder: number): Json {
  const { hide } = app.visibility;
  return {
    id: `${app.id}:${user.id}`,
    label: app.label,
    linkUrl: `${org.url}/home/${app.name}/${app.id}`,
    logoUrl: app.logo ?? `${org.url}/img/logos/default.png`,
    appName: app.name,
    appInstanceId: app.id,
    appAssignmentId: `0ua${user.id.slice(3)}`,
    credentialsSetup: false,
    hidden: isObject(hide) && hide.web === true,
    sortOrder,
  };
}

function setRisk(call: Call) {
  const user = userOf(call);
  const level = levels.find((known) => isObject(call.body) && call.body.riskLevel === known);
  // `NONE` is what a person has before anybody said anything, and cannot be set.
  if (level === undefined || level === "NONE") {
    throw invalid("riskLevel", ["riskLevel: Must be one of HIGH, MEDIUM, LOW"]);
  }
  const first = user.risk === "NONE";
  user.risk = level;
  return { status: first ? 201 : 200, json: viewRisk(call.org, user) };
}

function viewRisk(org: OktaOrg, user: OktaUser): Json {
  const self = `${org.url}/api/v1/users/${user.id}`;
  return {
    riskLevel: user.risk,
    reason: user.risk === "NONE" ? "" : "Admin override risk",
    _links: {
      self: { href: `${self}/risk`, hints: { allow: ["GET", "PUT"] } },
      user: { href: self, hints: { allow: ["GET"] } },
    },
  };
}
