import type { CustomerClient } from "../../../sandbox/external/customer-client.ts";
import type { CustomerProvider } from "../../../sandbox/external/customer-provider.ts";
import type { TestResponse, TestSandbox } from "../../support/sandbox.ts";

/** Asks the sandbox for a URL under its real name; follows no redirect. */
export function ask(at: TestSandbox, url: string, init?: Parameters<TestSandbox["fetch"]>[2]): Promise<TestResponse> {
  const { host, pathname, search } = new URL(url);
  return at.fetch(host, pathname + search, init);
}

/** The one client of a provider. */
export function onlyClient(provider: CustomerProvider): CustomerClient {
  const [client, ...others] = provider.clients;
  if (client === undefined || others.length > 0) throw new Error(`${provider.issuer} has not one client`);
  return client;
}

/** An authorization request as the portal sends it, with changes; an empty value takes the parameter away. */
export function authorizationUrl(provider: CustomerProvider, changes: Record<string, string> = {}): string {
  const client = provider.clients[0];
  const params = {
    client_id: client?.clientId ?? "",
    redirect_uri: client?.redirectUris[0] ?? "",
    response_type: "code",
    scope: "openid profile email",
    state: "state-0123456789abcdef",
    nonce: "nonce-0123456789abcdef",
    code_challenge: "c".repeat(43),
    code_challenge_method: "S256",
    prompt: "none",
    ...changes,
  };
  const sent = Object.entries(params).filter(([, value]) => value !== "");
  return `${provider.vendor.endpoints.authorization}?${new URLSearchParams(sent)}`;
}

/** What the token endpoint answers to an invented code, by whichever credentials are given. */
export async function redeem(
  at: TestSandbox,
  provider: CustomerProvider,
  credentials: Record<string, string>,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> {
  const form = {
    grant_type: "authorization_code",
    code: "ssoverify-0123456789",
    redirect_uri: provider.clients[0]?.redirectUris[0] ?? "",
    code_verifier: "v".repeat(43),
    ...credentials,
  };
  const response = await ask(at, provider.vendor.endpoints.token, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", ...headers },
    body: new URLSearchParams(form).toString(),
  });
  return { status: response.status, json: (await response.json()) as Record<string, unknown> };
}

/** The header of HTTP Basic as RFC 6749, section 2.3.1 spells it. */
export function basic(id: string, secret: string): Record<string, string> {
  const encode = (text: string): string => new URLSearchParams({ a: text }).toString().slice(2);
  return { authorization: `Basic ${Buffer.from(`${encode(id)}:${encode(secret)}`).toString("base64")}` };
}

/** Where the first form of a page is sent. */
export function formAction(page: string): string | undefined {
  return /<form method="post" action="([^"]+)"/.exec(page)?.[1]?.replaceAll("&amp;", "&");
}

/** A browser that keeps cookies for each host, and in which somebody signs in. */
export class Browser {
  readonly #at: TestSandbox;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(at: TestSandbox) {
    this.#at = at;
  }

  /** Where an authorization request ends up at the app, when this login is typed into every form on the way. */
  async signIn(url: string, login: string, app = "https://portal.acme.example"): Promise<URL> {
    let next = new URL(url);
    for (let step = 0; step < 10; step += 1) {
      if (next.origin === app) return next;
      const page = await this.visit(next.href);
      const form = new URL(formAction(page.text) ?? next.href, next).href;
      const filled = page.location ?? (await this.visit(form, `username=${encodeURIComponent(login)}`)).location;
      if (filled === null) throw new Error(`${login} was not let in at ${next.host}: ${page.status}`);
      next = new URL(filled, next);
    }
    throw new Error("redirected in a circle");
  }

  async visit(url: string, form?: string) {
    const { host } = new URL(url);
    const kept = this.#cookies.get(host) ?? new Map<string, string>();
    this.#cookies.set(host, kept);
    const response = await ask(this.#at, url, {
      headers: {
        accept: "text/html",
        cookie: [...kept].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form === undefined ? {} : { method: "POST", body: form }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") kept.delete(name);
      else kept.set(name, value);
    }
    return { status: response.status, location: response.headers.get("location"), text: await response.text() };
  }
}
