import type { JsonObject } from "../json.ts";

/** What a client of the management API can set on a client, as it was sent, with Auth0's defaults filled in. */
export type ClientSettings = JsonObject & {
  name: string;
  app_type?: string;
  callbacks?: string[];
  allowed_logout_urls?: string[];
  grant_types: string[];
  token_endpoint_auth_method?: string | null;
  client_authentication_methods?: JsonObject;
  client_metadata?: JsonObject;
  organization_usage?: string | null;
  organization_require_behavior?: string | null;
};

/**
 * What a client proves itself with besides a secret: a public key that it signs its assertions with, a certificate of
 * its own, or the subject of a certificate that an authority has issued.
 */
export interface Auth0Credential {
  readonly id: string;
  readonly sequence: number;
  readonly type: "public_key" | "x509_cert" | "cert_subject_dn";
  readonly name: string | undefined;
  /** Of a public key. */
  readonly kid: string | undefined;
  /** Of a public key. */
  readonly alg: string | undefined;
  /** JWK members of a public key, without `kid` and `alg`. */
  readonly publicKey: JsonObject | undefined;
  /** Of a certificate: SHA-256 over its DER, base64url. */
  readonly certificateThumbprint: string | undefined;
  /** Of `cert_subject_dn`. */
  readonly subjectDn: string | undefined;
  readonly createdAt: string;
  updatedAt: string;
  /** RFC 3339; undefined when it never expires. */
  expiresAt: string | undefined;
}

/** What a client, or every third-party client, may ask for at one API. */
export interface ClientGrant {
  readonly id: string;
  readonly sequence: number;
  /** Undefined for a grant that is the default of a group of clients. */
  readonly clientId: string | undefined;
  readonly audience: string;
  scopes: readonly string[];
  /** `subject_type`, `organization_usage`, `allow_any_organization`, `allow_all_scopes`, `default_for`, … */
  settings: JsonObject;
}

/** An API ("resource server") that tokens are issued for. */
export interface Auth0ResourceServer {
  readonly id: string;
  readonly sequence: number;
  /** The audience of its tokens. */
  readonly identifier: string;
  /** True for the tenant's own APIs, which cannot be deleted. */
  readonly system: boolean;
  /** Everything else: `name`, `scopes`, `signing_alg`, `token_lifetime`, … */
  settings: JsonObject;
}

/** One scope of one API, as a role or a person holds it. */
export interface Permission {
  readonly audience: string;
  readonly scope: string;
}

export interface Auth0Role {
  readonly id: string;
  readonly sequence: number;
  name: string;
  description: string | undefined;
  readonly type: "tenant" | "organization";
  /** The organization that a role of type `organization` belongs to. */
  readonly ownerId: string | undefined;
  permissions: readonly Permission[];
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
}

/** A key that a connection signs with at its OpenID provider. The private half is kept by nobody: nothing signs here. */
export interface ConnectionKey {
  readonly kid: string;
  readonly algorithm: string;
  /** PEM. */
  readonly certificate: string;
  /** PEM of a PKCS #7 message that holds the certificate alone. */
  readonly pkcs: string;
  /** SHA-1 of the certificate: hexadecimal, in capitals. */
  readonly thumbprint: string;
  role: "current" | "next" | "previous";
  /** RFC 3339; of the current key, and of the previous one. */
  currentSince: string | undefined;
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
  /** Made when they are first asked for. */
  keys?: readonly ConnectionKey[];
}

/** How a connection is enabled for an organization. */
export interface EnabledConnection {
  assign_membership_on_login: boolean;
  show_as_button: boolean;
  is_signup_enabled: boolean;
  is_enabled: boolean;
  /** `none` when absent. */
  organization_access_level?: string;
  /** What the connection is called in this organization. */
  organization_connection_name?: string;
}

export interface Auth0Organization {
  readonly id: string;
  readonly sequence: number;
  name: string;
  displayName: string;
  metadata: { [key: string]: string };
  /** Everything else that was sent: `branding`, `token_quota`, … */
  settings: JsonObject;
  readonly createdAt: string;
  /** By connection id, oldest first. */
  readonly connections: Map<string, EnabledConnection>;
  /** By the person's id, oldest first. */
  readonly members: Map<string, Membership>;
  /** By id, oldest first. */
  readonly discoveryDomains: Map<string, DiscoveryDomain>;
  /** Ids of the client grants that may be used for it. */
  readonly clientGrants: Set<string>;
  /** By client id. */
  readonly clients: Map<string, OrganizationClient>;
}

/** Somebody's membership in an organization. */
export interface Membership {
  readonly sequence: number;
  /** RFC 3339. */
  readonly since: string;
  /** Ids of the roles that the person has in this organization. */
  readonly roles: Set<string>;
}

/** A domain by which people find their organization. */
export interface DiscoveryDomain {
  readonly id: string;
  readonly sequence: number;
  readonly domain: string;
  status: "pending" | "verified";
  readonly verificationText: string;
  useForOrganizationDiscovery: boolean;
}

/** How a client is associated with an organization. */
export interface OrganizationClient {
  useForMemberAccess: boolean;
}

/** Somebody who can sign in at the sandbox, by one connection. */
export interface Auth0User {
  /** The `sub` of the person's tokens: strategy, connection and the person's id there, or strategy and id. */
  readonly id: string;
  readonly sequence: number;
  readonly connectionId: string;
  email: string;
  name: string;
  /** Further claims, by their full names. */
  readonly claims: JsonObject;
  /** Everything else: `email_verified`, `username`, `nickname`, `picture`, `user_metadata`, `app_metadata`, `blocked`, … */
  profile: JsonObject;
  readonly createdAt: string;
  updatedAt: string;
  /** Ids of the person's roles, of type `tenant`. */
  readonly roles: Set<string>;
  permissions: readonly Permission[];
}
