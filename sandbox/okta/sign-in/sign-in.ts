import type { IncomingMessage } from "node:http";
import { type Answer, send } from "../../answer.ts";
import { readForm } from "../../sign-in/form.ts";
import { OAuthProblem } from "../../sign-in/oauth-problem.ts";
import type { SiteRequest } from "../../site.ts";
import type { Access } from "../access.ts";
import { ClientAuthentication } from "../client-authentication.ts";
import type { OktaOrg } from "../org.ts";
import { OktaProblem, problemOf } from "../problem.ts";
import { answerAuthorization } from "./authorize.ts";
import { oauthDocument, openIdDocument } from "./discovery.ts";
import { answerForm } from "./form.ts";
import { answerIntrospection, answerRevocation } from "./introspection.ts";
import { type Issuer, issuerAt, issuerNamed } from "./issuer.ts";
import { answerLogout } from "./logout.ts";
import { publishedKeys } from "./mint.ts";
import { answerToken } from "./token.ts";
import { answerUserinfo } from "./userinfo.ts";

/**
 * The sign-in half of the org: its own authorization server and the custom ones that are active, over what the org
 * holds at the moment of each request. The protocol is played here and not by a library, because who gets which token
 * with what in it, and in which words the others are refused, is what makes it Okta.
 */
export class SignIn {
  readonly #org: OktaOrg;
  readonly #access: Access;
  readonly #clients: ClientAuthentication;

  constructor(org: OktaOrg, access: Access) {
    this.#org = org;
    this.#access = access;
    this.#clients = new ClientAuthentication(org);
  }

  /** Answers the request when its path belongs to the sign-in half; false when it does not. */
  async handle(site: SiteRequest): Promise<boolean> {
    const { path, request, response } = site;
    const document = this.#document(path);
    if (document !== undefined) {
      send(response, request.method === "GET" ? document : problemOf(405).toAnswer());
      return true;
    }
    const form = /^\/signin\/(\w+)\/([\w-]+)$/.exec(path);
    if (form !== null) {
      const issuer = issuerNamed(this.#org, form[1] ?? "");
      if (issuer === undefined) return false;
      const body = request.method === "POST" ? await readForm(request, response) : "";
      if (body !== undefined) {
        send(response, await answerForm(this.#org, issuer, { id: form[2] ?? "", path, method: request.method, body }));
      }
      return true;
    }
    const found = issuerAt(this.#org, path);
    if (found === undefined) return false;
    const answer = await this.#endpoint(found.issuer, found.rest, site);
    if (answer !== undefined) send(response, answer);
    return true;
  }

  #document(path: string): Answer | undefined {
    const match =
      /^(?:\/oauth2\/(\w+))?\/\.well-known\/(openid-configuration|oauth-authorization-server)$/.exec(path) ??
      // RFC 8414, section 3.1: the path of the issuer comes after.
      /^\/\.well-known\/oauth-authorization-server\/oauth2\/(\w+)$/.exec(path);
    const issuer = match === null ? undefined : issuerNamed(this.#org, match[1] ?? "org");
    if (match === null || issuer === undefined) return undefined;
    const build = match[2] === "openid-configuration" ? openIdDocument : oauthDocument;
    const headers = { "cache-control": "max-age=86400, must-revalidate" };
    return { status: 200, headers, json: build(this.#org.url, issuer) };
  }

  /** The answer of an endpoint; undefined when it has been sent, because the body is none. */
  async #endpoint(
    issuer: Issuer,
    name: string,
    { request, response, query }: SiteRequest,
  ): Promise<Answer | undefined> {
    const org = this.#org;
    switch (name) {
      case "/authorize":
      case "/logout": {
        if (request.method !== "GET" && request.method !== "POST") return problemOf(405).toAnswer();
        const text = request.method === "GET" ? query : await readForm(request, response);
        if (text === undefined) return undefined;
        const answer = name === "/authorize" ? answerAuthorization : answerLogout;
        return answer(org, issuer, request, new URLSearchParams(text));
      }
      case "/token":
      case "/introspect":
      case "/revoke": {
        if (request.method !== "POST") return problemOf(405).toAnswer();
        const text = await readForm(request, response);
        return text === undefined ? undefined : this.#authenticated(issuer, name, request, new URLSearchParams(text));
      }
      case "/keys":
        if (request.method !== "GET") return problemOf(405).toAnswer();
        return {
          status: 200,
          headers: { "cache-control": "max-age=3600, must-revalidate" },
          json: { keys: publishedKeys(org, issuer) },
        };
      case "/userinfo":
        if (request.method !== "GET" && request.method !== "POST") return problemOf(405).toAnswer();
        return answerUserinfo(org, issuer, request.headers.authorization);
      default:
        return problemOf(404).toAnswer();
    }
  }

  /** Token, introspection, revocation: the client proves itself first. */
  async #authenticated(
    issuer: Issuer,
    name: "/token" | "/introspect" | "/revoke",
    request: IncomingMessage,
    form: URLSearchParams,
  ): Promise<Answer> {
    const org = this.#org;
    try {
      const audiences = [`${org.url}${issuer.base}${name}`, `${org.url}${issuer.base}/token`, issuer.issuer];
      const app = await this.#clients.authenticate(request.headers, form, audiences);
      switch (name) {
        case "/token":
          return await answerToken(org, this.#access, issuer, app, form);
        case "/introspect":
          return await answerIntrospection(org, issuer, app, form);
        case "/revoke":
          return await answerRevocation(org, issuer, app, form);
      }
    } catch (error) {
      if (error instanceof OAuthProblem || error instanceof OktaProblem) return error.toAnswer();
      throw error;
    }
  }
}
