import { isObject, type Json, type JsonObject } from "../json.ts";
import { viewApp } from "./app-view.ts";
import { type Call, policyOf, type Route, sentFields } from "./call.ts";
import { switchRoutes } from "./lifecycle.ts";
import type { OktaApp, OktaPolicy, Status } from "./model.ts";
import { oktaId } from "./okta-id.ts";
import type { OktaOrg } from "./org.ts";
import { page } from "./page.ts";
import { viewPolicy, viewRule } from "./policy-view.ts";
import { invalid, notFound, OktaProblem, problemOf } from "./problem.ts";

const read = "okta.policies.read";
const manage = "okta.policies.manage";
const root = "/api/v1/policies";
const one = `${root}/:policyId`;
const bucket = "rest";

/** Types that an org has besides `ACCESS_POLICY`; the sandbox has no policies of them. */
const otherTypes = [
  "OKTA_SIGN_ON",
  "PASSWORD",
  "MFA_ENROLL",
  "IDP_DISCOVERY",
  "PROFILE_ENROLLMENT",
  "POST_AUTH_SESSION",
  "ENTITY_RISK",
  "DEVICE_SIGNAL_COLLECTION",
  "CLIENT_UPDATE",
  "SESSION_VIOLATION_DETECTION",
];

/** Access policies: list, create, read, replace, delete, lifecycle, and which apps have them. */
export const policyRoutes: readonly Route[] = [
  { method: "GET", path: root, scope: read, bucket, handle: list },
  { method: "POST", path: root, scope: manage, bucket, handle: create },
  {
    method: "GET",
    path: one,
    scope: read,
    bucket,
    handle: (call) => {
      const policy = policyOf(call);
      const rules = call.query.get("expand") === "rules";
      const view = viewPolicy(call.org, policy);
      return { status: 200, json: rules ? withRules(call.org, policy, view) : view };
    },
  },
  { method: "PUT", path: one, scope: manage, bucket, handle: replace },
  { method: "DELETE", path: one, scope: manage, bucket, handle: remove },
  ...switchRoutes({ path: one, scope: manage, bucket }, setStatus),
  { method: "POST", path: `${one}/clone`, scope: manage, bucket, handle: clone },
  {
    method: "GET",
    path: `${one}/app`,
    scope: read,
    bucket,
    handle: (call) => {
      const policy = policyOf(call);
      const path = `${root}/${policy.id}/app`;
      return page(call, path, appsOf(call.org, policy), (app) => viewApp(call.org, app), { standard: 20, most: 200 });
    },
  },
  {
    method: "GET",
    path: `${one}/mappings`,
    scope: read,
    bucket,
    handle: (call) => {
      const policy = policyOf(call);
      return { status: 200, json: appsOf(call.org, policy).map((app) => viewMapping(call.org, policy, app)) };
    },
  },
  {
    method: "GET",
    path: `${one}/mappings/:mappingId`,
    scope: read,
    bucket,
    handle: (call) => {
      const policy = policyOf(call);
      const id = call.params.mappingId ?? "";
      const app = appsOf(call.org, policy).find((candidate) => mappingId(candidate) === id);
      if (app === undefined) throw notFound(id, "PolicyMapping");
      return { status: 200, json: viewMapping(call.org, policy, app) };
    },
  },
];

function list(call: Call) {
  const type = call.query.get("type");
  if (type === null || type === "") throw invalid("type", ["type: The field cannot be left blank"]);
  if (type !== "ACCESS_POLICY" && !otherTypes.includes(type)) {
    throw invalid("type", [`type: '${type}' is not a valid policy type`]);
  }
  const { org, query } = call;
  const status = query.get("status");
  const wanted = (query.get("q") ?? "").toLowerCase();
  const shown = org.policies.filter(
    (policy) =>
      type === "ACCESS_POLICY" &&
      (status === null || policy.status === status) &&
      policy.name.toLowerCase().includes(wanted),
  );
  const rules = query.get("expand") === "rules";
  return page(
    call,
    root,
    shown,
    (policy) => {
      const view = viewPolicy(org, policy, true);
      return rules ? withRules(org, policy, view) : view;
    },
    { standard: 200, most: 200 },
  );
}

function withRules(org: OktaOrg, policy: OktaPolicy, view: Json): Json {
  const { _embedded, ...shown } = view as JsonObject;
  const rules = [...policy.rules.values()].map((rule) => viewRule(org, policy, rule));
  return { ...shown, _embedded: { ...(isObject(_embedded) ? _embedded : {}), rules } };
}

function create(call: Call) {
  const { org } = call;
  const { name, description, priority } = readPolicy(call, undefined);
  const policy = org.addPolicy(name, {
    description,
    priority,
    status: call.query.get("activate") === "false" ? "INACTIVE" : "ACTIVE",
  });
  return { status: 200, json: viewPolicy(org, policy) };
}

function replace(call: Call) {
  const policy = policyOf(call);
  if (policy.resourceType !== "APP") throw problemOf(403);
  Object.assign(policy, readPolicy(call, policy), { lastUpdated: call.org.timestamp() });
  return { status: 200, json: viewPolicy(call.org, policy) };
}

function readPolicy(
  call: Call,
  present: OktaPolicy | undefined,
): Pick<OktaPolicy, "name" | "description" | "priority"> {
  const { type, name, description, priority } = sentFields(call);
  if (typeof type !== "string" || type === "") throw invalid("type", ["type: The field cannot be left blank"]);
  if (type !== "ACCESS_POLICY") {
    throw otherTypes.includes(type)
      ? new OktaProblem(400, "E0000015", "You do not have permission to access the feature you are requesting")
      : invalid("type", [`type: '${type}' is not a valid policy type`]);
  }
  if (typeof name !== "string" || name.trim() === "") {
    throw invalid("name", ["name: The field cannot be left blank"]);
  }
  if (name.length > 255) throw invalid("name", ["name: The field is too long, at most 255 characters are allowed"]);
  if (call.org.policies.some((policy) => policy !== present && policy.name === name)) {
    throw invalid("name", ["name: Policy name already in use"]);
  }
  if (typeof priority === "number" && (!Number.isInteger(priority) || priority < 0)) {
    throw invalid("priority", ["priority: Must be a whole number, not negative"]);
  }
  return {
    name,
    description: typeof description === "string" ? description : undefined,
    // The order of access policies has no meaning: an app has one.
    priority: typeof priority === "number" ? priority : (present?.priority ?? 1),
  };
}

/** Okta's own stay. What had the policy falls back to the default one, so that no app is without. */
function remove(call: Call) {
  const { org } = call;
  const policy = policyOf(call);
  if (policy.system || policy.resourceType !== "APP") throw problemOf(403);
  for (const app of org.state.apps.values()) {
    if (app.accessPolicy === policy.id) app.accessPolicy = org.defaultPolicy.id;
  }
  org.state.policies.delete(policy.id);
  return { status: 204 };
}

/** A policy with the same rules, for no app yet. */
function clone(call: Call) {
  const { org } = call;
  const policy = policyOf(call);
  if (policy.resourceType !== "APP") throw problemOf(403);
  const { description, priority } = policy;
  const name = `[cloned] ${policy.name}`;
  if (org.policies.some((each) => each.name === name)) throw invalid("name", ["name: Policy name already in use"]);
  const copy = org.addPolicy(name, { description, priority });
  copy.rules.clear();
  for (const rule of policy.rules.values()) {
    const id = oktaId("rul");
    copy.rules.set(id, { ...structuredClone(rule), id, created: copy.created, lastUpdated: copy.created });
  }
  return { status: 200, json: viewPolicy(org, copy) };
}

function setStatus(call: Call, status: Status) {
  const policy = policyOf(call);
  if (policy.system || policy.resourceType !== "APP") throw problemOf(403);
  if (policy.status !== status) {
    policy.status = status;
    policy.lastUpdated = call.org.timestamp();
  }
  return { status: 204 };
}

function appsOf(org: OktaOrg, policy: OktaPolicy): readonly OktaApp[] {
  return org.apps.filter((app) => app.accessPolicy === policy.id && app.oauth.application_type !== "service");
}

function mappingId(app: OktaApp): string {
  return `rsm${app.id.slice(3)}`;
}

function viewMapping(org: OktaOrg, policy: OktaPolicy, app: OktaApp): Json {
  const href = `${org.url}${root}/${policy.id}`;
  return {
    id: mappingId(app),
    _links: {
      application: { href: `${org.url}/api/v1/apps/${app.id}` },
      self: { href: `${href}/mappings/${mappingId(app)}`, hints: { allow: ["GET"] } },
      policy: { href },
    },
  };
}
