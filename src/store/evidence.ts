import type { ConnectionKey, Digest } from "../desired/connection.ts";
import type { Json } from "../desired/json.ts";
import type { Attestation } from "../tenant/tenant.ts";

/** inconclusive never opens the gate; skipped says that the check does not apply or was not asked for. */
export type Verdict = "pass" | "fail" | "inconclusive" | "skipped";

export type Level = "must" | "should" | "policy";

/** Which link a check is about: the columns of the proof table. */
export type Link = "discovery" | "keys" | "callback" | "secret" | "record" | "app" | "domain";

/** Over all checks: `attested` where a person stands for what the must-checks could not tell. */
export type ProofVerdict = Verdict | "attested";

/** What one check found. Holds no secret, no state, no code, no response body. */
export interface CheckResult {
  /** One of `checkIds`. */
  readonly id: string;
  readonly link: Link;
  readonly title: string;
  readonly level: Level;
  readonly verdict: Verdict;
  /** Stable code of a failure or an inconclusive answer; see docs/codes.md. */
  readonly code?: string | undefined;
  /** One sentence: what was found. */
  readonly message: string;
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  /** How to mend it, with the exact string to paste where there is one. */
  readonly hint?: string | undefined;
  /** What is known of the product behind the issuer that bears on this check (its preset). */
  readonly note?: string | undefined;
  /** The attestation that stands for this check; only of an inconclusive must-check. */
  readonly attested?: Attestation | undefined;
  /** Status, error code, hash of the body…: small facts for whoever wants to check the check. */
  readonly evidence: Readonly<Record<string, Json>>;
}

/**
 * The stored result of a verification, bound to everything it is true for. It opens the gate only for exactly the same
 * spec digest, client id, issuer, endpoints, JWKS URI and secret fingerprint, and only while it is fresh.
 */
export interface Evidence {
  readonly key: ConnectionKey;
  readonly specDigest: Digest;
  readonly clientId: string;
  readonly issuer: string;
  readonly authorizationEndpoint?: string | undefined;
  readonly tokenEndpoint?: string | undefined;
  readonly jwksUri?: string | undefined;
  /** HMAC-SHA-256 of the secret or private key under the store's own key; missing for a public client. */
  readonly secretFingerprint?: string | undefined;
  /** Which copy of the secret was proven: the idp's own before the hand-over, or the record's, opened as the app would. */
  readonly secretCopy?: "idp" | "record" | undefined;
  /** Whether the deployed app itself showed that its copy is right (A9). */
  readonly appSecret?: boolean | undefined;
  /**
   * When a wrong secret was refused for this very client, token endpoint and secret (ISO 8601): at this proof, or at an
   * earlier one, where this one did not send it again. Missing where none was.
   */
  readonly controlledAt?: string | undefined;
  /** Host name of the machine the checks ran on. */
  readonly ranFrom: string;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Over all must-checks: fail if one failed, else inconclusive if one was, else attested or pass. */
  readonly verdict: ProofVerdict;
  /** The preset of the identity provider's product, when one is known. */
  readonly preset?: string | undefined;
  readonly checks: readonly CheckResult[];
}
