import type { Json } from "../json.ts";
import { lifecycleLink } from "./lifecycle.ts";
import type { OktaPolicy, OktaPolicyRule } from "./model.ts";
import type { OktaOrg } from "./org.ts";

/** An access policy; in a list it says besides what it is for. */
export function viewPolicy(org: OktaOrg, policy: OktaPolicy, listed = false): Json {
  const self = `${org.url}/api/v1/policies/${policy.id}`;
  const own = policy.system || policy.resourceType !== "APP";
  const allow = policy.resourceType === "APP" ? (policy.system ? ["GET", "PUT"] : ["GET", "PUT", "DELETE"]) : ["GET"];
  return {
    id: policy.id,
    status: policy.status,
    name: policy.name,
    ...(policy.description === undefined ? {} : { description: policy.description }),
    priority: policy.priority,
    system: policy.system,
    conditions: null,
    created: policy.created,
    lastUpdated: policy.lastUpdated,
    _links: {
      ...(own ? {} : { mappings: { href: `${self}/mappings`, hints: { allow: ["GET", "POST"] } } }),
      self: { href: self, hints: { allow } },
      rules: { href: `${self}/rules`, hints: { allow: ["GET", "POST"] } },
      ...(own ? {} : lifecycleLink(self, policy.status)),
    },
    ...(listed ? { _embedded: { resourceType: policy.resourceType } } : {}),
    type: "ACCESS_POLICY",
  };
}

/** A rule of an access policy. */
export function viewRule(org: OktaOrg, policy: OktaPolicy, rule: OktaPolicyRule): Json {
  const self = `${org.url}/api/v1/policies/${policy.id}/rules/${rule.id}`;
  return {
    id: rule.id,
    status: rule.status,
    name: rule.name,
    priority: rule.priority,
    created: rule.created,
    lastUpdated: rule.lastUpdated,
    system: rule.system,
    conditions: rule.conditions,
    actions: rule.actions,
    _links: {
      self: { href: self, hints: { allow: rule.system ? ["GET", "PUT"] : ["GET", "PUT", "DELETE"] } },
      ...(rule.system ? {} : lifecycleLink(self, rule.status)),
    },
    type: "ACCESS_POLICY",
  };
}
