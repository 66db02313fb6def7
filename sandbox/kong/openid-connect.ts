import { createHash } from "node:crypto";
import { createLocalJWKSet, importJWK, type JSONWebKeySet, type JWTPayload, jwtVerify, SignJWT } from "jose";
import type { Answer } from "../answer.ts";
import type { InnerCalls } from "../inner-call.ts";
import type { Json } from "../json.ts";
import { randomToken } from "../random.ts";
import { cookieOf } from "../sign-in/cookie.ts";
import type { Members, StoredPlugin } from "./state.ts";
import type { GatewayRequest, Verdict } from "./verdict.ts";

interface Begun {
  readonly plugin: string;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string | undefined;
  /** Where the person wanted to go. */
  readonly to: string;
}

interface Session {
  readonly plugin: string;
  readonly claims: JWTPayload;
  readonly accessToken: string;
  readonly idToken: string;
  readonly since: number;
  seen: number;
}

interface Endpoints {
  readonly issuer: string;
  readonly authorization: string;
  readonly token: string;
  readonly jwks: string;
  readonly endSession: string | undefined;
  readonly s256: boolean;
}

/** Somebody may not come in: 401 or 403. */
class Denied extends Error {
  readonly status: 401 | 403;

  constructor(status: 401 | 403, message: string) {
    super(message);
    this.status = status;
  }
}

/** What the plugin needs of its gateway. */
interface OpenidConnectParts {
  readonly calls: InnerCalls;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  /** What stands in the gateway's vaults, by what stands behind `{vault://`. */
  readonly vault: ReadonlyMap<string, string>;
}

/**
 * Kong's plugin openid-connect as its reference says: the authorization code flow with a session cookie, the demands on
 * claims, the headers for the app behind. What it does not play is refused.
 *
 * @see https://developer.konghq.com/plugins/openid-connect/
 */
export class OpenidConnect {
  readonly #parts: OpenidConnectParts;
  readonly #begun = new Map<string, Begun>();
  readonly #sessions = new Map<string, Session>();

  constructor(parts: OpenidConnectParts) {
    this.#parts = parts;
  }

  async run({ id, config }: StoredPlugin, request: GatewayRequest): Promise<Verdict> {
    const { site } = request;
    const methods = listOf(config.auth_methods);
    const cookie = `${String(config.session_cookie_name)}-${id.slice(0, 8)}`;
    try {
      const session = methods.includes("session")
        ? this.#session(id, config, cookieOf(site.request, cookie))
        : undefined;
      if (this.#isLogout(config, site))
        return { answer: await this.#logout(config, cookieOf(site.request, cookie), cookie) };
      if (session !== undefined) {
        admit(config, session.claims);
        return { upstream: upstreamOf(config, session) };
      }
      if (!methods.includes("authorization_code")) throw new Denied(401, "Unauthorized");
      const isCallback = listOf(config.redirect_uri).some((uri) => new URL(uri).pathname === site.path);
      const answers = request.parameters.has("code") || request.parameters.has("error");
      if (isCallback && answers) return { answer: await this.#callback(id, config, request, cookie) };
      return { answer: await this.#begin(id, config, site.path) };
    } catch (error) {
      if (error instanceof Denied) return { answer: { status: error.status, json: { message: error.message } } };
      throw error;
    }
  }

  #session(plugin: string, config: Members, cookie: string | undefined): Session | undefined {
    const session = cookie === undefined ? undefined : this.#sessions.get(cookie);
    if (session?.plugin !== plugin) return undefined;
    const now = this.#parts.clock();
    const over =
      now - session.since >= Number(config.session_absolute_timeout) * 1_000 ||
      now - session.seen >= Number(config.session_idling_timeout) * 1_000;
    if (over) {
      this.#sessions.delete(cookie ?? "");
      return undefined;
    }
    session.seen = now;
    return session;
  }

  async #begin(plugin: string, config: Members, to: string): Promise<Answer> {
    const endpoints = await this.#endpoints(config);
    const wantsPkce = config.require_proof_key_for_code_exchange ?? endpoints.s256;
    const verifier = wantsPkce === true ? randomToken(32) : undefined;
    const begun: Begun = { plugin, to, verifier, state: randomToken(24), nonce: randomToken(24) };
    const cookie = randomToken(24);
    if (this.#begun.size > 10_000) this.#begun.clear();
    this.#begun.set(cookie, begun);
    const url = new URL(endpoints.authorization);
    const names = listOf(config.authorization_query_args_names);
    const values = listOf(config.authorization_query_args_values);
    const wanted: Readonly<Record<string, string | undefined>> = {
      ...Object.fromEntries(names.map((name, index) => [name, values[index] ?? ""])),
      response_type: listOf(config.response_type)[0],
      client_id: this.#clientId(config),
      redirect_uri: listOf(config.redirect_uri)[0],
      scope: listOf(config.scopes).join(" "),
      state: begun.state,
      nonce: begun.nonce,
      response_mode: config.response_mode === "query" ? undefined : String(config.response_mode),
      code_challenge: verifier && createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: verifier && "S256",
    };
    for (const [name, value] of Object.entries(wanted)) if (value !== undefined) url.searchParams.set(name, value);
    return {
      status: 302,
      headers: { location: url.href, "cache-control": "no-store", "set-cookie": authorizationCookie(config, cookie) },
    };
  }

  async #callback(plugin: string, config: Members, request: GatewayRequest, cookieName: string): Promise<Answer> {
    const { parameters, site } = request;
    const posted = site.request.method === "POST";
    const cookie = cookieOf(site.request, String(config.authorization_cookie_name)) ?? "";
    const begun = this.#begun.get(cookie);
    this.#begun.delete(cookie);
    const state = parameters.get("state");
    if (begun?.plugin !== plugin || begun.state !== state || posted !== (config.response_mode === "form_post")) {
      throw new Denied(401, "Unauthorized");
    }
    const code = parameters.get("code");
    if (code === null) throw new Denied(401, "Unauthorized");
    const session = await this.#redeem(plugin, config, begun, code);
    admit(config, session.claims);
    const value = randomToken(32);
    this.#sessions.set(value, session);
    const sameSite = String(config.session_cookie_same_site);
    const set = `${cookieName}=${value}; Path=/; Secure; HttpOnly${sameSite === "Default" ? "" : `; SameSite=${sameSite}`}`;
    return { status: 302, headers: { location: begun.to, "set-cookie": [set] } };
  }

  async #redeem(plugin: string, config: Members, begun: Begun, code: string): Promise<Session> {
    const endpoints = await this.#endpoints(config);
    const form = new URLSearchParams({
      ...{ grant_type: "authorization_code", code, redirect_uri: listOf(config.redirect_uri)[0] ?? "" },
      ...(begun.verifier === undefined ? {} : { code_verifier: begun.verifier }),
    });
    const headers = await this.#authenticate(config, endpoints, form);
    const answer = await this.#parts.calls.ask(endpoints.token, {
      method: "POST",
      headers: { ...headers, "content-type": "application/x-www-form-urlencoded" },
      body: form.toString(),
    });
    const told = objectOf(answer.text);
    if (answer.status !== 200 || typeof told.id_token !== "string") throw new Denied(401, "Unauthorized");
    const keys = objectOf((await this.#parts.calls.ask(endpoints.jwks)).text) as unknown as JSONWebKeySet;
    try {
      const now = this.#parts.clock();
      const { payload } = await jwtVerify(told.id_token, createLocalJWKSet(keys), {
        issuer: endpoints.issuer,
        audience: this.#clientId(config),
        currentDate: new Date(now),
        clockTolerance: 30,
      });
      if (config.verify_nonce !== false && payload.nonce !== begun.nonce) throw new Error("another nonce");
      const accessToken = String(told.access_token ?? "");
      return { plugin, claims: payload, accessToken, idToken: told.id_token, since: now, seen: now };
    } catch {
      throw new Denied(401, "Unauthorized");
    }
  }

  async #authenticate(
    config: Members,
    endpoints: Endpoints,
    form: URLSearchParams,
  ): Promise<Readonly<Record<string, string>>> {
    const clientId = this.#clientId(config);
    const method = String(config.token_endpoint_auth_method ?? listOf(config.client_auth)[0] ?? "client_secret_post");
    const secret = (): string => this.#value(listOf(config.client_secret)[0] ?? "");
    switch (method) {
      case "client_secret_basic": {
        const pair = `${encodeURIComponent(clientId)}:${encodeURIComponent(secret())}`;
        return { authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
      }
      case "client_secret_post":
        form.set("client_id", clientId);
        form.set("client_secret", secret());
        return {};
      case "private_key_jwt": {
        const [jwk] = config.client_jwk as readonly Members[];
        const key = await importJWK({ ...jwk } as Parameters<typeof importJWK>[0], String(jwk?.alg));
        const seconds = Math.floor(this.#parts.clock() / 1_000);
        const assertion = new SignJWT({ jti: randomToken(20) })
          .setProtectedHeader({ alg: String(jwk?.alg), kid: String(jwk?.kid) })
          .setIssuer(clientId)
          .setSubject(clientId)
          .setAudience(endpoints.token)
          .setIssuedAt(seconds)
          .setExpirationTime(seconds + 60);
        form.set("client_id", clientId);
        form.set("client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer");
        form.set("client_assertion", await assertion.sign(key));
        return {};
      }
      default:
        form.set("client_id", clientId);
        return {};
    }
  }

  #isLogout(config: Members, { request, path }: GatewayRequest["site"]): boolean {
    const suffix = config.logout_uri_suffix;
    if (typeof suffix !== "string" || !path.endsWith(suffix)) return false;
    return listOf(config.logout_methods).includes(request.method ?? "GET");
  }

  async #logout(config: Members, cookie: string | undefined, name: string): Promise<Answer> {
    const session = this.#sessions.get(cookie ?? "");
    this.#sessions.delete(cookie ?? "");
    const { endSession } = await this.#endpoints(config);
    const [after = "/"] = listOf(config.logout_redirect_uri);
    const headers = { "set-cookie": `${name}=; Path=/; Secure; HttpOnly; Max-Age=0` };
    if (endSession === undefined || session === undefined)
      return { status: 302, headers: { ...headers, location: after } };
    const url = new URL(endSession);
    url.searchParams.set("id_token_hint", session.idToken);
    url.searchParams.set("post_logout_redirect_uri", after);
    return { status: 302, headers: { ...headers, location: url.href } };
  }

  /** From the discovery document, over which the plugin's own endpoints win. */
  async #endpoints(config: Members): Promise<Endpoints> {
    const issuer = this.#value(String(config.issuer)).replace(/\/\.well-known\/openid-configuration$/, "");
    const pseudo = config.using_pseudo_issuer === true;
    const at = `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
    const document = pseudo ? {} : objectOf((await this.#parts.calls.ask(at)).text);
    const endpoint = (own: Json | undefined, told: unknown): string => String(own ?? told ?? "");
    const endSession = endpoint(config.end_session_endpoint, document.end_session_endpoint);
    return {
      issuer: pseudo ? issuer : String(document.issuer ?? issuer),
      authorization: endpoint(config.authorization_endpoint, document.authorization_endpoint),
      token: endpoint(config.token_endpoint, document.token_endpoint),
      jwks: endpoint(config.jwks_endpoint, document.jwks_uri),
      endSession: endSession === "" ? undefined : endSession,
      s256: listOf(document.code_challenge_methods_supported as Json).includes("S256"),
    };
  }

  #clientId(config: Members): string {
    return this.#value(listOf(config.client_id)[0] ?? "");
  }

  /** A text, or what a vault holds where it is a reference to one. */
  #value(text: string): string {
    const [, path] = /^\{vault:\/\/([^{}]+)\}$/.exec(text) ?? [];
    return path === undefined ? text : (this.#parts.vault.get(path) ?? "");
  }
}

/** What the plugin demands of claims. Inside one item of a list, words are all needed; of the items one is enough. */
function admit(config: Members, claims: JWTPayload): void {
  if (listOf(config.claims_forbidden).some((name) => claims[name] !== undefined)) throw new Denied(403, "Forbidden");
  const domains = listOf(config.domains);
  if (domains.length > 0 && !domains.includes(String(claims.hd))) throw new Denied(403, "Forbidden");
  for (const what of ["audience", "scopes", "groups", "roles"] as const) {
    const required = listOf(config[`${what}_required`]);
    if (required.length === 0) continue;
    const found = [claimAt(claims, listOf(config[`${what}_claim`]))]
      .flat()
      .flatMap((value) => (what === "scopes" ? String(value ?? "").split(" ") : [String(value ?? "")]));
    const met = required.some((item) => item.split(/\s+/).every((word) => found.includes(word)));
    if (!met) throw new Denied(403, "Forbidden");
  }
}

function upstreamOf(config: Members, { claims, accessToken }: Session): Readonly<Record<string, string>> {
  const headers: Record<string, string> = {};
  if (config.upstream_access_token_header === "authorization:bearer") headers.authorization = `Bearer ${accessToken}`;
  for (const item of (config.upstream_headers ?? []) as readonly {
    readonly header: string;
    readonly path: readonly string[];
  }[]) {
    const value = claimAt(claims, item.path);
    if (value !== undefined) headers[item.header] = typeof value === "string" ? value : JSON.stringify(value);
  }
  const groups = claimAt(claims, listOf(config.authenticated_groups_claim));
  if (Array.isArray(groups)) headers["x-authenticated-groups"] = groups.join(", ");
  return headers;
}

function claimAt(claims: JWTPayload, path: readonly string[]): unknown {
  if (path.length === 0) return undefined;
  return path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], claims);
}

function authorizationCookie(config: Members, value: string): string {
  const sameSite = String(config.authorization_cookie_same_site);
  const site = sameSite === "Default" ? "" : `; SameSite=${sameSite}`;
  return `${String(config.authorization_cookie_name)}=${value}; Path=/; Secure; HttpOnly${site}`;
}

function listOf(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function objectOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
