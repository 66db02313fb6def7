import { createHmac } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { send } from "../../answer.ts";
import { cookieOf } from "../../sign-in/cookie.ts";
import { withForm } from "../../sign-in/inner-request.ts";
import { OAuthProblem } from "../../sign-in/oauth-problem.ts";
import { plainAsS256 } from "../../sign-in/plain-challenge.ts";
import type { SiteRequest } from "../../site.ts";
import type { Auth0Access } from "../access.ts";
import { Auth0ClientAuthentication } from "../client-authentication.ts";
import type { Auth0Client } from "../model.ts";
import { missing } from "../oauth-problem.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { splitScopes } from "./api-access.ts";
import { isRegistered } from "./callback.ts";
import { issueClientToken } from "./client-credentials.ts";
import { discoveryDocument, isOidcScope } from "./discovery.ts";
import { Federation, federationPath, lostSignIn } from "./federation.ts";
import { readParameters } from "./form.ts";
import { Login } from "./login.ts";
import { answerSignOut, readLegacyLogout, readOidcLogout } from "./logout.ts";
import { errorAnswer, errorPage, type Stop, signOutPage } from "./page.ts";
import { createProvider, type RunningProvider, scopeParameter, sessionCookie, signInPath } from "./provider.ts";
import { innerToken } from "./token-answer.ts";

/** The provider with what is built on it. */
interface Running extends RunningProvider {
  readonly federation: Federation;
  readonly login: Login;
}

/**
 * The sign-in half of the tenant. It refuses by itself what Auth0 refuses in its own words (unknown client, callback
 * mismatch, wrong client authentication) and leaves the protocol to oidc-provider, which is loaded and started when the
 * first request needs it.
 */
export class Auth0SignIn {
  readonly #tenant: Auth0Tenant;
  readonly #access: Auth0Access;
  readonly #clients: Auth0ClientAuthentication;
  #running: Promise<Running> | undefined;

  constructor(tenant: Auth0Tenant, access: Auth0Access) {
    this.#tenant = tenant;
    this.#access = access;
    this.#clients = new Auth0ClientAuthentication(tenant);
  }

  /** Answers the request when its path belongs to the sign-in half; false when it does not. */
  async handle(site: SiteRequest): Promise<boolean> {
    const { path } = site;
    const method = site.request.method ?? "GET";
    switch (path) {
      case "/.well-known/openid-configuration":
        return method === "GET" && this.#document(site.response);
      case "/.well-known/jwks.json":
        return this.#pass(site.request, site.response);
      case "/userinfo":
        return this.#userinfo(site);
      case "/authorize":
        return (method === "GET" || method === "POST") && this.#authorize(site);
      case "/oauth/token":
      case "/oauth/revoke":
        return method === "POST" && this.#authenticated(site);
      case "/v2/logout":
      case "/oidc/logout":
        return (method === "GET" || method === "POST") && this.#signOut(site);
      case federationPath:
        return (method === "GET" || method === "POST") && this.#comeBack(site);
      default:
        if (/^\/authorize\/[\w-]+$/.test(path)) return this.#pass(site.request, site.response);
        return path.startsWith(`${signInPath}/`) && this.#login(site);
    }
  }

  #document(response: ServerResponse): true {
    const headers = { "cache-control": "public, max-age=15, stale-while-revalidate=15, stale-if-error=86400" };
    send(response, { status: 200, headers, json: discoveryDocument(this.#tenant) });
    return true;
  }

  async #authorize({ request, response, path, query }: SiteRequest): Promise<true> {
    try {
      const params = request.method === "POST" ? await readParameters(request) : new URLSearchParams(query);
      const stop = this.#stop(params);
      if (stop !== undefined) {
        send(response, errorAnswer(this.#tenant, stop));
        return true;
      }
      params.set(scopeParameter, params.get("scope") ?? "");
      plainAsS256(params);
      // oidc-provider takes the request as a query only; a form means the same.
      Object.assign(request, { method: "GET", url: `${path}?${params.toString()}` });
      return await this.#pass(request, response);
    } catch (error) {
      return showProblem(response, error);
    }
  }

  /** Why the request cannot even be answered to the app. Callbacks are compared exactly, but for wildcards. */
  #stop(params: URLSearchParams): Stop | undefined {
    const [clientId, ...others] = params.getAll("client_id");
    const error = "invalid_request";
    if (clientId === undefined || others.length > 0) {
      const headline = "Missing required parameter";
      return { status: 400, error, headline, description: "Missing required parameter: client_id" };
    }
    const client = this.#tenant.clients.get(clientId);
    if (client === undefined || client.global) {
      return { status: 400, error, headline: "Unknown client", description: `Unknown client: ${clientId}` };
    }
    const [redirectUri, ...more] = params.getAll("redirect_uri");
    if (redirectUri === undefined || more.length > 0 || !isRegistered(client.settings.callbacks ?? [], redirectUri)) {
      return {
        status: 403,
        error: "unauthorized_client",
        headline: "Callback URL mismatch.",
        description:
          "The provided redirect_uri is not in the list of allowed callback URLs. Please go to the Application Settings page and make sure you are sending a valid callback url from your application.",
        client: clientId,
      };
    }
    return undefined;
  }

  /** Token and revocation: the client proves itself here, then goes on under its secret. */
  async #authenticated({ request, response, path }: SiteRequest): Promise<true> {
    try {
      const form = await readParameters(request);
      const client = await this.#clients.authenticate(request.headers, form);
      if (path === "/oauth/revoke" && !form.get("token")) throw missing("token");
      if (path === "/oauth/token") {
        checkGrant(client, form);
        if (form.get("grant_type") === "client_credentials") {
          send(response, await issueClientToken(this.#tenant, client, form, this.#access));
          return true;
        }
      }
      const scopes = narrow(form);
      return await this.#pass(request, response, handOn(client, form), scopes);
    } catch (error) {
      if (!(error instanceof OAuthProblem)) throw error;
      const answer = error.toAnswer();
      const close = error.status === 413 ? { connection: "close" } : {};
      send(response, { ...answer, headers: { ...answer.headers, ...close } });
      return true;
    }
  }

  async #userinfo({ request, response }: SiteRequest): Promise<true> {
    const [, token] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    if (token !== undefined) {
      const inner = await innerToken(this.#tenant, (await this.#provider()).storage, token);
      request.headers.authorization = `Bearer ${inner}`;
    }
    return this.#pass(request, response);
  }

  async #login(site: SiteRequest): Promise<true> {
    try {
      await (await this.#provider()).login.handle(site);
      return true;
    } catch (error) {
      return showProblem(site.response, error);
    }
  }

  /** Somebody comes back from the issuer of a connection. */
  async #comeBack({ request, response, query }: SiteRequest): Promise<true> {
    const { federation, finish } = await this.#provider();
    try {
      const sent = request.method === "POST" ? await readParameters(request) : new URLSearchParams(query);
      const back = await federation.comeBack(request, sent);
      const location = back === undefined ? undefined : await finish(back.uid, back.result);
      send(response, location === undefined ? lostSignIn(this.#tenant) : { status: 302, headers: { location } });
      return true;
    } catch (error) {
      return showProblem(response, error);
    }
  }

  async #signOut({ request, response, path, query }: SiteRequest): Promise<true> {
    let params = new URLSearchParams(query);
    try {
      if (request.method === "POST") params = await readParameters(request);
    } catch (error) {
      return showProblem(response, error);
    }
    const wanted = path === "/v2/logout" ? readLegacyLogout(params) : await readOidcLogout(this.#tenant, params);
    const answer = answerSignOut(this.#tenant, wanted);
    const session = cookieOf(request, sessionCookie);
    const signedIn = session !== undefined && (await (await this.#provider()).hasSession(session));
    const proof = createHmac("sha256", this.#tenant.state.issuer.cookieKey)
      .update(session ?? "")
      .digest("base64url");
    if (answer.status < 400 && !wanted.sure && signedIn && params.get("confirm") !== proof) {
      const repeated = [...params].filter(([name]) => name !== "confirm");
      send(response, { status: 200, html: signOutPage(path, [...repeated, ["confirm", proof]]) });
      return true;
    }
    if (answer.status < 400 && session !== undefined) await (await this.#provider()).endSession(session);
    const gone = (name: string): string => `${name}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly`;
    const cookies = answer.status < 400 ? { "set-cookie": [gone(sessionCookie), gone(`${sessionCookie}.sig`)] } : {};
    send(response, { ...answer, headers: { ...answer.headers, ...cookies } });
    return true;
  }

  async #pass(
    request: IncomingMessage,
    response: ServerResponse,
    form?: string,
    scopes?: readonly string[],
  ): Promise<true> {
    const { handle } = await this.#provider();
    const inner = form === undefined ? request : Object.assign(withForm(request, form), { url: request.url });
    // It would answer an HTML page to a client that names no preference.
    inner.headers.accept ??= "application/json";
    await handle(inner, response, scopes);
    return true;
  }

  #provider(): Promise<Running> {
    this.#running ??= createProvider(this.#tenant).then((running) => {
      const federation = new Federation(this.#tenant, running.storage);
      return { ...running, federation, login: new Login(this.#tenant, running, federation) };
    });
    return this.#running;
  }
}

/** Shows on a page what is wrong with the parameters of a browser. Throws what is no `OAuthProblem`. */
function showProblem(response: ServerResponse, error: unknown): true {
  if (!(error instanceof OAuthProblem)) throw error;
  send(response, { status: error.status, html: errorPage(error.code, error.code, error.message) });
  return true;
}

/** What the client may ask for, in Auth0's words. */
function checkGrant(client: Auth0Client, form: URLSearchParams): void {
  const grant = form.get("grant_type") ?? "";
  if (grant === "") throw missing("grant_type");
  if (!["authorization_code", "refresh_token", "client_credentials"].includes(grant)) {
    throw new OAuthProblem(403, "unsupported_grant_type", `Unsupported grant type: ${grant}`);
  }
  if (!client.settings.grant_types.includes(grant)) {
    throw new OAuthProblem(403, "unauthorized_client", `Grant type '${grant}' not allowed for the client.`);
  }
  if (grant === "authorization_code" && !form.get("code")) throw missing("code");
  if (grant === "refresh_token" && !form.get("refresh_token")) throw missing("refresh_token");
}

/**
 * The scopes that a refresh names; undefined when it names none. Only those that oidc-provider knows stay in the form:
 * an API's scopes, and the one for refreshing, are looked at afterwards.
 */
function narrow(form: URLSearchParams): readonly string[] | undefined {
  const scopes = splitScopes(form.get("scope"));
  if (form.get("grant_type") !== "refresh_token" || scopes.length === 0) return undefined;
  const known = scopes.filter((scope) => isOidcScope(scope) && scope !== "offline_access");
  if (known.length === 0) form.delete("scope");
  else form.set("scope", known.join(" "));
  return scopes;
}

/** The form as it goes on: under the client's secret, whatever it proved itself with. */
function handOn(client: Auth0Client, form: URLSearchParams): string {
  const inner = new URLSearchParams(form);
  for (const name of ["client_assertion", "client_assertion_type"]) inner.delete(name);
  inner.set("client_id", client.clientId);
  if (client.settings.token_endpoint_auth_method === "none") inner.delete("client_secret");
  else inner.set("client_secret", client.secret);
  return inner.toString();
}
