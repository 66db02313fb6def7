import { isObject, isTexts } from "../json.ts";
import { type Call, type Route, sentFields, userOf } from "./call.ts";
import type { OktaGroup, OktaUser } from "./model.ts";
import { newUser } from "./new-user.ts";
import { page } from "./page.ts";
import { invalid, notFound, OktaProblem, problemOf } from "./problem.ts";
import { readCredentials, readProfile } from "./user-input.ts";
import { findUsers } from "./user-search.ts";
import { setUserStatus } from "./user-status.ts";
import { viewUser } from "./user-view.ts";

const read = "okta.users.read";
const manage = "okta.users.manage";
const root = "/api/v1/users";
const one = `${root}/:userId`;

/** People: list, create, read, change in part or whole, delete. */
export const userRoutes: readonly Route[] = [
  {
    method: "GET",
    path: root,
    scope: read,
    bucket: "rest",
    handle: (call) => {
      const { users, limits } = findUsers(call);
      return page(call, root, users, (user) => viewUser(call.org, user, true), limits);
    },
  },
  { method: "POST", path: root, scope: manage, bucket: "rest", handle: create },
  {
    method: "GET",
    path: `${root}/me`,
    scope: "token only",
    bucket: "rest",
    handle: (call) => ({ status: 200, json: viewUser(call.org, call.org.owner) }),
  },
  {
    method: "GET",
    path: one,
    scope: read,
    bucket: "rest",
    handle: (call) => ({ status: 200, json: viewUser(call.org, userOf(call)) }),
  },
  { method: "POST", path: one, scope: manage, bucket: "rest", handle: (call) => change(call, "part") },
  { method: "PUT", path: one, scope: manage, bucket: "rest", handle: (call) => change(call, "whole") },
  { method: "DELETE", path: one, scope: manage, bucket: "rest", handle: remove },
];

function create(call: Call) {
  const { org, query } = call;
  const body = sentFields(call);
  const profile = readProfile(org, body, { subject: "newUser" });
  const { credentials } = readCredentials(body);
  const groups = readGroups(call, body.groupIds);
  const hasPassword = credentials.password !== undefined;
  const { type } = credentials.provider;
  const elsewhere = query.get("provider") === "true" && (type === "FEDERATION" || type === "SOCIAL");
  const expires = query.get("nextLogin") === "changePassword";
  if (expires && !hasPassword) {
    throw invalid("nextLogin", ["nextLogin: A password is needed for 'changePassword'"]);
  }
  const begun = hasPassword || elsewhere ? (expires ? "PASSWORD_EXPIRED" : "ACTIVE") : "PROVISIONED";
  const status = query.get("activate") === "false" ? "STAGED" : begun;
  const now = org.timestamp();
  const user = newUser(now, {
    profile,
    status,
    credentials,
    passwordChanged: hasPassword ? now : null,
    ...(hasPassword ? { statusChanged: now } : {}),
    realmId: typeof body.realmId === "string" ? body.realmId : undefined,
    groups: new Set(groups.map((group) => group.id)),
  });
  for (const group of groups) group.lastMembershipUpdated = now;
  return { status: 200, json: viewUser(org, org.putUser(user)) };
}

function readGroups(call: Call, sent: unknown): readonly OktaGroup[] {
  if (sent === undefined || sent === null) return [];
  if (!isTexts(sent)) throw invalid("groupIds", ["groupIds: Must be an array of strings"]);
  return sent.map((id) => {
    const group = call.org.groupById(id);
    if (group === undefined) throw notFound(id, "UserGroup");
    return group;
  });
}

/** A POST changes what it names; a PUT clears what it does not name. Neither of them the groups. */
function change(call: Call, extent: "part" | "whole") {
  const { org } = call;
  const user = userOf(call);
  if (user.status === "DEPROVISIONED") {
    throw new OktaProblem(403, "E0000038", "This operation is not allowed in the user's current status.");
  }
  const body = sentFields(call);
  // A body without a profile is about the credentials only, also in a PUT.
  const keeps = extent === "part" || !isObject(body.profile);
  const present = keeps ? { present: user.profile } : {};
  const profile = readProfile(org, body, { subject: "profile", whose: user, ...present });
  const { credentials, changed } = readCredentials(body, user.credentials);
  const now = org.timestamp();
  Object.assign(user, { profile, credentials, lastUpdated: now });
  if (typeof body.realmId === "string") user.realmId = body.realmId;
  if (changed) user.passwordChanged = now;
  if (changed && user.status === "PROVISIONED") setUserStatus(org, user, "ACTIVE");
  return { status: 200, json: viewUser(org, user) };
}

/** The first call switches the person off, the second removes them. */
function remove(call: Call) {
  const user: OktaUser = userOf(call);
  if (user.id === call.org.state.ownerId) throw problemOf(403);
  if (user.status === "DEPROVISIONED") call.org.removeUser(user.id);
  else setUserStatus(call.org, user, "DEPROVISIONED");
  return { status: 204 };
}
