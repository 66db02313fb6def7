import { z } from "zod";
import * as okta from "./okta/model.ts";
import * as servers from "./okta/server-model.ts";
import type * as remembered from "./okta/sign-in/remembered.ts";
import type { IssuedToken, OktaState } from "./okta/state.ts";
import { closedRecord, mapOf, object, record, textSet } from "./world-shape.ts";

// What must be there for the sandbox to work with a thing. Settings that clients have sent are any JSON.

const status = z.enum(["ACTIVE", "INACTIVE"]);
const userStatus = z.enum([
  "STAGED",
  "PROVISIONED",
  "ACTIVE",
  "RECOVERY",
  "PASSWORD_EXPIRED",
  "LOCKED_OUT",
  "SUSPENDED",
  "DEPROVISIONED",
]);
const dated = { created: z.string(), lastUpdated: z.string() };

const oktaApp = record<okta.OktaApp>({
  ...dated,
  id: z.string(),
  sequence: z.int(),
  status,
  name: z.string(),
  label: z.string(),
  logo: z.string().optional(),
  clientId: z.string(),
  authMethod: z.enum(okta.authMethods),
  autoKeyRotation: z.boolean(),
  pkceRequired: z.boolean(),
  profile: object.optional(),
  accessibility: object,
  visibility: object,
  userNameTemplate: object,
  settings: object,
  oauth: record<okta.OAuthSettings>({
    redirect_uris: z.array(z.string()),
    post_logout_redirect_uris: z.array(z.string()).optional(),
    response_types: z.array(z.string()),
    grant_types: z.array(z.string()),
    application_type: z.string(),
  }),
  secrets: z.array(record<okta.OktaSecret>({ ...dated, id: z.string(), value: z.string(), status })),
  assignments: mapOf(
    record<okta.OktaAssignment>({ groupId: z.string(), priority: z.int(), profile: object, lastUpdated: z.string() }),
    "groupId",
  ),
  users: mapOf(
    record<okta.OktaAppUser>({ ...dated, userId: z.string(), userName: z.string().optional(), profile: object }),
    "userId",
  ),
  grants: mapOf(record<okta.OktaGrant>({ id: z.string(), scopeId: z.string(), created: z.string() }), "id"),
  accessPolicy: z.string(),
  idToken: object,
});

const oktaKey = record<servers.OktaKey>({
  kid: z.string(),
  created: z.string(),
  status: z.enum(["ACTIVE", "NEXT", "EXPIRED"]),
  jwk: object.optional(),
});

const consent = {
  serverId: z.string(),
  clientId: z.string(),
  userId: z.string(),
  scopes: z.array(z.string()),
  authTime: z.int(),
  nonce: z.string().optional(),
};

const people = record<servers.RulePeople>({
  include: z.array(z.string()).optional(),
  exclude: z.array(z.string()).optional(),
});

/** Of an org. */
export const oktaShape = closedRecord<OktaState>({
  id: z.string(),
  signingKid: z.string(),
  apiAccessManagement: z.boolean(),
  searchIsLate: z.boolean(),
  sequence: z.int(),
  apps: mapOf(oktaApp, "id"),
  groups: mapOf(
    record<okta.OktaGroup>({
      ...dated,
      id: z.string(),
      sequence: z.int(),
      type: z.enum(["OKTA_GROUP", "APP_GROUP", "BUILT_IN"]),
      lastMembershipUpdated: z.string(),
      profile: record<okta.OktaGroup["profile"]>({ name: z.string(), description: z.string().nullable() }),
      indexed: z.boolean(),
    }),
    "id",
  ),
  users: mapOf(
    record<okta.OktaUser>({
      ...dated,
      id: z.string(),
      sequence: z.int(),
      status: userStatus,
      activated: z.string().nullable(),
      statusChanged: z.string().nullable(),
      lastLogin: z.string().nullable(),
      passwordChanged: z.string().nullable(),
      profile: record<okta.UserProfile>({
        login: z.string(),
        email: z.string(),
        firstName: z.string(),
        lastName: z.string(),
      }),
      credentials: record<okta.OktaUser["credentials"]>({
        password: z.string().optional(),
        question: z.string().optional(),
        provider: record<{ type: string; name: string }>({ type: z.string(), name: z.string() }),
      }),
      realmId: z.string().optional(),
      risk: z.enum(["NONE", "LOW", "MEDIUM", "HIGH"]),
      groups: textSet,
    }),
    "id",
  ),
  ownerId: z.string(),
  userAttributes: mapOf(object),
  groupAttributes: mapOf(object),
  servers: mapOf(
    record<servers.OktaServer>({
      ...dated,
      id: z.string(),
      sequence: z.int(),
      status,
      name: z.string(),
      description: z.string().nullable(),
      audiences: z.array(z.string()),
      issuerMode: z.string(),
      rotationMode: z.enum(["AUTO", "MANUAL"]),
      lastRotated: z.string(),
      isDefault: z.boolean(),
      keys: z.array(oktaKey),
      scopes: mapOf(
        record<servers.OktaScope>({
          id: z.string(),
          sequence: z.int(),
          name: z.string(),
          displayName: z.string().optional(),
          description: z.string().optional(),
          system: z.boolean(),
          metadataPublish: z.enum(["ALL_CLIENTS", "NO_CLIENTS"]),
          consent: z.enum(["REQUIRED", "IMPLICIT", "FLEXIBLE"]),
          optional: z.boolean(),
          default: z.boolean(),
        }),
        "id",
      ),
      claims: mapOf(
        record<servers.OktaClaim>({
          id: z.string(),
          sequence: z.int(),
          name: z.string(),
          status,
          claimType: z.enum(["RESOURCE", "IDENTITY"]),
          valueType: z.enum(["EXPRESSION", "GROUPS", "SYSTEM"]),
          value: z.string().optional(),
          groupFilterType: z.enum(servers.groupFilterTypes).optional(),
          scopes: z.array(z.string()),
          system: z.boolean(),
          alwaysIncludeInToken: z.boolean(),
        }),
        "id",
      ),
      policies: mapOf(
        record<servers.OktaServerPolicy>({
          ...dated,
          id: z.string(),
          name: z.string(),
          description: z.string().optional(),
          system: z.boolean(),
          status,
          priority: z.int(),
          clients: z.array(z.string()),
          rules: mapOf(
            record<servers.OktaServerRule>({
              ...dated,
              id: z.string(),
              name: z.string(),
              system: z.boolean(),
              inlineHook: z.string().optional(),
              status,
              priority: z.int(),
              grantTypes: z.array(z.string()),
              users: people,
              groups: people,
              scopes: z.array(z.string()),
              accessTokenLifetimeMinutes: z.int(),
              refreshTokenLifetimeMinutes: z.int(),
              refreshTokenWindowMinutes: z.int(),
            }),
            "id",
          ),
        }),
        "id",
      ),
    }),
    "id",
  ),
  policies: mapOf(
    record<okta.OktaPolicy>({
      ...dated,
      id: z.string(),
      sequence: z.int(),
      name: z.string(),
      description: z.string().optional(),
      priority: z.int(),
      status,
      system: z.boolean(),
      resourceType: z.enum(["APP", "END_USER_ACCOUNT_MANAGEMENT"]),
      rules: mapOf(
        record<okta.OktaPolicyRule>({
          ...dated,
          id: z.string(),
          name: z.string(),
          status,
          priority: z.int(),
          system: z.boolean(),
          conditions: object.nullable(),
          actions: object,
        }),
        "id",
      ),
    }),
    "id",
  ),
  tokens: mapOf(record<IssuedToken>({ clientId: z.string(), scopes: z.array(z.string()), expires: z.int() })),
  signIn: record<remembered.Remembered>({
    keys: z.tuple([oktaKey, oktaKey]),
    sessions: mapOf(
      record<remembered.OktaSession>({ id: z.string(), userId: z.string(), authTime: z.int(), expires: z.int() }),
      "id",
    ),
    pending: mapOf(record<remembered.PendingSignIn>({ serverId: z.string(), params: object, expires: z.int() })),
    codes: mapOf(
      record<remembered.OktaCode>({
        ...consent,
        redirectUri: z.string(),
        challenge: z.string().optional(),
        expires: z.int(),
        family: z.string().optional(),
      }),
    ),
    refreshTokens: mapOf(
      record<remembered.OktaRefreshToken>({
        ...dated,
        ...consent,
        id: z.string(),
        sequence: z.int(),
        value: z.string(),
        former: z.array(z.string()),
        rotated: z.int(),
        end: z.int().nullable(),
        window: z.int(),
        used: z.int(),
      }),
      "id",
    ),
    accessTokens: mapOf(
      record<remembered.OktaAccessToken>({ clientId: z.string(), family: z.string().optional(), expires: z.int() }),
    ),
  }),
});
