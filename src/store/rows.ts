import { z } from "zod";
import type { Address, ConnectionKey, Digest } from "../desired/connection.ts";
import type { Json } from "../desired/json.ts";
import { TenantryError } from "../errors/failure.ts";
import type { Evidence } from "./evidence.ts";
import { type AuditEntry, type JournalStep, type LockInfo, type RecordedRun, stepNames } from "./store.ts";
import type { LockRow, StoreTables } from "./tables.ts";

// What comes back from a database is outside data: another version, another program or a person may have written it.

const verdict = z.enum(["pass", "fail", "inconclusive", "skipped"]);
const facts = z.record(z.string(), z.json());
const key = z.custom<ConnectionKey>(isText);
const address = z.custom<Address>(isText);
const digest = z.custom<Digest>(isText);

const attestation = z.object({
  check: z.string(),
  by: z.string(),
  on: z.string(),
  expires: z.string(),
  reason: z.string(),
});

const checkResult = z.object({
  id: z.string(),
  link: z.enum(["discovery", "keys", "callback", "secret", "record", "app", "domain"]),
  title: z.string(),
  level: z.enum(["must", "should", "policy"]),
  verdict,
  code: z.string().optional(),
  message: z.string(),
  expected: z.string().optional(),
  actual: z.string().optional(),
  hint: z.string().optional(),
  note: z.string().optional(),
  attested: attestation.optional(),
  evidence: facts,
});

const evidence = z.object({
  key,
  specDigest: digest,
  clientId: z.string(),
  issuer: z.string(),
  authorizationEndpoint: z.string().optional(),
  tokenEndpoint: z.string().optional(),
  jwksUri: z.string().optional(),
  secretFingerprint: z.string().optional(),
  secretCopy: z.enum(["idp", "record"]).optional(),
  appSecret: z.boolean().optional(),
  controlledAt: z.iso.datetime().optional(),
  ranFrom: z.string(),
  at: z.iso.datetime(),
  verdict: z.enum([...verdict.options, "attested"]),
  preset: z.string().optional(),
  checks: z.array(checkResult),
});

const auditEntry = z.object({
  at: z.iso.datetime(),
  actor: z.string(),
  event: z.string(),
  address: address.optional(),
  key: key.optional(),
  detail: facts,
});

const journalStep = z.object({
  run: z.string(),
  key,
  step: z.enum(stepNames),
  state: z.enum(["started", "done", "failed"]),
  detail: facts,
  at: z.iso.datetime(),
});

const run = z.object({
  id: z.string(),
  actor: z.string(),
  startedAt: z.iso.datetime(),
  finishedAt: z.iso.datetime().optional(),
  outcome: z.enum(["done", "failed"]).optional(),
});

const lock = z.object({
  address,
  holder: z.object({ name: z.string(), host: z.string(), pid: z.int() }),
  acquiredAt: z.iso.datetime(),
  heartbeatAt: z.iso.datetime(),
});

export function readEvidence(body: string, store: string): Evidence {
  return parse(evidence, json(body), `${store}: a row of evidence`);
}

export function readAuditEntry(row: Nullable<AuditEntry>, store: string): AuditEntry {
  return parse(auditEntry, withDetail(row), `${store}: a row of the audit log`);
}

export function readJournalStep(row: Nullable<JournalStep>, store: string): JournalStep {
  return parse(journalStep, withDetail(row), `${store}: a row of the journal`);
}

export function readRun(
  row: Pick<StoreTables["tenantry_run"], "id" | "actor" | "started_at" | "finished_at" | "outcome">,
  store: string,
): RecordedRun {
  const { id, actor, started_at: startedAt, finished_at, outcome } = row;
  const value = { id, actor, startedAt, finishedAt: finished_at ?? undefined, outcome: outcome ?? undefined };
  return parse(run, value, `${store}: a run`);
}

export function readKept(body: string, store: string): Json {
  return parse(z.json(), json(body), `${store}: a row of kept values`);
}

export function readLock(row: LockRow, store: string): Omit<LockInfo, "state"> {
  const { holder_name: name, holder_host: host, holder_pid: pid } = row;
  const value = {
    address: row.address,
    holder: { name, host, pid },
    acquiredAt: row.acquired_at,
    heartbeatAt: row.heartbeat_at,
  };
  return parse(lock, value, `${store}: a lock`);
}

/** A row as it stands in a table: null for what is absent, JSON as text. */
type Nullable<Row> = { readonly [Name in keyof Row]: string | null };

function withDetail(row: Readonly<Record<string, string | null>>): unknown {
  const present = Object.entries(row).filter(([, value]) => value !== null);
  return { ...Object.fromEntries(present), detail: json(row.detail ?? "") };
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parse<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const where = result.error.issues[0]?.path.join(".") ?? "";
  throw new TenantryError("STORE_CORRUPT", `${what} is not as it was written${where === "" ? "" : ` (${where})`}.`, {
    cause: result.error,
  });
}
