import type { Digest } from "../desired/connection.ts";
import type { Evidence } from "../store/evidence.ts";
import type { Clock } from "../vendor/network.ts";
import type { ClientAuth, VerifySettings } from "../workspace/workspace.ts";
import type { VerifySubject } from "./subject.ts";
import type { Verification } from "./verification.ts";

/** Milliseconds by which evidence may lie in the future: clocks of CI machines differ a little. */
const clockTolerance = 60_000;

/**
 * The stored form of a verification, bound to what it is true for. The fingerprint of the secret or the private key goes
 * in only when it was proven (S1 passed), so a run that sent nothing cannot stand for one that did.
 */
export function toEvidence(
  subject: VerifySubject,
  verification: Verification,
  fingerprint: string | undefined,
  io: { readonly clock: Clock; readonly ranFrom: string },
): Evidence {
  const { discovery, verdict, checks } = verification;
  const proven = checks.some((check) => check.id === "S1" && check.verdict === "pass");
  return {
    key: subject.key,
    specDigest: subject.specDigest,
    clientId: subject.clientId,
    issuer: subject.issuer,
    authorizationEndpoint: discovery?.authorizationEndpoint,
    tokenEndpoint: discovery?.tokenEndpoint,
    jwksUri: discovery?.jwksUri,
    secretFingerprint: proven ? fingerprint : undefined,
    secretCopy: proven ? subject.secret?.copy : undefined,
    ranFrom: io.ranFrom,
    at: new Date(io.clock()).toISOString(),
    verdict,
    checks,
  };
}

/** What is about to be switched on. */
export interface WantedProof {
  readonly specDigest: Digest;
  readonly clientId: string;
  readonly clientAuth: ClientAuth;
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  /** Of the secret or the private key that will be used; undefined only for a public client. */
  readonly secretFingerprint: string | undefined;
}

const bound = [
  ["specDigest", "the declared state"],
  ["clientId", "the client id"],
  ["issuer", "the issuer"],
  ["authorizationEndpoint", "the authorization endpoint"],
  ["tokenEndpoint", "the token endpoint"],
  ["jwksUri", "the key set's URL"],
  ["secretFingerprint", "the secret"],
] as const;

/** Whether stored evidence opens the gate: all it is bound to is the same, it passed, and it is fresh. */
export function evidenceCovers(
  evidence: Evidence,
  wanted: WantedProof,
  io: { readonly clock: Clock; readonly settings: Pick<VerifySettings, "maxAge"> },
): { readonly covers: true } | { readonly covers: false; readonly because: string } {
  const no = (because: string) => ({ covers: false, because }) as const;
  if (evidence.verdict !== "pass") return no(`the verification did not pass (${evidence.verdict})`);
  for (const [field, name] of bound) {
    if (evidence[field] !== wanted[field]) return no(`${name} changed since the verification`);
  }
  // A public client has nothing to take a fingerprint of: that it was accepted as one must stand in the evidence itself.
  const shown = evidence.checks.some((check) => check.id === "S1" && check.verdict === "pass");
  if (!shown || (wanted.clientAuth !== "none" && wanted.secretFingerprint === undefined)) {
    return no(wanted.clientAuth === "none" ? "the public client was not proven" : "the secret was not proven");
  }
  const age = io.clock() - Date.parse(evidence.at);
  if (!(age >= -clockTolerance)) return no("the verification lies in the future");
  if (age > io.settings.maxAge) return no("the verification is too old");
  return { covers: true };
}
