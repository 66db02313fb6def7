import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import type { InnerAnswer } from "../../inner-call.ts";
import { isObject, type JsonObject } from "../../json.ts";
import type { Auth0Tenant } from "../tenant.ts";
import type { Upstream } from "./upstream.ts";

/** Seconds by which the clocks of the two sides may differ. */
const tolerance = 60;

/** The issuer of a connection has not said who somebody is. Code and text go back to the app. */
export class UpstreamFailure extends Error {
  readonly code: string;

  constructor(code: string, description: string) {
    super(description);
    this.code = code;
  }
}

/** What the issuer of a connection says of somebody. */
export interface Told {
  /** Claims of the ID token. */
  readonly tokenset: JsonObject;
  /** Claims of the userinfo endpoint; empty where it was not asked. */
  readonly userinfo: JsonObject;
}

/** What was sent with the request, to compare the answer with. */
export interface Expected {
  readonly nonce: string | undefined;
  readonly verifier: string | undefined;
  readonly redirectUri: string;
}

/**
 * Reads what came back to `/login/callback`: the issuer's error, an ID token, or a code that is exchanged with the
 * connection's secret in the form, as Auth0 does it. Issuer, audience, times, signature and nonce of the ID token must
 * be right. Throws an `UpstreamFailure`.
 */
export async function readAnswer(
  tenant: Auth0Tenant,
  upstream: Upstream,
  sent: URLSearchParams,
  expected: Expected,
): Promise<Told> {
  const error = sent.get("error");
  if (error !== null) throw new UpstreamFailure(error, sent.get("error_description") ?? error);
  if (upstream.type === "front_channel") {
    const tokenset = await checkIdToken(tenant, upstream, sent.get("id_token"), expected.nonce);
    return { tokenset, userinfo: {} };
  }
  const code = sent.get("code");
  if (code === null) throw denied("code missing from response");
  const tokens = await exchange(tenant, upstream, code, expected);
  const tokenset = await checkIdToken(tenant, upstream, tokens.id_token, expected.nonce);
  return { tokenset, userinfo: await readUserinfo(tenant, upstream, tokens.access_token, tokenset) };
}

async function exchange(tenant: Auth0Tenant, upstream: Upstream, code: string, { verifier, redirectUri }: Expected) {
  const form = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: redirectUri });
  form.set("client_id", upstream.clientId);
  if (upstream.clientSecret !== undefined) form.set("client_secret", upstream.clientSecret);
  if (verifier !== undefined) form.set("code_verifier", verifier);
  const answer = await ask(tenant, upstream.tokenEndpoint ?? "", {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  if (answer.headers["www-authenticate"] !== undefined) {
    throw new UpstreamFailure("unauthorized", "server responded with a challenge in the WWW-Authenticate HTTP Header");
  }
  const body = parse(answer.text);
  if (answer.status !== 200) {
    const { error, error_description: text } = body;
    if (typeof error !== "string") throw denied(`expected 200 OK, got: ${answer.status}`);
    throw denied(typeof text === "string" ? `${error} (${text})` : error);
  }
  return body;
}

/** The claims of an ID token that is what it should be. */
async function checkIdToken(
  tenant: Auth0Tenant,
  upstream: Upstream,
  idToken: unknown,
  nonce: string | undefined,
): Promise<JsonObject> {
  if (typeof idToken !== "string") throw denied("id_token not present in TokenSet");
  const { alg } = headerOf(idToken);
  if (alg === undefined || !upstream.algorithms.includes(alg)) {
    throw denied(`unexpected JWT alg received, expected ${upstream.algorithms.join(", ")}, got: ${alg}`);
  }
  const payload = await verify(tenant, upstream, idToken);
  const now = Date.now() / 1000;
  if (payload.iss !== upstream.issuer) {
    throw denied(`unexpected iss value, expected ${upstream.issuer}, got: ${payload.iss}`);
  }
  const audience = [payload.aud].flat();
  if (!audience.includes(upstream.clientId)) {
    throw denied(`aud mismatch, expected ${upstream.clientId}, got: ${audience.join(", ")}`);
  }
  if (typeof payload.exp !== "number" || payload.exp + tolerance <= now) throw denied("id_token is expired");
  if (typeof payload.iat === "number" && payload.iat - tolerance > now) throw denied("id_token issued in the future");
  if (payload.nonce !== nonce) throw denied(`nonce mismatch, expected ${nonce}, got: ${payload.nonce}`);
  if (typeof payload.sub !== "string" || payload.sub === "") throw denied("missing required JWT property sub");
  return payload as JsonObject;
}

async function verify(tenant: Auth0Tenant, { jwksUri }: Upstream, idToken: string): Promise<JWTPayload> {
  const keys = parse((await ask(tenant, jwksUri)).text);
  try {
    // The times are looked at afterwards, in the words of the client that Auth0 uses.
    const currentDate = new Date(0);
    const keySet = createLocalJWKSet(keys as unknown as JSONWebKeySet);
    return (await jwtVerify(idToken, keySet, { currentDate, clockTolerance: Number.MAX_SAFE_INTEGER })).payload;
  } catch {
    throw denied("failed to validate JWT signature");
  }
}

async function readUserinfo(
  tenant: Auth0Tenant,
  { userinfoEndpoint }: Upstream,
  accessToken: unknown,
  { sub }: JsonObject,
): Promise<JsonObject> {
  if (userinfoEndpoint === undefined || typeof accessToken !== "string") return {};
  const answer = await ask(tenant, userinfoEndpoint, { headers: { authorization: `Bearer ${accessToken}` } });
  if (answer.status !== 200) throw denied(`expected 200 OK, got: ${answer.status}`);
  const userinfo = parse(answer.text);
  if (userinfo.sub !== sub) throw denied(`userinfo sub mismatch, expected ${sub}, got: ${userinfo.sub}`);
  return userinfo;
}

async function ask(tenant: Auth0Tenant, url: string, request?: Parameters<Auth0Tenant["calls"]["ask"]>[1]) {
  try {
    return await tenant.calls.ask(url, request);
  } catch {
    const host = URL.canParse(url) ? new URL(url).host : url;
    throw denied(`getaddrinfo ENOTFOUND ${host}`);
  }
}

function parse(text: InnerAnswer["text"]): JsonObject {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}

function headerOf(token: string): { readonly alg?: string } {
  try {
    const { alg } = decodeProtectedHeader(token);
    return alg === undefined ? {} : { alg };
  } catch {
    return {};
  }
}

function denied(description: string): UpstreamFailure {
  return new UpstreamFailure("access_denied", description);
}
