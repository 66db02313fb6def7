import type { Address, ConnectionKey, Digest } from "../desired/connection.ts";
import type { Json } from "../desired/json.ts";
import type { Secret } from "../secret/secret.ts";
import type { Evidence } from "./evidence.ts";

/** Who holds a lock. */
export interface Holder {
  /** Person or CI job, such as `alice` or `ci`. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
}

export interface LockInfo {
  readonly address: Address;
  readonly holder: Holder;
  /** ISO 8601. */
  readonly acquiredAt: string;
  readonly heartbeatAt: string;
  /**
   * alive: it keeps everybody else out. lapsed: it has shown no sign of life for 60 seconds. dead: its process was of
   * this host and has ended (SQLite only). Who needs the address next takes over what is not alive.
   */
  readonly state: LockState;
}

export type LockState = "alive" | "lapsed" | "dead";

/** A held lock: its heartbeat runs until it is released. */
export interface Lock {
  readonly address: Address;
  /** Set when it was taken over from a holder that died or lapsed: read the journal before going on. */
  readonly takenOverFrom?: Holder | undefined;
  /** Throws STORE_LOCK_LOST when somebody has taken it over. Call it before every remote effect. */
  check(): Promise<void>;
  release(): Promise<void>;
}

/** The five steps of an apply, per connection (design, section 3). */
export type StepName = (typeof stepNames)[number];

/** All steps that a journal can hold; `hand-out` asks an app for its callback, `tidy` narrows a registration that served two records, `retire` deletes a
 * client that was left behind elsewhere, the last two end one. */
export const stepNames = [
  "register",
  "hand-out",
  "prove-idp",
  "hand-over",
  "prove-app",
  "activate",
  "tidy",
  "retire",
  "switch-off",
  "delete",
] as const;

export interface JournalStep {
  readonly run: string;
  readonly key: ConnectionKey;
  readonly step: StepName;
  readonly state: "started" | "done" | "failed";
  /** Secret-free facts for whoever resumes: ids, spec digest, whether old values are kept. */
  readonly detail: Readonly<Record<string, Json>>;
  readonly at: string;
}

/** A run as it stands in the store. */
export interface RecordedRun {
  readonly id: string;
  readonly actor: string;
  readonly startedAt: string;
  /** Missing while it goes on, and for ever when it was killed. */
  readonly finishedAt?: string | undefined;
  readonly outcome?: "done" | "failed" | undefined;
}

export interface AuditEntry {
  readonly at: string;
  readonly actor: string;
  /** What happened, such as `apply.started`, `record.activated`, `verify.failed`. */
  readonly event: string;
  readonly address?: Address | undefined;
  readonly key?: ConnectionKey | undefined;
  readonly detail: Readonly<Record<string, Json>>;
}

/**
 * History and coordination: id cache, evidence, audit log, locks, apply journal. Never a secret. Losing it loses
 * history, not control. Every method throws a `TenantryError` (STORE_…) when the store cannot be reached.
 */
export interface Store {
  rememberId(address: Address, id: string): Promise<void>;
  forgetId(address: Address): Promise<void>;
  idOf(address: Address): Promise<string | undefined>;

  addEvidence(evidence: Evidence): Promise<void>;
  /** The newest one of the connection, whatever its verdict. */
  latestEvidence(key: ConnectionKey): Promise<Evidence | undefined>;
  /** The newest ones of the connection, at most so many, newest first. */
  recentEvidence(key: ConnectionKey, limit: number): Promise<readonly Evidence[]>;

  audit(entry: Omit<AuditEntry, "at">): Promise<void>;
  /** Newest first. */
  auditLog(limit: number): Promise<readonly AuditEntry[]>;

  /**
   * @param run.savedPlan checksum of the saved plan that the run applies: each begins once
   * @throws TenantryError PLAN_SAVED_APPLIED
   */
  beginRun(run: {
    readonly planDigest: Digest;
    readonly actor: string;
    readonly savedPlan?: Digest | undefined;
  }): Promise<string>;
  /** The run that a saved plan was applied by. */
  runOfSavedPlan(savedPlan: Digest): Promise<RecordedRun | undefined>;
  recordStep(step: Omit<JournalStep, "at">): Promise<void>;
  finishRun(run: string, outcome: "done" | "failed"): Promise<void>;
  /** Steps of the newest run that touched the connection, in order, and whether that run finished. */
  lastSteps(key: ConnectionKey): Promise<{ readonly finished: boolean; readonly steps: readonly JournalStep[] }>;

  /** Throws STORE_LOCKED, naming the holder, when it is held and alive. */
  lock(address: Address, holder: Holder): Promise<Lock>;
  /** @param host this machine's name, to tell which holders are dead; without it none is known to be */
  locks(host?: string): Promise<readonly LockInfo[]>;

  /** Keeps a record's old values, secret-free, until they are forgotten; those that are kept already stay. */
  keepValues(app: string, key: ConnectionKey, values: Json): Promise<void>;
  keptValues(app: string, key: ConnectionKey): Promise<Json | undefined>;
  forgetValues(app: string, key: ConnectionKey): Promise<void>;

  /** HMAC-SHA-256 (hex) under a random key that the store made for itself. */
  fingerprint(secret: Secret): Promise<string>;

  close(): Promise<void>;
}
