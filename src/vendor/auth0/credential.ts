import type { Secret } from "../../secret/secret.ts";

/** How Tenantry proves itself to the Management API: an access token, or a machine-to-machine application. */
export type Auth0Credential = { readonly token: Secret } | { readonly clientId: string; readonly clientSecret: Secret };

/** What a run may do at the Auth0 tenant: look only, or change too. */
export type Auth0Access = "read" | "manage";

/**
 * Scopes that are asked for with client credentials when a run only looks: none that changes anything, and none that
 * shows a secret. A run that changes asks for nothing by name and gets what the application was granted, so that a
 * scope that it does not need this time is not missed.
 */
export const readScopes: readonly string[] = [
  "read:clients",
  "read:connections",
  "read:organizations",
  "read:organization_connections",
];

/**
 * As `readScopes`, of a run that looks at enterprise connections too. Auth0 has one scope for the options of a connection,
 * and it shows the secret that is among them.
 */
export const connectionReadScopes: readonly string[] = [
  ...readScopes,
  "read:connections_options",
  "read:organization_discovery_domains",
];
