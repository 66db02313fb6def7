import { presetOf } from "../../desired/preset.ts";
import type { CheckResult, Verdict } from "../../store/evidence.ts";
import type { CheckId } from "../check.ts";
import { createDocuments } from "../documents.ts";
import { runChecks, verdictOf } from "../run.ts";
import type { VerifyIo } from "../verification.ts";
import { borrowFetcher } from "../verify.ts";
import { appChecks } from "./checks.ts";
import type { AppContext } from "./context.ts";
import { appProbes } from "./probes.ts";
import type { AppOptions, AppSubject } from "./subject.ts";

export type { AppOptions, AppSubject } from "./subject.ts";

/** What became of the app's half. */
export interface AppVerification {
  /** Over all must-checks; `skipped` when nothing was asked, because there is no start page or it was left out. */
  readonly verdict: Verdict;
  /** A1 to A9. */
  readonly checks: readonly CheckResult[];
  /** The deployed app showed that its own copy of the client's secret is right (A9). */
  readonly appSecret: boolean;
  /** The record is pending and the app does not serve it yet, as most do: nothing was proven and nothing is wrong. */
  readonly notServedYet: boolean;
}

/**
 * Proves the app's half of a sign-in without a person: its start page, the request that it makes, its cookies and its
 * callback. About ten requests, nearly all to the app; nothing in them signs anybody in, and no code is redeemed. What
 * the other side does never throws; it becomes a verdict.
 *
 * @throws the reason of `signal` when it is aborted
 */
export async function verifyApp(
  subject: AppSubject,
  io: VerifyIo,
  options: AppOptions & { readonly signal?: AbortSignal | undefined },
): Promise<AppVerification> {
  const { signal } = options;
  signal?.throwIfAborted();
  const asks = options.appProbe && subject.startUrl !== undefined;
  const { fetcher, giveBack } = await borrowFetcher(io, signal);
  const results = new Map<CheckId, CheckResult>();
  const hushed = new Set<string>();
  const hush = (value: string): void => {
    hushed.add(value);
    hushed.add(encodeURIComponent(value));
  };
  const context: AppContext = {
    subject,
    options,
    fetcher,
    ranFrom: io.ranFrom,
    documents: createDocuments(fetcher, io.ranFrom, new Map()),
    preset: presetOf(subject.issuer, subject.preset),
    clock: io.clock,
    looksForDocument: false,
    metadata: () => Promise.reject(new Error("a check of the app looked at the discovery document")),
    verdictOf: (id) => results.get(id)?.verdict,
    probes: appProbes({ fetcher, ranFrom: io.ranFrom, hush }, subject),
  };
  try {
    const start = asks && options.pending === true ? await context.probes.start("first") : undefined;
    if (start?.kind === "refused") {
      return { verdict: "skipped", checks: notServed(start.status), appSecret: false, notServedYet: true };
    }
    await runChecks({ checks: appChecks, context, results, hushed, signal });
  } finally {
    await giveBack();
  }
  const checks = [...results.values()];
  const appSecret = results.get("A9")?.verdict === "pass";
  return { verdict: asks ? verdictOf(checks) : "skipped", checks, appSecret, notServedYet: false };
}

/** What is said of an app that shows nothing of a record before it is active. */
function notServed(status: number): readonly CheckResult[] {
  return appChecks.map(({ id, link, title, level }) => {
    const because =
      id === "A1"
        ? `The start page answers ${status} while the record is pending; it is asked again once the record is active.`
        : "Not asked: the record is pending (A1).";
    return { id, link, title, level, verdict: "skipped", message: because, evidence: {} };
  });
}
