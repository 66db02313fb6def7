import type { IncomingMessage, ServerResponse } from "node:http";
import { send } from "../../answer.ts";
import type { SiteRequest } from "../../server.ts";
import { withForm } from "../../sign-in/inner-request.ts";
import { OAuthProblem } from "../../sign-in/oauth-problem.ts";
import type { Auth0Access } from "../access.ts";
import { Auth0ClientAuthentication } from "../client-authentication.ts";
import { issueManagementToken } from "../client-credentials.ts";
import type { Auth0Client } from "../model.ts";
import { missing } from "../oauth-problem.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { isRegistered } from "./callback.ts";
import { discoveryDocument } from "./discovery.ts";
import { readParameters } from "./form.ts";
import { answerSignOut, cookieOf, readLegacyLogout, readOidcLogout } from "./logout.ts";
import { errorPage, signInPage } from "./page.ts";
import { createProvider, type RunningProvider, sessionCookie, signInPath } from "./provider.ts";
import { enabledConnections, needsOrganization } from "./way-in.ts";

/**
 * The sign-in half of the tenant. It refuses by itself what Auth0 refuses in its own words (unknown client, callback
 * mismatch, wrong client authentication) and leaves the protocol to oidc-provider, which is loaded and started when the
 * first request needs it.
 */
export class Auth0SignIn {
  readonly #tenant: Auth0Tenant;
  readonly #access: Auth0Access;
  readonly #clients: Auth0ClientAuthentication;
  #running: Promise<RunningProvider> | undefined;

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
      case "/userinfo":
        return this.#pass(site.request, site.response);
      case "/authorize":
        return (method === "GET" || method === "POST") && this.#authorize(site);
      case "/oauth/token":
      case "/oauth/revoke":
        return method === "POST" && this.#authenticated(site);
      case "/v2/logout":
      case "/oidc/logout":
        return method === "GET" && this.#signOut(site);
      default:
        if (/^\/authorize\/[\w-]+$/.test(path)) return this.#pass(site.request, site.response);
        return path.startsWith(`${signInPath}/`) && this.#form(site);
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
      const refusal = this.#refusal(params);
      if (refusal !== undefined) {
        send(response, { status: refusal.status, html: errorPage("invalid_request", refusal.headline, refusal.text) });
        return true;
      }
      const prompt = promptFor(params);
      if (prompt !== undefined) params.set("prompt", prompt);
      // oidc-provider takes the request as a query only; a form means the same.
      Object.assign(request, { method: "GET", url: `${path}?${params.toString()}` });
      return await this.#pass(request, response);
    } catch (error) {
      if (!(error instanceof OAuthProblem)) throw error;
      send(response, { status: error.status, html: errorPage(error.code, error.code, error.message) });
      return true;
    }
  }

  /** Why the request cannot even be answered to the app. Callbacks are compared exactly, but for wildcards. */
  #refusal(params: URLSearchParams): { status: number; headline: string; text: string } | undefined {
    const [clientId, ...others] = params.getAll("client_id");
    if (clientId === undefined || others.length > 0) {
      return { status: 400, headline: "Missing required parameter", text: "Missing required parameter: client_id" };
    }
    const client = this.#tenant.clients.get(clientId);
    if (client === undefined || client.global) {
      return { status: 400, headline: "Unknown client", text: `Unknown client: ${clientId}` };
    }
    const [redirectUri, ...more] = params.getAll("redirect_uri");
    if (redirectUri === undefined || more.length > 0 || !isRegistered(client.settings.callbacks ?? [], redirectUri)) {
      return {
        status: 403,
        headline: "Callback URL mismatch.",
        text: "The provided redirect_uri is not in the list of allowed callback URLs. Please go to the Application Settings page and make sure you are sending a valid callback url from your application.",
      };
    }
    return undefined;
  }

  /** Token and revocation: the client proves itself here, then goes on under its secret. */
  async #authenticated({ request, response, path }: SiteRequest): Promise<true> {
    try {
      const form = await readParameters(request);
      const client = await this.#clients.authenticate(request.headers, form);
      if (path === "/oauth/token") {
        checkGrant(client, form);
        if (form.get("grant_type") === "client_credentials") {
          send(response, issueManagementToken(this.#tenant, client, form, this.#access));
          return true;
        }
      }
      return await this.#pass(request, response, handOn(client, form));
    } catch (error) {
      if (!(error instanceof OAuthProblem)) throw error;
      const answer = error.toAnswer();
      const close = error.status === 413 ? { connection: "close" } : {};
      send(response, { ...answer, headers: { ...answer.headers, ...close } });
      return true;
    }
  }

  async #form({ request, response, path }: SiteRequest): Promise<true> {
    const { provider } = await this.#provider();
    let details: Awaited<ReturnType<typeof provider.interactionDetails>>;
    try {
      details = await provider.interactionDetails(request, response);
      if (path !== `${signInPath}/${details.uid}`) throw new Error("another sign-in");
    } catch {
      const text = "The sign-in has expired. Start again.";
      send(response, { status: 400, html: errorPage("invalid_request", "Invalid request", text) });
      return true;
    }
    if (details.prompt.name === "consent") {
      // Signed in already: there is nothing to ask.
      await provider.interactionFinished(request, response, { consent: {} });
      return true;
    }
    const { params } = details;
    const client = this.#tenant.clients.get(String(params.client_id));
    const organization = typeof params.organization === "string" ? params.organization : undefined;
    const connections = client === undefined ? [] : enabledConnections(this.#tenant, client, organization);
    // The prompt for an organization is not played: an app names it in its request.
    const lacking = client !== undefined && organization === undefined && needsOrganization(client);
    if (lacking || connections.length === 0) {
      const text = lacking ? "an organization is required" : "no connections enabled for the client";
      send(response, { status: 400, html: errorPage("invalid_request", "Invalid request", text) });
      return true;
    }
    const people = [...this.#tenant.users.values()].filter((user) =>
      connections.some(({ id, name }) => id === user.connectionId && (params.connection ?? name) === name),
    );
    const emails = people.map(({ email }) => email);
    if (request.method === "GET") {
      send(response, { status: 200, html: signInPage(path, emails, "The sandbox asks for no password.") });
      return true;
    }
    const sent = await readParameters(request);
    const user = this.#tenant.userByEmail(sent.get("username") ?? "");
    if (user === undefined) {
      send(response, { status: 401, html: signInPage(path, emails, "Wrong email or password.") });
      return true;
    }
    await provider.interactionFinished(request, response, { login: { accountId: user.id }, consent: {} });
    return true;
  }

  async #signOut({ request, response, path, query }: SiteRequest): Promise<true> {
    const params = new URLSearchParams(query);
    const answer = answerSignOut(
      this.#tenant,
      path === "/v2/logout" ? readLegacyLogout(params) : readOidcLogout(params),
    );
    const session = cookieOf(request, sessionCookie);
    if (answer.status < 400 && session !== undefined) await (await this.#provider()).endSession(session);
    const gone = (name: string): string => `${name}=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT; httponly`;
    const cookies = answer.status < 400 ? { "set-cookie": [gone(sessionCookie), gone(`${sessionCookie}.sig`)] } : {};
    send(response, { ...answer, headers: { ...answer.headers, ...cookies } });
    return true;
  }

  async #pass(request: IncomingMessage, response: ServerResponse, form?: string): Promise<true> {
    const { handle } = await this.#provider();
    const inner = form === undefined ? request : Object.assign(withForm(request, form), { url: request.url });
    // It would answer an HTML page to a client that names no preference.
    inner.headers.accept ??= "application/json";
    await handle(inner, response);
    return true;
  }

  #provider(): Promise<RunningProvider> {
    this.#running ??= createProvider(this.#tenant);
    return this.#running;
  }
}

/** oidc-provider gives a refresh token only after `prompt=consent`, Auth0 for the asking. */
function promptFor(params: URLSearchParams): string | undefined {
  const prompt = params.get("prompt") ?? "";
  const offline = (params.get("scope") ?? "").split(" ").includes("offline_access");
  return offline && !/\b(none|consent)\b/.test(prompt) ? `${prompt} consent`.trim() : undefined;
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

/** The form as it goes on: under the client's secret, whatever it proved itself with. */
function handOn(client: Auth0Client, form: URLSearchParams): string {
  const inner = new URLSearchParams(form);
  for (const name of ["client_assertion", "client_assertion_type"]) inner.delete(name);
  inner.set("client_id", client.clientId);
  if (client.settings.token_endpoint_auth_method === "none") inner.delete("client_secret");
  else inner.set("client_secret", client.secret);
  return inner.toString();
}
