import { importJWK, type JWK, SignJWT } from "jose";
import type { KoaContextWithOIDC } from "oidc-provider";
import { isObject } from "../json.ts";
import { randomToken } from "../random.ts";
import { rememberSigned } from "../sign-in/token-alias.ts";
import type { CustomerProvider } from "./customer-provider.ts";
import type { Memory } from "./memory.ts";
import type { ProviderKey } from "./provider-key.ts";

/** The token answer with a signed access token (JWT) in it, at a product that gives such ones. */
export async function withSignedToken(
  owner: CustomerProvider,
  [key]: readonly ProviderKey[],
  { storage }: Memory,
  oidc: KoaContextWithOIDC["oidc"],
  body: unknown,
): Promise<unknown> {
  const { accessTokenClaims } = owner.vendor;
  const person = owner.personById(oidc.entities.Account?.accountId ?? "");
  if (accessTokenClaims === undefined || person === undefined || key === undefined || !isObject(body)) return body;
  const { access_token: inner, expires_in: lifetime, scope } = body;
  if (typeof inner !== "string" || typeof lifetime !== "number") return body;
  const now = Math.floor(Date.now() / 1000);
  const about = { clientId: oidc.client?.clientId ?? "", scope: String(scope ?? ""), now };
  const signed = await new SignJWT({ jti: randomToken(16), ...accessTokenClaims(person, about) })
    .setProtectedHeader({ alg: "RS256", kid: String(key.publicKey.kid), typ: "JWT" })
    .setIssuer(owner.issuer)
    .setSubject(person.claims.sub)
    .setIssuedAt(now)
    .setExpirationTime(now + lifetime)
    .sign(await importJWK(key.privateKey as JWK, "RS256"));
  await rememberSigned(storage, signed, inner, lifetime);
  return { ...body, access_token: signed };
}
