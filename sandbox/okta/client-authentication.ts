import type { IncomingHttpHeaders } from "node:http";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import { JOSEError, JWTClaimValidationFailed, JWTExpired } from "jose/errors";
import { isObject } from "../json.ts";
import { sameText } from "../same-text.ts";
import { OAuthProblem } from "../sign-in/oauth-problem.ts";
import type { AuthMethod, OktaApp } from "./model.ts";
import { clientAuthenticationFailed, unknownClient } from "./oauth-problem.ts";
import type { OktaOrg } from "./org.ts";

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
    if (shown.method !== app.authMethod) throw clientAuthenticationFailed();
    if (shown.method !== "none" && !isActiveSecret(app, shown.credential)) {
      throw new OAuthProblem(401, "invalid_client", "The client secret supplied for a confidential client is invalid.");
    }
    return app;
  }

  async #checkAssertion(app: OktaApp, assertion: string, audiences: readonly string[]): Promise<void> {
    const { alg = "", kid } = decodeProtectedHeader(assertion);
    const method: AuthMethod = alg.startsWith("HS") ? "client_secret_jwt" : "private_key_jwt";
    if (method !== app.authMethod) throw clientAuthenticationFailed();
    const payload = await verifyAssertion(app, assertion, audiences, this.#org.now());
    const { iss, sub, exp, jti } = payload;
    if (iss !== app.clientId || sub !== app.clientId) {
      throw refused("The 'iss' and 'sub' claims of client_assertion must be the client id.");
    }
    const now = this.#org.now();
    if (exp === undefined || exp * 1000 > now + longestAssertion * 1000) {
      throw refused("The client_assertion token has an expiration time that is missing or too far in the future.");
    }
    for (const [key, until] of this.#used) if (until <= now) this.#used.delete(key);
    if (jti === undefined) return;
    const key = `${app.clientId} ${String(kid)} ${jti}`;
    if (this.#used.has(key)) throw refused("The client_assertion token has been used already.");
    this.#used.set(key, exp * 1000);
  }
}

function refused(description: string): OAuthProblem {
  return new OAuthProblem(401, "invalid_client", description);
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
    if (error instanceof JWTExpired) throw refused("The client_assertion token is expired.");
    if (error instanceof JWTClaimValidationFailed && error.claim === "aud") {
      throw refused("The audience claim for client_assertion must be the endpoint invoked for the request.");
    }
    if (!(error instanceof JOSEError)) throw error;
  }
  throw refused("The client_assertion signature is invalid.");
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
      throw new OAuthProblem(400, "invalid_request", `The parameter '${name}' is sent more than once.`);
    }
  }
  const basic = headers.authorization;
  const secret = form.get("client_secret");
  const assertion = form.get("client_assertion");
  const named = form.get("client_id") ?? "";
  const mechanisms = [basic, secret, assertion].filter((value) => value !== undefined && value !== null);
  if (mechanisms.length > 1) {
    throw new OAuthProblem(
      400,
      "invalid_request",
      "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.",
    );
  }
  if (basic !== undefined) {
    const [clientId, credential] = readBasic(basic);
    if (named !== "" && named !== clientId) {
      throw new OAuthProblem(400, "invalid_request", "The 'client_id' in the body is not the one that authenticates.");
    }
    return { clientId, method: "client_secret_basic", credential };
  }
  if (assertion !== null) return readAssertion(assertion, form.get("client_assertion_type"), named);
  if (named === "") throw clientAuthenticationFailed();
  if (secret !== null) return { clientId: named, method: "client_secret_post", credential: secret };
  return { clientId: named, method: "none", credential: "" };
}

function readBasic(header: string): readonly [string, string] {
  const match = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(header.trim());
  const text = Buffer.from(match?.[1] ?? "", "base64").toString("utf8");
  const colon = text.indexOf(":");
  if (match === null || colon < 1) throw clientAuthenticationFailed();
  try {
    const decode = (part: string): string => decodeURIComponent(part.replaceAll("+", " "));
    return [decode(text.slice(0, colon)), decode(text.slice(colon + 1))];
  } catch {
    throw clientAuthenticationFailed();
  }
}

function readAssertion(assertion: string, type: string | null, named: string): Shown {
  if (type !== assertionType) {
    throw new OAuthProblem(400, "invalid_request", `The 'client_assertion_type' must be '${assertionType}'.`);
  }
  try {
    decodeProtectedHeader(assertion);
    const { sub } = decodeJwt(assertion);
    if (typeof sub !== "string" || (named !== "" && named !== sub)) throw clientAuthenticationFailed();
    return { clientId: sub, method: "assertion", credential: assertion };
  } catch {
    throw clientAuthenticationFailed();
  }
}
