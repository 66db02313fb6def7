import type { CheckId } from "./check-id.ts";

/** What is set at a client, for hints on where to set it. */
export type ClientSetting = "redirectUri" | "secret" | "publicKey" | "scopes" | "postLogout" | "signingAlgorithm";

/**
 * What is known of one product: data for rules, checks and guides. Nobody is asked; a fact that the product's own answer
 * contradicts gives way to the answer.
 */
export interface Preset {
  /** As a tenant file names it. */
  readonly name: string;
  /** For people: `Microsoft Entra ID`. */
  readonly title: string;
  readonly issuer: {
    /** Issuers that only this product has. None where customers run it under names of their own. */
    readonly patterns: readonly RegExp[];
    /** For people: `https://{host}/realms/{realm}`. */
    readonly shape: string;
    /** Whether the issuer ends with a slash; undefined where it may or may not. */
    readonly finalSlash?: boolean | undefined;
  };
  readonly metadata: {
    /** S256 works although `code_challenge_methods_supported` does not say so. */
    readonly pkceUnlisted?: boolean | undefined;
    /** Scopes that work although `scopes_supported` does not name them. */
    readonly scopesUnlisted?: boolean | undefined;
    /** Claims that come although `claims_supported` does not name them. */
    readonly claimsUnlisted?: boolean | undefined;
    /** Has no end_session_endpoint, or a logout of its own manner. */
    readonly endSession?: "standard" | "own" | "none" | undefined;
  };
  readonly groups: {
    /** The scope that asks for groups; absent: none does, and asking for `groups` may break the sign-in. */
    readonly scope?: string | undefined;
    readonly claim?: string | undefined;
    /** Asking for the scope `groups` ends the sign-in with an error. */
    readonly scopeRefused?: boolean | undefined;
  };
  readonly claims: {
    /** Claims that ID tokens of this product never have. */
    readonly never?: readonly string[] | undefined;
  };
  readonly probes: {
    /** What `prompt=none` without a session gives at a registered redirect URI, as far as known. */
    readonly promptNone: "returns" | "ignored" | "unknown";
    /** Whether a deliberately broken request (P4) may be sent; `alarms`: only when asked for. */
    readonly faultInjection: "allowed" | "alarms";
    /** Parameter to break in P4 where not every one is told at the redirect URI. */
    readonly fault?: "response_type" | "omit-openid" | "code_challenge_method" | undefined;
    /** Parameters to be added to every authorization probe. */
    readonly extraParams?: Readonly<Record<string, string>> | undefined;
  };
  /** Where a setting of the client is in the product's console. */
  readonly places: Readonly<Partial<Record<ClientSetting, string>>>;
  /** Said beside a check that did not pass. */
  readonly notes: Readonly<Partial<Record<CheckId, string>>>;
  /** Where these facts come from. */
  readonly sources: readonly string[];
}

/** The preset that a file names, else the one whose issuers this is; undefined when nobody knows it. */
export function presetOf(_issuer: string, _named?: string | undefined): Preset | undefined {
  return undefined;
}
