import type { ProvenDomains, RecordWrite } from "../../../src/app/app.ts";
import type { Address, AppTenant, ConnectionKey, ConnectionRecord, Digest } from "../../../src/desired/connection.ts";
import type { DiscoverySnapshot } from "../../../src/plan/observed.ts";
import { Secret } from "../../../src/secret/secret.ts";

export const key = "whiterabbit/portal" as ConnectionKey;

export const discovery: DiscoverySnapshot = {
  issuer: "https://acme.okta.com",
  authorizationEndpoint: "https://acme.okta.com/oauth2/v1/authorize",
  tokenEndpoint: "https://acme.okta.com/oauth2/v1/token",
  userinfoEndpoint: "https://acme.okta.com/oauth2/v1/userinfo",
  jwksUri: "https://acme.okta.com/oauth2/v1/keys",
  endSessionEndpoint: "https://acme.okta.com/oauth2/v1/logout",
};

export function tenant(change: Partial<AppTenant> = {}): AppTenant {
  const slug = change.tenant ?? "whiterabbit";
  return {
    address: `app/portal/tenant/${slug}` as Address,
    app: "portal",
    tenant: slug,
    id: `${slug.padEnd(20, "2").slice(0, 20)}`,
    name: "Whiterabbit Foods",
    status: "active",
    domains: ["whiterabbit.example"],
    ...change,
  };
}

/** All domains of a tenant, as DNS has proven them. */
export function proven({ domains }: Pick<AppTenant, "domains">): ProvenDomains {
  return new Map(domains.map((domain) => [domain, `tenantry-domain=${domain}`]));
}

export function record(change: Partial<ConnectionRecord> = {}): ConnectionRecord {
  const of = change.key ?? key;
  return {
    address: `app/portal/record/${of}` as Address,
    app: "portal",
    kind: "sql",
    key: of,
    marker: { workspace: "acme", environment: "production", key: of },
    state: "active",
    tenant: "whiterabbit",
    signIn: "default",
    issuer: "https://acme.okta.com",
    clientId: "tenantry.client",
    redirectUri: "https://portal.acme.example/openid/callback/whiterabbit222222222",
    clientAuth: "client_secret_basic",
    pkce: "S256",
    responseMode: "query",
    scopes: ["openid", "email", "profile"],
    acrValues: [],
    extraParams: {},
    claims: { externalId: "sub", email: "email", displayName: "name" },
    require: {},
    provision: { create: true, update: true },
    endSession: true,
    target: {},
    ...change,
  };
}

export function write(secret: string | undefined, change: Partial<ConnectionRecord> = {}): RecordWrite {
  return {
    record: record(change),
    discovery,
    specDigest: "ab".repeat(32) as Digest,
    appTenant: tenant(),
    routed: [],
    ...(secret === undefined ? {} : { secret: { id: `ocs-${secret.length}`, value: new Secret(secret) } }),
  };
}

export const sealingKey = { name: "env:PORTAL_SEALING_KEY", value: new Secret(Buffer.alloc(32, 7).toString("base64")) };
