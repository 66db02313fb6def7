import { createHash } from "node:crypto";
import { oktaHost } from "../../sandbox/sandbox.ts";
import type { TestSandbox } from "../support/sandbox.ts";
import { basic, call, post, type Reply, webApp } from "./okta-caller.ts";

export const callback = "https://portal.acme.example/callback";
const verifier = "v".repeat(43);
const challenge = createHash("sha256").update(verifier).digest("base64url");

/** A registered app, as the management API answered it. */
export interface Client {
  readonly id: string;
  readonly client_id: string;
  readonly client_secret: string;
}

/** Registers a web app for code, refresh and implicit, which the staff may use. */
export async function register(
  at: TestSandbox,
  label: string,
  more: { oauth?: Record<string, unknown>; client?: Record<string, unknown>; groups?: readonly string[] } = {},
): Promise<Client> {
  const oauth = {
    response_types: ["code", "token", "id_token"],
    grant_types: ["authorization_code", "refresh_token", "implicit"],
    post_logout_redirect_uris: ["https://portal.acme.example/goodbye"],
    ...more.oauth,
  };
  const body = webApp(label, { oauth, ...(more.client === undefined ? {} : { client: more.client }) });
  const { json, status } = await call(at, "POST", "/api/v1/apps", body);
  if (status !== 200) throw new Error(`the app was not made: ${JSON.stringify(json)}`);
  for (const name of more.groups ?? ["whiterabbit-staff"]) {
    await call(at, "PUT", `/api/v1/apps/${json.id}/groups/${at.sandbox.okta.group(name)?.id}`, {});
  }
  return { id: json.id, ...json.credentials.oauthClient };
}

type Changes = Readonly<Record<string, string | undefined>>;

/** A browser that keeps the cookies of the org, and the app that sends it there. */
export class OktaBrowser {
  readonly #at: TestSandbox;
  readonly #client: Client;
  /** Path of the endpoints, as `/oauth2/v1`. */
  readonly base: string;
  readonly cookies: Map<string, string>;

  constructor(at: TestSandbox, client: Client, base = "/oauth2/v1", cookies = new Map<string, string>()) {
    this.#at = at;
    this.#client = client;
    this.base = base;
    this.cookies = cookies;
  }

  /** The same browser at another authorization server. */
  elsewhere(base: string): OktaBrowser {
    return new OktaBrowser(this.#at, this.#client, base, this.cookies);
  }

  async visit(path: string, form?: Record<string, string>) {
    const response = await this.#at.fetch(oktaHost, path, {
      headers: {
        accept: "text/html",
        cookie: [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "),
        ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      },
      ...(form === undefined ? {} : { method: "POST", body: new URLSearchParams(form).toString() }),
    });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return { status: response.status, location: response.headers.get("location") ?? "", text: await response.text() };
  }

  /** Sends an authorization request; undefined takes a parameter away. */
  authorize(changes: Changes = {}) {
    const params = {
      client_id: this.#client.client_id,
      redirect_uri: callback,
      response_type: "code",
      scope: "openid profile email",
      state: "state-0123456789abcdef",
      nonce: "nonce-1",
      code_challenge: challenge,
      code_challenge_method: "S256",
      ...changes,
    };
    const sent = Object.entries(params).filter((entry): entry is [string, string] => entry[1] !== undefined);
    return this.visit(`${this.base}/authorize?${new URLSearchParams(sent)}`);
  }

  /** Types the login into the form and gives what the app is sent. */
  async signIn(login: string, changes: Changes = {}): Promise<URL> {
    const start = await this.authorize(changes);
    if (!start.location.startsWith("/signin/")) throw new Error(`no form came: ${start.status} ${start.location}`);
    const posted = await this.visit(start.location, { username: login });
    return new URL(posted.location);
  }

  /** The tokens of somebody who signs in. */
  async tokens(login: string, changes: Changes = {}): Promise<Reply> {
    const back = await this.signIn(login, changes);
    const code = back.searchParams.get("code");
    if (code === null) throw new Error(`no code came: ${back.search}`);
    return this.redeem(code);
  }

  redeem(code: string, changes: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.token({
      grant_type: "authorization_code",
      code,
      redirect_uri: callback,
      code_verifier: verifier,
      ...changes,
    });
  }

  refresh(refresh_token: string, changes: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return this.token({ grant_type: "refresh_token", refresh_token, ...changes });
  }

  token(form: Record<string, string>): Promise<Reply> {
    return this.ask("/token", form);
  }

  /** An endpoint of the authorization server, as the app. */
  ask(endpoint: string, form: Record<string, string>): Promise<Reply> {
    return post(this.#at, this.base + endpoint, form, basic(this.#client.client_id, this.#client.client_secret));
  }

  async userinfo(accessToken: string): Promise<{ status: number; challenge: string; json: Record<string, unknown> }> {
    const headers = { authorization: `Bearer ${accessToken}` };
    const response = await this.#at.fetch(oktaHost, `${this.base}/userinfo`, { headers });
    const text = await response.text();
    const challenge = response.headers.get("www-authenticate") ?? "";
    return { status: response.status, challenge, json: text === "" ? {} : JSON.parse(text) };
  }
}
