import { randomToken } from "../random.ts";
import { oktaId } from "./okta-id.ts";
import { systemClaims, systemScopes } from "./server-defaults.ts";
import type { OktaClaim, OktaKey, OktaScope, OktaServer, OktaServerPolicy, OktaServerRule } from "./server-model.ts";

/** What the org gives to what is made in it: the time, and the next number for lists. */
export interface Maker {
  timestamp(): string;
  count(): number;
}

/** What may be said about a new server; the rest is Okta's choice. */
export type NewServer = Partial<
  Pick<OktaServer, "id" | "description" | "audiences" | "issuerMode" | "isDefault" | "rotationMode">
>;

/** A server as Okta makes it: with its own scopes and claims, and without a policy, so that nobody may use it. */
export function newServer(maker: Maker, name: string, more: NewServer = {}): OktaServer {
  const now = maker.timestamp();
  const server: OktaServer = {
    id: oktaId("aus"),
    description: null,
    audiences: [`api://${name}`],
    issuerMode: "ORG_URL",
    rotationMode: "AUTO",
    isDefault: false,
    ...more,
    sequence: maker.count(),
    created: now,
    lastUpdated: now,
    status: "ACTIVE",
    name,
    lastRotated: now,
    keys: [newKey("NEXT", now), newKey("ACTIVE", now)],
    scopes: new Map(),
    claims: new Map(),
    policies: new Map(),
  };
  for (const scope of systemScopes) addScope(maker, server, { ...scope, system: true, metadataPublish: "ALL_CLIENTS" });
  for (const claim of systemClaims) addClaim(maker, server, { ...claim, system: true });
  return server;
}

/** A key whose material is made when it is first needed. */
export function newKey(status: OktaKey["status"], now: string): OktaKey {
  return { kid: randomToken(32), created: now, status, jwk: undefined };
}

export function addScope(
  maker: Maker,
  server: OktaServer,
  given: Partial<Omit<OktaScope, "id" | "sequence">> & { readonly name: string },
): OktaScope {
  const scope: OktaScope = {
    displayName: undefined,
    description: undefined,
    system: false,
    metadataPublish: "NO_CLIENTS",
    consent: "IMPLICIT",
    optional: false,
    default: false,
    ...given,
    id: oktaId("scp"),
    sequence: maker.count(),
  };
  server.scopes.set(scope.id, scope);
  return scope;
}

export function addClaim(
  maker: Maker,
  server: OktaServer,
  given: Partial<Omit<OktaClaim, "id" | "sequence">> & Pick<OktaClaim, "name" | "claimType" | "valueType" | "value">,
): OktaClaim {
  const claim: OktaClaim = {
    status: "ACTIVE",
    groupFilterType: undefined,
    scopes: [],
    system: false,
    alwaysIncludeInToken: true,
    ...given,
    id: oktaId("ocl"),
    sequence: maker.count(),
  };
  server.claims.set(claim.id, claim);
  return claim;
}

export function addServerPolicy(
  maker: Maker,
  server: OktaServer,
  name: string,
  clients: readonly string[],
  more: Partial<Pick<OktaServerPolicy, "description" | "system">> = {},
): OktaServerPolicy {
  const now = maker.timestamp();
  const policy: OktaServerPolicy = {
    description: name,
    system: false,
    ...more,
    id: oktaId("00p"),
    created: now,
    lastUpdated: now,
    status: "ACTIVE",
    name,
    priority: server.policies.size + 1,
    clients,
    rules: new Map(),
  };
  server.policies.set(policy.id, policy);
  return policy;
}

/** Grants that a rule may name. */
export const ruleGrantTypes = [
  "authorization_code",
  "client_credentials",
  "implicit",
  "interaction_code",
  "password",
  "urn:ietf:params:oauth:grant-type:device_code",
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
  "urn:ietf:params:oauth:grant-type:saml2-bearer",
  "urn:ietf:params:oauth:grant-type:token-exchange",
  "urn:openid:params:grant-type:ciba",
] as const;

/** A rule: by itself for everyone, every scope and the common grants, with the lifetimes that Okta proposes. */
export function addServerRule(
  maker: Maker,
  policy: OktaServerPolicy,
  given: Partial<Omit<OktaServerRule, "id" | "created" | "lastUpdated">> & { readonly name: string },
): OktaServerRule {
  const now = maker.timestamp();
  const rule: OktaServerRule = {
    status: "ACTIVE",
    priority: policy.rules.size + 1,
    system: false,
    grantTypes: ["authorization_code", "client_credentials", "implicit", "password"],
    users: { include: [], exclude: [] },
    groups: { include: ["EVERYONE"], exclude: [] },
    scopes: ["*"],
    accessTokenLifetimeMinutes: 60,
    refreshTokenLifetimeMinutes: 0,
    refreshTokenWindowMinutes: 10_080,
    inlineHook: undefined,
    ...given,
    id: oktaId("0pr"),
    created: now,
    lastUpdated: now,
  };
  policy.rules.set(rule.id, rule);
  return rule;
}
