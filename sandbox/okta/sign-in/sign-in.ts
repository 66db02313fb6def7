import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, BodyTooLarge, readBody, send } from "../../answer.ts";
import type { SiteRequest } from "../../server.ts";
import { withForm } from "../../sign-in/inner-request.ts";
import { OAuthProblem } from "../../sign-in/oauth-problem.ts";
import type { Access } from "../access.ts";
import { issuerOf } from "../authorization-servers.ts";
import { ClientAuthentication } from "../client-authentication.ts";
import type { OktaApp } from "../model.ts";
import type { OktaOrg } from "../org.ts";
import { OktaProblem, problemOf } from "../problem.ts";
import { issueServiceToken } from "../service-token.ts";
import { discoveryDocument } from "./discovery.ts";
import { errorPage, signInPage } from "./page.ts";
import { type AuthorizationServer, createProvider, type RunningProvider } from "./provider.ts";

/** Largest form that is read, in bytes. */
const formLimit = 48 * 1024;

/**
 * The sign-in half of the org: its own authorization server and the custom ones that are active. It refuses by itself what Okta refuses in its own words
 * (unknown client, unregistered redirect URI, wrong client authentication) and leaves the protocol to oidc-provider,
 * which is loaded and started when the first request needs it.
 */
export class SignIn {
  readonly #org: OktaOrg;
  readonly #access: Access;
  readonly #clients: ClientAuthentication;
  readonly #providers = new Map<string, Promise<RunningProvider>>();

  constructor(org: OktaOrg, access: Access) {
    this.#org = org;
    this.#access = access;
    this.#clients = new ClientAuthentication(org);
  }

  /** Read anew each time: a server that is made, switched off or removed is so for the very next request. */
  #servers(): readonly AuthorizationServer[] {
    const custom = this.#org.servers
      .filter((server) => server.status === "ACTIVE" && this.#org.state.apiAccessManagement)
      .map((server) => {
        const issuer = issuerOf(this.#org, server);
        const name = server.isDefault ? "default" : server.id;
        return { name, issuer, mount: issuer.slice(this.#org.url.length), base: "/v1" };
      });
    return [...custom, { name: "org", issuer: this.#org.url, mount: "", base: "/oauth2/v1" }];
  }

  /** Answers the request when its path belongs to the sign-in half; false when it does not. */
  async handle(site: SiteRequest): Promise<boolean> {
    const { path, response } = site;
    const document = this.#discovery(path);
    if (document !== undefined) {
      send(response, site.request.method === "GET" ? document : problemOf(405).toAnswer());
      return true;
    }
    const form = /^\/signin\/(\w+)\/[\w-]+$/.exec(path);
    if (form !== null) {
      const server = this.#servers().find((candidate) => candidate.name === form[1]);
      if (server !== undefined) await this.#signInForm(server, site);
      return server !== undefined;
    }
    for (const server of this.#servers()) {
      const prefix = server.mount + server.base;
      if (path !== prefix && !path.startsWith(`${prefix}/`)) continue;
      await this.#endpoint(server, path.slice(prefix.length), site);
      return true;
    }
    return false;
  }

  #discovery(path: string): Answer | undefined {
    for (const server of this.#servers()) {
      const known = [
        `${server.mount}/.well-known/openid-configuration`,
        `${server.mount}/.well-known/oauth-authorization-server`,
        `/.well-known/oauth-authorization-server${server.mount}`,
      ];
      if (!known.includes(path)) continue;
      return {
        status: 200,
        headers: { "cache-control": "max-age=86400, must-revalidate" },
        json: discoveryDocument(server.issuer, this.#org.url + server.mount + server.base),
      };
    }
    return undefined;
  }

  async #endpoint(server: AuthorizationServer, name: string, site: SiteRequest): Promise<void> {
    switch (name) {
      case "/authorize":
        return this.#authorize(server, site);
      case "/token":
      case "/introspect":
      case "/revoke":
        return this.#authenticated(server, name, site);
      case "/keys":
      case "/userinfo":
      case "/logout":
      case "/logout/confirm":
      case "/logout/success":
        return this.#pass(server, site.request, site.response);
      default:
        if (/^\/authorize\/[\w-]+$/.test(name)) return this.#pass(server, site.request, site.response);
        send(site.response, problemOf(404).toAnswer());
    }
  }

  async #authorize(server: AuthorizationServer, site: SiteRequest): Promise<void> {
    const { request, response, query } = site;
    if (request.method !== "GET" && request.method !== "POST") {
      send(response, problemOf(405).toAnswer());
      return;
    }
    const body = request.method === "POST" ? await readForm(request, response) : undefined;
    if (request.method === "POST" && body === undefined) return;
    const params = new URLSearchParams(body ?? query);
    const refusal = this.#refusal(params);
    if (refusal !== undefined) {
      send(response, { status: 400, html: errorPage(refusal.code, refusal.description) });
      return;
    }
    const prompt = promptFor(params);
    if (prompt !== undefined) params.set("prompt", prompt);
    const text = params.toString();
    if (body === undefined) request.url = `${site.path}?${text}`;
    await this.#pass(server, request, response, body === undefined ? undefined : text);
  }

  /** Why the request cannot even be answered to the app. Redirect URIs are compared exactly, case included. */
  #refusal(params: URLSearchParams): { code: string; description: string } | undefined {
    const [clientId = "", ...others] = params.getAll("client_id");
    const app = this.#org.client(clientId);
    if (others.length > 0 || app === undefined || app.status !== "ACTIVE") {
      return { code: "invalid_client", description: "Invalid value for 'client_id' parameter." };
    }
    const [redirectUri, ...more] = params.getAll("redirect_uri");
    if (redirectUri === undefined || more.length > 0 || !app.oauth.redirect_uris.includes(redirectUri)) {
      return {
        code: "invalid_request",
        description: "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
      };
    }
    return undefined;
  }

  /** Token, introspection, revocation: the client proves itself here, then goes on under the inner secret. */
  async #authenticated(server: AuthorizationServer, name: string, site: SiteRequest): Promise<void> {
    const { request, response } = site;
    if (request.method !== "POST") {
      send(response, problemOf(405).toAnswer());
      return;
    }
    const text = await readForm(request, response);
    if (text === undefined) return;
    const form = new URLSearchParams(text);
    try {
      const audiences = [`${this.#org.url}${server.mount}${server.base}${name}`, server.issuer];
      const app = await this.#clients.authenticate(request.headers, form, audiences);
      if (name === "/token") {
        checkGrant(app, form.get("grant_type"));
        if (form.get("grant_type") === "client_credentials") {
          if (server.name !== "org")
            throw new OAuthProblem(400, "invalid_scope", "No scope is configured for services.");
          send(response, issueServiceToken(app, form, this.#access));
          return;
        }
      }
      const { innerSecret } = await this.#provider(server);
      await this.#pass(server, request, response, handOn(app, form, innerSecret));
    } catch (error) {
      if (!(error instanceof OAuthProblem) && !(error instanceof OktaProblem)) throw error;
      send(response, error.toAnswer());
    }
  }

  async #signInForm(server: AuthorizationServer, { request, response, path }: SiteRequest): Promise<void> {
    const { provider } = await this.#provider(server);
    try {
      await provider.interactionDetails(request, response);
    } catch {
      send(response, { status: 400, html: errorPage("invalid_request", "The sign-in has expired. Start again.") });
      return;
    }
    const logins = this.#org.users.map((user) => user.login);
    if (request.method === "GET") {
      send(response, { status: 200, html: signInPage(path, logins, "The sandbox asks for no password.") });
      return;
    }
    const text = request.method === "POST" ? await readForm(request, response) : "";
    if (text === undefined) return;
    const user = this.#org.user(new URLSearchParams(text).get("username") ?? "");
    if (user === undefined) {
      send(response, { status: 401, html: signInPage(path, logins, "Unable to sign in.") });
      return;
    }
    await provider.interactionFinished(request, response, { login: { accountId: user.id }, consent: {} });
  }

  async #pass(
    server: AuthorizationServer,
    request: IncomingMessage,
    response: ServerResponse,
    body?: string,
  ): Promise<void> {
    const { handle } = await this.#provider(server);
    const inner = body === undefined ? request : withForm(request, body);
    const original = request.url ?? "/";
    // oidc-provider builds its own URLs from the difference between the two.
    Object.assign(inner, { originalUrl: original, url: original.slice(server.mount.length) });
    // It would answer an HTML page to a client that names no preference.
    inner.headers.accept ??= "application/json";
    await handle(inner, response);
  }

  #provider(server: AuthorizationServer): Promise<RunningProvider> {
    let running = this.#providers.get(server.name);
    if (running === undefined) {
      running = createProvider(this.#org, server);
      this.#providers.set(server.name, running);
    }
    return running;
  }
}

/** oidc-provider gives a refresh token only after `prompt=consent`, Okta for the asking. */
function promptFor(params: URLSearchParams): string | undefined {
  const prompt = params.get("prompt") ?? "";
  const asked = (params.get("scope") ?? "").split(" ").includes("offline_access");
  return asked && !/\b(none|consent)\b/.test(prompt) ? `${prompt} consent`.trim() : undefined;
}

/** What the app may ask for, in Okta's words. */
function checkGrant(app: OktaApp, grant: string | null): void {
  if (grant === null || grant === "") {
    throw new OAuthProblem(400, "invalid_request", "The token request must specify a 'grant_type'.");
  }
  const played = ["authorization_code", "refresh_token", "client_credentials"];
  if (!played.includes(grant)) {
    throw new OAuthProblem(
      400,
      "unsupported_grant_type",
      "The authorization grant type is not supported by the authorization server.",
    );
  }
  if (!app.oauth.grant_types.includes(grant)) {
    throw new OAuthProblem(
      400,
      "unauthorized_client",
      `The client is not authorized to use the provided grant type. Configured grant types: [${app.oauth.grant_types.join(", ")}].`,
    );
  }
}

/** The form as it goes on: without what the client proved itself with, under the inner secret instead. */
function handOn(app: OktaApp, form: URLSearchParams, innerSecret: string): string {
  const inner = new URLSearchParams(form);
  for (const name of ["client_secret", "client_assertion", "client_assertion_type"]) inner.delete(name);
  inner.set("client_id", app.clientId);
  if (app.authMethod !== "none") inner.set("client_secret", innerSecret);
  return inner.toString();
}

/** The form as text; undefined when the answer has been sent, because the body is none. */
async function readForm(request: IncomingMessage, response: ServerResponse): Promise<string | undefined> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    const description = "The content type must be application/x-www-form-urlencoded.";
    send(response, new OAuthProblem(400, "invalid_request", description).toAnswer());
    return undefined;
  }
  try {
    return (await readBody(request, formLimit)).toString("utf8");
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    const answer = new OAuthProblem(413, "invalid_request", "The request body is too large.").toAnswer();
    send(response, { ...answer, headers: { ...answer.headers, connection: "close" } });
    return undefined;
  }
}
