import type { Call, Route } from "./call.ts";
import { invalid } from "./problem.ts";
import { bodyOf, Fields, refuseTaken, serverOf, serverPolicyOf, serverRuleOf } from "./server-input.ts";
import type { OktaServerRule, RulePeople } from "./server-model.ts";
import { addServerRule, ruleGrantTypes } from "./server-new.ts";
import { byPriority, closeGaps, place } from "./server-priority.ts";
import { lifecycleRoutes, serverRoute } from "./server-routes.ts";
import { serversPath, viewServerRule } from "./server-view.ts";

const path = `${serversPath}/:serverId/policies/:policyId/rules`;

/** The rules of a policy, first tried first. */
export const serverRuleRoutes: readonly Route[] = [
  serverRoute("GET", path, (call) => {
    const policy = serverPolicyOf(call);
    const shown = byPriority(policy.rules.values());
    return { status: 200, json: shown.map((rule) => view(call, rule)) };
  }),
  serverRoute("POST", path, (call) => {
    const policy = serverPolicyOf(call);
    const { priority, ...sent } = readRule(call, undefined);
    const rule = addServerRule(call.org, policy, sent);
    place(policy.rules.values(), rule, priority);
    return { status: 201, json: view(call, rule) };
  }),
  serverRoute("GET", `${path}/:ruleId`, (call) => ({ status: 200, json: view(call, serverRuleOf(call)) })),
  serverRoute("PUT", `${path}/:ruleId`, (call) => {
    const rule = serverRuleOf(call);
    const { priority, ...sent } = readRule(call, rule);
    Object.assign(rule, sent, { lastUpdated: call.org.timestamp() });
    if (priority !== undefined) place(serverPolicyOf(call).rules.values(), rule, priority);
    return { status: 200, json: view(call, rule) };
  }),
  serverRoute("DELETE", `${path}/:ruleId`, (call) => {
    const rule = serverRuleOf(call);
    if (rule.system) throw invalid("rule", ["A system rule cannot be deleted"]);
    const { rules } = serverPolicyOf(call);
    rules.delete(rule.id);
    closeGaps(rules.values());
    return { status: 204 };
  }),
  ...lifecycleRoutes(`${path}/:ruleId`, serverRuleOf),
];

function view(call: Call, rule: OktaServerRule) {
  return viewServerRule(call.org, serverOf(call), serverPolicyOf(call), rule);
}

type SentRule = Omit<OktaServerRule, "id" | "created" | "lastUpdated" | "system" | "priority"> & {
  readonly priority: number | undefined;
};

function readRule(call: Call, present: OktaServerRule | undefined): SentRule {
  const fields = new Fields(bodyOf(call));
  const name = fields.text("name");
  refuseTaken(serverPolicyOf(call).rules.values(), name, present?.id);
  fields.oneOf("type", ["RESOURCE_ACCESS"], present === undefined ? undefined : "RESOURCE_ACCESS");
  const conditions = fields.inner("conditions");
  const grantTypes = conditions.inner("grantTypes").texts("include") ?? [];
  if (grantTypes.length === 0) {
    throw invalid("conditions", ["conditions.grantTypes.include: The field cannot be left blank"]);
  }
  const strange = grantTypes.find((grant) => !(ruleGrantTypes as readonly string[]).includes(grant));
  if (strange !== undefined) {
    throw invalid("conditions", [`conditions.grantTypes.include: '${strange}' is not a grant type`]);
  }
  const people = conditions.inner("people");
  const token = fields.inner("actions").inner("token");
  const accessTokenLifetimeMinutes = token.number("accessTokenLifetimeMinutes", 5, 1440) ?? 60;
  const refreshTokenLifetimeMinutes = token.number("refreshTokenLifetimeMinutes", 0, 2_628_000) ?? 0;
  if (refreshTokenLifetimeMinutes !== 0 && refreshTokenLifetimeMinutes < accessTokenLifetimeMinutes) {
    throw invalid("actions", [
      "actions.token.refreshTokenLifetimeMinutes: The refresh token must live as long as the access token at least",
    ]);
  }
  return {
    name,
    status: fields.oneOf("status", ["ACTIVE", "INACTIVE"], present?.status ?? "ACTIVE"),
    priority: fields.number("priority", 1, 1_000_000),
    grantTypes: [...new Set(grantTypes)],
    users: readPeople(people.inner("users"), "users", (id) => call.org.user(id) !== undefined),
    groups: readPeople(
      people.inner("groups"),
      "groups",
      (id) => id === "EVERYONE" || call.org.groupById(id) !== undefined,
    ),
    scopes: readScopes(call, conditions.inner("scopes").texts("include") ?? []),
    accessTokenLifetimeMinutes,
    refreshTokenLifetimeMinutes,
    refreshTokenWindowMinutes: token.number("refreshTokenWindowMinutes", 10, 2_628_000) ?? 10_080,
    inlineHook: token.inner("inlineHook").optionalText("id"),
  };
}

function readPeople(fields: Fields, kind: "users" | "groups", exists: (id: string) => boolean): RulePeople {
  const include = fields.texts("include");
  const exclude = fields.texts("exclude");
  const strange = [...(include ?? []), ...(exclude ?? [])].find((id) => !exists(id));
  if (strange !== undefined) {
    throw invalid("conditions", [`conditions.people.${kind}: '${strange}' does not exist`]);
  }
  return { include, exclude };
}

function readScopes(call: Call, scopes: readonly string[]): readonly string[] {
  const known = new Set([...serverOf(call).scopes.values()].map((scope) => scope.name));
  const strange = scopes.find((scope) => scope !== "*" && !known.has(scope));
  if (strange === undefined) return scopes;
  throw invalid("conditions", [`conditions.scopes.include: The scope '${strange}' does not exist`]);
}
