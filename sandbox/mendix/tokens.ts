import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, type JWTPayload, jwtVerify } from "jose";
import type { InnerCalls } from "../inner-call.ts";
import type { Configuration } from "./configuration.ts";

/** What the module imports from the well-known document. */
export interface Endpoints {
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly jwks: string;
  readonly userinfo: string | undefined;
  readonly introspection: string | undefined;
}

/** What a sign-in gave. */
export interface Tokens {
  readonly idToken: string;
  readonly accessToken: string;
  readonly refreshToken: string | undefined;
  readonly claims: JWTPayload;
  readonly idClaims: JWTPayload;
  /** Empty where the access token is opaque. */
  readonly accessClaims: JWTPayload;
  /** Where name and address are taken from: the ID token, or userinfo where the constant says so. */
  readonly profile: JWTPayload;
}

/** The token endpoint said no, or the ID token was not good. */
export class TokenRefused extends Error {
  readonly code: string | undefined;

  constructor(message: string, code?: string) {
    super(message);
    this.code = code;
  }
}

/** The app's calls to identity providers. */
export class BackChannel {
  readonly #calls: InnerCalls;
  readonly #clock: () => number;

  constructor(calls: InnerCalls, clock: () => number) {
    this.#calls = calls;
    this.#clock = clock;
  }

  /** Undefined when the document cannot be had. */
  async endpoints({ documentUrl }: Configuration): Promise<Endpoints | undefined> {
    if (!this.#calls.reaches(documentUrl)) return undefined;
    const document = objectOf((await this.#calls.ask(documentUrl)).text);
    const text = (name: string): string | undefined =>
      typeof document[name] === "string" ? document[name] : undefined;
    const [issuer, authorization] = [text("issuer"), text("authorization_endpoint")];
    const [token, jwks] = [text("token_endpoint"), text("jwks_uri")];
    if (issuer === undefined || authorization === undefined || token === undefined || jwks === undefined)
      return undefined;
    const [userinfo, introspection] = [text("userinfo_endpoint"), text("introspection_endpoint")];
    return { issuer, authorization, token, jwks, userinfo, introspection };
  }

  /** @throws TokenRefused */
  async redeem(
    begun: {
      readonly configuration: Configuration;
      readonly endpoints: Endpoints;
      readonly nonce: string;
      readonly verifier: string | undefined;
    },
    code: string,
  ): Promise<Tokens> {
    const { configuration, endpoints, nonce, verifier } = begun;
    const form = new URLSearchParams({
      ...{ grant_type: "authorization_code", code, redirect_uri: configuration.callbackUrl },
      ...(verifier === undefined ? {} : { code_verifier: verifier }),
    });
    return this.#tokens(configuration, endpoints, form, nonce);
  }

  /** Undefined when the sign-in gave no refresh token. */
  async refresh(session: {
    readonly configuration: Configuration;
    readonly endpoints: Endpoints;
    readonly tokens: Tokens;
  }): Promise<Tokens | undefined> {
    const { configuration, endpoints, tokens } = session;
    if (tokens.refreshToken === undefined) return undefined;
    const form = new URLSearchParams({ grant_type: "refresh_token", refresh_token: tokens.refreshToken });
    return this.#tokens(configuration, endpoints, form, undefined);
  }

  /** The claims of somebody's access token: by introspection where the identity provider has that, else by its keys. */
  async bearer(configuration: Configuration, token: string): Promise<JWTPayload | undefined> {
    const endpoints = await this.endpoints(configuration);
    if (endpoints === undefined) return undefined;
    if (endpoints.introspection !== undefined && configuration.clientSecret !== "") {
      const told = await this.#post(configuration, endpoints.introspection, new URLSearchParams({ token }));
      return told.body.active === true ? (told.body as JWTPayload) : undefined;
    }
    return this.#verified(endpoints, token, undefined).catch(() => undefined);
  }

  async #tokens(
    configuration: Configuration,
    endpoints: Endpoints,
    form: URLSearchParams,
    nonce: string | undefined,
  ): Promise<Tokens> {
    const { status, body: told } = await this.#post(configuration, endpoints.token, form);
    if (status !== 200 || typeof told.id_token !== "string") {
      const error = typeof told.error === "string" && /^[a-z_]{1,40}$/.test(told.error) ? told.error : "unreadable";
      throw new TokenRefused(`${status} ${error}`, error);
    }
    let claims: JWTPayload;
    try {
      claims = await this.#verified(endpoints, told.id_token, configuration.clientId);
      if (nonce !== undefined && claims.nonce !== nonce) throw new Error("the nonce is another");
    } catch (error) {
      throw new TokenRefused(`the ID token is not good: ${error instanceof Error ? error.message : "unknown"}`);
    }
    const accessToken = String(told.access_token ?? "");
    const byUserinfo = configuration.userParsing.endsWith("_UserInfo") && endpoints.userinfo !== undefined;
    const profile = byUserinfo ? await this.#userinfo(endpoints.userinfo ?? "", accessToken) : claims;
    return {
      idToken: told.id_token,
      accessToken,
      refreshToken: typeof told.refresh_token === "string" ? told.refresh_token : undefined,
      claims,
      idClaims: claims,
      accessClaims: unverified(accessToken),
      profile,
    };
  }

  async #verified(endpoints: Endpoints, token: string, audience: string | undefined): Promise<JWTPayload> {
    const keys = objectOf((await this.#calls.ask(endpoints.jwks)).text) as unknown as JSONWebKeySet;
    const { payload } = await jwtVerify(token, createLocalJWKSet(keys), {
      issuer: endpoints.issuer,
      ...(audience === undefined ? {} : { audience }),
      currentDate: new Date(this.#clock()),
      clockTolerance: 30,
    });
    return payload;
  }

  async #userinfo(url: string, accessToken: string): Promise<JWTPayload> {
    return objectOf((await this.#calls.ask(url, { headers: { authorization: `Bearer ${accessToken}` } })).text);
  }

  async #post(
    { clientId, clientSecret, clientAuth }: Configuration,
    url: string,
    form: URLSearchParams,
  ): Promise<{ readonly status: number; readonly body: Readonly<Record<string, unknown>> }> {
    const headers: Record<string, string> = { "content-type": "application/x-www-form-urlencoded" };
    if (clientAuth === "client_secret_basic") {
      const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`;
      headers.authorization = `Basic ${Buffer.from(pair).toString("base64")}`;
    } else {
      form.set("client_id", clientId);
      form.set("client_secret", clientSecret);
    }
    const { status, text } = await this.#calls.ask(url, { method: "POST", headers, body: form.toString() });
    return { status, body: objectOf(text) };
  }
}

function unverified(token: string): JWTPayload {
  try {
    return decodeJwt(token);
  } catch {
    return {};
  }
}

function objectOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
