import type { Auth0ResourceServer } from "./model.ts";
import { describedScopes } from "./scopes.ts";
import type { Auth0Tenant } from "./tenant.ts";

const myAccountScopes = [
  "create:me:connected_accounts",
  "read:me:connected_accounts",
  "delete:me:connected_accounts",
  "read:me:authentication_methods",
  "delete:me:authentication_methods",
  "update:me:authentication_methods",
  "read:me:factors",
  "create:me:authentication_methods",
];

/** The Management API as one of the tenant's own APIs. Every tenant has it. */
export function addManagementApi(tenant: Auth0Tenant): Auth0ResourceServer {
  const settings = {
    name: "Auth0 Management API",
    allow_offline_access: false,
    skip_consent_for_verifiable_first_party_clients: false,
    token_lifetime: 86_400,
    token_lifetime_for_web: 7200,
    signing_alg: "RS256",
    scopes: [...describedScopes],
  };
  return tenant.addResourceServer(tenant.audience, settings, { system: true });
}

/** The identifier of the My Account API, which a tenant has once somebody has activated it. */
export function myAccountAudience(tenant: Auth0Tenant): string {
  return `${tenant.issuer}me/`;
}

/** Activates the My Account API: whatever was sent, its settings are Auth0's. */
export function addMyAccountApi(tenant: Auth0Tenant): Auth0ResourceServer {
  const describe = (scope: string): string =>
    scope.replace(/:me:|_/g, " ").replace(/(^|\s)(\w)/g, (_all, space, letter) => `${space}${letter.toUpperCase()}`);
  const settings = {
    name: "Auth0 My Account API",
    allow_offline_access: true,
    skip_consent_for_verifiable_first_party_clients: true,
    subject_type_authorization: { client: { policy: "deny_all" }, user: { policy: "require_client_grant" } },
    token_lifetime: 600,
    token_lifetime_for_web: 600,
    signing_alg: "RS256",
    scopes: myAccountScopes.map((value) => ({ value, description: describe(value) })),
    proof_of_possession: { mechanism: "dpop", required: false },
  };
  return tenant.addResourceServer(myAccountAudience(tenant), settings, { system: true });
}
