import { parseJson, textIn } from "../json.ts";
import type { Clock } from "../network.ts";
import type { PacedFetch } from "../paced-fetch.ts";
import { TransportFault } from "../transport-fault.ts";
import { type Auth0Access, type Auth0Credential, readScopes } from "./credential.ts";
import { Auth0Failure, plainText } from "./failure.ts";

/** Milliseconds before its end at which a token is no longer used. */
const leeway = 60_000;

export interface TokenOptions {
  readonly host: string;
  readonly credential: Auth0Credential;
  readonly access: Auth0Access;
  /** Scopes that a run that only looks asks for; `readScopes` when absent. */
  readonly readScopes?: readonly string[] | undefined;
  readonly fetch: PacedFetch;
  readonly clock: Clock;
}

/** Where a transport gets its access token. */
export interface TokenSource {
  /** @throws Auth0Failure */
  get(): Promise<string>;
  /** For a token that was refused: the next call gets another. False when there is no other to get. */
  forget(): boolean;
}

/**
 * Gives an access token of the Management API: the one of the workspace, or one got by client credentials (RFC 6749,
 * section 4.4) and used until it runs out. Calls that start together share one request. Whatever fails here, the call
 * that needed the token was not made.
 *
 * Auth0 gives an application every scope that it was granted, unless the request names some: then the token has these
 * only, and the request is refused when one of them was not granted.
 *
 * @see https://auth0.com/docs/secure/tokens/access-tokens/management-api-access-tokens
 */
export function tokenSource(options: TokenOptions): TokenSource {
  const { host, credential, access, fetch, clock } = options;
  const asked = access === "read" ? (options.readScopes ?? readScopes) : undefined;
  if ("token" in credential) {
    return { get: async () => checkedToken(host, credential.token.reveal()), forget: () => false };
  }
  let current: { readonly text: string; readonly until: number } | undefined;
  let pending: Promise<string> | undefined;

  async function request(clientId: string, clientSecret: string): Promise<string> {
    const started = clock();
    const body = new URLSearchParams({
      grant_type: "client_credentials",
      client_id: clientId,
      client_secret: clientSecret,
      audience: `https://${host}/api/v2/`,
      ...(asked === undefined ? {} : { scope: asked.join(" ") }),
    });
    const headers = { accept: "application/json", "content-type": "application/x-www-form-urlencoded" };
    let reply: Response;
    try {
      reply = await fetch(`https://${host}/oauth/token`, { method: "POST", headers, body: body.toString() });
    } catch (error) {
      if (!(error instanceof TransportFault)) throw error;
      throw new Auth0Failure(
        "AUTH0_UNREACHABLE",
        `Auth0 (${host}) could not be asked for an access token: ${error.why}`,
        {
          effect: "none",
          passing: error.passing,
          cause: error.cause,
        },
      );
    }
    const answer = parseJson(await reply.text());
    const text = textIn(answer, "access_token") ?? "";
    if (reply.status !== 200 || text === "") throw refusal(host, asked, reply.status, answer);
    const seconds = (answer as { expires_in?: unknown }).expires_in;
    current = { text, until: started + (typeof seconds === "number" ? seconds * 1_000 : 0) - leeway };
    return text;
  }

  return {
    get() {
      if (current !== undefined && clock() < current.until) return Promise.resolve(current.text);
      pending ??= request(credential.clientId, credential.clientSecret.reveal()).finally(() => {
        pending = undefined;
      });
      return pending;
    },
    forget() {
      const another = current !== undefined;
      current = undefined;
      return another;
    },
  };
}

/** A token that no header can hold is refused before anything is sent. */
function checkedToken(host: string, text: string): string {
  const token = text.trim();
  if (/^[\x21-\x7e]+$/.test(token)) return token;
  const message = `The token for Auth0 (${host}) is empty or holds characters that no token has`;
  throw new Auth0Failure("AUTH0_CREDENTIALS_REFUSED", message, { effect: "none" });
}

const checkApplication =
  "Check that id and secret are those of a machine-to-machine application of this Auth0 tenant, and that its secret was not rotated since.";

function refusal(host: string, asked: readonly string[] | undefined, status: number, answer: unknown): Auth0Failure {
  const error = textIn(answer, "error");
  const said = plainText(textIn(answer, "error_description") ?? "");
  const details = { effect: "none", status, evidence: { host, status, error } } as const;
  if (status === 429) {
    return new Auth0Failure(
      "AUTH0_RATE_LIMITED",
      `Auth0 (${host}) gave no access token, its rate limit is used up`,
      details,
    );
  }
  if (status >= 500) {
    return new Auth0Failure("AUTH0_UNAVAILABLE", `Auth0 (${host}) gave no access token, it answered status ${status}`, {
      ...details,
      passing: status <= 504,
    });
  }
  // "Client has not been granted scopes: …", or "Client is not authorized to access …" when there is no grant at all.
  if (status >= 400 && /granted scopes|not authorized to access/i.test(said)) {
    const scopes = asked === undefined ? "" : `; a run that only looks asks for ${asked.join(", ")}`;
    return new Auth0Failure(
      "AUTH0_PERMISSION_MISSING",
      `Auth0 (${host}) gave no access token: ${said}${scopes}`,
      details,
    );
  }
  if (status === 400 || status === 401 || status === 403) {
    const why = error === undefined || !/^[a-z_]{1,40}$/.test(error) ? `status ${status}` : error;
    return new Auth0Failure("AUTH0_CREDENTIALS_REFUSED", `Auth0 (${host}) refused client id and secret (${why})`, {
      ...details,
      hint: checkApplication,
    });
  }
  const message = `Auth0 (${host}) was asked for an access token and answered in an unknown shape (status ${status})`;
  return new Auth0Failure("AUTH0_UNEXPECTED_ANSWER", message, details);
}
