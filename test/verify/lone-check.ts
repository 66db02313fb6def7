import { expect, test } from "vitest";
import type { CheckResult, Level, Verdict } from "../../src/store/evidence.ts";
import type { Check, CheckId } from "../../src/verify/check.ts";
import { checkContext } from "../../src/verify/context.ts";
import { createDocuments } from "../../src/verify/documents.ts";
import type { Fetcher } from "../../src/verify/fetch/fetcher.ts";
import type { Answer, Outcome } from "../../src/verify/fetch/outcome.ts";
import { runChecks } from "../../src/verify/run.ts";
import type { VerifySubject } from "../../src/verify/subject.ts";
import { discoveryDocument, issuer, publicJwk } from "./provider.ts";
import { subjectWith } from "./subject.ts";

/** The time it is for a check that is run alone: noon of the first of March 2026. */
export const noon = Date.UTC(2026, 2, 1, 12);

/** What a URL answers. `ahead`: seconds by which its clock is ahead; `took`: milliseconds. */
export interface Said {
  readonly status?: number;
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly ahead?: number;
  readonly took?: number;
  readonly tls?: Answer["tls"];
  readonly instead?: Exclude<Outcome, Answer>;
}

/** What a check is given to look at. */
export interface Given {
  /** Members of the discovery document beside the usual ones; undefined takes one out. */
  readonly document?: Readonly<Record<string, unknown>>;
  readonly keys?: readonly unknown[];
  readonly subject?: Partial<VerifySubject>;
  /** What stands before the usual answer; `nth` counts the requests for that URL from 0. */
  readonly says?: (url: string, nth: number, address: string | undefined) => Said | undefined;
  readonly addresses?: readonly string[];
  /** Verdicts of checks before; what the check needs has passed. */
  readonly before?: Partial<Record<CheckId, Verdict>>;
}

/** One check by itself against answers that were never sent, and the requests that it made. */
export async function lone(
  check: Check,
  given: Given = {},
): Promise<{ result: CheckResult; asked: readonly string[] }> {
  const asked: string[] = [];
  const counts = new Map<string, number>();
  const document = Object.fromEntries(
    Object.entries({ ...discoveryDocument(), ...given.document }).filter(([, value]) => value !== undefined),
  );
  const usual = (url: string): Said => {
    const { pathname } = new URL(url);
    if (pathname === "/.well-known/openid-configuration") return { json: document };
    return pathname === "/keys" ? { json: { keys: given.keys ?? [publicJwk] } } : { status: 404, text: "not found" };
  };
  const fetcher: Fetcher = {
    async send({ url, address }) {
      if (!URL.canParse(url)) return { kind: "refused", refusal: "not-a-url" };
      if (!url.startsWith("https://")) return { kind: "refused", refusal: "not-https" };
      asked.push(url);
      const nth = counts.get(url) ?? 0;
      counts.set(url, nth + 1);
      const { text, ...rest } = { text: undefined, ...usual(url) };
      const own = given.says?.(url, nth, address);
      const said: Said = { ...rest, ...(own?.json === undefined && text !== undefined ? { text } : {}), ...own };
      return said.instead ?? answerOf(said);
    },
    refusal: async (url) => (url.startsWith("https://") ? undefined : "not-https"),
    addressesOf: async () => given.addresses ?? [],
    close: async () => {},
  };
  const results = new Map<CheckId, CheckResult>();
  const before = { ...Object.fromEntries(check.needs.map((id) => [id, "pass" as const])), ...given.before };
  for (const [id, verdict] of Object.entries(before)) {
    const past: CheckResult = { id, link: "discovery", title: id, level: "must", verdict, message: "", evidence: {} };
    results.set(id as CheckId, past);
  }
  const context = checkContext(
    subjectWith(given.subject),
    { secretProbe: true, wrongSecretControl: true },
    {
      ranFrom: "runner.example",
      fetcher,
      documents: createDocuments(fetcher, "runner.example", new Map()),
      looksForDocument: true,
      clock: () => noon,
      results,
    },
    () => {},
  );
  await runChecks({ checks: [check], context, results, hushed: new Set() });
  const result = results.get(check.id);
  if (result === undefined) throw new Error(`${check.id} gave no result`);
  return { result, asked };
}

function answerOf({ status = 200, json, text, headers = {}, ahead = 0, took = 20, tls }: Said): Answer {
  const all: Record<string, string> = {
    ...(json === undefined ? {} : { "content-type": "application/json" }),
    date: new Date(noon + ahead * 1_000).toUTCString(),
    ...headers,
  };
  for (const [name, value] of Object.entries(all)) if (value === "") delete all[name];
  return {
    kind: "answer",
    status,
    header: (name) => all[name],
    headers: (name) => (all[name] === undefined ? [] : [all[name]]),
    body: Buffer.from(text ?? JSON.stringify(json ?? {})),
    truncated: false,
    sentAt: noon - took / 2,
    answeredAt: noon + took / 2,
    tls,
  };
}

/** One thing that a check is given, and what it must find. */
export type Case = Given & {
  readonly name: string;
  readonly finds: readonly [Verdict, code?: string, level?: Level];
  /** Text that stands in the hint. */
  readonly hint?: string;
  /** Text that stands in the message. */
  readonly tells?: string;
  /** What was asked for, where that matters. */
  readonly asks?: readonly string[];
};

/** A table of cases for one check. Every failure must have a hint. */
export function cases(check: Check, table: readonly Case[]): void {
  test.each(table.map((one) => [`${check.id}: ${one.name}`, one] as const))("%s", async (_, one) => {
    const { result, asked } = await lone(check, one);
    const [verdict, code, level = check.level] = one.finds;
    expect([result.verdict, result.code, result.level], result.message).toEqual([verdict, code, level]);
    expect(result.message).toMatch(/\.$/);
    if (verdict === "fail") expect(result.hint, "a failure without a hint").toMatch(/\S/);
    if (one.hint !== undefined) expect(result.hint).toContain(one.hint);
    if (one.tells !== undefined) expect(result.message).toContain(one.tells);
    if (one.asks !== undefined) expect(asked).toEqual(one.asks.map((path) => `${issuer}${path}`));
  });
}

/** A subject whose endpoints stand in the file. */
export const explicit: Partial<VerifySubject> = {
  endpoints: { authorization: `${issuer}/authorize`, token: `${issuer}/token`, jwks: `${issuer}/keys` },
};
