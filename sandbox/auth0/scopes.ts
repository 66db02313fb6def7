/**
 * Scopes that Tenantry's own client is granted: clients with their secrets and keys, organizations, and which
 * connections are enabled. Not the options of connections, which hold the secrets of the customers' providers.
 */
export const managementScopes = [
  "create:clients",
  "read:clients",
  "update:clients",
  "delete:clients",
  "read:client_keys",
  "update:client_keys",
  "create:client_credentials",
  "read:client_credentials",
  "update:client_credentials",
  "delete:client_credentials",
  "read:connections",
  "update:connections",
  "create:organizations",
  "read:organizations",
  "update:organizations",
  "delete:organizations",
  "create:organization_connections",
  "read:organization_connections",
  "update:organization_connections",
  "delete:organization_connections",
] as const;

/** Every scope that a call of the sandbox asks for. */
export const allScopes = [
  ...managementScopes,
  "read:client_summary",
  "create:connections",
  "delete:connections",
  "read:connections_options",
  "update:connections_options",
] as const;
