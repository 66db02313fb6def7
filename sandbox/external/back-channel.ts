import type { IncomingMessage, ServerResponse } from "node:http";
import { type Answer, send } from "../answer.ts";
import { readForm } from "../sign-in/form.ts";
import { readShownClient } from "../sign-in/shown-client.ts";
import { innerOf } from "../sign-in/token-alias.ts";
import type { SiteRequest } from "../site.ts";
import { ClientAuthentication } from "./client-authentication.ts";
import { type CustomerClient, mayUse, redirectUrisOf } from "./customer-client.ts";
import type { CustomerProvider } from "./customer-provider.ts";
import { scopeParameter } from "./engine.ts";
import type { Memory } from "./memory.ts";
import { messagePage } from "./page.ts";
import { allowsRedirect } from "./redirect-uri.ts";
import { type Asked, oauthError } from "./vendor.ts";

type Pass = (request: IncomingMessage, response: ServerResponse, form: string) => Promise<void>;

/** A request of a client that has proved itself, or how it is refused. */
interface Proved {
  readonly client: CustomerClient;
  readonly form: URLSearchParams;
  readonly asked: Asked;
}

/** What clients ask without a browser: tokens, introspection, revocation, pushed authorization requests. */
export class BackChannel {
  readonly #owner: CustomerProvider;
  readonly #memory: Memory;
  readonly #clock: () => number;
  readonly #clients: ClientAuthentication;
  readonly #pass: Pass;

  /** `pass` lets oidc-provider answer a form. */
  constructor(owner: CustomerProvider, memory: Memory, clock: () => number, pass: Pass) {
    this.#owner = owner;
    this.#memory = memory;
    this.#clock = clock;
    this.#clients = new ClientAuthentication(owner, clock);
    this.#pass = pass;
  }

  async token(site: SiteRequest): Promise<void> {
    const proved = await this.#proved(site, false);
    if (proved === undefined) return;
    const { client, form, asked } = proved;
    const { vendor } = this.#owner;
    const grant = form.get("grant_type") ?? "";
    if (grant !== "authorization_code" && grant !== "refresh_token") {
      const plain = grant === "" ? "invalid_request" : "unsupported_grant_type";
      return send(site.response, vendor.refuseGrantType?.(grant, asked) ?? oauthError(400, plain));
    }
    if (!mayUse(client, grant)) return send(site.response, oauthError(400, "unauthorized_client"));
    const refusal = vendor.refuseRequest?.(form, client, site.request.headers.origin !== undefined, asked);
    if (refusal !== undefined) return send(site.response, refusal);
    await this.#handOn(site, proved);
  }

  async introspect(site: SiteRequest): Promise<void> {
    const proved = await this.#proved(site, true);
    if (proved === undefined) return;
    await this.#unwrap(proved.form);
    await this.#handOn(site, proved);
  }

  async revoke(site: SiteRequest): Promise<void> {
    const { vendor } = this.#owner;
    if (vendor.openRevocation === true) return this.#revokeOpenly(site);
    const proved = await this.#proved(site, true);
    if (proved === undefined) return;
    await this.#unwrap(proved.form);
    const token = proved.form.get("token") ?? "";
    // Without a token it is for oidc-provider to refuse the request.
    const answer = token === "" ? undefined : vendor.answerRevocation?.(await this.#kindOf(token));
    if (answer !== undefined) return send(site.response, answer);
    await this.#handOn(site, proved);
  }

  /** As Google has it: whoever shows a token may end it, and needs no client. */
  async #revokeOpenly(site: SiteRequest): Promise<void> {
    const { request, response, query } = site;
    if (request.method !== "POST") return send(response, wrongMethod);
    const text = new URLSearchParams(query).has("token") ? query : await readForm(request, response);
    if (text === undefined) return;
    const token = new URLSearchParams(text).get("token") ?? "";
    const kind = await this.#kindOf(token);
    const answer = this.#owner.vendor.answerRevocation?.(kind) ?? { status: 200 };
    if (kind !== "unknown") {
      const { storage } = this.#memory;
      const model = kind === "refresh" ? "RefreshToken" : "AccessToken";
      const { grantId } = (await storage.adapter(model).find(token)) ?? {};
      for (const each of ["RefreshToken", "AccessToken"]) await storage.adapter(each).revokeByGrantId(grantId ?? "");
    }
    send(response, answer);
  }

  /** A signed access token stands for one of oidc-provider. */
  async #unwrap(form: URLSearchParams): Promise<void> {
    const inner = await innerOf(this.#memory.storage, form.get("token") ?? "");
    if (inner !== undefined) form.set("token", inner);
  }

  async #kindOf(token: string): Promise<"refresh" | "access" | "unknown"> {
    const { storage } = this.#memory;
    if ((await storage.adapter("RefreshToken").find(token)) !== undefined) return "refresh";
    return (await storage.adapter("AccessToken").find(token)) === undefined ? "unknown" : "access";
  }

  async push(site: SiteRequest): Promise<void> {
    const proved = await this.#proved(site, true);
    if (proved === undefined) return;
    const { client, form } = proved;
    const { vendor } = this.#owner;
    if (!allowsRedirect(vendor, redirectUrisOf(client), form.get("redirect_uri") ?? "")) {
      return send(site.response, vendor.refusePushed?.() ?? oauthError(400, "invalid_request"));
    }
    form.set(scopeParameter, form.get("scope") ?? "");
    await this.#handOn(site, proved);
  }

  /** Undefined when the answer has been sent. `elsewhere` is any endpoint but the one for tokens. */
  async #proved({ request, response }: SiteRequest, elsewhere: boolean): Promise<Proved | undefined> {
    const { vendor } = this.#owner;
    const refuse = (answer: Answer): undefined => {
      send(response, answer);
      return undefined;
    };
    if (request.method !== "POST") return refuse(wrongMethod);
    const text = await readForm(request, response);
    if (text === undefined) return undefined;
    const form = new URLSearchParams(text);
    const shown = readShownClient(request.headers, form);
    if (shown === "malformed") {
      return refuse(oauthError(400, "invalid_request", "The client credentials are malformed."));
    }
    const registered = this.#owner.client(shown.clientId)?.method;
    const asked: Asked = {
      clientId: shown.clientId,
      redirectUri: form.get("redirect_uri") ?? "",
      now: this.#clock(),
      tried: shown.method,
      ...(registered === undefined ? {} : { registered }),
    };
    const client = await this.#clients.authenticate(shown);
    if (typeof client !== "string") return { client, form, asked };
    const other = elsewhere ? vendor.refuseElsewhere?.() : undefined;
    return refuse(other ?? vendor.refuseClient(client, asked));
  }

  /** Under the inner secret, whatever the client has proved itself with. */
  async #handOn({ request, response }: SiteRequest, { client, form }: Proved): Promise<void> {
    for (const name of ["client_assertion", "client_assertion_type"]) form.delete(name);
    form.set("client_id", client.clientId);
    form.set("client_secret", this.#memory.innerSecret);
    await this.#pass(request, response, form.toString());
  }
}

const wrongMethod: Answer = { status: 405, html: messagePage("405", "Method not allowed.") };
