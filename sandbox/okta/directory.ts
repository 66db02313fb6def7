import type { Json } from "../json.ts";
import type { Call, Route } from "./call.ts";
import type { OktaPolicy } from "./model.ts";
import type { OktaOrg } from "./org.ts";
import { invalid, notFound } from "./problem.ts";

/** What is read around the apps: the token's own user, access policies and authorization servers. */
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
      const link = `<${call.org.url}/api/v1/policies?${call.query.toString()}>; rel="self"`;
      const shown = type === "ACCESS_POLICY" ? call.org.policies : [];
      return { status: 200, headers: { link }, json: shown.map((policy) => viewPolicy(call.org, policy)) };
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
  {
    method: "GET",
    path: "/api/v1/authorizationServers",
    scope: "okta.authorizationServers.read",
    bucket: "rest",
    handle: (call) => {
      const shown = "default".startsWith(call.query.get("q") ?? "") ? [viewServer(call.org)] : [];
      return { status: 200, json: shown };
    },
  },
  {
    method: "GET",
    path: "/api/v1/authorizationServers/:serverId",
    scope: "okta.authorizationServers.read",
    bucket: "rest",
    handle: (call: Call) => {
      const id = call.params.serverId ?? "";
      if (id !== "default" && id !== serverId(call.org)) throw notFound(id, "AuthorizationServer");
      return { status: 200, json: viewServer(call.org) };
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
  return {
    id: policy.id,
    status: "ACTIVE",
    name: policy.name,
    ...(policy.system ? { description: "Require two factors to access." } : {}),
    priority: 1,
    system: policy.system,
    conditions: null,
    created,
    lastUpdated: created,
    _links: {
      ...(policy.system ? {} : { mappings: { href: `${self}/mappings`, hints: { allow: ["GET", "POST"] } } }),
      self: { href: self, hints: { allow: policy.system ? ["GET", "PUT"] : ["GET", "PUT", "DELETE"] } },
      rules: { href: `${self}/rules`, hints: { allow: ["GET", "POST"] } },
      ...(policy.system ? {} : { deactivate: { href: `${self}/lifecycle/deactivate`, hints: { allow: ["POST"] } } }),
    },
    _embedded: { resourceType: "APP" },
    type: "ACCESS_POLICY",
  };
}

function serverId(org: OktaOrg): string {
  return `aus${org.id.slice(3)}`;
}

function viewServer(org: OktaOrg): Json {
  const self = `${org.url}/api/v1/authorizationServers/${serverId(org)}`;
  const created = "2026-01-06T09:19:37.000Z";
  return {
    id: serverId(org),
    name: "default",
    description: "Default Authorization Server for your Applications",
    audiences: ["api://default"],
    issuer: `${org.url}/oauth2/default`,
    issuerMode: "ORG_URL",
    status: "ACTIVE",
    created,
    lastUpdated: created,
    credentials: {
      signing: { kid: org.signingKid, rotationMode: "AUTO", lastRotated: created, nextRotation: created },
    },
    default: true,
    _links: {
      metadata: [
        {
          name: "openid-configuration",
          href: `${org.url}/oauth2/default/.well-known/openid-configuration`,
          hints: { allow: ["GET"] },
        },
      ],
      claims: { href: `${self}/claims`, hints: { allow: ["GET", "POST"] } },
      policies: { href: `${self}/policies`, hints: { allow: ["GET", "POST"] } },
      self: { href: self, hints: { allow: ["GET", "DELETE", "PUT"] } },
    },
  };
}
