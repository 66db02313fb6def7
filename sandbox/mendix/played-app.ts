import { createHash } from "node:crypto";
import type { JWTPayload } from "jose";
import { type Answer, send } from "../answer.ts";
import type { InnerCalls } from "../inner-call.ts";
import { randomToken } from "../random.ts";
import { cookieOf } from "../sign-in/cookie.ts";
import { readForm } from "../sign-in/form.ts";
import { escapeHtml, htmlPage } from "../sign-in/html.ts";
import type { Site, SiteRequest } from "../site.ts";
import { type Configuration, configurationOf, type NameConstant, ownSet } from "./configuration.ts";
import { ParserMissing, rolesOf } from "./roles.ts";
import { BackChannel, type Endpoints, TokenRefused, type Tokens } from "./tokens.ts";

/** Somebody's account in the app. */
export interface Account {
  /** `System.User.Name`: who they are at the identity provider. */
  readonly name: string;
  readonly alias: string;
  fullName: string;
  email: string;
  roles: readonly string[];
}

interface Begun {
  readonly configuration: Configuration;
  readonly endpoints: Endpoints;
  readonly state: string;
  readonly nonce: string;
  readonly verifier: string | undefined;
}

interface Session {
  readonly account: Account;
  readonly configuration: Configuration;
  readonly endpoints: Endpoints;
  tokens: Tokens;
}

const sessionCookie = "XASSESSIONID";
const nonceCookie = "oidc-nonce";

/** What the app is made of. */
export interface PlayedAppParts {
  readonly host: string;
  /** Constants as the app would get them if it started now. */
  readonly constants: () => Readonly<Record<string, string>>;
  readonly calls: InnerCalls;
  readonly clock: () => number;
}

/**
 * A Mendix app with the OIDC SSO module: it reads its constants when it starts, lets people choose among its identity
 * providers, and signs them in as its documentation says. Nothing that is set reaches it before `restart()`.
 */
export class PlayedMendixApp {
  /** Sets of constants that `Custom_CreateIdPConfiguration` returns a configuration of. */
  sets: readonly NameConstant[] = [ownSet];
  /** ACR values that the ID token must hold, for everybody; a microflow of the app's does that. */
  requiredAcr: string | undefined;
  readonly accounts = new Map<string, Account>();
  /** The log of the OIDC node. */
  readonly log: string[] = [];
  restarts = 0;
  readonly #parts: PlayedAppParts;
  readonly #channel: BackChannel;
  readonly #begun = new Map<string, Begun>();
  readonly #sessions = new Map<string, Session>();
  #configurations: readonly Configuration[] = [];
  #sameSite = "Lax";

  constructor(parts: PlayedAppParts) {
    this.#parts = parts;
    this.#channel = new BackChannel(parts.calls, parts.clock);
  }

  get site(): Site {
    return {
      hosts: [this.#parts.host],
      logsQuery: () => false,
      problem: (status) => page(status, "The app could not answer."),
      handle: (request) => this.#handle(request),
    };
  }

  /** Aliases that people can sign in by, as the app has started. */
  get aliases(): readonly string[] {
    return this.#configurations.filter(({ apiOnly }) => !apiOnly).map(({ alias }) => alias);
  }

  /** Access tokens of the people who are signed in, as the app keeps them for its own calls to APIs. */
  get accessTokens(): readonly string[] {
    return [...this.#sessions.values()].map(({ tokens }) => tokens.accessToken);
  }

  /** Starts the app: `OIDC.ASU_OIDC_Startup` makes its configurations of the constants. Sessions are gone. */
  restart(): void {
    const constants = this.#parts.constants();
    const made = this.sets.map((set) => configurationOf(constants, set, `https://${this.#parts.host}`));
    this.log.push(...made.filter((each) => typeof each === "string"));
    this.#configurations = made.filter((each) => typeof each !== "string");
    this.#sameSite = constants["OIDC.NonceCookieSameSite"] || "Lax";
    this.#sessions.clear();
    this.#begun.clear();
    this.restarts += 1;
  }

  async #handle(site: SiteRequest): Promise<void> {
    const { request, response, path, query } = site;
    send(response, await this.#answer(site, `${request.method ?? "GET"} ${path}`, new URLSearchParams(query)));
  }

  async #answer(site: SiteRequest, key: string, sent: URLSearchParams): Promise<Answer> {
    switch (key) {
      case "GET /":
        return this.#home(site);
      case "GET /oauth/v2/login":
        return this.#login(sent);
      case "GET /logout":
        return this.#logout(site);
      case "GET /rest/me":
        return this.#api(site);
      case "POST /refresh":
        return this.#refresh(site);
      default:
    }
    const callback = this.#configurations.find(({ callbackUrl }) => new URL(callbackUrl).pathname === site.path);
    const isOwn = site.path === "/oauth/v2/callback" || callback !== undefined;
    if (!isOwn || !["GET", "POST"].includes(site.request.method ?? "")) return page(404, "There is nothing here.");
    if (site.request.method === "GET") return this.#back(site, sent);
    const text = await readForm(site.request, site.response);
    return text === undefined ? page(400, "This is no form.") : this.#back(site, new URLSearchParams(text));
  }

  #home({ request }: SiteRequest): Answer {
    const session = this.#sessions.get(cookieOf(request, sessionCookie) ?? "");
    if (session === undefined) return { status: 200, html: htmlPage("service (sandbox)", loginLink) };
    const { account } = session;
    const roles = account.roles.length === 0 ? "" : ` (${escapeHtml(account.roles.join(", "))})`;
    const html = `<h1>service</h1><p>Signed in as <strong>${escapeHtml(account.fullName)}</strong>${roles} by ${escapeHtml(account.alias)}.</p>`;
    return { status: 200, html: htmlPage("service (sandbox)", html) };
  }

  /** Straight to the only identity provider, or a page to choose: one way in for each, and one for each of its ACR values. */
  async #login(sent: URLSearchParams): Promise<Answer> {
    const open = this.#configurations.filter(({ apiOnly }) => !apiOnly);
    const alias = sent.get("idp");
    const acr = sent.get("acr");
    const asked = alias === null ? open : open.filter((each) => each.alias === alias);
    const [only] = asked;
    if (only === undefined)
      return page(404, alias === null ? "No identity provider is set up." : `There is no ${alias}.`);
    if (acr !== null && !only.acrValues.includes(acr)) return page(400, "This cannot be chosen.");
    if (asked.length === 1 && (acr !== null || only.acrValues.length < 2)) {
      return this.#begin(only, acr ?? only.acrValues[0]);
    }
    const choices = asked.flatMap((each) => [
      link(each.alias, { idp: each.alias }),
      ...each.acrValues.map((value) => link(`${each.alias} (${value})`, { idp: each.alias, acr: value })),
    ]);
    return { status: 200, html: htmlPage("Sign in", `<h1>Sign in</h1><ul>${choices.join("")}</ul>`) };
  }

  async #begin(configuration: Configuration, acr: string | undefined): Promise<Answer> {
    const endpoints = await this.#channel.endpoints(configuration);
    if (endpoints === undefined) return this.#failed("The configuration of the identity provider cannot be read.");
    const verifier = configuration.pkce ? randomToken(32) : undefined;
    const begun: Begun = { configuration, endpoints, state: randomToken(24), nonce: randomToken(24), verifier };
    const cookie = randomToken(24);
    if (this.#begun.size > 10_000) this.#begun.clear();
    this.#begun.set(cookie, begun);
    const url = new URL(endpoints.authorization);
    const wanted: Readonly<Record<string, string | undefined>> = {
      response_type: "code",
      client_id: configuration.clientId,
      redirect_uri: configuration.callbackUrl,
      scope: configuration.scopes,
      state: begun.state,
      nonce: begun.nonce,
      acr_values: acr,
      response_mode: configuration.responseMode === "query" ? undefined : "form_post",
      code_challenge: verifier && createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: verifier && "S256",
    };
    for (const [name, value] of Object.entries(wanted)) if (value !== undefined) url.searchParams.set(name, value);
    const sameSite = configuration.responseMode === "form_post" ? "None" : this.#sameSite;
    const set = `${nonceCookie}=${cookie}; Path=/; Secure; HttpOnly; SameSite=${sameSite}`;
    return { status: 302, headers: { location: url.href, "set-cookie": set, "cache-control": "no-store" } };
  }

  async #back({ request }: SiteRequest, sent: URLSearchParams): Promise<Answer> {
    const cookie = cookieOf(request, nonceCookie) ?? "";
    const begun = this.#begun.get(cookie);
    this.#begun.delete(cookie);
    if (begun === undefined || sent.get("state") !== begun.state) {
      return page(400, "This sign-in was not begun in this browser. Please start again.");
    }
    const code = sent.get("code");
    if (code === null) {
      const told = /^[a-z_]{1,40}$/.exec(sent.get("error") ?? "")?.[0] ?? "unknown";
      this.log.push(`handleAuthorization: Authorization code missing, error = ${told}`);
      return this.#failed("Authentication failed!", told);
    }
    try {
      return this.#letIn(begun, await this.#channel.redeem(begun, code));
    } catch (error) {
      if (error instanceof TokenRefused) {
        this.log.push(`Unable to get access token: ${error.message}`);
        return this.#failed("Unable to get access token", error.code);
      }
      if (!(error instanceof ParserMissing)) throw error;
      this.log.push(error.message);
      return this.#failed("Authentication failed!");
    }
  }

  #letIn({ configuration, endpoints }: Begun, tokens: Tokens): Answer {
    const { claims } = tokens;
    if (this.requiredAcr !== undefined && claims.acr !== this.requiredAcr)
      return page(403, "Sign in with a second factor.");
    const account = this.#accountOf(configuration, tokens);
    if (account === undefined) return page(403, "You have no account here.");
    const session = randomToken(24);
    this.#sessions.set(session, { account, configuration, endpoints, tokens });
    return {
      status: 303,
      headers: { location: "/", "set-cookie": `${sessionCookie}=${session}; Path=/; Secure; HttpOnly; SameSite=Lax` },
    };
  }

  /** Found or made by the claim that says who it is; `name` and `email` of the ID token, or of userinfo, are always taken. */
  #accountOf(configuration: Configuration, { claims, profile, accessClaims, idClaims }: Tokens): Account | undefined {
    const who = String(claims[configuration.principal] ?? profile[configuration.principal] ?? "");
    const found = this.accounts.get(who);
    if (who === "" || (found === undefined && !configuration.createsUsers)) return undefined;
    const account: Account = found ?? { name: who, alias: configuration.alias, fullName: "", email: "", roles: [] };
    account.fullName = String(profile.name ?? "");
    account.email = String(profile.email ?? "");
    account.roles = rolesOf(configuration, configuration.atpToken === "id" ? idClaims : accessClaims);
    this.accounts.set(who, account);
    return account;
  }

  /** A published REST operation: who has a token of one of the identity providers is who the token says. */
  async #api({ request }: SiteRequest): Promise<Answer> {
    const token = /^Bearer (\S+)$/.exec(request.headers.authorization ?? "")?.[1];
    if (token === undefined) return { status: 401, json: { error: "no bearer token" } };
    for (const configuration of this.#configurations) {
      const claims: JWTPayload | undefined = await this.#channel.bearer(configuration, token);
      if (claims === undefined) continue;
      const account = this.accounts.get(String(claims[configuration.principal] ?? claims.sub ?? ""));
      return { status: 200, json: { account: account?.name ?? null, roles: rolesOf(configuration, claims) } };
    }
    return { status: 401, json: { error: "invalid token" } };
  }

  async #refresh({ request }: SiteRequest): Promise<Answer> {
    const session = this.#sessions.get(cookieOf(request, sessionCookie) ?? "");
    if (session === undefined) return { status: 401, json: { error: "not signed in" } };
    const tokens = await this.#channel.refresh(session);
    if (tokens === undefined) return { status: 409, json: { error: "no refresh token" } };
    session.tokens = tokens;
    return { status: 200, json: { refreshed: true } };
  }

  /** `ACT_Logout`: ends the session here, and at the identity provider when the constant says where. */
  #logout({ request }: SiteRequest): Answer {
    const cookie = cookieOf(request, sessionCookie) ?? "";
    const session = this.#sessions.get(cookie);
    this.#sessions.delete(cookie);
    const headers = { "set-cookie": `${sessionCookie}=; Path=/; Max-Age=0` };
    const end = session?.configuration.endSession ?? "";
    if (session === undefined || end === "") return { status: 303, headers: { ...headers, location: "/" } };
    const url = new URL(end);
    url.searchParams.set("id_token_hint", session.tokens.idToken);
    url.searchParams.set("post_logout_redirect_uri", `https://${this.#parts.host}/`);
    return { status: 303, headers: { ...headers, location: url.href } };
  }

  #failed(message: string, code?: string): Answer {
    const answer = page(400, message);
    return code === undefined ? answer : { ...answer, headers: { "x-oidc-error": code } };
  }
}

const loginLink =
  '<h1>service</h1><p>An app on Mendix, played by the sandbox. <a href="/oauth/v2/login">Sign in</a></p>';

function link(text: string, query: Readonly<Record<string, string>>): string {
  return `<li><a href="/oauth/v2/login?${escapeHtml(new URLSearchParams(query).toString())}">${escapeHtml(text)}</a></li>`;
}

function page(status: number, message: string): Answer {
  return { status, html: htmlPage(String(status), `<h1>${status}</h1><p>${escapeHtml(message)}</p>`) };
}
