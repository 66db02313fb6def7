import type { JsonObject } from "../json.ts";
import { settingsFor } from "./client-input.ts";
import { connectionDefaults, fillOptions } from "./connection-defaults.ts";
import { withMetadata } from "./oidc-metadata.ts";
import { managementScopes } from "./scopes.ts";
import { addManagementApi } from "./system-apis.ts";
import type { Auth0Tenant } from "./tenant.ts";

/** Client id by which Tenantry itself comes in; the same at every start. */
export const managementClientId = "TenantryManagement0000000000000a";

/** Client id of a client that is nobody's: it must never be changed by Tenantry. */
export const billingClientId = "Billing000000000000000000000000a";

/** Client id of the application by which the example's enterprise connections are tried out. */
const proofsClientId = "Proofs0000000000000000000000000a";

/** Name of an organization that is nobody's. */
export const foreignOrganization = "acme-internal";

/** Name of the enterprise connection that stands for Fernhill's own directory. */
export const fernhillConnection = "fernhill-oidc";

/** Fernhill's own provider, as far as the connection to it is made of it. */
export interface FernhillProvider {
  readonly document: JsonObject;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly people: readonly { readonly login: string; readonly claims: JsonObject & { readonly sub: string } }[];
}

/** Puts into a new tenant what the example's tenant has: connections, people, Tenantry's client, and foreign objects. */
export function seedTenant(tenant: Auth0Tenant, managementSecret: string, fernhillProvider: FernhillProvider): void {
  addManagementApi(tenant);
  const database = tenant.addConnection("Username-Password-Authentication", "auth0", {
    ...connectionDefaults("auth0"),
    options: fillOptions("auth0", {}),
  });
  const fernhill = tenant.addConnection(fernhillConnection, "oidc", {
    ...connectionDefaults("oidc"),
    display_name: "Fernhill Media",
    options: withMetadata(
      fillOptions("oidc", {
        issuer: "https://login.fernhill.example",
        discovery_url: "https://login.fernhill.example/.well-known/openid-configuration",
        client_id: fernhillProvider.clientId,
        client_secret: fernhillProvider.clientSecret,
        scope: "openid profile email",
        domain_aliases: ["fernhill.example"],
        send_back_channel_nonce: true,
      }),
      fernhillProvider.document,
    ),
  });
  // Both have signed in before.
  for (const { login, claims } of fernhillProvider.people) {
    const { sub, name, email: _email, email_verified: _verified, ...rest } = claims;
    tenant.addUser(fernhill, login, String(name), { id: `oidc|${fernhillConnection}|${sub}`, claims: rest });
  }
  tenant.addClient({
    global: true,
    settings: {
      ...settingsFor({ name: "All Applications", grant_types: [], oidc_conformant: true, sso: false }),
      jwt_configuration: { alg: "RS256" },
    },
  });
  tenant.addClient({
    clientId: managementClientId,
    secret: managementSecret,
    settings: settingsFor({
      name: "Tenantry",
      app_type: "non_interactive",
      grant_types: ["client_credentials"],
      oidc_conformant: true,
    }),
  });
  tenant.addGrant(managementClientId, tenant.audience, { scopes: managementScopes });
  const billing = tenant.addClient({
    clientId: billingClientId,
    settings: settingsFor({
      name: "Billing",
      app_type: "regular_web",
      callbacks: ["https://billing.acme.example/callback"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: "client_secret_post",
      oidc_conformant: true,
    }),
  });
  database.clients.add(billing.clientId);
  // By it a connection is tried out before anybody comes in by it.
  tenant.addClient({
    clientId: proofsClientId,
    settings: settingsFor({
      name: "Proofs",
      app_type: "regular_web",
      callbacks: ["https://proofs.acme.example/done"],
      grant_types: ["authorization_code"],
      token_endpoint_auth_method: "client_secret_post",
      oidc_conformant: true,
    }),
  });
  const internal = tenant.addOrganization(foreignOrganization, {
    displayName: "Acme itself",
    metadata: { owner: "billing" },
  });
  tenant.enableConnection(internal, database);
}
