import type { AdapterPayload } from "oidc-provider";
import { isObject } from "../../json.ts";
import type { Auth0Client } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";

/** Lifetime of an id token, in seconds, when the client names none. */
const idTokenLifetime = 36_000;

/** Lifetime of a refresh token, in seconds, when the client names none. */
const refreshTokenLifetime = 2_592_000;

/** Stands for tokens that never end, in seconds. */
const forEver = 315_360_000;

/** The client as oidc-provider should see it now. */
export function clientMetadata(tenant: Auth0Tenant, clientId: string): AdapterPayload | undefined {
  const client = tenant.clients.get(clientId);
  if (client === undefined || client.global) return undefined;
  const { settings } = client;
  const isPublic = settings.token_endpoint_auth_method === "none";
  return {
    client_id: client.clientId,
    client_name: settings.name,
    // It wants at least one; this one cannot exist (RFC 6761, section 6.4). Which are allowed is looked up live.
    redirect_uris: ["https://none.invalid/"],
    response_types: ["code"],
    grant_types: ["authorization_code", ...(mayRefresh(client) ? ["refresh_token"] : [])],
    id_token_signed_response_alg: signingAlgorithm(client),
    token_endpoint_auth_method: isPublic ? "none" : "client_secret_post",
    ...(isPublic ? {} : { client_secret: client.secret }),
  } as AdapterPayload;
}

/** Whether the client may have refresh tokens. */
export function mayRefresh({ settings }: Auth0Client): boolean {
  return settings.grant_types.includes("refresh_token");
}

/** HS256, with the client's secret, unless the client names another (a public client has nothing to share). */
function signingAlgorithm({ settings }: Auth0Client): string {
  const jwt = isObject(settings.jwt_configuration) ? settings.jwt_configuration : {};
  const alg = typeof jwt.alg === "string" ? jwt.alg : "HS256";
  return settings.token_endpoint_auth_method === "none" ? "RS256" : alg;
}

/** Seconds that an id token of the client lives. */
export function idTokenLifetimeOf(client: Auth0Client | undefined): number {
  const jwt = isObject(client?.settings.jwt_configuration) ? client.settings.jwt_configuration : {};
  return typeof jwt.lifetime_in_seconds === "number" ? jwt.lifetime_in_seconds : idTokenLifetime;
}

/** How long the client's refresh tokens live, and what becomes of one that is used. */
export interface RefreshRules {
  readonly rotates: boolean;
  /** Seconds for which a token that was exchanged for the next one still works. */
  readonly leeway: number;
  /** Seconds from the sign-in on. */
  readonly lifetime: number;
  /** Seconds without use. */
  readonly idleLifetime: number;
}

/**
 * The client's `refresh_token` object.
 * @see https://auth0.com/docs/secure/tokens/refresh-tokens/configure-refresh-token-rotation
 */
export function refreshRulesOf(client: Auth0Client | undefined): RefreshRules {
  const rules = isObject(client?.settings.refresh_token) ? client.settings.refresh_token : {};
  const ends = rules.expiration_type !== "non-expiring";
  const seconds = (value: unknown, infinite: unknown, otherwise: number): number =>
    ends && infinite !== true ? (typeof value === "number" ? value : otherwise) : forEver;
  return {
    rotates: rules.rotation_type === "rotating",
    leeway: typeof rules.leeway === "number" ? rules.leeway : 0,
    lifetime: seconds(rules.token_lifetime, rules.infinite_token_lifetime, refreshTokenLifetime),
    idleLifetime: seconds(rules.idle_token_lifetime, rules.infinite_idle_token_lifetime, forEver),
  };
}

/** Seconds that a refresh token lives from now on, unless it is used; `since` is when the person signed in, in seconds. */
export function secondsLeft({ lifetime, idleLifetime }: RefreshRules, since = Math.floor(Date.now() / 1000)): number {
  return Math.max(1, Math.min(since + lifetime - Math.floor(Date.now() / 1000), idleLifetime));
}
