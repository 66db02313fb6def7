import { settingsFor } from "./client-input.ts";
import { connectionDefaults, fillOptions } from "./connection-defaults.ts";
import { managementScopes } from "./scopes.ts";
import type { Auth0Tenant } from "./tenant.ts";

/** Client id by which Tenantry itself comes in; the same at every start. */
export const managementClientId = "TenantryManagement0000000000000a";

/** Client id of a client that is nobody's: it must never be changed by Tenantry. */
export const billingClientId = "Billing000000000000000000000000a";

/** Name of an organization that is nobody's. */
export const foreignOrganization = "acme-internal";

/** Name of the enterprise connection that stands for Fernhill's own directory. */
export const fernhillConnection = "fernhill-oidc";

/** Puts into a new tenant what the example's tenant has: connections, people, Tenantry's client, and foreign objects. */
export function seedTenant(tenant: Auth0Tenant, managementSecret: string): void {
  const database = tenant.addConnection("Username-Password-Authentication", "auth0", {
    ...connectionDefaults("auth0"),
    options: fillOptions("auth0", {}),
  });
  const fernhill = tenant.addConnection(fernhillConnection, "oidc", {
    ...connectionDefaults("oidc"),
    display_name: "Fernhill Media",
    options: fillOptions("oidc", {
      issuer: "https://login.fernhill.example",
      discovery_url: "https://login.fernhill.example/.well-known/openid-configuration",
      client_id: "acme-auth0",
      scope: "openid profile email",
    }),
  });
  const roles = "https://fernhill.example/roles";
  tenant.addUser(fernhill, "editor@fernhill.example", "Test Editor", { [roles]: ["editor-in-chief"] });
  tenant.addUser(fernhill, "writer@fernhill.example", "Test Writer", { [roles]: ["writer"] });
  tenant.addClient({
    global: true,
    settings: settingsFor({ name: "All Applications", grant_types: [] }),
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
    grants: [{ audience: tenant.audience, scopes: managementScopes }],
  });
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
  const internal = tenant.addOrganization(foreignOrganization, {
    displayName: "Acme itself",
    metadata: { owner: "billing" },
  });
  tenant.enableConnection(internal, database);
}
