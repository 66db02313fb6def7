import type { JsonObject } from "../json.ts";
import type { ClientMethod } from "./client-method.ts";

/** A client at a customer's provider. A test may change it, as the customer's admin would. */
export interface CustomerClient {
  readonly clientId: string;
  method: ClientMethod;
  redirectUris: readonly string[];
  postLogoutUris: readonly string[];
  /** Absent for `private_key_jwt`. */
  secret: string | undefined;
  /** Public keys, for `private_key_jwt`. */
  keys: readonly JsonObject[];
  /** Grants that it may use; absent for codes and refresh tokens. */
  grants?: readonly string[];
  /** When the secret ends, in milliseconds since the epoch; absent for never. */
  secretExpires?: number;
  /** Redirect URIs of the kind for single-page apps, which Entra ID knows, beside the others. */
  spaRedirectUris?: readonly string[];
  /** Whether it may have ID tokens straight from the authorization endpoint. */
  idTokens?: boolean;
}

/** Whether the client may use a grant. */
export function mayUse({ grants = ["authorization_code", "refresh_token"] }: CustomerClient, grant: string): boolean {
  return grants.includes(grant);
}

/** All redirect URIs of the client, of whatever kind. */
export function redirectUrisOf({ redirectUris, spaRedirectUris = [] }: CustomerClient): readonly string[] {
  return [...redirectUris, ...spaRedirectUris];
}
