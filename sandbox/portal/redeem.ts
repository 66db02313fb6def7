import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { createLocalJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { InnerCalls } from "../inner-call.ts";
import { randomToken } from "../random.ts";
import { openEnvelope } from "./envelope.ts";
import type { AppRecord } from "./record.ts";

/** The keys that an app has of its own. */
export interface AppKeys {
  /** Opens the secrets of its records; base64. Undefined where they are not sealed. */
  readonly sealing: string | undefined;
  /** Signs client assertions: PEM; absent where the app cannot. */
  readonly client: string | undefined;
}

/** What the token endpoint, or the ID token, said no with. */
export class RedeemError extends Error {
  /** Error code of the token endpoint; undefined when the ID token was the trouble. */
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** What a code is redeemed with. */
interface Redemption {
  readonly record: AppRecord;
  readonly code: string;
  readonly nonce: string | undefined;
  readonly verifier: string | undefined;
  /** Uses a secret or a key that is not the right one. */
  readonly stale: boolean;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Redeems a code and gives the claims of the ID token that was verified. Throws `RedeemError`. */
export async function redeem(
  calls: InnerCalls,
  keys: AppKeys,
  { record, code, nonce, verifier, stale, now }: Redemption,
): Promise<{ readonly claims: JWTPayload; readonly idToken: string }> {
  const form = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: record.redirectUri });
  if (verifier !== undefined) form.set("code_verifier", verifier);
  const headers = await authenticate(record, keys, stale, now, form);
  const answer = await calls.ask(record.tokenEndpoint, {
    method: "POST",
    headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  const told = readJson(answer.text);
  if (answer.status !== 200 || typeof told.id_token !== "string") {
    const error = typeof told.error === "string" ? told.error : `status ${answer.status}`;
    throw new RedeemError(`the token endpoint says ${error}`, /^[a-z_]{1,40}$/.test(error) ? error : "unreadable");
  }
  const keySet = readJson((await calls.ask(record.jwksUri)).text) as unknown as JSONWebKeySet;
  try {
    const { payload } = await jwtVerify(told.id_token, createLocalJWKSet(keySet), {
      issuer: record.issuer,
      audience: record.clientId,
      currentDate: new Date(now),
      clockTolerance: 30,
    });
    if (nonce !== undefined && payload.nonce !== nonce) throw new Error("the nonce is another");
    return { claims: payload, idToken: told.id_token };
  } catch (error) {
    throw new RedeemError(`the ID token is not good: ${error instanceof Error ? error.message : "unknown"}`);
  }
}

/** Puts the client's credentials to the request, by the method that its record names. */
async function authenticate(
  record: AppRecord,
  keys: AppKeys,
  stale: boolean,
  now: number,
  form: URLSearchParams,
): Promise<Readonly<Record<string, string>>> {
  const { clientId, clientAuth, clientSecret } = record;
  const secret = (): string => {
    const held = clientSecret ?? "";
    const opened = keys.sealing === undefined ? held : openEnvelope(held, record.key, keys.sealing);
    return stale ? `${opened.slice(0, -4)}old-` : opened;
  };
  switch (clientAuth) {
    case "client_secret_basic": {
      const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret())}`;
      return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
    }
    case "client_secret_post":
      form.set("client_id", clientId);
      form.set("client_secret", secret());
      return {};
    case "private_key_jwt":
      form.set("client_id", clientId);
      form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
      form.set(
        "client_assertion",
        await assertion(record, stale ? strangersKey() : createPrivateKey(keys.client ?? ""), now),
      );
      return {};
    default:
      form.set("client_id", clientId);
      return {};
  }
}

function assertion({ clientId, issuer, tokenEndpoint }: AppRecord, key: KeyObject, now: number): Promise<string> {
  // Okta and Entra ID want the token endpoint there, the others take the issuer.
  const audience = /\.okta\.com\/|login\.microsoftonline\./.test(tokenEndpoint) ? tokenEndpoint : issuer;
  const seconds = Math.floor(now / 1_000);
  return new SignJWT({ jti: randomToken(20) })
    .setProtectedHeader({ alg: "ES256", kid: "portal-1" })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(audience)
    .setIssuedAt(seconds)
    .setExpirationTime(seconds + 60)
    .sign(key);
}

function strangersKey(): KeyObject {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

function readJson(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
