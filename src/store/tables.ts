import type { Generated } from "kysely";

/** Tables of the store. The prefix keeps them apart where they share a database with others. Dates are ISO 8601, UTC. */
export interface StoreTables {
  tenantry_meta: { name: string; value: string };
  tenantry_id: { address: string; id: string; at: string };
  tenantry_evidence: { seq: Generated<number>; key: string; at: string; verdict: string; body: string };
  tenantry_audit: {
    seq: Generated<number>;
    at: string;
    actor: string;
    event: string;
    address: string | null;
    key: string | null;
    detail: string;
  };
  tenantry_run: {
    seq: Generated<number>;
    id: string;
    plan_digest: string;
    /** Checksum of the saved plan that was applied; null for a plan that was made and applied at once. */
    saved_plan: string | null;
    actor: string;
    started_at: string;
    finished_at: string | null;
    outcome: string | null;
  };
  tenantry_journal: {
    seq: Generated<number>;
    run: string;
    key: string;
    step: string;
    state: string;
    detail: string;
    at: string;
  };
  /** Old values of a record that is being changed, without its secret. */
  tenantry_kept: { app: string; key: string; body: string; at: string };
  tenantry_lock: LockRow;
}

export interface LockRow {
  address: string;
  /** Random; new for every taking, so that a holder sees that the lock is no longer its own. */
  token: string;
  holder_name: string;
  holder_host: string;
  holder_pid: number;
  acquired_at: string;
  heartbeat_at: string;
}
