import { isObject, type JsonObject, spelled } from "../json.ts";
import { type Call, policyOf, type Route, sentFields } from "./call.ts";
import { switchRoutes } from "./lifecycle.ts";
import type { OktaPolicy, OktaPolicyRule, Status } from "./model.ts";
import { oktaId } from "./okta-id.ts";
import { viewRule } from "./policy-view.ts";
import { invalid, notFound, problemOf } from "./problem.ts";
import { readActions, readConditions } from "./rule-input.ts";

const read = "okta.policies.read";
const manage = "okta.policies.manage";
const base = "/api/v1/policies/:policyId/rules";
const one = `${base}/:ruleId`;
const bucket = "rest";

/** Rules of an access policy, in the order of their priority, with the system's own at the end. */
export const policyRuleRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scope: read,
    bucket,
    handle: (call) => {
      const policy = policyOf(call);
      return { status: 200, json: inOrder(policy).map((rule) => viewRule(call.org, policy, rule)) };
    },
  },
  { method: "POST", path: base, scope: manage, bucket, handle: create },
  {
    method: "GET",
    path: one,
    scope: read,
    bucket,
    handle: (call) => ({ status: 200, json: viewRule(call.org, policyOf(call), ruleOf(call)) }),
  },
  { method: "PUT", path: one, scope: manage, bucket, handle: replace },
  {
    method: "DELETE",
    path: one,
    scope: manage,
    bucket,
    handle: (call) => {
      policyOf(call).rules.delete(own(ruleOf(call)).id);
      return { status: 204 };
    },
  },
  ...switchRoutes({ path: one, scope: manage, bucket }, setStatus),
];

function ruleOf(call: Call): OktaPolicyRule {
  const id = call.params.ruleId ?? "";
  const rule = policyOf(call).rules.get(id);
  if (rule === undefined) throw notFound(id, "PolicyRule");
  return rule;
}

/** Not the system's, which is neither removed nor switched off. */
function own(rule: OktaPolicyRule): OktaPolicyRule {
  if (rule.system) throw problemOf(403);
  return rule;
}

function inOrder(policy: OktaPolicy): readonly OktaPolicyRule[] {
  return [...policy.rules.values()].sort((a, b) => Number(a.system) - Number(b.system) || a.priority - b.priority);
}

function create(call: Call) {
  const { org } = call;
  const policy = policyOf(call);
  const body = readBody(call, policy, undefined);
  const taken = [...policy.rules.values()].filter((each) => !each.system).map((each) => each.priority);
  const now = org.timestamp();
  const rule: OktaPolicyRule = {
    id: oktaId("rul"),
    created: now,
    lastUpdated: now,
    name: body.name,
    status: call.query.get("activate") === "false" || body.status === "INACTIVE" ? "INACTIVE" : "ACTIVE",
    priority: body.priority ?? Math.max(-1, ...taken) + 1,
    system: false,
    conditions: readConditions(body.conditions),
    actions: readActions(body.actions),
  };
  makeRoom(policy, rule);
  policy.rules.set(rule.id, rule);
  return { status: 200, json: viewRule(org, policy, rule) };
}

/** The system's rule keeps its name, place and conditions. */
function replace(call: Call) {
  const { org } = call;
  const policy = policyOf(call);
  const rule = ruleOf(call);
  const body = readBody(call, policy, rule);
  const actions = readActions(body.actions);
  if (!rule.system) {
    rule.name = body.name;
    rule.conditions = readConditions(body.conditions);
    if (body.priority !== undefined && body.priority !== rule.priority) {
      rule.priority = body.priority;
      makeRoom(policy, rule);
    }
  }
  rule.actions = actions;
  rule.lastUpdated = org.timestamp();
  return { status: 200, json: viewRule(org, policy, rule) };
}

/** Whoever has the place moves on by one, and so does who stands in their way. */
function makeRoom(policy: OktaPolicy, rule: OktaPolicyRule): void {
  let { priority } = rule;
  for (const other of inOrder(policy)) {
    if (other === rule || other.system || other.priority !== priority) continue;
    priority += 1;
    other.priority = priority;
  }
}

interface RuleBody {
  readonly name: string;
  readonly priority: number | undefined;
  readonly status: unknown;
  readonly conditions: unknown;
  readonly actions: JsonObject;
}

function readBody(call: Call, policy: OktaPolicy, present: OktaPolicyRule | undefined): RuleBody {
  const { type, name, priority, status, conditions, actions } = sentFields(call);
  if (type !== undefined && type !== "ACCESS_POLICY") {
    throw invalid("type", [`type: '${spelled(type)}' is not the type of the policy`]);
  }
  if (typeof name !== "string" || name.trim() === "") {
    throw invalid("name", ["name: The field cannot be left blank"]);
  }
  if ([...policy.rules.values()].some((rule) => rule !== present && rule.name === name)) {
    throw invalid("name", ["name: Policy rule name already in use"]);
  }
  if (
    priority !== undefined &&
    priority !== null &&
    (typeof priority !== "number" || !Number.isInteger(priority) || priority < 0 || priority > 99)
  ) {
    throw invalid("priority", ["priority: Must be a whole number from 0 to 99"]);
  }
  if (!isObject(actions) || !isObject(actions.appSignOn)) {
    throw invalid("actions", ["actions: 'appSignOn' is required"]);
  }
  return { name, priority: priority ?? undefined, status, conditions, actions };
}

function setStatus(call: Call, status: Status) {
  const rule = own(ruleOf(call));
  if (rule.status !== status) {
    rule.status = status;
    rule.lastUpdated = call.org.timestamp();
  }
  return { status: 204 };
}
