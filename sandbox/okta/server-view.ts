import type { Json } from "../json.ts";
import { lifecycleLink } from "./lifecycle.ts";
import type { OktaOrg } from "./org.ts";
import type { OktaClaim, OktaScope, OktaServer, OktaServerPolicy, OktaServerRule, RulePeople } from "./server-model.ts";
import { nextRotation } from "./server-rotation.ts";

export const serversPath = "/api/v1/authorizationServers";

/** The issuer in the server's tokens, under which it signs people in. */
export function issuerOf(org: OktaOrg, server: OktaServer): string {
  return `${org.url}/oauth2/${server.isDefault ? "default" : server.id}`;
}

/** The server's URL in the management API; the default server calls itself so. */
export function selfOf(org: OktaOrg, server: OktaServer): string {
  return `${org.url}${serversPath}/${server.isDefault ? "default" : server.id}`;
}

export function viewServer(org: OktaOrg, server: OktaServer): Json {
  const self = selfOf(org, server);
  const issuer = issuerOf(org, server);
  const get = { allow: ["GET"] };
  const list = { allow: ["GET", "POST"] };
  return {
    id: server.id,
    name: server.name,
    description: server.description,
    audiences: [...server.audiences],
    issuer,
    issuerMode: server.issuerMode,
    status: server.status,
    created: server.created,
    lastUpdated: server.lastUpdated,
    credentials: {
      signing: {
        kid: server.keys.find(({ status }) => status === "ACTIVE")?.kid ?? "",
        rotationMode: server.rotationMode,
        lastRotated: server.lastRotated,
        ...(server.rotationMode === "AUTO" ? { nextRotation: nextRotation(server) } : {}),
      },
    },
    default: server.isDefault,
    _links: {
      rotateKey: { href: `${self}/credentials/lifecycle/keyRotate`, hints: { allow: ["POST"] } },
      metadata: ["oauth-authorization-server", "openid-configuration"].map((name) => ({
        name,
        href: `${issuer}/.well-known/${name}`,
        hints: get,
      })),
      keys: { href: `${self}/credentials/keys`, hints: get },
      claims: { href: `${self}/claims`, hints: list },
      policies: { href: `${self}/policies`, hints: list },
      self: { href: self, hints: { allow: ["GET", "DELETE", "PUT"] } },
      scopes: { href: `${self}/scopes`, hints: list },
      ...lifecycleLink(self, server.status),
    },
  };
}

export function viewScope(org: OktaOrg, server: OktaServer, scope: OktaScope): Json {
  return {
    id: scope.id,
    name: scope.name,
    ...(scope.displayName === undefined ? {} : { displayName: scope.displayName }),
    ...(scope.description === undefined ? {} : { description: scope.description }),
    system: scope.system,
    metadataPublish: scope.metadataPublish,
    consent: scope.consent,
    optional: scope.optional,
    apiResourceId: null,
    default: scope.default,
    _links: { self: changeable(`${selfOf(org, server)}/scopes/${scope.id}`) },
  };
}

export function viewClaim(org: OktaOrg, server: OktaServer, claim: OktaClaim): Json {
  return {
    id: claim.id,
    name: claim.name,
    status: claim.status,
    claimType: claim.claimType,
    valueType: claim.valueType,
    ...(claim.value === undefined ? {} : { value: claim.value }),
    conditions: { scopes: [...claim.scopes] },
    system: claim.system,
    alwaysIncludeInToken: claim.alwaysIncludeInToken,
    apiResourceId: null,
    ...(claim.groupFilterType === undefined ? {} : { group_filter_type: claim.groupFilterType }),
    _links: { self: changeable(`${selfOf(org, server)}/claims/${claim.id}`) },
  };
}

export function viewServerPolicy(org: OktaOrg, server: OktaServer, policy: OktaServerPolicy): Json {
  const self = `${selfOf(org, server)}/policies/${policy.id}`;
  return {
    id: policy.id,
    status: policy.status,
    name: policy.name,
    ...(policy.description === undefined ? {} : { description: policy.description }),
    priority: policy.priority,
    system: policy.system,
    conditions: { clients: { include: [...policy.clients] } },
    created: policy.created,
    lastUpdated: policy.lastUpdated,
    _links: {
      self: changeable(self),
      rules: { href: `${self}/rules`, hints: { allow: ["GET"] } },
      ...lifecycleLink(self, policy.status),
    },
    type: "OAUTH_AUTHORIZATION_POLICY",
  };
}

export function viewServerRule(org: OktaOrg, server: OktaServer, policy: OktaServerPolicy, rule: OktaServerRule): Json {
  const self = `${selfOf(org, server)}/policies/${policy.id}/rules/${rule.id}`;
  return {
    id: rule.id,
    status: rule.status,
    name: rule.name,
    priority: rule.priority,
    created: rule.created,
    lastUpdated: rule.lastUpdated,
    system: rule.system,
    conditions: {
      people: {
        users: { ...viewPeople(rule.users), exclude: [...(rule.users.exclude ?? [])] },
        groups: viewPeople(rule.groups),
      },
      grantTypes: { include: [...rule.grantTypes].sort() },
      scopes: { include: [...rule.scopes] },
    },
    actions: {
      token: {
        accessTokenLifetimeMinutes: rule.accessTokenLifetimeMinutes,
        refreshTokenLifetimeMinutes: rule.refreshTokenLifetimeMinutes,
        refreshTokenWindowMinutes: rule.refreshTokenWindowMinutes,
        ...(rule.inlineHook === undefined ? {} : { inlineHook: { id: rule.inlineHook } }),
      },
    },
    _links: { self: changeable(self), ...lifecycleLink(self, rule.status) },
    type: "RESOURCE_ACCESS",
  };
}

/** Okta shows the lists that were given. */
function viewPeople({ include, exclude }: RulePeople): { readonly [key: string]: Json } {
  return {
    ...(include === undefined ? {} : { include: [...include] }),
    ...(exclude === undefined ? {} : { exclude: [...exclude] }),
  };
}

function changeable(href: string): Json {
  return { href, hints: { allow: ["GET", "PUT", "DELETE"] } };
}
