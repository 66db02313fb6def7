import type { CheckId } from "../desired/check-id.ts";
import type { Digest } from "../desired/connection.ts";
import type { CheckResult, Evidence, ProofVerdict } from "../store/evidence.ts";
import type { Clock } from "../vendor/network.ts";
import type { ClientAuth, VerifySettings } from "../workspace/workspace.ts";
import { lapsedAttestation } from "./attest.ts";
import type { VerifySubject } from "./subject.ts";
import type { Verification } from "./verification.ts";

/** Milliseconds by which evidence may lie in the future: clocks of CI machines differ a little. */
const clockTolerance = 60_000;

/**
 * The stored form of a verification, bound to what it is true for. The fingerprint of the secret or the private key goes
 * in only when it was proven (S1 passed) or a person stands for it (S1 attested), so a run that sent nothing cannot
 * stand for one that did.
 */
export function toEvidence(
  subject: VerifySubject,
  verification: Omit<Verification, "verdict"> & { readonly verdict: ProofVerdict },
  fingerprint: string | undefined,
  io: { readonly clock: Clock; readonly ranFrom: string },
): Evidence {
  const { discovery, verdict, checks } = verification;
  const passed = (id: CheckId): boolean => checks.some((check) => check.id === id && check.verdict === "pass");
  const proven = passed("S1");
  const at = new Date(io.clock()).toISOString();
  const controlledAt = !proven ? undefined : checks.some(isControl) ? at : verification.controlledAt;
  return {
    key: subject.key,
    specDigest: subject.specDigest,
    clientId: subject.clientId ?? "",
    issuer: subject.issuer,
    authorizationEndpoint: discovery?.authorizationEndpoint,
    tokenEndpoint: discovery?.tokenEndpoint,
    jwksUri: discovery?.jwksUri,
    secretFingerprint: proven || checks.some(isAttestedSecret) ? fingerprint : undefined,
    secretCopy: proven ? subject.secret?.copy : undefined,
    ...(verification.preset === undefined ? {} : { preset: verification.preset }),
    ...(controlledAt === undefined ? {} : { controlledAt }),
    ranFrom: io.ranFrom,
    at,
    verdict,
    checks,
  };
}

function isAttestedSecret({ id, attested }: CheckResult): boolean {
  return id === "S1" && attested !== undefined;
}

/**
 * Whether a wrong secret was seen refused by the token endpoint. What another endpoint refused lets nothing be left out
 * later: the token endpoint tells right from wrong no better then.
 */
function isControl({ id, verdict, evidence }: CheckResult): boolean {
  return id === "S2" && verdict === "pass" && evidence.by === undefined;
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

/**
 * Whether stored evidence opens the gate: all it is bound to is the same, it passed or a person stands for what it could
 * not tell and still does, and it is fresh.
 */
export function evidenceCovers(
  evidence: Evidence,
  wanted: WantedProof,
  io: { readonly clock: Clock; readonly settings: Pick<VerifySettings, "maxAge"> },
): { readonly covers: true } | { readonly covers: false; readonly because: string } {
  const no = (because: string) => ({ covers: false, because }) as const;
  if (evidence.verdict !== "pass" && evidence.verdict !== "attested") {
    return no(`the verification did not pass (${evidence.verdict})`);
  }
  const lapsed = lapsedAttestation(evidence.checks, io.clock());
  if (lapsed !== undefined) return no(lapsed);
  for (const [field, name] of bound) {
    if (evidence[field] !== wanted[field]) return no(`${name} changed since the verification`);
  }
  // A public client has nothing to take a fingerprint of: that it was accepted as one must stand in the evidence itself.
  const shown = evidence.checks.some(
    (check) => (check.id === "S1" && check.verdict === "pass") || isAttestedSecret(check),
  );
  if (!shown || (wanted.clientAuth !== "none" && wanted.secretFingerprint === undefined)) {
    return no(wanted.clientAuth === "none" ? "the public client was not proven" : "the secret was not proven");
  }
  const age = io.clock() - Date.parse(evidence.at);
  if (!(age >= -clockTolerance)) return no("the verification lies in the future");
  if (age > io.settings.maxAge) return no("the verification is too old");
  return { covers: true };
}

/** How many of a connection's newest evidences are looked through for the control; one that it was not sent for names it. */
export const controlLookBack = 20;

/** The client, endpoint and secret that a wrong secret may have been refused for. */
export type ControlledClient = Pick<VerifySubject, "clientId" | "issuer"> & {
  readonly tokenEndpoint: string | undefined;
  readonly secretFingerprint: string | undefined;
};

/**
 * When a wrong secret was refused for exactly this client, endpoint and secret, as stored evidence says (ISO 8601).
 * Undefined when none says so: this secret was never controlled. A public client has nothing to compare and is never
 * taken for controlled.
 *
 * @param evidences newest first, as `Store.recentEvidence` gives them
 */
export function controlledAt(evidences: readonly Evidence[], wanted: ControlledClient): string | undefined {
  if (wanted.secretFingerprint === undefined || wanted.tokenEndpoint === undefined) return undefined;
  const same = evidences.filter(
    (evidence) =>
      evidence.clientId === wanted.clientId &&
      evidence.issuer === wanted.issuer &&
      evidence.tokenEndpoint === wanted.tokenEndpoint &&
      evidence.secretFingerprint === wanted.secretFingerprint,
  );
  const passed = (evidence: Evidence): string | undefined =>
    evidence.checks.some(isControl) ? evidence.at : undefined;
  for (const evidence of same) {
    const seen = evidence.controlledAt ?? passed(evidence);
    if (seen !== undefined) return seen;
  }
  return undefined;
}
