import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, send } from "../answer.ts";
import { finishInteraction } from "../sign-in/finish.ts";
import { readForm } from "../sign-in/form.ts";
import { withForm } from "../sign-in/inner-request.ts";
import { plainAsS256 } from "../sign-in/plain-challenge.ts";
import { innerOf } from "../sign-in/token-alias.ts";
import type { Site, SiteRequest } from "../site.ts";
import { BackChannel } from "./back-channel.ts";
import { redirectUrisOf } from "./customer-client.ts";
import type { CustomerProvider } from "./customer-provider.ts";
import { createEngine, type Engine, scopeParameter } from "./engine.ts";
import { Logout } from "./logout.ts";
import { createMemory, type Memory } from "./memory.ts";
import { messagePage, signInPage } from "./page.ts";
import type { ProviderKey } from "./provider-key.ts";
import { allowsRedirect } from "./redirect-uri.ts";
import type { Asked } from "./vendor.ts";

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

type Route = (site: SiteRequest) => Promise<void>;

/**
 * Refuses in the product's words what the product refuses (unknown client, redirect URI, client authentication) and
 * leaves the protocol to oidc-provider, which is started when a request first needs it.
 */
class ExternalSite {
  readonly #owner: CustomerProvider;
  readonly #clock: () => number;
  readonly #memory: Memory;
  readonly #routes: ReadonlyMap<string, Route>;
  readonly #signInPlace: string;
  readonly #engines = new WeakMap<readonly ProviderKey[], Promise<Engine>>();

  constructor(owner: CustomerProvider, clock: () => number) {
    this.#owner = owner;
    this.#clock = clock;
    this.#memory = createMemory(owner);
    const { issuer, endpoints, signIn, logout } = owner.vendor;
    const back = new BackChannel(owner, this.#memory, clock, (request, response, form) =>
      this.#pass(request, response, form),
    );
    const optional = (url: string | undefined, route: Route): readonly [string, Route][] =>
      url === undefined ? [] : [[place(url), route]];
    const leaving = logout === undefined ? undefined : new Logout(owner, this.#memory, logout);
    this.#signInPlace = place(new URL(signIn.path, endpoints.authorization).href);
    this.#routes = new Map<string, Route>([
      [place(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`), (site) => this.#document(site)],
      [place(endpoints.jwks), (site) => this.#keys(site)],
      [place(endpoints.authorization), (site) => this.#authorize(site)],
      [place(endpoints.token), (site) => back.token(site)],
      [place(endpoints.userinfo), (site) => this.#userinfo(site)],
      ...optional(endpoints.introspection, (site) => back.introspect(site)),
      ...optional(endpoints.revocation, (site) => back.revoke(site)),
      ...optional(endpoints.pushedRequest, (site) => back.push(site)),
      ...(leaving === undefined ? [] : optional(endpoints.endSession, (site) => leaving.handle(site))),
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
      now: this.#clock(),
      postLogoutUris: (clientId) => this.#owner.client(clientId)?.postLogoutUris ?? [],
    });
    if (page !== undefined) return send(response, page);
    const here = `${host}${path}/`;
    if (here.startsWith(`${place(vendor.endpoints.authorization)}/`)) return this.#pass(request, response);
    if (here.startsWith(`${this.#signInPlace}/`)) return this.#signIn(site);
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

  async #authorize({ request, response, path, query }: SiteRequest): Promise<void> {
    if (request.method !== "GET" && request.method !== "POST") return send(response, wrongMethod);
    const text = request.method === "POST" ? await readForm(request, response) : query;
    if (text === undefined) return;
    const params = new URLSearchParams(text);
    const refusal = this.#refusal(params);
    if (refusal !== undefined) return send(response, refusal);
    const { challenges, prompts } = this.#owner.vendor;
    if (challenges.includes("plain")) plainAsS256(params);
    if (!isPushed(params)) params.set(scopeParameter, params.get("scope") ?? "");
    const wanted = (params.get("prompt") ?? "").split(" ").filter((name) => prompts?.ignored?.includes(name) !== true);
    if (params.has("prompt")) params.set("prompt", wanted.join(" "));
    // oidc-provider takes the request as a query only; a form means the same.
    Object.assign(request, { method: "GET", url: `${path}?${params}` });
    await this.#pass(request, response);
  }

  /** What is answered when the request must not go back to the app. */
  #refusal(params: URLSearchParams): Answer | undefined {
    const [clientId = "", ...otherClients] = params.getAll("client_id");
    const [redirectUri = "", ...otherUris] = params.getAll("redirect_uri");
    const asked: Asked = { clientId, redirectUri, now: this.#clock() };
    const { vendor } = this.#owner;
    const client = otherClients.length === 0 ? this.#owner.client(clientId) : undefined;
    if (client === undefined) return vendor.refuseAuthorization("client", asked);
    // Its redirect URI has been looked at when it was pushed.
    if (isPushed(params) && vendor.endpoints.pushedRequest !== undefined) return undefined;
    if (otherUris.length > 0 || !allowsRedirect(vendor, redirectUrisOf(client), redirectUri)) {
      return vendor.refuseAuthorization("redirect-uri", asked);
    }
    const scopes = (params.get("scope") ?? "").split(" ").filter((scope) => !Object.hasOwn(vendor.claims, scope));
    if (vendor.scopePage !== true || scopes.every((scope) => scope === "")) return undefined;
    return vendor.refuseAuthorization("scope", { ...asked, scopes });
  }

  async #userinfo({ request, response }: SiteRequest): Promise<void> {
    const [, token = ""] = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? "") ?? [];
    const inner = await innerOf(this.#memory.storage, token);
    if (inner !== undefined) request.headers.authorization = `Bearer ${inner}`;
    await this.#pass(request, response);
  }

  async #signIn({ request, response, path, query }: SiteRequest): Promise<void> {
    const { provider } = await this.#running();
    let details: Awaited<ReturnType<typeof provider.interactionDetails>>;
    try {
      details = await provider.interactionDetails(request, response);
    } catch {
      const html = messagePage("Sign in", "The sign-in has expired. Start again at the app.");
      return send(response, { status: 400, html });
    }
    const action = query === "" ? path : `${path}?${query}`;
    const form = (notice: string): string =>
      signInPage(this.#owner, action, notice, String(details.params.login_hint ?? ""));
    if (request.method !== "POST") return send(response, { status: 200, html: form("It asks for no password.") });
    const text = await readForm(request, response);
    if (text === undefined) return;
    const sent = new URLSearchParams(text);
    if (sent.has("cancel")) {
      const { error, description } = cancelled;
      return this.#end(response, provider, details.uid, { error, error_description: description });
    }
    const person = this.#owner.person(sent.get("username") ?? "");
    if (person === undefined) return send(response, { status: 401, html: form("There is no such account.") });
    const login = { accountId: person.claims.sub };
    await this.#end(response, provider, details.uid, { [details.prompt.name]: {}, login, consent: {} });
  }

  async #end(
    response: ServerResponse,
    provider: Engine["provider"],
    uid: string,
    result: Parameters<typeof finishInteraction>[2],
  ): Promise<void> {
    const location = await finishInteraction(provider, uid, result);
    const expired = { status: 400, html: messagePage("Sign in", "The sign-in has expired. Start again at the app.") };
    send(response, location === undefined ? expired : { status: 302, headers: { location } });
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

/** What an app is told when somebody does not want to sign in after all. */
const cancelled = { error: "access_denied", description: "User has canceled the interaction." };

/** Whether an authorization request names one that was pushed before (RFC 9126). */
function isPushed(params: URLSearchParams): boolean {
  return params.get("request_uri")?.startsWith("urn:ietf:params:oauth:request_uri:") === true;
}

/** Host and path of a URL. */
function place(url: string): string {
  const { host, pathname } = new URL(url);
  return host + pathname;
}
