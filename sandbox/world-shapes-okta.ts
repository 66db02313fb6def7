import type * as okta from "./okta/model.ts";
import * as servers from "./okta/server-model.ts";
import type * as remembered from "./okta/sign-in/remembered.ts";
import { emptyOrg, type IssuedToken, type OktaState } from "./okta/state.ts";
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

// What must be there for the sandbox to work with a thing. Settings that clients have sent are any JSON.

const status = oneOf("ACTIVE", "INACTIVE");
const dated = { created: text, lastUpdated: text };

const oktaApp = record<okta.OktaApp>({
  ...dated,
  id: text,
  sequence: number,
  status,
  name: text,
  label: text,
  logo: optional(text),
  clientId: text,
  authMethod: text,
  autoKeyRotation: flag,
  pkceRequired: flag,
  profile: optional(object),
  accessibility: object,
  visibility: object,
  userNameTemplate: object,
  settings: object,
  oauth: record<okta.OAuthSettings>({
    redirect_uris: listOf(text),
    post_logout_redirect_uris: optional(listOf(text)),
    response_types: listOf(text),
    grant_types: listOf(text),
    application_type: text,
  }),
  secrets: listOf(record<okta.OktaSecret>({ ...dated, id: text, value: text, status })),
  assignments: mapOf(
    record<okta.OktaAssignment>({ groupId: text, priority: number, profile: object, lastUpdated: text }),
    "groupId",
  ),
  users: mapOf(
    record<okta.OktaAppUser>({ ...dated, userId: text, userName: optional(text), profile: object }),
    "userId",
  ),
  grants: mapOf(record<okta.OktaGrant>({ id: text, scopeId: text, created: text }), "id"),
  accessPolicy: text,
  idToken: object,
});

const oktaKey = record<servers.OktaKey>({
  kid: text,
  created: text,
  status: oneOf("ACTIVE", "NEXT", "EXPIRED"),
  jwk: optional(object),
});

const consent = {
  serverId: text,
  clientId: text,
  userId: text,
  scopes: listOf(text),
  authTime: number,
  nonce: optional(text),
};

const people = record<servers.RulePeople>({ include: optional(listOf(text)), exclude: optional(listOf(text)) });

/** Of an org. */
export const oktaShape = stateShape<OktaState>(emptyOrg(), {
  apps: mapOf(oktaApp, "id"),
  groups: mapOf(
    record<okta.OktaGroup>({
      ...dated,
      id: text,
      sequence: number,
      type: oneOf("OKTA_GROUP", "APP_GROUP", "BUILT_IN"),
      lastMembershipUpdated: text,
      profile: record<okta.OktaGroup["profile"]>({ name: text, description: orNull(text) }),
      indexed: flag,
    }),
    "id",
  ),
  users: mapOf(
    record<okta.OktaUser>({
      ...dated,
      id: text,
      sequence: number,
      status: text,
      activated: orNull(text),
      statusChanged: orNull(text),
      lastLogin: orNull(text),
      passwordChanged: orNull(text),
      profile: record<okta.UserProfile>({ login: text, email: text, firstName: text, lastName: text }),
      credentials: record<okta.OktaUser["credentials"]>({
        password: optional(text),
        question: optional(text),
        provider: record<{ type: string; name: string }>({ type: text, name: text }),
      }),
      realmId: optional(text),
      risk: text,
      groups: setOf(text),
    }),
    "id",
  ),
  ownerId: text,
  userAttributes: mapOf(object),
  groupAttributes: mapOf(object),
  servers: mapOf(
    record<servers.OktaServer>({
      ...dated,
      id: text,
      sequence: number,
      status,
      name: text,
      description: orNull(text),
      audiences: listOf(text),
      issuerMode: text,
      rotationMode: oneOf("AUTO", "MANUAL"),
      lastRotated: text,
      isDefault: flag,
      keys: listOf(oktaKey),
      scopes: mapOf(
        record<servers.OktaScope>({
          id: text,
          sequence: number,
          name: text,
          displayName: optional(text),
          description: optional(text),
          system: flag,
          metadataPublish: oneOf("ALL_CLIENTS", "NO_CLIENTS"),
          consent: oneOf("REQUIRED", "IMPLICIT", "FLEXIBLE"),
          optional: flag,
          default: flag,
        }),
        "id",
      ),
      claims: mapOf(
        record<servers.OktaClaim>({
          id: text,
          sequence: number,
          name: text,
          status,
          claimType: oneOf("RESOURCE", "IDENTITY"),
          valueType: oneOf("EXPRESSION", "GROUPS", "SYSTEM"),
          value: optional(text),
          groupFilterType: optional(oneOf(...servers.groupFilterTypes)),
          scopes: listOf(text),
          system: flag,
          alwaysIncludeInToken: flag,
        }),
        "id",
      ),
      policies: mapOf(
        record<servers.OktaServerPolicy>({
          ...dated,
          id: text,
          name: text,
          description: optional(text),
          system: flag,
          status,
          priority: number,
          clients: listOf(text),
          rules: mapOf(
            record<servers.OktaServerRule>({
              ...dated,
              id: text,
              name: text,
              system: flag,
              inlineHook: optional(text),
              status,
              priority: number,
              grantTypes: listOf(text),
              users: people,
              groups: people,
              scopes: listOf(text),
              accessTokenLifetimeMinutes: number,
              refreshTokenLifetimeMinutes: number,
              refreshTokenWindowMinutes: number,
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
      id: text,
      sequence: number,
      name: text,
      description: optional(text),
      priority: number,
      status,
      system: flag,
      resourceType: oneOf("APP", "END_USER_ACCOUNT_MANAGEMENT"),
      rules: mapOf(
        record<okta.OktaPolicyRule>({
          ...dated,
          id: text,
          name: text,
          status,
          priority: number,
          system: flag,
          conditions: orNull(object),
          actions: object,
        }),
        "id",
      ),
    }),
    "id",
  ),
  tokens: mapOf(record<IssuedToken>({ clientId: text, scopes: listOf(text), expires: number })),
  signIn: record<remembered.Remembered>({
    keys: listOf(oktaKey),
    sessions: mapOf(
      record<remembered.OktaSession>({ id: text, userId: text, authTime: number, expires: number }),
      "id",
    ),
    pending: mapOf(record<remembered.PendingSignIn>({ serverId: text, params: object, expires: number })),
    codes: mapOf(
      record<remembered.OktaCode>({
        ...consent,
        redirectUri: text,
        challenge: optional(text),
        expires: number,
        family: optional(text),
      }),
    ),
    refreshTokens: mapOf(
      record<remembered.OktaRefreshToken>({
        ...dated,
        ...consent,
        id: text,
        sequence: number,
        value: text,
        former: listOf(text),
        rotated: number,
        end: orNull(number),
        window: number,
        used: number,
      }),
      "id",
    ),
    accessTokens: mapOf(
      record<remembered.OktaAccessToken>({ clientId: text, family: optional(text), expires: number }),
    ),
  }),
});
