import type { Json } from "../json.ts";
import type { Route } from "./call.ts";
import type { OktaPolicy } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import { page } from "./page.ts";
import { invalid, notFound } from "./problem.ts";

/** What is read around the apps: the token's own user and access policies. */
export const directoryRoutes: readonly Route[] = [
  {
    method: "GET",
    path: "/api/v1/users/me",
    scope: "token only",
    bucket: "rest",
    handle: (call) => ({ status: 200, json: viewOwner(call.org) }),
  },
  {
    method: "GET",
    path: "/api/v1/policies",
    scope: "okta.policies.read",
    bucket: "rest",
    handle: (call) => {
      const type = call.query.get("type");
      if (type === null || type === "") throw invalid("type", ["type: The field cannot be left blank"]);
      const shown = type === "ACCESS_POLICY" ? call.org.policies : [];
      return page(call, "/api/v1/policies", shown, (policy) => viewPolicy(call.org, policy), {
        standard: 20,
        most: 200,
      });
    },
  },
  {
    method: "GET",
    path: "/api/v1/policies/:policyId",
    scope: "okta.policies.read",
    bucket: "rest",
    handle: (call) => {
      const id = call.params.policyId ?? "";
      const policy = call.org.policies.find((candidate) => candidate.id === id);
      if (policy === undefined) throw notFound(id, "Policy");
      return { status: 200, json: viewPolicy(call.org, policy) };
    },
  },
];

/** `/.well-known/okta-organization`, which needs no credential. */
export function viewOrganization(org: OktaOrg): Json {
  return {
    id: org.id,
    cell: "sandbox",
    _links: { organization: { href: org.url } },
    pipeline: "idx",
    settings: {
      analyticsCollectionEnabled: false,
      bugReportingEnabled: false,
      omEnabled: false,
      pssoEnabled: false,
      desktopMFAEnabled: false,
      itpEnabled: false,
    },
  };
}

function viewOwner(org: OktaOrg): Json {
  const login = "admin@acme.example";
  const created = "2026-01-06T09:19:37.000Z";
  return {
    id: `00u${org.id.slice(3)}`,
    status: "ACTIVE",
    created,
    activated: created,
    statusChanged: created,
    lastLogin: null,
    lastUpdated: created,
    passwordChanged: null,
    type: { id: `oty${org.id.slice(3)}` },
    profile: { firstName: "Org", lastName: "Admin", mobilePhone: null, secondEmail: null, login, email: login },
    credentials: { provider: { type: "OKTA", name: "OKTA" } },
    _links: { self: { href: `${org.url}/api/v1/users/00u${org.id.slice(3)}` } },
  };
}

function viewPolicy(org: OktaOrg, policy: OktaPolicy): Json {
  const self = `${org.url}/api/v1/policies/${policy.id}`;
  const created = "2026-01-06T09:19:37.000Z";
  const own = policy.system || policy.resourceType !== "APP";
  const allow = policy.resourceType === "APP" ? (policy.system ? ["GET", "PUT"] : ["GET", "PUT", "DELETE"]) : ["GET"];
  return {
    id: policy.id,
    status: policy.status,
    name: policy.name,
    ...(policy.system ? { description: "Require two factors to access." } : {}),
    priority: 1,
    system: policy.system,
    conditions: null,
    created,
    lastUpdated: created,
    _links: {
      ...(own ? {} : { mappings: { href: `${self}/mappings`, hints: { allow: ["GET", "POST"] } } }),
      self: { href: self, hints: { allow } },
      rules: { href: `${self}/rules`, hints: { allow: ["GET", "POST"] } },
      ...(own ? {} : { deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ["POST"] } } }),
    },
    _embedded: { resourceType: policy.resourceType },
    type: "ACCESS_POLICY",
  };
}
