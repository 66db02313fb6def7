import type { ClaimPath } from "../../tenant/tenant.ts";
import type { ClientAuth } from "../../workspace/workspace.ts";
import type { CheckId } from "../check-id.ts";

/** What is set at a client, for hints on where to set it. */
export type ClientSetting = "redirectUri" | "secret" | "publicKey" | "scopes" | "postLogout" | "signingAlgorithm";

/**
 * How well a fact is known. tried: seen with the product itself. source: read in its source. documented: its vendor says
 * so. captured: recorded by somebody else. reported: told in an issue. unconfirmed: nobody has shown it.
 */
export type Mark = "tried" | "source" | "documented" | "captured" | "reported" | "unconfirmed";

/** How a product answers a probe. */
export interface ProbeAnswer {
  readonly is: string;
  readonly mark: Mark;
}

/** Checks that send the product something besides a look at its documents. */
export type ProbeId = "P1" | "P2" | "P3" | "P4" | "P5" | "P6" | "P7" | "S1" | "S2";

/** A mistake that a value's shape gives away. */
export interface Trap {
  /** Of the whole value. */
  readonly pattern: RegExp;
  /** What it is instead: a sentence without its end, to stand behind the value. */
  readonly message: string;
  readonly hint: string;
}

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
    /**
     * Issuers of this product, matched without their final slash. None where customers run it under names of their own
     * and nothing in the address gives it away.
     */
    readonly patterns: readonly RegExp[];
    /**
     * What the patterns go by. host: a host that only this vendor has, so that they are certain. path: a path that others
     * could have too. none: there are none, and only the tenant file can name the preset.
     */
    readonly certainty: "host" | "path" | "none";
    /** For people: `https://{host}/realms/{realm}`. */
    readonly shape: string;
    /** Whether the issuer ends with a slash; undefined where it may or may not. */
    readonly finalSlash?: boolean | undefined;
    /** The word in an address that stands for "any customer", as the first group of the match. */
    readonly placeholder?: RegExp | undefined;
    /** Addresses of this product that are taken for its issuer and are none. */
    readonly mistakes?: readonly Trap[] | undefined;
    /** What its document may name in place of the configured issuer, and what that means. */
    readonly named?: readonly Pick<Trap, "pattern" | "hint">[] | undefined;
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
  readonly clientAuth: {
    /** What to write when nobody says otherwise. */
    readonly default: ClientAuth;
    /** What its clients can be given, as far as known. */
    readonly takes: readonly ClientAuth[];
    /** Whom an assertion of private_key_jwt is meant for, where the vendor asks for the endpoint (RFC 7523, section 3). */
    readonly audience?: "issuer" | "endpoint" | undefined;
    readonly mark: Mark;
  };
  readonly groups: {
    /** The scope that asks for groups; absent: none does, and asking for `groups` may break the sign-in. */
    readonly scope?: string | undefined;
    readonly claim?: string | undefined;
    /** Asking for the scope `groups` ends the sign-in with an error. */
    readonly scopeRefused?: boolean | undefined;
    /** The error for that scope, where it has a name of its own. */
    readonly error?: string | undefined;
    /** What makes groups come, as a line for the customer's administrator. */
    readonly how: string;
  };
  /** Where roles stand, when not among the groups. */
  readonly roles?:
    | {
        readonly claim: ClaimPath;
        /** Without all of these the claim does not come. */
        readonly scopes?: readonly string[] | undefined;
        /** What makes roles come, as a line for the customer's administrator. */
        readonly how: string;
      }
    | undefined;
  /** Other scopes that end the sign-in with an error, and what to do instead. */
  readonly scopesRefused?: Readonly<Record<string, string>> | undefined;
  readonly claims: {
    /** Claims that ID tokens of this product never have. */
    readonly never?: readonly string[] | undefined;
    /** What to write instead of one that never comes. */
    readonly instead?: Readonly<Record<string, string>> | undefined;
    /** Stays the same for a person for ever. */
    readonly externalId: string;
    readonly email: string;
    readonly displayName: string;
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
    readonly answers: Readonly<Record<ProbeId, ProbeAnswer>>;
  };
  /** What is pasted in place of the secret. None of the patterns fits a real secret. */
  readonly secretTraps?: readonly Trap[] | undefined;
  /** Where a setting of the client is in the product's console. */
  readonly places: Readonly<Partial<Record<ClientSetting, string>>>;
  /** Said beside a check that did not pass. */
  readonly notes: Readonly<Partial<Record<CheckId, string>>>;
  /** What goes wrong at this product again and again. One sentence each. */
  readonly quirks: readonly string[];
  /** Where these facts come from, and which of them nobody has confirmed. */
  readonly sources: readonly string[];
}

/** For a probe that nobody has tried there. */
export const notKnown: ProbeAnswer = { is: "not known", mark: "unconfirmed" };
