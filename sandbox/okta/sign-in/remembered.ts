import { randomToken } from "../../random.ts";
import type { OktaKey } from "../server-model.ts";

/** Somebody is signed in at the org, in one browser. Good for every authorization server of the org. */
export interface OktaSession {
  readonly id: string;
  readonly userId: string;
  /** Seconds since the epoch: when the person last proved who they are. */
  readonly authTime: number;
  /** Milliseconds since the epoch, as are the others. */
  readonly expires: number;
}

/** An authorization request that waits for somebody to sign in. */
export interface PendingSignIn {
  readonly serverId: string;
  readonly params: Readonly<Record<string, string>>;
  readonly expires: number;
}

/** What somebody let an app do: the ground of codes and tokens. */
export interface Consent {
  /** `org`, or the id of a custom authorization server. */
  readonly serverId: string;
  readonly clientId: string;
  readonly userId: string;
  readonly scopes: readonly string[];
  readonly authTime: number;
  readonly nonce: string | undefined;
}

/** An authorization code, kept after its use so that a second one is noticed. */
export interface OktaCode extends Consent {
  readonly redirectUri: string;
  readonly challenge: string | undefined;
  readonly expires: number;
  /** The family of the tokens that were given for it. */
  family: string | undefined;
}

/** A refresh token with all that come after it by rotation. */
export interface OktaRefreshToken extends Consent {
  readonly id: string;
  readonly sequence: number;
  readonly created: string;
  lastUpdated: string;
  /** The token that is good now. */
  value: string;
  /** The ones before it. */
  former: string[];
  /** When the last rotation was. */
  rotated: number;
  /** When the token ends whatever happens; null for never. */
  readonly end: number | null;
  /** Milliseconds within which it must be used again. */
  readonly window: number;
  used: number;
}

/** An access token that was given out. */
export interface OktaAccessToken {
  readonly clientId: string;
  /** The refresh token or code with which it came. */
  readonly family: string | undefined;
  readonly expires: number;
}

/** What the sign-in half remembers: plain objects and maps, because it is written down. */
export interface Remembered {
  /** Of the org's own authorization server: the first signs ID tokens and is published, the second access tokens. */
  readonly keys: readonly [OktaKey, OktaKey];
  readonly sessions: Map<string, OktaSession>;
  readonly pending: Map<string, PendingSignIn>;
  readonly codes: Map<string, OktaCode>;
  /** By id. */
  readonly refreshTokens: Map<string, OktaRefreshToken>;
  /** By the token's `jti`; one that is not in here is not good (any more). */
  readonly accessTokens: Map<string, OktaAccessToken>;
}

/** Of an org in which nobody has signed in; `kid` is the id of the key that signs its ID tokens. */
export function nothingRemembered(kid: string, now: string): Remembered {
  const key = (id: string): OktaKey => ({ kid: id, created: now, status: "ACTIVE", jwk: undefined });
  return {
    keys: [key(kid), key(randomToken(32))],
    sessions: new Map(),
    pending: new Map(),
    codes: new Map(),
    refreshTokens: new Map(),
    accessTokens: new Map(),
  };
}

/** Forgets what has ended, once there is much. */
export function sweep(things: Map<string, { readonly expires: number }>, now: number): void {
  if (things.size < 2000) return;
  for (const [id, { expires }] of things) if (expires <= now) things.delete(id);
}
