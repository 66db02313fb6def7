// How a verification runs.
//
// Checks are values with an id, a level and the ids they need. They are run one after another, from cheap to noisy, and
// what carries a secret comes last. A check whose needs did not pass is not run and is inconclusive: what was not looked
// at is never called fine. Requests are shared: a probe is sent when the first check asks for it, and later checks judge
// the same answer, so a whole verification takes about ten requests.
//
// Nothing random or secret that was sent gets into a result. Checks put only small, shaped facts into their findings;
// what is hushed is taken out once more at the end, should a server have echoed it somewhere.

import { verifyCodes } from "../errors/codes/verify.ts";
import { isOwnWord } from "../secret/own-words.ts";
import type { CheckResult, Verdict } from "../store/evidence.ts";
import type { Check, CheckId, IssuerContext } from "./check.ts";
import { type Finding, inconclusive } from "./finding.ts";

/** What checks are run with. `hushed` and `results` fill up while they run. */
export interface Run<Context extends IssuerContext> {
  readonly checks: readonly Check<Context>[];
  readonly context: Context;
  readonly results: Map<CheckId, CheckResult>;
  /** Values that must not stand in any result. */
  readonly hushed: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
}

/** Runs the checks in the order given, into `results`. Throws only when `signal` says so, with its reason. */
export async function runChecks<Context extends IssuerContext>(run: Run<Context>): Promise<void> {
  const { results, signal } = run;
  for (const check of run.checks) {
    signal?.throwIfAborted();
    const { level, note, ...found } = await findingOf(check, run.context, results);
    signal?.throwIfAborted();
    const open = found.verdict === "fail" || found.verdict === "inconclusive";
    const known = open ? noteOn(check.id, run.context, note) : note;
    // Whoever reads that something is wrong reads what mends it, if only in general.
    const hint = found.hint ?? (open && found.code !== undefined ? verifyCodes[found.code].mend : undefined);
    const result: CheckResult = {
      ...{ id: check.id, link: check.link, title: check.title, level: level ?? check.level },
      ...found,
      ...(hint === undefined ? {} : { hint }),
      ...(known === undefined ? {} : { note: known }),
    };
    results.set(check.id, scrub(result, run.hushed));
  }
}

/** Over all must-checks: fail if one failed, else inconclusive if one was, else pass. */
export function verdictOf(results: readonly CheckResult[]): Verdict {
  const verdicts = new Set(results.filter((result) => result.level === "must").map((result) => result.verdict));
  if (verdicts.has("fail")) return "fail";
  return verdicts.has("inconclusive") || !verdicts.has("pass") ? "inconclusive" : "pass";
}

/** Whether a check stands in nobody's way: it passed, it only warned, or it does not apply to this subject. */
export function isMet(result: CheckResult | undefined): boolean {
  if (result === undefined) return false;
  return result.verdict === "pass" || result.verdict === "skipped" || result.level !== "must";
}

/** What the preset has to say where something is not as it should be. */
function noteOn(id: CheckId, { preset }: IssuerContext, own: string | undefined): string | undefined {
  return own ?? preset?.notes[id];
}

async function findingOf<Context extends IssuerContext>(
  check: Check<Context>,
  context: Context,
  results: ReadonlyMap<CheckId, CheckResult>,
): Promise<Finding> {
  const omitted = check.omitted?.(context);
  if (omitted !== undefined) return omitted;
  const unmet = check.needs.find((id) => !isMet(results.get(id)));
  if (unmet !== undefined) return notRunFor(check, unmet);
  const finding = await check.run(context);
  const told = toldBy(finding, results);
  return told === undefined || told === check.id ? finding : notRunFor(check, told);
}

/**
 * The check that has said the same already. An endpoint that may not be asked is one finding, and so is a certificate
 * that is not trusted: not one of every check that would ask there.
 */
function toldBy({ code, evidence }: Finding, results: ReadonlyMap<CheckId, CheckResult>): CheckId | undefined {
  if (code === "VERIFY_ADDRESS_REFUSED") return results.get("D6")?.verdict === "fail" ? "D6" : undefined;
  const certificates = results.get("T1");
  if (code !== "VERIFY_TLS_FAILED" || certificates?.code !== code) return undefined;
  return hostIn(certificates.evidence) === hostIn(evidence) ? "T1" : undefined;
}

function hostIn({ url }: Finding["evidence"]): string | undefined {
  return typeof url === "string" && URL.canParse(url) ? new URL(url).host : undefined;
}

function notRunFor({ link }: Pick<CheckResult, "link">, unmet: CheckId): Finding {
  const what = link === "secret" ? "Not sent" : "Not run";
  return inconclusive("VERIFY_NOT_RUN", `${what}: ${unmet} did not pass.`, {}, { hint: `Mend ${unmet} first.` });
}

/** Values shorter than this are not looked for: they would take ordinary words out of messages. */
const shortestHushed = 6;

/**
 * Takes out whatever was hushed, wherever it stands in a result. A secret that is a word of our own sentences is taken out
 * of what came from outside only: the evidence, what was found, and what is quoted.
 */
function scrub(result: CheckResult, hushed: ReadonlySet<string>): CheckResult {
  const words = [...hushed].filter((word) => word.length >= shortestHushed);
  const strange = words.filter((word) => !isOwnWord(word));
  const { evidence, actual, ...said } = result;
  const own = without(said, strange, (text) => text.replaceAll(/"[^"]*"/g, (quoted) => hide(quoted, words)));
  return {
    ...own,
    evidence: without(evidence, words),
    ...(actual === undefined ? {} : { actual: hide(actual, words) }),
  };
}

function hide(text: string, words: readonly string[]): string {
  return words.reduce((left, word) => left.replaceAll(word, "[hidden]"), text);
}

function without<T>(value: T, words: readonly string[], more: (text: string) => string = (text) => text): T {
  if (typeof value === "string") return more(hide(value, words)) as T;
  if (Array.isArray(value)) return value.map((item) => without(item, words, more)) as T;
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, without(item, words, more)])) as T;
  }
  return value;
}
