import type * as auth0 from "./auth0/model.ts";
import { type Auth0State, emptyTenant, type IssuedToken, type SignInRequest } from "./auth0/state.ts";
import {
  flag,
  listOf,
  mapOf,
  number,
  object,
  oneOf,
  optional,
  orNull,
  record,
  setOf,
  stateShape,
  text,
} from "./world-shape.ts";
import { issuerShape as issuer } from "./world-shapes.ts";

// What must be there for the sandbox to work with a thing. Settings that clients have sent are any JSON.

const permissions = listOf(record<auth0.Permission>({ audience: text, scope: text }));

/** Of an Auth0 tenant. */
export const auth0Shape = stateShape<Auth0State>(emptyTenant(), {
  resourceServers: mapOf(
    record<auth0.Auth0ResourceServer>({
      id: text,
      sequence: number,
      identifier: text,
      system: flag,
      settings: object,
    }),
    "id",
  ),
  clientGrants: mapOf(
    record<auth0.ClientGrant>({
      id: text,
      sequence: number,
      clientId: optional(text),
      audience: text,
      scopes: listOf(text),
      settings: object,
    }),
    "id",
  ),
  roles: mapOf(
    record<auth0.Auth0Role>({
      id: text,
      sequence: number,
      name: text,
      description: optional(text),
      type: oneOf("tenant", "organization"),
      ownerId: optional(text),
      permissions,
    }),
    "id",
  ),
  clients: mapOf(
    record<auth0.Auth0Client>({
      clientId: text,
      sequence: number,
      global: flag,
      secret: text,
      settings: record<auth0.ClientSettings>({
        name: text,
        grant_types: listOf(text),
        callbacks: optional(listOf(text)),
        allowed_logout_urls: optional(listOf(text)),
        app_type: optional(text),
        token_endpoint_auth_method: optional(orNull(text)),
        client_authentication_methods: optional(orNull(object)),
        client_metadata: optional(object),
        organization_usage: optional(orNull(text)),
        organization_require_behavior: optional(orNull(text)),
      }),
      credentials: mapOf(
        record<auth0.Auth0Credential>({
          id: text,
          sequence: number,
          type: oneOf("public_key", "x509_cert", "cert_subject_dn"),
          name: optional(text),
          kid: optional(text),
          alg: optional(text),
          publicKey: optional(object),
          certificateThumbprint: optional(text),
          subjectDn: optional(text),
          createdAt: text,
          updatedAt: text,
          expiresAt: optional(text),
        }),
        "id",
      ),
    }),
    "clientId",
  ),
  connections: mapOf(
    record<auth0.Auth0Connection>({
      id: text,
      sequence: number,
      name: text,
      strategy: text,
      settings: object,
      clients: setOf(text),
      keys: optional(listOf(object)),
    }),
    "id",
  ),
  organizations: mapOf(
    record<auth0.Auth0Organization>({
      id: text,
      sequence: number,
      name: text,
      displayName: text,
      metadata: object,
      settings: object,
      createdAt: text,
      connections: mapOf(
        record<auth0.EnabledConnection>({
          assign_membership_on_login: flag,
          show_as_button: flag,
          is_signup_enabled: flag,
          is_enabled: flag,
          organization_access_level: optional(text),
          organization_connection_name: optional(text),
        }),
      ),
      members: mapOf(record<auth0.Membership>({ sequence: number, since: text, roles: setOf(text) })),
      discoveryDomains: mapOf(
        record<auth0.DiscoveryDomain>({
          id: text,
          sequence: number,
          domain: text,
          status: oneOf("pending", "verified"),
          verificationText: text,
          useForOrganizationDiscovery: flag,
        }),
        "id",
      ),
      clientGrants: setOf(text),
      clients: mapOf(record<auth0.OrganizationClient>({ useForMemberAccess: flag })),
    }),
    "id",
  ),
  users: mapOf(
    record<auth0.Auth0User>({
      id: text,
      sequence: number,
      connectionId: text,
      email: text,
      name: text,
      claims: object,
      profile: object,
      createdAt: text,
      updatedAt: text,
      roles: setOf(text),
      permissions,
    }),
    "id",
  ),
  tokens: mapOf(record<IssuedToken>({ clientId: text, scopes: setOf(text), expires: number })),
  issuer,
  signInRequests: mapOf(
    record<SignInRequest>({ organization: optional(text), audience: optional(text), scopes: listOf(text) }),
  ),
});
