import type { ConnectionProof } from "../../apply/connection-proof.ts";
import type { ExitCode } from "../../errors/code.ts";
import { codes } from "../../errors/codes/index.ts";
import type { Position } from "../../errors/issue.ts";
import type { CheckResult, Evidence, ProofVerdict } from "../../store/evidence.ts";
import type { ClientAuth } from "../../workspace/workspace.ts";

/** What stands in a report: a connection of a workspace, or an issuer or client that was named on the command line. */
export type ReportedProof =
  | (Omit<Extract<ConnectionProof, { evidence: Evidence }>, "key" | "state" | "evidence"> & {
      readonly key: string;
      readonly state?: string | undefined;
      readonly evidence: ReportedEvidence;
    })
  | (Omit<Extract<ConnectionProof, { because: string }>, "key"> & { readonly key: string });

/** Evidence that need not belong to a workspace: then it has no digest. */
export type ReportedEvidence = Omit<Evidence, "key" | "specDigest"> & {
  readonly key: string;
  readonly specDigest?: string | undefined;
  readonly clientAuth?: ClientAuth | undefined;
};

/** A proof with the places in files that it is about; there are none without a workspace. */
export interface Placed {
  readonly proof: ReportedProof;
  /** Where the connection stands. */
  readonly at?: Position | undefined;
  /** Where the field stands that a check is about. */
  placeOf(check: CheckResult): Position | undefined;
}

/** What is true of a whole run. */
export interface RunFacts {
  /** Name of the environment; undefined without a workspace. */
  readonly environment: string | undefined;
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly endedAt: string;
  readonly exit: ExitCode;
  /** Whether it was stopped before every connection had its turn. */
  readonly stopped: boolean;
}

/** A report that is filled while a run goes on, and written when it has ended. */
export interface Report {
  add(placed: Placed): void;
  text(run: RunFacts): string;
  /** The same in pieces, where the whole would be large. */
  parts?(run: RunFacts): Iterable<string>;
}

/** How many connections came to which verdict. */
export type Counts = Readonly<Record<ProofVerdict, number>>;

export function countsOf(proofs: readonly Pick<ReportedProof, "verdict">[]): Counts {
  const counts = { pass: 0, attested: 0, fail: 0, inconclusive: 0, skipped: 0 };
  for (const { verdict } of proofs) counts[verdict] += 1;
  return counts;
}

/** The exit code that one connection asks for. */
export function exitOf(proof: ReportedProof): ExitCode {
  switch (proof.verdict) {
    case "fail":
      return 6;
    case "inconclusive":
      // An app that could not be asked is an outside system that failed.
      return "code" in proof && proof.code !== undefined && codes[proof.code].exit === 5 ? 5 : 7;
    case "pass":
    case "attested":
    case "skipped":
      return 0;
    default:
      return proof satisfies never;
  }
}

/** Whether a connection was left because the run ended before its turn. */
export function wasStopped(proof: ReportedProof): boolean {
  return "code" in proof && (proof.code === "VERIFY_INTERRUPTED" || proof.code === "VERIFY_BUDGET_SPENT");
}
