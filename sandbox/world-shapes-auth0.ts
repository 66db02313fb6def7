import { z } from "zod";
import type * as auth0 from "./auth0/model.ts";
import type { Auth0State, IssuedToken, SignInRequest } from "./auth0/state.ts";
import { closedRecord, mapOf, object, record, textSet } from "./world-shape.ts";
import { issuerShape as issuer } from "./world-shapes.ts";

// What must be there for the sandbox to work with a thing. Settings that clients have sent are any JSON.

const permissions = z.array(record<auth0.Permission>({ audience: z.string(), scope: z.string() }));

/** Of an Auth0 tenant. */
export const auth0Shape = closedRecord<Auth0State>({
  signingCertificate: z.string(),
  sequence: z.int(),
  errorPage: z.string(),
  resourceServers: mapOf(
    record<auth0.Auth0ResourceServer>({
      id: z.string(),
      sequence: z.int(),
      identifier: z.string(),
      system: z.boolean(),
      settings: object,
    }),
    "id",
  ),
  clientGrants: mapOf(
    record<auth0.ClientGrant>({
      id: z.string(),
      sequence: z.int(),
      clientId: z.string().optional(),
      audience: z.string(),
      scopes: z.array(z.string()),
      settings: object,
    }),
    "id",
  ),
  roles: mapOf(
    record<auth0.Auth0Role>({
      id: z.string(),
      sequence: z.int(),
      name: z.string(),
      description: z.string().optional(),
      type: z.enum(["tenant", "organization"]),
      ownerId: z.string().optional(),
      permissions,
    }),
    "id",
  ),
  clients: mapOf(
    record<auth0.Auth0Client>({
      clientId: z.string(),
      sequence: z.int(),
      global: z.boolean(),
      secret: z.string(),
      settings: record<auth0.ClientSettings>({
        name: z.string(),
        grant_types: z.array(z.string()),
        callbacks: z.array(z.string()).optional(),
        allowed_logout_urls: z.array(z.string()).optional(),
        app_type: z.string().optional(),
        token_endpoint_auth_method: z.string().nullish(),
        client_authentication_methods: object.nullish(),
        client_metadata: object.optional(),
        organization_usage: z.string().nullish(),
        organization_require_behavior: z.string().nullish(),
      }),
      credentials: mapOf(
        record<auth0.Auth0Credential>({
          id: z.string(),
          sequence: z.int(),
          type: z.enum(["public_key", "x509_cert", "cert_subject_dn"]),
          name: z.string().optional(),
          kid: z.string().optional(),
          alg: z.string().optional(),
          publicKey: object.optional(),
          certificateThumbprint: z.string().optional(),
          subjectDn: z.string().optional(),
          createdAt: z.string(),
          updatedAt: z.string(),
          expiresAt: z.string().optional(),
        }),
        "id",
      ),
    }),
    "clientId",
  ),
  connections: mapOf(
    record<auth0.Auth0Connection>({
      id: z.string(),
      sequence: z.int(),
      name: z.string(),
      strategy: z.string(),
      settings: object,
      clients: textSet,
      keys: z.array(object).optional(),
    }),
    "id",
  ),
  organizations: mapOf(
    record<auth0.Auth0Organization>({
      id: z.string(),
      sequence: z.int(),
      name: z.string(),
      displayName: z.string(),
      metadata: object,
      settings: object,
      createdAt: z.string(),
      connections: mapOf(
        record<auth0.EnabledConnection>({
          assign_membership_on_login: z.boolean(),
          show_as_button: z.boolean(),
          is_signup_enabled: z.boolean(),
          is_enabled: z.boolean(),
          organization_access_level: z.string().optional(),
          organization_connection_name: z.string().optional(),
        }),
      ),
      members: mapOf(record<auth0.Membership>({ sequence: z.int(), since: z.string(), roles: textSet })),
      discoveryDomains: mapOf(
        record<auth0.DiscoveryDomain>({
          id: z.string(),
          sequence: z.int(),
          domain: z.string(),
          status: z.enum(["pending", "verified"]),
          verificationText: z.string(),
          useForOrganizationDiscovery: z.boolean(),
        }),
        "id",
      ),
      clientGrants: textSet,
      clients: mapOf(record<auth0.OrganizationClient>({ useForMemberAccess: z.boolean() })),
    }),
    "id",
  ),
  users: mapOf(
    record<auth0.Auth0User>({
      id: z.string(),
      sequence: z.int(),
      connectionId: z.string(),
      email: z.string(),
      name: z.string(),
      claims: object,
      profile: object,
      createdAt: z.string(),
      updatedAt: z.string(),
      roles: textSet,
      permissions,
    }),
    "id",
  ),
  tokens: mapOf(record<IssuedToken>({ clientId: z.string(), scopes: textSet, expires: z.int() })),
  issuer,
  signInRequests: mapOf(
    record<SignInRequest>({
      at: z.int(),
      organization: z.string().optional(),
      audience: z.string().optional(),
      scopes: z.array(z.string()),
    }),
  ),
});
