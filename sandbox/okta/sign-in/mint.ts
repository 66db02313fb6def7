import { createHash } from "node:crypto";
import type { JWK } from "jose";
import type { JsonObject } from "../../json.ts";
import { randomToken } from "../../random.ts";
import type { OktaUser } from "../model.ts";
import type { OktaOrg } from "../org.ts";
import { privateKeyOf, publicKeyOf } from "../server-keys.ts";
import type { OktaKey } from "../server-model.ts";
import { type ClaimSubject, claimsFor } from "./claims.ts";
import type { Issuer } from "./issuer.ts";
import { sweep } from "./remembered.ts";

/** Seconds for which an ID token is good. */
const idTokenLifetime = 3600;

/** Of whom and for what a token speaks. */
export interface Subject extends ClaimSubject {
  readonly authTime: number;
}

/** A new access token, remembered so that it can be revoked. */
export async function mintAccessToken(
  org: OktaOrg,
  issuer: Issuer,
  subject: Subject,
  more: { readonly minutes: number; readonly family: string | undefined },
): Promise<{ readonly value: string; readonly expiresIn: number }> {
  const { app, user, scopes, authTime } = subject;
  const now = seconds(org);
  const expiresIn = more.minutes * 60;
  const jti = `AT.${randomToken(32)}${more.family?.startsWith("oar") === true ? `.${more.family}` : ""}`;
  const { accessTokens } = org.state.signIn;
  sweep(accessTokens, org.now());
  accessTokens.set(jti, { clientId: app.clientId, family: more.family, expires: (now + expiresIn) * 1000 });
  const value = await sign(accessKey(org, issuer), {
    ...claimsFor(org, issuer, subject, "access"),
    ver: 1,
    jti,
    iss: issuer.issuer,
    aud: issuer.server?.audiences[0] ?? issuer.issuer,
    iat: now,
    exp: now + expiresIn,
    cid: app.clientId,
    ...(user === undefined ? {} : { uid: user.id, auth_time: authTime }),
    scp: [...scopes],
  });
  return { value, expiresIn };
}

/** A new ID token. What comes with it (code, access token) is bound to it and takes claims off it. */
export async function mintIdToken(
  org: OktaOrg,
  issuer: Issuer,
  subject: Subject & { readonly user: OktaUser },
  more: { readonly nonce: string | undefined; readonly accessToken?: string; readonly code?: string },
): Promise<string> {
  const now = seconds(org);
  const alone = more.accessToken === undefined && more.code === undefined;
  return sign(idKey(org, issuer), {
    ...claimsFor(org, issuer, subject, alone ? "identity" : "thin identity"),
    sub: subject.user.id,
    ver: 1,
    iss: issuer.issuer,
    aud: subject.app.clientId,
    iat: now,
    exp: now + idTokenLifetime,
    jti: `ID.${randomToken(32)}`,
    amr: ["pwd"],
    idp: org.id,
    auth_time: subject.authTime,
    ...(more.nonce === undefined ? {} : { nonce: more.nonce }),
    ...(more.accessToken === undefined ? {} : { at_hash: halfHash(more.accessToken) }),
    ...(more.code === undefined ? {} : { c_hash: halfHash(more.code) }),
  });
}

/** The keys that verify an issuer's ID tokens, as its key set publishes them: the one that signs and the one before. */
export function publishedKeys(org: OktaOrg, { server }: Issuer): JsonObject[] {
  const keys =
    server === undefined ? [org.state.signIn.keys[0]] : server.keys.filter(({ status }) => status !== "NEXT");
  return keys.map((key) => ({ ...publicKeyOf(key) }));
}

/** What an ID token of this issuer says, ended or not; undefined when it is none of its. */
export async function readIdToken(org: OktaOrg, issuer: Issuer, text: string): Promise<JsonObject | undefined> {
  const payload = await verify(text, publishedKeys(org, issuer), issuer);
  return String(payload?.jti).startsWith("ID.") ? payload : undefined;
}

/** What a good access token of this issuer says; else why it is none, as `refusal` knows it. */
export async function readAccessToken(
  org: OktaOrg,
  issuer: Issuer,
  text: string,
): Promise<JsonObject | "access_token_invalid" | "access_token_revoked" | "token_expired"> {
  const keys = issuer.server === undefined ? [{ ...publicKeyOf(accessKey(org, issuer)) }] : publishedKeys(org, issuer);
  const payload = await verify(text, keys, issuer);
  const isAccessToken = payload !== undefined && String(payload.jti).startsWith("AT.");
  if (!isAccessToken || org.client(String(payload.cid))?.status !== "ACTIVE") return "access_token_invalid";
  if (Number(payload.exp) * 1000 <= org.now()) return "token_expired";
  return org.state.signIn.accessTokens.has(String(payload.jti)) ? payload : "access_token_revoked";
}

/** Signature and issuer alone: whether a token has ended is for the caller to say, by the clock of the org. */
async function verify(text: string, keys: readonly JsonObject[], { issuer }: Issuer): Promise<JsonObject | undefined> {
  const { createLocalJWKSet, jwtVerify } = await import("jose");
  const options = { issuer, currentDate: new Date(0) };
  try {
    const { payload } = await jwtVerify(text, createLocalJWKSet({ keys: keys as unknown as JWK[] }), options);
    return payload as JsonObject;
  } catch {
    return undefined;
  }
}

async function sign(key: OktaKey, claims: JsonObject): Promise<string> {
  const { importJWK, SignJWT } = await import("jose");
  const signing = await importJWK(privateKeyOf(key) as unknown as JWK, "RS256");
  return new SignJWT(claims).setProtectedHeader({ kid: key.kid, alg: "RS256" }).sign(signing);
}

function idKey(org: OktaOrg, { server }: Issuer): OktaKey {
  return server === undefined ? org.state.signIn.keys[0] : activeKey(server.keys);
}

/** The org's own server signs access tokens with a key that it does not publish: they are for Okta alone. */
function accessKey(org: OktaOrg, { server }: Issuer): OktaKey {
  return server === undefined ? org.state.signIn.keys[1] : activeKey(server.keys);
}

function activeKey(keys: readonly OktaKey[]): OktaKey {
  const key = keys.find(({ status }) => status === "ACTIVE");
  if (key === undefined) throw new Error("the authorization server has no active key");
  return key;
}

function halfHash(text: string): string {
  return createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url");
}

function seconds(org: OktaOrg): number {
  return Math.floor(org.now() / 1000);
}
