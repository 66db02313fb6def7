import { createHash } from "node:crypto";
import { auth0Host, fernhillConnection, oktaHost } from "../../../sandbox/sandbox.ts";
import type { TestSandbox } from "../../support/sandbox.ts";
import { formAction } from "../external/visitor.ts";
import { call } from "./auth0-caller.ts";

export const callback = "https://portal.acme.example/callback";
export const verifier = "v".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");

/** A client as `POST /clients` gave it. */
export interface TestClient {
  readonly client_id: string;
  readonly client_secret: string;
}

/** A client of a web app that may use the code flow, with changes; enabled for Fernhill's connection. */
export async function register(at: TestSandbox, changes: Record<string, unknown> = {}): Promise<TestClient> {
  const { json } = await call(at, "POST", "/clients", {
    name: "fernhill/portal",
    app_type: "regular_web",
    callbacks: [callback],
    grant_types: ["authorization_code"],
    oidc_conformant: true,
    jwt_configuration: { alg: "RS256" },
    ...("client_authentication_methods" in changes ? {} : { token_endpoint_auth_method: "client_secret_post" }),
    ...changes,
  });
  at.sandbox.auth0.connection(fernhillConnection)?.clients.add(json.client_id);
  return json as TestClient;
}

/** The query of an authorization request of this client; a parameter that is undefined is left out. */
export function authorizationQuery(client: TestClient, changes: Record<string, string | undefined> = {}): string {
  const params = {
    client_id: client.client_id,
    redirect_uri: callback,
    response_type: "code",
    scope: "openid profile email",
    state: "state-0123456789abcdef",
    nonce: "nonce",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...changes,
  };
  const sent = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return new URLSearchParams(sent).toString();
}

/** What an authorization request without any session gets. */
export async function authorize(
  at: TestSandbox,
  client: TestClient,
  changes: Record<string, string | undefined> = {},
): Promise<{ readonly status: number; readonly location: string | null; readonly text: string }> {
  const query = authorizationQuery(client, { prompt: "none", ...changes });
  const response = await at.fetch(auth0Host, `/authorize?${query}`);
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

interface Visit {
  readonly status: number;
  readonly location: string;
  readonly text: string;
}

/** A browser: it keeps cookies for each host, and follows redirects within the sandbox. */
export class Browser {
  readonly #at: TestSandbox;
  readonly #cookies = new Map<string, Map<string, string>>();

  readonly #hosts: readonly string[];

  /** @param hosts those in the sandbox, besides the Auth0 tenant, the Okta org and Fernhill, whose redirects it follows */
  constructor(at: TestSandbox, hosts: readonly string[] = []) {
    this.#at = at;
    this.#hosts = [auth0Host, oktaHost, "login.fernhill.example", ...hosts];
  }

  /** Another browser with the same cookies. */
  copy(): Browser {
    const other = new Browser(this.#at, this.#hosts);
    for (const [host, cookies] of this.#cookies) other.#cookies.set(host, new Map(cookies));
    return other;
  }

  /** Forgets the cookies of a host. */
  forget(host: string): void {
    this.#cookies.delete(host);
  }

  /** Asks for a path at the Auth0 tenant, or for a URL. */
  async visit(target: string, body?: string): Promise<Visit> {
    const { host, pathname, search } = new URL(target, `https://${auth0Host}`);
    const cookies = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, cookies);
    const response = await this.#at.fetch(host, pathname + search, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        accept: "text/html",
        cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") cookies.delete(name);
      else cookies.set(name, value);
    }
    const location = response.headers.get("location") ?? "";
    const to = location === "" ? "" : new URL(location, `https://${host}`).href;
    return { status: response.status, location: to, text: await response.text() };
  }

  /** Follows redirects until a page comes, or one that leads out of the sandbox. Gives the page with its address. */
  async follow(target: string, body?: string): Promise<Visit & { readonly url: string }> {
    let url = new URL(target, `https://${auth0Host}`).href;
    let visit = await this.visit(url, body);
    for (let step = 0; step < 12 && visit.location !== ""; step += 1) {
      if (!this.#hosts.includes(new URL(visit.location).host)) break;
      url = visit.location;
      visit = await this.visit(url);
    }
    return { ...visit, url };
  }

  /** Goes to this authorization request and signs in as this person wherever a form comes; gives where it ends. */
  async signIn(query: string, email: string): Promise<URL> {
    let page = await this.follow(`/authorize?${query}`);
    for (let step = 0; step < 3 && page.location === ""; step += 1) {
      if (!page.text.includes("<form")) throw new Error(`no form, but ${page.status} ${page.text}`);
      const form = new URL(formAction(page.text) ?? page.url, page.url).href;
      page = await this.follow(form, `username=${encodeURIComponent(email)}`);
    }
    return new URL(page.location);
  }
}
