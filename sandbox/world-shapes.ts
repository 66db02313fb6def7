import type * as auth0 from "./auth0/model.ts";
import { type Auth0State, emptyTenant, type SignInRequest } from "./auth0/state.ts";
import type { CustomerClient } from "./external/customer-client.ts";
import type { CustomerState } from "./external/customer-provider.ts";
import type { ProviderKey } from "./external/provider-key.ts";
import type { Person } from "./external/vendor.ts";
import type * as okta from "./okta/model.ts";
import type * as servers from "./okta/server-model.ts";
import type * as remembered from "./okta/sign-in/remembered.ts";
import { emptyOrg, type OktaState } from "./okta/state.ts";
import type { IssuerMemory, Stored } from "./sign-in/memory.ts";
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
  type Shape,
  setOf,
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
  assignments: mapOf(record<okta.OktaAssignment>({ groupId: text, priority: number, profile: object }), "groupId"),
  users: mapOf(
    record<okta.OktaAppUser>({ ...dated, userId: text, userName: optional(text), profile: object }),
    "userId",
  ),
  grants: mapOf(record<okta.OktaGrant>({ id: text, scopeId: text, created: text }), "id"),
  accessPolicy: text,
  idToken: object,
});

const issuer = record<IssuerMemory>({
  keys: listOf(object),
  cookieKey: text,
  innerSecret: text,
  stored: mapOf(record<Stored>({ payload: object, expires: orNull(number) })),
});

const oktaKey = record<servers.OktaKey>({
  kid: text,
  created: text,
  status: oneOf("ACTIVE", "NEXT", "EXPIRED"),
  jwk: optional(object),
});

const consent = { serverId: text, clientId: text, userId: text, scopes: listOf(text), authTime: number };

const oktaState: Members<OktaState> = {
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
      audiences: listOf(text),
      isDefault: flag,
      keys: listOf(oktaKey),
      scopes: mapOf(record<servers.OktaScope>({ id: text, sequence: number, name: text }), "id"),
      claims: mapOf(
        record<servers.OktaClaim>({
          id: text,
          sequence: number,
          name: text,
          status,
          claimType: oneOf("RESOURCE", "IDENTITY"),
          valueType: oneOf("EXPRESSION", "GROUPS", "SYSTEM"),
          scopes: listOf(text),
        }),
        "id",
      ),
      policies: mapOf(
        record<servers.OktaServerPolicy>({
          id: text,
          status,
          priority: number,
          clients: listOf(text),
          rules: mapOf(
            record<servers.OktaServerRule>({
              id: text,
              status,
              priority: number,
              grantTypes: listOf(text),
              users: object,
              groups: object,
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
  tokens: mapOf(record<{ clientId: string; scopes: unknown; expires: number }>({ clientId: text, expires: number })),
  signIn: record<remembered.Remembered>({
    keys: listOf(oktaKey),
    sessions: mapOf(
      record<remembered.OktaSession>({ id: text, userId: text, authTime: number, expires: number }),
      "id",
    ),
    pending: mapOf(record<remembered.PendingSignIn>({ serverId: text, params: object, expires: number })),
    codes: mapOf(record<remembered.OktaCode>({ ...consent, redirectUri: text, expires: number })),
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
    accessTokens: mapOf(record<remembered.OktaAccessToken>({ clientId: text, expires: number })),
  }),
};

const auth0State: Members<Auth0State> = {
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
      }),
      credentials: mapOf(record<auth0.Auth0Credential>({ id: text, sequence: number }), "id"),
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
      connections: mapOf(object),
    }),
    "id",
  ),
  users: mapOf(
    record<auth0.Auth0User>({ id: text, connectionId: text, email: text, name: text, claims: object }),
    "id",
  ),
  tokens: mapOf(
    record<{ clientId: string; scopes: unknown; expires: number }>({
      clientId: text,
      scopes: setOf(text),
      expires: number,
    }),
  ),
  issuer,
  signInRequests: mapOf(record<SignInRequest>({ scopes: listOf(text) })),
};

const providerKey = record<ProviderKey>({ privateKey: object, publicKey: object });

/** Of one customer's provider. */
export const customerShape = record<CustomerState>({
  clients: mapOf(
    record<CustomerClient>({
      clientId: text,
      method: oneOf("client_secret_basic", "client_secret_post", "private_key_jwt", "none"),
      redirectUris: listOf(text),
      postLogoutUris: listOf(text),
      secret: optional(text),
      keys: listOf(object),
    }),
    "clientId",
  ),
  people: mapOf(record<Person>({ login: text, claims: record<{ sub: string }>({ sub: text }) }), "login"),
  discovery: object,
  keys: listOf(providerKey),
  encryptionKey: orNull(providerKey),
  issuer,
});

type Members<State> = { readonly [Name in keyof State]?: Shape };

/** Of an org: what an empty one has, of the same kinds, and in it things of the right shape. */
export const oktaShape: Shape = stateShape(emptyOrg(), oktaState);

/** Of an Auth0 tenant, likewise. */
export const auth0Shape: Shape = stateShape(emptyTenant(), auth0State);

/** A member that is not described is held to the kind that it has in an empty state; what is in neither is unknown. */
function stateShape<State extends object>(empty: State, known: Members<State>): Shape {
  const described = known as Readonly<Record<string, Shape | undefined>>;
  const members = Object.fromEntries(
    Object.entries(empty).map(([name, value]) => [name, described[name] ?? likeEmpty(value)]),
  );
  const shape = record<Record<string, unknown>>(members);
  return (value, path) => {
    const wrong = object(value, path) ?? shape(value, path);
    if (wrong !== undefined) return wrong;
    const unknown = Object.keys(value as object).find((name) => !Object.hasOwn(members, name));
    return unknown === undefined ? undefined : `${path}.${unknown} is unknown`;
  };
}

function likeEmpty(value: unknown): Shape {
  if (value instanceof Map) return mapOf(() => undefined);
  if (value instanceof Set) return setOf(() => undefined);
  if (Array.isArray(value)) return listOf(() => undefined);
  if (value === null) return () => undefined;
  switch (typeof value) {
    case "string":
      return text;
    case "number":
      return number;
    case "boolean":
      return flag;
    default:
      return object;
  }
}
