import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from "jose";
import { type Answer, send } from "../answer.ts";
import { isObject } from "../json.ts";
import { randomToken } from "../random.ts";
import { cookieOf } from "../sign-in/cookie.ts";
import { readForm } from "../sign-in/form.ts";
import type { SiteRequest } from "../site.ts";
import type { CustomerProvider } from "./customer-provider.ts";
import type { Memory } from "./memory.ts";
import { messagePage, signOutPage } from "./page.ts";
import { endOfSession, session } from "./session-cookie.ts";
import type { LogoutManner } from "./vendor.ts";

/** Kind under which it is remembered where somebody goes who is asked whether they want to leave. */
const kind = "Leaving";

/** Seconds that the question stands. */
const patience = 600;

/** Sign-out at the wish of an app (OpenID Connect RP-Initiated Logout 1.0), in the manner of the product. */
export class Logout {
  readonly #owner: CustomerProvider;
  readonly #memory: Memory;
  readonly #manner: LogoutManner;

  constructor(owner: CustomerProvider, memory: Memory, manner: LogoutManner) {
    this.#owner = owner;
    this.#memory = memory;
    this.#manner = manner;
  }

  async handle({ request, response, path, query }: SiteRequest): Promise<void> {
    if (request.method !== "GET" && request.method !== "POST") {
      return send(response, { status: 405, html: messagePage("405", "Method not allowed.") });
    }
    const text = request.method === "POST" ? await readForm(request, response) : query;
    if (text === undefined) return;
    const params = new URLSearchParams(text);
    const xsrf = params.get("xsrf");
    if (xsrf !== null) return send(response, await this.#confirmed(cookieOf(request, session), xsrf));
    const hinted = await this.#clientOf(params.get("id_token_hint"));
    const wanted = params.get("post_logout_redirect_uri");
    const known = wanted === null || this.#allows(hinted ?? params.get("client_id"), wanted);
    if (!known && this.#manner.refuse !== undefined) return send(response, this.#manner.refuse());
    const target = wanted === null || !known ? "" : withState(wanted, params.get("state"));
    const asks = this.#manner.asks === "always" || (this.#manner.asks === "without-hint" && hinted === undefined);
    if (!asks) return send(response, await this.#leave(cookieOf(request, session), target));
    const question = randomToken(24);
    await this.#memory.storage.adapter(kind).upsert(question, { target } as never, patience);
    const action = `https://${request.headers.host}${path}`;
    return send(response, { status: 200, html: signOutPage(action, question) });
  }

  async #confirmed(signedIn: string | undefined, xsrf: string): Promise<Answer> {
    const adapter = this.#memory.storage.adapter(kind);
    const found: unknown = await adapter.find(xsrf);
    if (!isObject(found)) return { status: 400, html: messagePage("Sign out", "The request has expired.") };
    await adapter.destroy(xsrf);
    return this.#leave(signedIn, String(found.target));
  }

  async #leave(signedIn: string | undefined, target: string): Promise<Answer> {
    if (signedIn !== undefined) await this.#memory.storage.adapter("Session").destroy(signedIn);
    const headers = { "set-cookie": endOfSession };
    if (target !== "") return { status: 302, headers: { ...headers, location: target } };
    return { status: 200, headers, html: messagePage("Signed out", "You have signed out.") };
  }

  /** The client that an ID token was for, however long ago; undefined when it is none of this provider's. */
  async #clientOf(idToken: string | null): Promise<string | undefined> {
    if (idToken === null) return undefined;
    try {
      const keys = (await this.#owner.keys()).map(({ publicKey }) => publicKey);
      const { payload } = await jwtVerify(idToken, createLocalJWKSet({ keys } as unknown as JSONWebKeySet), {
        issuer: this.#owner.issuer,
        clockTolerance: Number.MAX_SAFE_INTEGER,
      });
      return [payload.aud].flat()[0];
    } catch {
      return undefined;
    }
  }

  /** Whether the URL is registered: for the client, or for any where the request names none. */
  #allows(clientId: string | null, url: string): boolean {
    const named = clientId === null ? undefined : this.#owner.client(clientId);
    const clients = clientId === null && this.#manner.asks === "never" ? this.#owner.clients : [named];
    return clients.some((client) => client?.postLogoutUris.includes(url) === true);
  }
}

function withState(url: string, state: string | null): string {
  if (state === null || !URL.canParse(url)) return url;
  const target = new URL(url);
  target.searchParams.set("state", state);
  return target.href;
}
