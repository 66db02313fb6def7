import type { IncomingHttpHeaders } from "node:http";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { JOSEError, JWTClaimValidationFailed, JWTExpired } from "jose/errors";
import { isObject } from "../json.ts";
import { sameText } from "../same-text.ts";
import { OAuthProblem } from "../sign-in/oauth-problem.ts";
import type { AuthMethod, OktaApp } from "./model.ts";
import { unknownClient } from "./oauth-problem.ts";
import type { OktaOrg } from "./org.ts";
import { refusal } from "./sign-in/refusals.ts";

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/** Longest lifetime of an assertion that Okta takes, in seconds. */
const longestAssertion = 3600;

/** What a request shows of its client. */
interface Shown {
  readonly clientId: string;
  readonly method: AuthMethod | "assertion";
  readonly credential: string;
}

/**
 * Authenticates clients as strictly as Okta: exactly one mechanism, the registered one, and any active secret of the
 * app. HTTP Basic is form-decoded (RFC 6749, section 2.3.1).
 */
export class ClientAuthentication {
  readonly #org: OktaOrg;
  /** Assertions seen, with the time (ms) after which they could not be used anyway. */
  readonly #used = new Map<string, number>();

  constructor(org: OktaOrg) {
    this.#org = org;
  }

  /**
   * The active app that the request comes from. `audiences` are the URLs that an assertion may be meant for. Throws an
   * `OAuthProblem`, or an `OktaProblem` for an unknown client.
   */
  async authenticate(
    headers: IncomingHttpHeaders,
    form: URLSearchParams,
    audiences: readonly string[],
  ): Promise<OktaApp> {
    const shown = readShown(headers, form);
    const app = this.#org.client(shown.clientId);
    if (app === undefined || app.status !== "ACTIVE") throw unknownClient();
    if (shown.method === "assertion") {
      await this.#checkAssertion(app, shown.credential, audiences);
      return app;
    }
    if (shown.method !== app.authMethod) throw refusal("invalid_client");
    if (shown.method !== "none" && !isActiveSecret(app, shown.credential)) {
      throw refusal("invalid_client_secret");
    }
    return app;
  }

  async #checkAssertion(app: OktaApp, assertion: string, audiences: readonly string[]): Promise<void> {
    const { alg = "", kid } = decodeProtectedHeader(assertion);
    const method: AuthMethod = alg.startsWith("HS") ? "client_secret_jwt" : "private_key_jwt";
    if (method !== app.authMethod) throw refusal("invalid_client");
    const payload = await verifyAssertion(app, assertion, audiences, this.#org.now());
    const { iss, sub, exp, jti } = payload;
    if (iss !== app.clientId) throw refusal("client_assertion_invalid_issuer");
    if (sub !== app.clientId) throw refusal("client_assertion_invalid_subject");
    const now = this.#org.now();
    if (exp === undefined) throw refusal("client_assertion_expiration_required");
    if (exp * 1000 > now + longestAssertion * 1000) throw refusal("client_assertion_expires_too_far_in_future");
    for (const [key, until] of this.#used) if (until <= now) this.#used.delete(key);
    if (jti === undefined) return;
    const key = `${app.clientId} ${String(kid)} ${jti}`;
    if (this.#used.has(key)) throw refusal("client_assertion_already_used");
    this.#used.set(key, exp * 1000);
  }
}

function isActiveSecret(app: OktaApp, credential: string): boolean {
  return app.secrets.some((secret) => secret.status === "ACTIVE" && sameText(secret.value, credential));
}

async function verifyAssertion(app: OktaApp, assertion: string, audiences: readonly string[], now: number) {
  const options = { audience: [...audiences], clockTolerance: 5, currentDate: new Date(now) };
  try {
    if (app.authMethod === "private_key_jwt") {
      const jwks = isObject(app.oauth.jwks) ? app.oauth.jwks : { keys: [] };
      return (await jwtVerify(assertion, createLocalJWKSet(usableKeys(jwks)), options)).payload;
    }
    for (const secret of app.secrets.filter((each) => each.status === "ACTIVE")) {
      const verified = await jwtVerify(assertion, new TextEncoder().encode(secret.value), options).catch(
        (error: unknown) => {
          if (error instanceof JWTExpired || error instanceof JWTClaimValidationFailed) throw error;
          return undefined;
        },
      );
      if (verified !== undefined) return verified.payload;
    }
  } catch (error) {
    if (error instanceof JWTExpired) throw refusal("client_assertion_expired_token");
    if (error instanceof JWTClaimValidationFailed && error.claim === "aud") {
      throw refusal("client_assertion_invalid_audience");
    }
    if (!(error instanceof JOSEError)) throw error;
  }
  throw refusal("client_assertion_invalid_signature");
}

/** The keys without what Okta adds to them (status, nulls), and without those switched off. */
function usableKeys(jwks: { readonly keys?: unknown }): JSONWebKeySet {
  const keys = Array.isArray(jwks.keys) ? jwks.keys.filter(isObject) : [];
  return {
    keys: keys
      .filter((key) => key.status !== "INACTIVE")
      .map(({ id: _id, status: _status, ...key }) =>
        Object.fromEntries(Object.entries(key).filter(([, value]) => value !== null)),
      ),
  } as unknown as JSONWebKeySet;
}

function readShown(headers: IncomingHttpHeaders, form: URLSearchParams): Shown {
  for (const name of ["client_id", "client_secret", "client_assertion", "client_assertion_type", "grant_type"]) {
    if (form.getAll(name).length > 1) {
      throw refusal("duplicate_oauth_params");
    }
  }
  const basic = headers.authorization;
  const secret = form.get("client_secret");
  const assertion = form.get("client_assertion");
  const named = form.get("client_id") ?? "";
  const mechanisms = [basic, secret, assertion].filter((value) => value !== undefined && value !== null);
  if (mechanisms.length > 1) throw refusal("multiple_client_credentials");
  if (basic !== undefined) {
    const [clientId, credential] = readBasic(basic);
    if (named !== "" && named !== clientId) {
      throw new OAuthProblem(400, "invalid_request", "The 'client_id' in the body is not the one that authenticates.");
    }
    return { clientId, method: "client_secret_basic", credential };
  }
  if (assertion !== null) return readAssertion(assertion, form.get("client_assertion_type"), named);
  if (named === "") throw refusal("missing_client_credentials");
  if (secret !== null) return { clientId: named, method: "client_secret_post", credential: secret };
  return { clientId: named, method: "none", credential: "" };
}

function readBasic(header: string): readonly [string, string] {
  const match = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header.trim());
  const text = Buffer.from(match?.[1] ?? "", "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (match === null || colon < 1) throw refusal("invalid_basic_auth_creds");
  try {
    const decode = (part: string): string => decodeURIComponent(part.replaceAll("+", " "));
    return [decode(text.slice(0, colon)), decode(text.slice(colon + 1))];
  } catch {
    throw refusal("invalid_basic_auth_creds");
  }
}

function readAssertion(assertion: string, type: string | null, named: string): Shown {
  if (type !== assertionType) throw refusal("client_assertion_type_invalid");
  const sub = subjectOf(assertion);
  if (typeof sub !== "string" || (named !== "" && named !== sub)) throw refusal("client_assertion_invalid_subject");
  return { clientId: sub, method: "assertion", credential: assertion };
}

function subjectOf(assertion: string): unknown {
  try {
    decodeProtectedHeader(assertion);
    return decodeJwt(assertion).sub;
  } catch {
    throw refusal("client_assertion_invalid_jwt");
  }
}
