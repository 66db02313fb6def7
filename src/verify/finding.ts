import type { Json } from "../desired/json.ts";
import type { verifyCodes } from "../errors/codes/verify.ts";
import type { CheckResult, Level } from "../store/evidence.ts";

/** A code of this room. */
export type VerifyCode = keyof typeof verifyCodes;

/** What a check found, before its name is put to it. `level` is given only where it differs from the check's own. */
export type Finding = Omit<CheckResult, "id" | "link" | "title" | "level"> & {
  readonly code?: VerifyCode | undefined;
  readonly level?: Level | undefined;
};

/** Small facts; members that are undefined are left out. */
export type Facts = Readonly<Record<string, Json | undefined>>;

/** What a finding may say besides its sentence. */
export interface FindingDetails {
  readonly expected?: string | undefined;
  readonly actual?: string | undefined;
  readonly hint?: string | undefined;
  readonly level?: Level | undefined;
  /** Instead of the preset's own note on this check. */
  readonly note?: string | undefined;
}

export function pass(message: string, facts: Facts = {}): Finding {
  return { verdict: "pass", message, evidence: kept(facts) };
}

export function fail(code: VerifyCode, message: string, facts: Facts = {}, details: FindingDetails = {}): Finding {
  return { verdict: "fail", code, message, evidence: kept(facts), ...details };
}

export function inconclusive(
  code: VerifyCode,
  message: string,
  facts: Facts = {},
  details: FindingDetails = {},
): Finding {
  return { verdict: "inconclusive", code, message, evidence: kept(facts), ...details };
}

export function skipped(message: string): Finding {
  return { verdict: "skipped", message, evidence: {} };
}

/** For a check that could not be run because another did not pass. */
export function notRun(because: string): Finding {
  return inconclusive("VERIFY_NOT_RUN", `Not run: ${because} did not pass.`, {}, { hint: `Mend ${because} first.` });
}

function kept(facts: Facts): Readonly<Record<string, Json>> {
  const entries: [string, Json][] = [];
  for (const [name, value] of Object.entries(facts)) if (value !== undefined) entries.push([name, value]);
  return Object.fromEntries(entries);
}

/**
 * Text from outside, fit for a message: quoted, control and direction characters escaped, at most 200 characters.
 */
export function shown(value: unknown): string {
  if (typeof value !== "string") return value === undefined ? "nothing" : `a ${typeOf(value)}`;
  const text = value.length > 200 ? `${value.slice(0, 200)}…` : value;
  return `"${plain(text)}"`;
}

/** Text from outside without the characters that steer terminals or hide what is there. */
export function plain(text: string): string {
  return text.replace(/[^\x20-\x7e\u00a1-\u1fff\u2026]/g, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}

function typeOf(value: unknown): string {
  return value === null ? "null" : Array.isArray(value) ? "list" : typeof value;
}
