import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, BodyTooLarge, readBody, send } from "../answer.ts";
import type { Site, SiteRequest } from "../server.ts";
import { withForm } from "../sign-in/inner-request.ts";
import { readShownClient } from "../sign-in/shown-client.ts";
import { ClientAuthentication } from "./client-authentication.ts";
import type { CustomerProvider } from "./customer-provider.ts";
import { createEngine, createMemory, type Engine, type Memory, signInPath } from "./engine.ts";
import { messagePage, signInPage } from "./page.ts";
import type { ProviderKey } from "./provider-key.ts";
import { allowsRedirect } from "./redirect-uri.ts";
import { type Asked, oauthError } from "./vendor.ts";

/** Largest form that is read, in bytes. */
const formLimit = 48 * 1024;

/** A customer's provider as a site, under all of its host names. */
export function createExternalSite(owner: CustomerProvider, clock: () => number): Site {
  const site = new ExternalSite(owner, clock);
  const { issuer, endpoints } = owner.vendor;
  return {
    hosts: [...new Set([issuer, ...Object.values(endpoints)].map((url) => new URL(url).hostname))],
    logsQuery: () => false,
    problem: (status) => ({ status, html: messagePage(String(status), "The request could not be completed.") }),
    handle: (request) => site.handle(request),
  };
}

/**
 * Refuses in the product's words what the product refuses (unknown client, redirect URI, client authentication) and
 * leaves the protocol to oidc-provider, which is started when a request first needs it.
 */
class ExternalSite {
  readonly #owner: CustomerProvider;
  readonly #clock: () => number;
  readonly #clients: ClientAuthentication;
  readonly #memory: Memory;
  readonly #routes: ReadonlyMap<string, (site: SiteRequest) => Promise<void>>;
  readonly #engines = new WeakMap<readonly ProviderKey[], Promise<Engine>>();

  constructor(owner: CustomerProvider, clock: () => number) {
    this.#owner = owner;
    this.#clock = clock;
    this.#clients = new ClientAuthentication(owner, clock);
    this.#memory = createMemory(owner);
    const { issuer, endpoints } = owner.vendor;
    this.#routes = new Map([
      [place(`${issuer}/.well-known/openid-configuration`), (site) => this.#document(site)],
      [place(endpoints.jwks), (site) => this.#keys(site)],
      [place(endpoints.authorization), (site) => this.#authorize(site)],
      [place(endpoints.token), (site) => this.#token(site)],
      [place(endpoints.userinfo), (site) => this.#pass(site.request, site.response)],
    ]);
  }

  async handle(site: SiteRequest): Promise<void> {
    const { request, response, path } = site;
    const host = request.headers.host ?? "";
    const route = this.#routes.get(host + path);
    if (route !== undefined) return route(site);
    const { vendor } = this.#owner;
    const page = vendor.page?.({
      host,
      path,
      query: new URLSearchParams(site.query),
      postLogoutUris: (clientId) => this.#owner.client(clientId)?.postLogoutUris ?? [],
    });
    if (page !== undefined) return send(response, page);
    const below = (url: string | undefined): boolean =>
      url !== undefined && `${host}${path}/`.startsWith(`${place(url)}/`);
    if (below(vendor.endpoints.authorization) || below(vendor.endpoints.endSession)) {
      return this.#pass(request, response);
    }
    if (below(new URL(signInPath, vendor.endpoints.authorization).href)) return this.#signIn(site);
    send(response, { status: 404, html: messagePage("404", "There is nothing here.") });
  }

  async #document({ request, response }: SiteRequest): Promise<void> {
    if (request.method !== "GET") return send(response, wrongMethod);
    if (this.#owner.vendor.discovery === "firewalled") {
      const html = messagePage("Access denied", "This address can be reached from the company network only.");
      return send(response, { status: 403, html });
    }
    const headers = { "cache-control": "public, max-age=3600" };
    send(response, { status: 200, headers, json: this.#owner.document() });
  }

  async #keys({ request, response }: SiteRequest): Promise<void> {
    if (request.method !== "GET") return send(response, wrongMethod);
    const headers = { "cache-control": "public, max-age=3600" };
    send(response, { status: 200, headers, json: await this.#owner.publishedKeys() });
  }

  async #authorize({ request, response, query }: SiteRequest): Promise<void> {
    if (request.method !== "GET" && request.method !== "POST") return send(response, wrongMethod);
    const body = request.method === "POST" ? await readForm(request, response) : undefined;
    if (request.method === "POST" && body === undefined) return;
    const refusal = this.#authorizationRefusal(new URLSearchParams(body ?? query));
    if (refusal !== undefined) return send(response, refusal);
    await this.#pass(request, response, body);
  }

  /** What is answered when the request must not go back to the app. */
  #authorizationRefusal(params: URLSearchParams): Answer | undefined {
    const [clientId = "", ...otherClients] = params.getAll("client_id");
    const [redirectUri = "", ...otherUris] = params.getAll("redirect_uri");
    const asked: Asked = { clientId, redirectUri, now: this.#clock() };
    const { vendor } = this.#owner;
    const client = otherClients.length === 0 ? this.#owner.client(clientId) : undefined;
    if (client === undefined) return vendor.refuseAuthorization("client", asked);
    if (otherUris.length === 0 && allowsRedirect(vendor, client.redirectUris, redirectUri)) return undefined;
    return vendor.refuseAuthorization("redirect-uri", asked);
  }

  /** The client proves itself here, then goes on under the inner secret. */
  async #token({ request, response }: SiteRequest): Promise<void> {
    if (request.method !== "POST") return send(response, wrongMethod);
    const text = await readForm(request, response);
    if (text === undefined) return;
    const form = new URLSearchParams(text);
    const shown = readShownClient(request.headers, form);
    if (shown === "malformed") {
      return send(response, oauthError(400, "invalid_request", "The client credentials are malformed."));
    }
    const client = await this.#clients.authenticate(shown);
    if (typeof client === "string") {
      const asked = { clientId: shown.clientId, redirectUri: form.get("redirect_uri") ?? "", now: this.#clock() };
      return send(response, this.#owner.vendor.refuseClient(client, asked));
    }
    for (const name of ["client_assertion", "client_assertion_type"]) form.delete(name);
    form.set("client_id", client.clientId);
    form.set("client_secret", this.#memory.innerSecret);
    await this.#pass(request, response, form.toString());
  }

  async #signIn({ request, response, path }: SiteRequest): Promise<void> {
    const { provider } = await this.#running();
    try {
      await provider.interactionDetails(request, response);
    } catch {
      const html = messagePage("Sign in", "The sign-in has expired. Start again at the app.");
      return send(response, { status: 400, html });
    }
    if (request.method === "GET") {
      return send(response, { status: 200, html: signInPage(this.#owner, path, "It asks for no password.") });
    }
    const text = request.method === "POST" ? await readForm(request, response) : "";
    if (text === undefined) return;
    const person = this.#owner.person(new URLSearchParams(text).get("username") ?? "");
    if (person === undefined) {
      return send(response, { status: 401, html: signInPage(this.#owner, path, "There is no such account.") });
    }
    await provider.interactionFinished(request, response, { login: { accountId: person.claims.sub }, consent: {} });
  }

  async #pass(request: IncomingMessage, response: ServerResponse, form?: string): Promise<void> {
    const { handle } = await this.#running();
    const inner = form === undefined ? request : withForm(request, form);
    inner.url = request.url ?? "/";
    // It would answer an HTML page to a client that names no preference.
    inner.headers.accept ??= "application/json";
    await handle(inner, response);
  }

  /** The engine for the keys of now. */
  async #running(): Promise<Engine> {
    const keys = await this.#owner.keys();
    let engine = this.#engines.get(keys);
    if (engine === undefined) {
      engine = createEngine(this.#owner, keys, this.#memory, this.#clock);
      this.#engines.set(keys, engine);
    }
    return engine;
  }
}

const wrongMethod: Answer = { status: 405, html: messagePage("405", "Method not allowed.") };

/** Host and path of a URL. */
function place(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}

/** The form as text; undefined when the answer has been sent, because the body is none. */
async function readForm(request: IncomingMessage, response: ServerResponse): Promise<string | undefined> {
  if (!/^application\/x-www-form-urlencoded\s*(;|$)/i.test(request.headers["content-type"] ?? "")) {
    send(response, oauthError(400, "invalid_request", "The content type must be application/x-www-form-urlencoded."));
    return undefined;
  }
  try {
    return (await readBody(request, formLimit)).toString("utf8");
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    const answer = oauthError(413, "invalid_request", "The request body is too large.");
    send(response, { ...answer, headers: { ...answer.headers, connection: "close" } });
    return undefined;
  }
}
