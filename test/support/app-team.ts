import { createHash, createPrivateKey, randomUUID } from "node:crypto";
import * as oidc from "openid-client";
import { Agent, buildConnector, fetch as undiciFetch } from "undici";
import type { Sandbox } from "../../sandbox/sandbox.ts";
import type { Row } from "./postgres.ts";

/** What an app makes of somebody who has signed in. */
export interface SignedIn {
  readonly externalId: unknown;
  readonly role: string | undefined;
  readonly claims: oidc.IDToken;
  readonly refreshed: boolean;
}

/**
 * An app as a team would write it: it takes everything from its record, opens the secret with its own key, and signs a
 * person in with a library of its own choice. Nothing of Tenantry's proof is used.
 */
export class AppTeam {
  readonly #agent: Agent;
  readonly #reach: oidc.CustomFetch;
  readonly #privateKey: string;
  readonly #kid: string;

  /** @param key with which the app signs client assertions: the portal's, when none is given */
  constructor(sandbox: Sandbox, key = { kid: "portal-1", pem: sandbox.env.PORTAL_CLIENT_KEY ?? "" }) {
    const { ca, host, port } = sandbox;
    const connector = buildConnector({ ca });
    this.#agent = new Agent({
      connect: (target, done) =>
        connector({ ...target, hostname: host, port: String(port), servername: target.hostname }, done),
    });
    this.#reach = ((url: string, init: object) =>
      undiciFetch(url, { ...init, dispatcher: this.#agent })) as oidc.CustomFetch;
    this.#privateKey = key.pem;
    this.#kid = key.kid;
  }

  /** @throws whatever the identity provider answers when it lets the person not in */
  async signIn(record: Row, secret: string | undefined, login: string): Promise<SignedIn> {
    const client = await this.#clientOf(record, secret);
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const expectedState = oidc.randomState();
    const expectedNonce = createHash("sha256").update(randomUUID()).digest("base64url");
    const scopes = json<string[]>(record.scopes);
    const start = oidc.buildAuthorizationUrl(client, {
      redirect_uri: String(record.redirect_uri),
      scope: scopes.join(" "),
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: String(record.pkce),
    });
    const back = await this.#browse(start, login, String(record.redirect_uri));
    const tokens = await oidc.authorizationCodeGrant(client, back, { pkceCodeVerifier, expectedState, expectedNonce });
    const claims = tokens.claims();
    if (claims === undefined) throw new Error("no ID token came back");
    for (const [claim, value] of Object.entries(json<Record<string, string>>(record.require))) {
      if (claims[claim] !== value) throw new Error(`${login} is not one of theirs: ${claim}`);
    }
    let refreshed = false;
    if (scopes.includes("offline_access") && tokens.refresh_token !== undefined) {
      const again = await oidc.refreshTokenGrant(client, tokens.refresh_token);
      refreshed = again.access_token !== "";
    }
    const names = json<Record<string, string | string[]>>(record.claims);
    return { externalId: at(claims, names.externalId ?? "sub"), role: roleOf(record, claims), claims, refreshed };
  }

  close(): Promise<void> {
    return this.#agent.close();
  }

  async #clientOf(record: Row, secret: string | undefined): Promise<oidc.Configuration> {
    const server: oidc.ServerMetadata = {
      issuer: String(record.issuer),
      authorization_endpoint: String(record.authorization_endpoint),
      token_endpoint: String(record.token_endpoint),
      jwks_uri: String(record.jwks_uri),
    };
    const authentication = await this.#authentication(String(record.client_auth), secret);
    const client = new oidc.Configuration(server, String(record.client_id), undefined, authentication);
    client[oidc.customFetch] = this.#reach;
    oidc.enableNonRepudiationChecks(client);
    return client;
  }

  async #authentication(method: string, secret: string | undefined): Promise<oidc.ClientAuth> {
    switch (method) {
      case "client_secret_basic":
        return oidc.ClientSecretBasic(secret ?? "");
      case "client_secret_post":
        return oidc.ClientSecretPost(secret ?? "");
      case "private_key_jwt": {
        const privateKey = createPrivateKey(this.#privateKey);
        const der = privateKey.export({ type: "pkcs8", format: "der" });
        const algorithm =
          privateKey.asymmetricKeyType === "rsa"
            ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
            : { name: "ECDSA", namedCurve: "P-256" };
        const key = await crypto.subtle.importKey("pkcs8", new Uint8Array(der), algorithm, false, ["sign"]);
        return oidc.PrivateKeyJwt({ key, kid: this.#kid });
      }
      default:
        throw new Error(`the app cannot do ${method}`);
    }
  }

  /** What a browser does: follows redirects, types the login into every form on the way, stops at the callback. */
  async #browse(start: URL, login: string, callback: string): Promise<URL> {
    const cookies = new Map<string, Map<string, string>>();
    const visit = async (url: URL, body?: string) => {
      const jar = cookies.get(url.host) ?? new Map<string, string>();
      cookies.set(url.host, jar);
      const response = await undiciFetch(url, {
        method: body === undefined ? "GET" : "POST",
        redirect: "manual",
        dispatcher: this.#agent,
        ...(body === undefined ? {} : { body }),
        headers: {
          accept: "text/html",
          cookie: [...jar].map(([name, value]) => `${name}=${value}`).join("; "),
          ...(body === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
        },
      });
      for (const line of response.headers.getSetCookie()) {
        const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
        jar.set(name, value);
      }
      const location = response.headers.get("location");
      if (location !== null) return { to: new URL(location, url), form: url };
      const [, action = url.href] = /<form method="post" action="([^"]+)"/.exec(await response.text()) ?? [];
      return { to: undefined, form: new URL(action.replaceAll("&amp;", "&"), url) };
    };
    let next = start;
    for (let step = 0; step < 12; step += 1) {
      if (next.href.startsWith(`${callback}?`)) return next;
      const page = await visit(next);
      const to = page.to ?? (await visit(page.form, `username=${encodeURIComponent(login)}`)).to;
      if (to === undefined) throw new Error(`${login} was not let in at ${next.host}`);
      next = to;
    }
    throw new Error(`${login} was sent around in circles`);
  }
}

function json<T>(value: unknown): T {
  return (typeof value === "string" ? JSON.parse(value) : value) as T;
}

function at(claims: Readonly<Record<string, unknown>>, path: string | readonly string[]): unknown {
  return typeof path === "string"
    ? claims[path]
    : path.reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], claims);
}

function roleOf(record: Row, claims: oidc.IDToken): string | undefined {
  const roles = json<{ claim: string | string[]; map: Record<string, string>; default?: string } | null>(record.roles);
  if (roles === null) return undefined;
  const values = [at(claims, roles.claim)].flat();
  return values.map((value) => roles.map[String(value)]).find((role) => role !== undefined) ?? roles.default;
}
