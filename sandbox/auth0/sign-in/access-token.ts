import { importJWK, type JWK, SignJWT } from "jose";
import type { JsonObject } from "../../json.ts";
import { randomToken } from "../../random.ts";
import { signingKeys } from "../../sign-in/memory.ts";
import type { Auth0ResourceServer } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";

/** Seconds that an access token lives when its API says nothing. */
const defaultLifetime = 86_400;

/** What an access token for an API says, besides who issued it and when. */
export interface AccessTokenContent {
  readonly subject: string;
  readonly clientId: string;
  readonly audience: string | readonly string[];
  readonly scopes: readonly string[];
  /** Seconds. */
  readonly lifetime: number;
  /** `gty`, `org_id`, `permissions`, … */
  readonly claims: JsonObject;
}

/** Seconds that tokens for this API live. */
export function lifetimeOf({ settings }: Auth0ResourceServer): number {
  return typeof settings.token_lifetime === "number" ? settings.token_lifetime : defaultLifetime;
}

/** The keys of the tenant, made when they are first needed: the one that signs, and the next one. */
export function tenantKeys(tenant: Auth0Tenant): Promise<readonly JsonObject[]> {
  return signingKeys(tenant.state.issuer, [randomToken(16), randomToken(16)]);
}

/**
 * A signed access token (JWT) for an API: by its `signing_alg`, in its `token_dialect`. The clock is the system's, as
 * for all that people sign in with.
 *
 * @see https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
 */
export async function signAccessToken(
  tenant: Auth0Tenant,
  { settings }: Auth0ResourceServer,
  { subject, clientId, audience, scopes, lifetime, claims }: AccessTokenContent,
): Promise<string> {
  const rfc9068 = String(settings.token_dialect).startsWith("rfc9068");
  const alg = typeof settings.signing_alg === "string" ? settings.signing_alg : "RS256";
  const [jwk = {}] = await tenantKeys(tenant);
  const secret = new TextEncoder().encode(String(settings.signing_secret ?? ""));
  const key = alg === "HS256" ? secret : await importJWK({ ...jwk, alg } as JWK, alg);
  const header = alg === "HS256" ? { alg } : { alg, kid: String(jwk.kid) };
  const content = {
    ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
    ...(rfc9068 ? { jti: randomToken(16), client_id: clientId } : { azp: clientId }),
    ...claims,
  };
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT(content)
    .setProtectedHeader({ ...header, typ: rfc9068 ? "at+jwt" : "JWT" })
    .setIssuer(tenant.issuer)
    .setSubject(subject)
    .setAudience(typeof audience === "string" ? audience : [...audience])
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(key);
}
