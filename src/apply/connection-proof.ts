import type { ConnectionKey } from "../desired/connection.ts";
import type { Code } from "../errors/codes/index.ts";
import type { ObservedRecord } from "../plan/observed.ts";
import type { Evidence, ProofVerdict } from "../store/evidence.ts";

/** What the verification of one connection gave. */
export type ConnectionProof = ProvenConnection | UnprovenConnection;

/** A connection whose links were looked at, and what was found. */
export interface ProvenConnection {
  readonly key: ConnectionKey;
  readonly state: ObservedRecord["state"];
  readonly verdict: ProofVerdict;
  readonly evidence: Evidence;
}

/** Nothing to prove, proven already (skipped), or nothing that could be (inconclusive). */
export interface UnprovenConnection {
  readonly key: ConnectionKey;
  readonly verdict: "skipped" | "inconclusive";
  readonly because: string;
  /** Why it could not be told, where that has a code: the app's own, or that the run was stopped. */
  readonly code?: Code | undefined;
  readonly hint?: string | undefined;
  /** When it was proven, for one that was skipped for that (ISO 8601). */
  readonly provenAt?: string | undefined;
}
