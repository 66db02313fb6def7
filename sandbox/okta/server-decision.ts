import type { OktaApp, OktaUser } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import type { OktaServer, OktaServerRule, RulePeople } from "./server-model.ts";
import { byPriority } from "./server-priority.ts";

/** What an authorization server is asked for. */
export interface TokenRequest {
  readonly app: OktaApp;
  /** Undefined when a client asks for itself; then rules do not look at people. */
  readonly user: OktaUser | undefined;
  /** All of them must be among the rule's. */
  readonly grants: readonly string[];
  readonly scopes: readonly string[];
}

/**
 * The rule by which tokens are given: the first active one that fits, of the first active policy that has one and is
 * for the client. Undefined when there is none; then there is no token.
 * @see https://developer.okta.com/docs/concepts/policies/
 */
export function ruleFor(org: OktaOrg, server: OktaServer, request: TokenRequest): OktaServerRule | undefined {
  for (const policy of byPriority(server.policies.values())) {
    if (policy.status !== "ACTIVE") continue;
    if (!policy.clients.includes("ALL_CLIENTS") && !policy.clients.includes(request.app.clientId)) continue;
    const rule = byPriority(policy.rules.values()).find((each) => fits(org, each, request));
    if (rule !== undefined) return rule;
  }
  return undefined;
}

function fits(org: OktaOrg, rule: OktaServerRule, { user, grants, scopes }: TokenRequest): boolean {
  return (
    rule.status === "ACTIVE" &&
    grants.every((grant) => rule.grantTypes.includes(grant)) &&
    (rule.scopes.includes("*") || scopes.every((scope) => rule.scopes.includes(scope))) &&
    (user === undefined || isFor(org, rule, user))
  );
}

function isFor(org: OktaOrg, { users, groups }: OktaServerRule, user: OktaUser): boolean {
  const named = (list: RulePeople["include"]): boolean => list?.includes(user.id) === true;
  const member = (list: RulePeople["include"]): boolean =>
    (list ?? []).some((id) => id === "EVERYONE" || user.groups.has(id) || org.groupById(id)?.type === "BUILT_IN");
  return (named(users.include) || member(groups.include)) && !named(users.exclude) && !member(groups.exclude);
}
