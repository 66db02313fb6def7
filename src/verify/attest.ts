// What a person's word does to a proof.
//
// Terms. An *attestation* is an entry under `attest:` of the tenant's file: somebody has seen by a test sign-in what a
// check could not tell. It *counts* from its day on until its last day has passed, both in UTC.
//
// Premise. An attestation stands for exactly one check, and only where that check could not tell. What a check has found
// to be wrong stays wrong. The one exception is O1: a record that is not there says that nobody has set it, not that the
// domain is another's.

import type { CheckResult, ProofVerdict } from "../store/evidence.ts";
import type { Attestation } from "../tenant/tenant.ts";

/** What is said of a check that an attestation has stood for and stands for no more. */
const renew = "sign in once more by hand, then give the entry under `attest:` the new day and a new `expires`";

/** Whether an attestation counts now (milliseconds since the epoch). */
export function attestationCounts({ on, expires }: Pick<Attestation, "on" | "expires">, now: number): boolean {
  return Date.parse(on) <= now && !ranOut(expires, now);
}

/** Whether the last day (an ISO date, UTC) has passed. */
function ranOut(expires: string, now: number): boolean {
  return now >= Date.parse(expires) + 86_400_000;
}

/** Checks with what a person stands for, and the verdict over them. */
export interface Judged {
  readonly verdict: ProofVerdict;
  readonly checks: readonly CheckResult[];
}

/**
 * Puts the attestations of a tenant to the checks that they stand for, and says what comes of it: fail if a must-check
 * failed, else inconclusive if one is open, else attested if a person stands for one, else pass. May be done again with
 * further checks added.
 *
 * @param now milliseconds since the epoch
 */
export function judge(checks: readonly CheckResult[], attest: readonly Attestation[], now: number): Judged {
  const attested = checks.map((check) => withAttestation(check, attest, now));
  return { verdict: proofVerdictOf(attested), checks: attested };
}

function proofVerdictOf(checks: readonly CheckResult[]): ProofVerdict {
  const musts = checks.filter(({ level }) => level === "must");
  if (musts.some(({ verdict }) => verdict === "fail")) return "fail";
  if (musts.some(({ verdict, attested }) => verdict === "inconclusive" && attested === undefined))
    return "inconclusive";
  if (musts.some(({ attested }) => attested !== undefined)) return "attested";
  return musts.some(({ verdict }) => verdict === "pass") ? "pass" : "inconclusive";
}

function withAttestation(found: CheckResult, attest: readonly Attestation[], now: number): CheckResult {
  const { attested: _before, ...check } = found;
  if (!canBeStoodFor(check)) return check;
  const entries = attest.filter((entry) => entry.check === check.id);
  const counting = entries.find((entry) => attestationCounts(entry, now));
  if (counting !== undefined) return { ...check, attested: counting };
  const [over] = entries;
  const said = over === undefined ? "" : notCounting(over, now);
  if (over === undefined || check.message.includes(said)) return check;
  const hint = check.hint === undefined ? `${renew}.` : `${check.hint} Or ${renew}.`;
  return { ...check, message: `${check.message} ${said}`, hint };
}

function canBeStoodFor({ id, level, verdict }: CheckResult): boolean {
  if (id === "O1") return verdict === "fail" || verdict === "inconclusive";
  return level === "must" && verdict === "inconclusive";
}

function notCounting({ check, by, on, expires }: Attestation, now: number): string {
  return ranOut(expires, now)
    ? `The attestation of ${check} by ${by} ran out on ${expires}.`
    : `The attestation of ${check} by ${by} is of ${on}, which lies in the future.`;
}

/** Ids of the checks that a person stands for, each once. */
export function attestedChecks(checks: readonly CheckResult[]): readonly string[] {
  return [...new Set(checks.flatMap(({ id, attested }) => (attested === undefined ? [] : [id])))];
}

/** Why the gate stays shut for what was attested: an attestation that does not count now. Undefined when all count. */
export function lapsedAttestation(checks: readonly CheckResult[], now: number): string | undefined {
  for (const { level, attested } of checks) {
    if (level !== "must" || attested === undefined || attestationCounts(attested, now)) continue;
    const said = notCounting(attested, now);
    return `t${said.slice(1, -1)}; ${renew}`;
  }
  return undefined;
}
