import { createHash } from "node:crypto";
import { auth0Host, fernhillConnection } from "../../../sandbox/sandbox.ts";
import type { TestSandbox } from "../../support/sandbox.ts";
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

/** A browser, as far as one host needs it: it keeps cookies and follows redirects of that host. */
export class Browser {
  readonly #at: TestSandbox;
  readonly #cookies = new Map<string, string>();

  constructor(at: TestSandbox) {
    this.#at = at;
  }

  /** Another browser with the same cookies. */
  copy(): Browser {
    const other = new Browser(this.#at);
    for (const [name, value] of this.#cookies) other.#cookies.set(name, value);
    return other;
  }

  async visit(path: string, body?: string): Promise<Visit> {
    const response = await this.#at.fetch(auth0Host, path, {
      method: body === undefined ? "GET" : "POST",
      headers: {
        accept: "text/html",
        cookie: [...this.#cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(body === undefined ? {} : { body }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.#cookies.delete(name);
      else this.#cookies.set(name, value);
    }
    return { status: response.status, location: response.headers.get("location") ?? "", text: await response.text() };
  }

  /** Follows redirects until a page comes, or one that leads away from the host. */
  async follow(path: string, body?: string): Promise<Visit> {
    let visit = await this.visit(path, body);
    for (let step = 0; step < 5 && visit.status >= 300 && visit.status < 400; step += 1) {
      const target = new URL(visit.location, `https://${auth0Host}`);
      if (target.host !== auth0Host) return visit;
      visit = await this.visit(target.pathname + target.search);
    }
    return visit;
  }

  /** Goes to this authorization request and signs in as this person; gives where it ends. */
  async signIn(query: string, email: string): Promise<URL> {
    const start = await this.visit(`/authorize?${query}`);
    const page = await this.visit(start.location);
    if (!page.text.includes("<form")) throw new Error(`no form, but ${page.status} ${page.text}`);
    const done = await this.follow(start.location, `username=${encodeURIComponent(email)}`);
    return new URL(done.location);
  }
}
