import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { slugOf } from "../src/cli/fleet-tenants.ts";

/** Host of the issuer with this number. */
export function hostOf(issuer: number): string {
  return `id-${String(issuer).padStart(2, "0")}.customers.example`;
}

/** Client id of the tenant with this number. */
export function clientIdOf(tenant: number): string {
  return `acme-${slugOf(tenant)}`;
}

/** Its redirect URI at the portal. */
export function redirectUriOf(tenant: number): string {
  return `https://portal.acme.example/openid/callback/${idOf(tenant)}`;
}

/** Name of the variable that holds its client secret. */
export function secretReference(tenant: number): string {
  return `TENANT_${slugOf(tenant).toUpperCase().replaceAll("-", "_")}__CLIENT_SECRET`;
}

/** Digits as the alphabet of tenant ids has them. */
function idOf(tenant: number): string {
  return [...String(tenant).padStart(20, "0")].map((digit) => "abcdefghij"[Number(digit)]).join("");
}

const workspace = (port: number): string => `version: 1
workspace: acme
environment: production
references:
  tenants: ["env:TENANT_{TENANT}__*"]
identityProviders: {}
apps:
  portal:
    kind: sql
    baseUrl: https://portal.acme.example
    callback: /openid/callback/{id}
    postLogout: [/]
    clientAuth: [client_secret_basic]
    database: env:PORTAL_DATABASE_URL
    sealing: { keys: [env:PORTAL_SEALING_KEY] }
store: { url: env:TENANTRY_STORE }
environments:
  sandbox:
    connect: { to: 127.0.0.1:${port}, ca: file:ca.pem }
    envFile: env
    store: { url: sqlite:store.db }
    apps:
      portal: { database: sqlite:portal.db }
`;

const tenant = (index: number, issuers: number): string => `tenant: ${slugOf(index)}
id: ${idOf(index)}
name: Customer ${index}
status: active
domains: [${slugOf(index)}.example]
contacts: [{ role: it, email: identity@${slugOf(index)}.example }]
signIn:
  external:
    issuer: https://${hostOf(index % issuers)}
    clientId: ${clientIdOf(index)}
    clientSecret: env:${secretReference(index)}
  scopes: [openid, email, profile]
  clientAuth: client_secret_basic
  claims: { externalId: sub, email: email, displayName: name }
  # All customers of one issuer come in by it, so a claim tells them apart.
  require: { organization: ${slugOf(index)} }
connections:
  - app: portal
`;

/** Writes a workspace of tenants with providers of their own, spread evenly over the issuers. */
export function writeOwnIssuers(root: string, wanted: { count: number; issuers: number; port: number }): void {
  mkdirSync(join(root, "tenants"), { recursive: true });
  writeFileSync(join(root, "tenantry.yaml"), workspace(wanted.port));
  for (let index = 0; index < wanted.count; index += 1) {
    writeFileSync(join(root, "tenants", `${slugOf(index)}.yaml`), tenant(index, wanted.issuers));
  }
}
