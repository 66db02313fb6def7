import type { CheckResult } from "../store/evidence.ts";
import type { Cause, Symptom } from "./symptoms.ts";

/**
 * What a verification says of a cause. proven: a check of it failed. ruledOut: every check of it passed, or found
 * something else than the cause. possible: a check of it could not tell, was skipped or is not there. unseen: no check
 * can see it.
 */
export type Judgement = "proven" | "ruledOut" | "possible" | "unseen";

/** A cause with what the checks say of it. */
export interface JudgedCause {
  readonly cause: Cause;
  readonly judgement: Judgement;
  /** The checks behind that: those that failed, or those that could not tell. */
  readonly because: readonly CheckResult[];
}

const order: readonly Judgement[] = ["proven", "possible", "unseen", "ruledOut"];

/** The causes of a symptom, proven ones first, in the symptom's own order otherwise. */
export function diagnose({ causes }: Symptom, checks: readonly CheckResult[]): readonly JudgedCause[] {
  return causes
    .map((cause) => judgeCause(cause, checks))
    .sort((a, b) => order.indexOf(a.judgement) - order.indexOf(b.judgement));
}

function judgeCause(cause: Cause, checks: readonly CheckResult[]): JudgedCause {
  if (cause.checks.length === 0) return { cause, judgement: "unseen", because: [] };
  const codes: ReadonlySet<string> | undefined = cause.codes === undefined ? undefined : new Set(cause.codes);
  const own = cause.checks.map((id) => checks.find((check) => check.id === id));
  const failed = own.filter((check) => check !== undefined).filter(({ verdict }) => verdict === "fail");
  const fitting = failed
    .filter(({ code }) => codes === undefined || (code !== undefined && codes.has(code)))
    .filter(({ actual }) => cause.actual === undefined || actual?.includes(cause.actual) === true);
  if (fitting.length > 0) return { cause, judgement: "proven", because: fitting };
  // A check that failed for another reason says nothing of this one.
  const unclear = own.filter((check) => check !== undefined).filter(({ verdict }) => verdict !== "pass");
  const told = ({ verdict, actual }: CheckResult): boolean =>
    verdict === "fail" && cause.actual !== undefined && actual !== undefined && !actual.includes(cause.actual);
  const known = own.every((check) => check !== undefined && (check.verdict === "pass" || told(check)));
  return known ? { cause, judgement: "ruledOut", because: [] } : { cause, judgement: "possible", because: unclear };
}

/**
 * What failed or could not tell, and stands behind none of these causes as proven. Without checks that wait for another
 * one, and without failures that do not decide unless `all`.
 */
export function besides(
  causes: readonly JudgedCause[],
  checks: readonly CheckResult[],
  { all }: { readonly all: boolean },
): readonly CheckResult[] {
  const told = new Set(causes.filter(({ judgement }) => judgement === "proven").flatMap(({ because }) => because));
  return checks
    .filter((check) => !told.has(check) && check.code !== "VERIFY_NOT_RUN")
    .filter(({ verdict }) => verdict === "fail" || verdict === "inconclusive")
    .filter(({ level }) => all || level === "must");
}
