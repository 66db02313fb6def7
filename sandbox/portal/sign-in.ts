import { createHash } from "node:crypto";
import { randomText, randomToken } from "../random.ts";
import type { AppMistake } from "./mistakes.ts";
import type { AppRecord } from "./record.ts";

/** How long somebody may take at the identity provider, in milliseconds. */
const patience = 10 * 60_000;
const mostWaiting = 10_000;

/** A sign-in that was begun in one browser and has not come back. */
export interface Begun {
  readonly record: string;
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  readonly verifier: string | undefined;
  readonly at: number;
}

/** The sign-ins that are under way, by the value of the browser's cookie. Each is good for one callback. */
export class SignIns {
  readonly #begun = new Map<string, Begun>();

  add(begun: Begun): string {
    const cookie = randomToken(24);
    if (this.#begun.size >= mostWaiting) this.#begun.clear();
    this.#begun.set(cookie, begun);
    return cookie;
  }

  /** What the browser began; it cannot be taken twice. */
  take(cookie: string | undefined, now: number): Begun | undefined {
    const begun = cookie === undefined ? undefined : this.#begun.get(cookie);
    if (cookie !== undefined) this.#begun.delete(cookie);
    return begun === undefined || now - begun.at > patience ? undefined : begun;
  }

  /** What somebody began with this state, in whatever browser. */
  takeByState(state: string | undefined): Begun | undefined {
    const found = [...this.#begun].find(([, begun]) => begun.state === state);
    if (found !== undefined) this.#begun.delete(found[0]);
    return found?.[1];
  }
}

/** The authorization request of an app by its record, and what to remember of it. */
export function beginSignIn(
  record: AppRecord,
  mistakes: ReadonlySet<AppMistake>,
  now: number,
): { readonly url: string; readonly begun: Begun } {
  const state = mistakes.has("fixed-state")
    ? "the-same-state-for-everybody"
    : mistakes.has("short-state")
      ? randomText(4)
      : randomToken(24);
  const nonce = mistakes.has("no-nonce") ? undefined : randomToken(24);
  const verifier = record.pkce !== "S256" || mistakes.has("no-pkce") ? undefined : randomToken(32);
  const url = new URL(
    mistakes.has("start-elsewhere") ? "https://login.elsewhere.example/authorize" : record.authorizationEndpoint,
  );
  const wanted: Record<string, string | undefined> = {
    ...record.extraParams,
    response_type: "code",
    client_id: mistakes.has("wrong-client") ? "another-client" : record.clientId,
    redirect_uri: redirectUriOf(record, mistakes),
    scope: mistakes.has("wrong-scope") ? "openid" : record.scopes.join(" "),
    state: mistakes.has("no-state") ? undefined : state,
    nonce,
    acr_values: record.acrValues.length === 0 ? undefined : record.acrValues.join(" "),
    response_mode: record.responseMode === "query" ? undefined : record.responseMode,
    code_challenge: verifier === undefined ? undefined : createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: verifier === undefined ? undefined : "S256",
  };
  for (const [name, value] of Object.entries(wanted)) if (value !== undefined) url.searchParams.set(name, value);
  return {
    url: url.href,
    begun: { record: record.key, state: mistakes.has("no-state") ? undefined : state, nonce, verifier, at: now },
  };
}

function redirectUriOf({ redirectUri }: AppRecord, mistakes: ReadonlySet<AppMistake>): string {
  if (mistakes.has("http-redirect")) return redirectUri.replace(/^https:/, "http:");
  return mistakes.has("wrong-redirect") ? `${redirectUri}/` : redirectUri;
}

/** The `Set-Cookie` line of the sign-in: it must come along when the identity provider sends the browser back. */
export function signInCookie(value: string, { responseMode }: AppRecord, mistakes: ReadonlySet<AppMistake>): string {
  if (mistakes.has("insecure-cookie")) return `${plainCookie}=${value}; Path=/; SameSite=Lax`;
  const posted = responseMode === "form_post" && !mistakes.has("lax-cookie");
  const sameSite = mistakes.has("strict-cookie") ? "Strict" : posted ? "None" : "Lax";
  return `${safeCookie}=${value}; Path=/; Secure; HttpOnly; SameSite=${sameSite}`;
}

export const safeCookie = "__Host-sign-in";
export const plainCookie = "sign-in";
