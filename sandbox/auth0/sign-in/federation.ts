import type { IncomingMessage } from "node:http";
import type { InteractionResults } from "oidc-provider";
import type { Answer } from "../../answer.ts";
import { isObject, textOf } from "../../json.ts";
import { randomToken } from "../../random.ts";
import { cookieOf } from "../../sign-in/cookie.ts";
import type { Storage } from "../../sign-in/storage.ts";
import type { Auth0Connection } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { arrive } from "./arrival.ts";
import { errorAnswer } from "./page.ts";
import { readUpstream } from "./upstream.ts";
import { readAnswer, UpstreamFailure } from "./upstream-answer.ts";
import { upstreamUrl } from "./upstream-request.ts";

/** Where issuers of connections send people back to. */
export const federationPath = "/login/callback";

const kind = "Crossing";
const cookie = "auth0_crossing";

/** Seconds after which somebody who has not come back must start again. */
const lifetime = 3600;

/** One person's way to the issuer of a connection and back. */
interface Kept {
  readonly uid: string;
  readonly connectionId: string;
  readonly nonce?: string;
  readonly verifier?: string;
}

/** Somebody who has come back, and how the interaction that waits for them ends. */
export interface Return {
  readonly uid: string;
  readonly result: InteractionResults;
}

/**
 * The page of a person who has come back to a sign-in that is over, or to another one's. Its words are Auth0's own.
 * @see https://community.auth0.com/t/how-to-test-changes-to-maximum-expiration-time-for-login-transactions-deprecation/117674
 */
export function lostSignIn(tenant: Auth0Tenant): Answer {
  return errorAnswer(tenant, {
    status: 400,
    error: "invalid_request",
    headline: "Invalid request",
    description:
      "You may have pressed the back button, refreshed during login, opened too many login dialogs, or there is some issue with cookies, since we couldn't find your session. Try logging in again from the application and if the problem persists please contact the administrator.",
  });
}

/** Sends people on to the issuers of enterprise connections, and takes them in when they come back. */
export class Federation {
  readonly #tenant: Auth0Tenant;
  readonly #storage: Storage;

  constructor(tenant: Auth0Tenant, storage: Storage) {
    this.#tenant = tenant;
    this.#storage = storage;
  }

  /** To the authorization endpoint of the connection's issuer, or to a page where that is none of this sandbox's. */
  async leave(
    connection: Auth0Connection,
    uid: string,
    asked: Readonly<Record<string, unknown>>,
    loginHint = asked.login_hint,
  ): Promise<Answer> {
    const upstream = await readUpstream(this.#tenant, connection);
    if (upstream === undefined || !this.#tenant.calls.reaches(upstream.authorizationEndpoint)) {
      return errorAnswer(this.#tenant, {
        status: 400,
        error: "access_denied",
        headline: "Connection unreachable",
        description: `The issuer of the connection ${connection.name} is not in this sandbox.`,
        client: textOf(asked.client_id),
        connection: connection.name,
      });
    }
    const state = randomToken(24);
    const nonce = upstream.nonce ? randomToken(24) : undefined;
    const verifier = upstream.pkce === undefined ? undefined : randomToken(32);
    const kept: Kept = {
      uid,
      connectionId: connection.id,
      ...(nonce === undefined ? {} : { nonce }),
      ...(verifier === undefined ? {} : { verifier }),
    };
    await this.#storage.adapter(kind).upsert(state, { ...kept } as never, lifetime);
    const hint = textOf(loginHint);
    const location = upstreamUrl(upstream, this.#callback, { state, nonce, verifier, loginHint: hint, asked });
    // A form that another site posts carries no cookie without SameSite=None.
    const bound = `${cookie}=${state}; path=${federationPath}; httponly; secure; samesite=none`;
    return { status: 302, headers: { location, "set-cookie": bound, "cache-control": "no-store" } };
  }

  /** Who comes back with this answer. Undefined when nobody is waited for, or in another browser. */
  async comeBack(request: IncomingMessage, sent: URLSearchParams): Promise<Return | undefined> {
    const state = sent.get("state") ?? "";
    const adapter = this.#storage.adapter(kind);
    const found: unknown = await adapter.find(state);
    if (!isKept(found) || cookieOf(request, cookie) !== state) return undefined;
    await adapter.destroy(state);
    return { uid: found.uid, result: await this.#result(found, sent) };
  }

  async #result({ connectionId, nonce, verifier }: Kept, sent: URLSearchParams): Promise<InteractionResults> {
    const connection = this.#tenant.connections.get(connectionId);
    const upstream = connection === undefined ? undefined : await readUpstream(this.#tenant, connection);
    if (connection === undefined || upstream === undefined) {
      return { error: "access_denied", error_description: "the connection was not found" };
    }
    try {
      const told = await readAnswer(this.#tenant, upstream, sent, { nonce, verifier, redirectUri: this.#callback });
      return { login: { accountId: arrive(this.#tenant, connection, told).id }, consent: {} };
    } catch (error) {
      if (!(error instanceof UpstreamFailure)) throw error;
      return { error: error.code, error_description: error.message };
    }
  }

  get #callback(): string {
    return new URL(federationPath, this.#tenant.issuer).href;
  }
}

function isKept(value: unknown): value is Kept {
  return isObject(value) && typeof value.uid === "string" && typeof value.connectionId === "string";
}
