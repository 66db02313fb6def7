import type { TestSandbox } from "../../support/sandbox.ts";
import { call } from "../auth0/auth0-caller.ts";
import { certificate } from "../auth0/saml-provider.ts";
import { deployClientId } from "./deploy-client.ts";

/** Values of the secrets of the connections, by the names that auth0-deploy-cli leaves open for them. */
export const connectionSecrets = {
  CONNECTIONS_OIDC_SECRET: "oidc secret",
  CONNECTIONS_OKTA_SECRET: "okta secret",
  CONNECTIONS_WAAD_SECRET: "entra secret",
  CONNECTIONS_GOOGLE_APPS_SECRET: "workspace secret",
  CONNECTIONS_GOOGLE_OAUTH2_SECRET: "google secret",
  CONNECTIONS_OAUTH2_SECRET: "oauth2 secret",
};

// biome-ignore lint/suspicious/noExplicitAny: answers are looked into freely.
type Answered = any;

async function made(at: TestSandbox, method: string, path: string, body?: object): Promise<Answered> {
  const { status, json } = await call(at, method, path, body);
  if (status >= 300) throw new Error(`${method} ${path}: ${status} ${JSON.stringify(json)}`);
  return json;
}

/** As they are sent. */
export const connections = [
  {
    name: "customer-oidc",
    strategy: "oidc",
    display_name: "Customer",
    show_as_button: true,
    metadata: { owner: "crm" },
    options: {
      issuer: "https://login.customer.example",
      client_id: "a",
      client_secret: connectionSecrets.CONNECTIONS_OIDC_SECRET,
      scope: "openid email",
      attribute_map: { mapping_mode: "use_map", attributes: { email: "$" + "{context.tokenset.email}" } },
    },
  },
  {
    name: "customer-okta",
    strategy: "okta",
    options: {
      domain: "acme.okta.com",
      client_id: "b",
      client_secret: connectionSecrets.CONNECTIONS_OKTA_SECRET,
      scope: "openid profile",
    },
  },
  {
    name: "customer-entra",
    strategy: "waad",
    options: {
      domain: "customer.onmicrosoft.com",
      client_id: "c",
      client_secret: connectionSecrets.CONNECTIONS_WAAD_SECRET,
      waad_protocol: "openid-connect",
      identity_api: "microsoft-identity-platform-v2.0",
      useCommonEndpoint: false,
    },
  },
  {
    name: "customer-workspace",
    strategy: "google-apps",
    options: {
      domain: "customer.example",
      client_id: "d",
      client_secret: connectionSecrets.CONNECTIONS_GOOGLE_APPS_SECRET,
      domain_aliases: ["customer.example"],
    },
  },
  {
    name: "customer-saml",
    strategy: "samlp",
    options: {
      signInEndpoint: "https://saml.customer.example/sso",
      signingCert: Buffer.from(certificate).toString("base64"),
      fieldsMap: { email: "mail" },
      idpinitiated: { enabled: true, client_protocol: "oidc", client_authorizequery: "scope=openid" },
    },
  },
  { name: "customer-adfs", strategy: "adfs", options: { adfs_server: "https://adfs.customer.example/metadata.xml" } },
  {
    name: "social",
    strategy: "google-oauth2",
    options: {
      client_id: "e",
      client_secret: connectionSecrets.CONNECTIONS_GOOGLE_OAUTH2_SECRET,
      email: true,
      profile: true,
    },
  },
  {
    name: "partner",
    strategy: "oauth2",
    options: {
      client_id: "f",
      client_secret: connectionSecrets.CONNECTIONS_OAUTH2_SECRET,
      authorizationURL: "https://partner.example/authorize",
      tokenURL: "https://partner.example/token",
      scope: ["profile"],
    },
  },
  {
    name: "sms",
    strategy: "sms",
    options: {
      name: "sms",
      from: "+49",
      template: "@@password@@",
      syntax: "md_with_macros",
      totp: { length: 6, time_step: 180 },
    },
  },
];

/** As they are sent. */
export const clients = [
  {
    name: "Portal",
    app_type: "regular_web",
    description: "Where customers order",
    logo_uri: "https://portal.acme.example/logo.png",
    callbacks: ["https://portal.acme.example/callback"],
    allowed_logout_urls: ["https://portal.acme.example/"],
    web_origins: ["https://portal.acme.example"],
    grant_types: ["authorization_code", "refresh_token"],
    token_endpoint_auth_method: "client_secret_basic",
    oidc_conformant: true,
    organization_usage: "require",
    organization_require_behavior: "pre_login_prompt",
    client_metadata: { owner: "crm", tier: "gold" },
    jwt_configuration: { alg: "RS256", lifetime_in_seconds: 600 },
    refresh_token: {
      rotation_type: "rotating",
      expiration_type: "expiring",
      leeway: 10,
      token_lifetime: 1_209_600,
      idle_token_lifetime: 604_800,
      infinite_token_lifetime: false,
      infinite_idle_token_lifetime: false,
    },
  },
  { name: "Console", app_type: "spa", callbacks: ["https://console.acme.example"], token_endpoint_auth_method: "none" },
  {
    name: "Phone",
    app_type: "native",
    callbacks: ["acme://callback"],
    initiate_login_uri: "https://portal.acme.example/start",
  },
  { name: "Export", app_type: "non_interactive", grant_types: ["client_credentials"] },
];

const orders = "https://orders.acme.example";

/** As they are sent. */
export const resourceServers = [
  {
    identifier: orders,
    name: "Orders",
    scopes: [
      { value: "read:orders", description: "Read orders" },
      { value: "write:orders", description: "Write orders" },
    ],
    enforce_policies: true,
    token_dialect: "access_token_authz",
    allow_offline_access: true,
    token_lifetime: 7200,
    token_lifetime_for_web: 3600,
  },
  { identifier: "urn:reports", name: "Reports", signing_alg: "HS256" },
];

/** Scopes of the orders API by role. */
export const roles: Readonly<Record<string, readonly string[]>> = {
  Buyer: ["read:orders"],
  Clerk: ["read:orders", "write:orders"],
  Guest: [],
};

/** Connection and shown name by organization. */
export const organizations: Readonly<Record<string, readonly [connection: string, displayName: string]>> = {
  whiterabbit: ["customer-oidc", "Whiterabbit Foods"],
  "alder-voss": ["customer-saml", "Alder & Voss"],
};

/** Fills the tenant with something of everything that auth0-deploy-cli is asked to carry over. */
export async function fillTenant(at: TestSandbox): Promise<void> {
  const make = (path: string, body: object): Promise<Answered> => made(at, "POST", path, body);
  for (const server of resourceServers) await make("/resource-servers", server);
  const ids = new Map<string, string>();
  for (const client of clients) ids.set(client.name, (await make("/clients", client)).client_id);
  const idOf = (name: string): string => ids.get(name) ?? "";
  await make("/client-grants", { client_id: idOf("Export"), audience: orders, scope: ["read:orders"] });
  const forOrganizations = await make("/client-grants", {
    client_id: idOf("Portal"),
    audience: orders,
    scope: ["read:orders", "write:orders"],
    organization_usage: "allow",
    allow_any_organization: false,
  });
  for (const connection of connections) {
    const { id } = await make("/connections", connection);
    ids.set(connection.name, id);
    if (connection.strategy === "sms") continue;
    const enabled = ["Portal", "Console"].map((name) => ({ client_id: idOf(name), status: true }));
    await made(at, "PATCH", `/connections/${id}/clients`, enabled as unknown as object);
  }
  for (const [name, scopes] of Object.entries(roles)) {
    const { id } = await make("/roles", { name, description: `${name} of a customer` });
    const permissions = scopes.map((scope) => ({ resource_server_identifier: orders, permission_name: scope }));
    if (permissions.length > 0) await make(`/roles/${id}/permissions`, { permissions });
  }
  for (const [name, [connection, displayName]] of Object.entries(organizations)) {
    const { id } = await make("/organizations", {
      name,
      display_name: displayName,
      branding: {
        logo_url: `https://${name}.example/logo.png`,
        colors: { primary: "#112233", page_background: "#ffffff" },
      },
      metadata: { plan: "gold" },
    });
    await make(`/organizations/${id}/connections`, {
      connection_id: idOf(connection),
      assign_membership_on_login: true,
      show_as_button: false,
      is_enabled: true,
    });
    await make(`/organizations/${id}/discovery-domains`, { domain: `${name}.example`, status: "verified" });
    await make(`/organizations/${id}/client-grants`, { grant_id: forOrganizations.id });
  }
}

/** Leaves of a tenant what a new one has, and the client that the program comes in by. */
export async function emptyTenant(at: TestSandbox): Promise<void> {
  const listed = async (path: string): Promise<readonly Answered[]> => (await call(at, "GET", path)).json;
  for (const { id } of await listed("/organizations")) await made(at, "DELETE", `/organizations/${id}`);
  for (const { id, strategy } of await listed("/connections")) {
    if (strategy !== "auth0") await made(at, "DELETE", `/connections/${id}`);
  }
  for (const { client_id } of await listed("/clients?is_global=false")) {
    if (client_id !== deployClientId) await made(at, "DELETE", `/clients/${client_id}`);
  }
  for (const { id } of await listed("/roles")) await made(at, "DELETE", `/roles/${id}`);
  for (const { id, is_system } of await listed("/resource-servers")) {
    if (is_system !== true) await made(at, "DELETE", `/resource-servers/${id}`);
  }
}
