import type { JsonObject } from "../json.ts";

/** What a client of the management API can set on a client, as it was sent, with Auth0's defaults filled in. */
export type ClientSettings = JsonObject & {
  name: string;
  app_type?: string;
  callbacks?: string[];
  allowed_logout_urls?: string[];
  grant_types: string[];
  token_endpoint_auth_method?: string;
  client_authentication_methods?: JsonObject;
  client_metadata?: JsonObject;
  organization_usage?: string;
  organization_require_behavior?: string;
};

/** A public key that a client may sign its assertions with. */
export interface Auth0Credential {
  readonly id: string;
  readonly sequence: number;
  readonly name: string | undefined;
  readonly kid: string;
  readonly alg: string;
  /** JWK members of the public key, without `kid` and `alg`. */
  readonly publicKey: JsonObject;
  readonly createdAt: string;
  updatedAt: string;
  /** RFC 3339; undefined when it never expires. */
  expiresAt: string | undefined;
}

/** What a client may ask for at one API by client credentials. */
export interface ClientGrant {
  readonly audience: string;
  readonly scopes: readonly string[];
}

/** A client ("application"). A test may change the fields that are not read-only, as an admin would in the dashboard. */
export interface Auth0Client {
  readonly clientId: string;
  /** Grows with each client; lists are in this order. */
  readonly sequence: number;
  /** True for the one client that stands for all of them ("All Applications"). */
  readonly global: boolean;
  secret: string;
  settings: ClientSettings;
  /** By id, oldest first. */
  readonly credentials: Map<string, Auth0Credential>;
  grants: readonly ClientGrant[];
}

/** A connection: where people come from. */
export interface Auth0Connection {
  readonly id: string;
  readonly sequence: number;
  readonly name: string;
  readonly strategy: string;
  /** Everything else: `options`, `display_name`, `show_as_button`, `metadata`, … */
  settings: JsonObject;
  /** Ids of the clients that it is enabled for. */
  readonly clients: Set<string>;
}

/** How a connection is enabled for an organization. */
export interface EnabledConnection {
  assign_membership_on_login: boolean;
  show_as_button: boolean;
  is_signup_enabled: boolean;
  is_enabled: boolean;
}

export interface Auth0Organization {
  readonly id: string;
  readonly sequence: number;
  name: string;
  displayName: string;
  metadata: { [key: string]: string };
  /** Everything else that was sent: `branding`, `token_quota`, … */
  settings: JsonObject;
  /** By connection id, oldest first. */
  readonly connections: Map<string, EnabledConnection>;
}

/** Somebody who can sign in at the sandbox, by one connection. */
export interface Auth0User {
  /** The `sub` of the person's tokens: strategy, connection and the person's id there, or strategy and id. */
  readonly id: string;
  readonly connectionId: string;
  readonly email: string;
  readonly name: string;
  /** Further claims, by their full names. */
  readonly claims: JsonObject;
}
