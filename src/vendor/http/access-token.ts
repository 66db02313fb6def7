import type { Secret } from "../../secret/secret.ts";
import { parseJson, textIn } from "../json.ts";
import type { Clock } from "../network.ts";
import type { PacedFetch } from "../paced-fetch.ts";

/** Milliseconds before its end at which a token is no longer used. */
const leeway = 30_000;

/** Milliseconds for which a token is used whose end was not told. */
const untold = 60_000;

/** A client of the server that gives access tokens for a receiver. */
export interface TokenClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: () => Secret;
  readonly scope?: string | undefined;
}

/** The token endpoint said no; the message is a sentence without its end, with no secret in it. */
export class TokenRefused extends Error {}

/** Where the access token of a caller comes from. */
export interface AccessTokens {
  /** @throws TokenRefused, or TransportFault when no answer came */
  get(): Promise<string>;
  /** For a token that was refused: the next call gets another. */
  forget(): void;
}

/**
 * Access tokens by client credentials (RFC 6749, section 4.4; the client proves itself by HTTP Basic), each used until it
 * runs out. Calls that start together share one request.
 */
export function accessTokens(client: TokenClient, fetch: PacedFetch, clock: Clock): AccessTokens {
  let current: { readonly text: string; readonly until: number } | undefined;
  let pending: Promise<string> | undefined;
  const request = async (): Promise<string> => {
    const started = clock();
    const form = new URLSearchParams({ grant_type: "client_credentials" });
    if (client.scope !== undefined) form.set("scope", client.scope);
    const pair = `${encodeURIComponent(client.clientId)}:${encodeURIComponent(client.clientSecret().reveal())}`;
    const reply = await fetch(client.tokenUrl, {
      method: "POST",
      headers: {
        accept: "application/json",
        authorization: `Basic ${Buffer.from(pair).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
      },
      body: form.toString(),
    });
    const answer = parseJson(await reply.text());
    const error = textIn(answer, "error") ?? "";
    if (reply.status !== 200) {
      throw new TokenRefused(/^[a-z_]{1,40}$/.test(error) ? `said ${error}` : `answered status ${reply.status}`);
    }
    const text = textIn(answer, "access_token") ?? "";
    if (!/^[\x21-\x7e]+$/.test(text)) throw new TokenRefused("gave no access token");
    const seconds = (answer as { expires_in?: unknown }).expires_in;
    const lasts = typeof seconds === "number" ? seconds * 1_000 - leeway : untold;
    current = { text, until: started + lasts };
    return text;
  };
  return {
    get() {
      if (current !== undefined && clock() < current.until) return Promise.resolve(current.text);
      pending ??= request().finally(() => {
        pending = undefined;
      });
      return pending;
    },
    forget() {
      current = undefined;
    },
  };
}
