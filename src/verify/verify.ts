import { TenantryError } from "../errors/failure.ts";
import { compareText } from "../errors/issue.ts";
import type { DiscoverySnapshot } from "../plan/observed.ts";
import type { CheckResult } from "../store/evidence.ts";
import type { CheckId } from "./check.ts";
import { checks, issuerChecks } from "./checks/checks.ts";
import { type ContextInput, checkContext, issuerContext } from "./context.ts";
import { createDocuments, textMember } from "./documents.ts";
import { explicitSnapshot } from "./explicit.ts";
import { boundTo, createFetcher, type Fetcher } from "./fetch/fetcher.ts";
import { plain } from "./finding.ts";
import { isMet, runChecks, verdictOf } from "./run.ts";
import type { IssuerSource, VerifySubject } from "./subject.ts";
import type { Verification, VerifyIo, VerifyOptions } from "./verification.ts";

export { attestedChecks, judge, lapsedAttestation } from "./attest.ts";
export type { DocumentCache } from "./documents.ts";
export {
  controlLookBack,
  controlledAt,
  evidenceCovers,
  toEvidence,
  type WantedProof,
} from "./evidence.ts";
export { placeOf } from "./fetch/proxy.ts";
export { wrongSigningKey } from "./signing-key.ts";
export type { IssuerSource } from "./subject.ts";
export type { Verification, VerifyIo, VerifyOptions } from "./verification.ts";

/**
 * Proves an OIDC client without a human sign-in: discovery, keys, callback and secret, about ten requests. What the
 * other side does never throws; it becomes a verdict. The secret goes only to a token endpoint of a document that
 * passed the issuer and address rules.
 *
 * @throws the reason of `options.signal` when it is aborted.
 */
export async function verifySubject(
  subject: VerifySubject,
  io: VerifyIo,
  options: VerifyOptions,
): Promise<Verification> {
  return withDocuments(io, options, async (read) => {
    const parts = { ...read, looksForDocument: true };
    const hushed = new Set<string>();
    const context = checkContext(subject, options, parts, (value) => hushed.add(value));
    await runChecks({ checks, context, results: parts.results, hushed, signal: options.signal });
    const results = inOrder([...parts.results.values()]);
    const { controlledAt } = options;
    return {
      ...{ verdict: verdictOf(results), checks: results, discovery: await snapshotOf(subject, parts) },
      ...(context.preset === undefined ? {} : { preset: context.preset.name }),
      ...(controlledAt === undefined ? {} : { controlledAt }),
    };
  });
}

/**
 * Reads an issuer's discovery document for a plan: no client, no secret, one request. Endpoints that stand in the file
 * are only judged: nothing is sent.
 *
 * @throws TenantryError VERIFY_DISCOVERY_UNAVAILABLE when the document cannot be had, VERIFY_DISCOVERY_UNUSABLE when it
 * belongs to another issuer, lacks what a sign-in needs, or names an endpoint that may not be asked,
 * VERIFY_ENDPOINTS_UNUSABLE when the file names such an issuer or endpoint.
 */
export async function discover(
  source: IssuerSource,
  io: VerifyIo,
  options: Pick<VerifyOptions, "signal" | "documents"> = {},
): Promise<DiscoverySnapshot> {
  return withDocuments(io, options, async (parts) => {
    const context = issuerContext(source, parts);
    await runChecks({
      checks: issuerChecks,
      context,
      results: parts.results,
      hushed: new Set<string>(),
      signal: options.signal,
    });
    const snapshot = await snapshotOf(source, parts);
    if (snapshot !== undefined) return snapshot;
    throw discoveryError(source, [...parts.results.values()]);
  });
}

function discoveryError({ issuer, endpoints }: IssuerSource, results: readonly CheckResult[]): TenantryError {
  const bad = results.filter((result) => !isMet(result));
  const worst = bad.find((result) => result.verdict === "fail") ?? bad[0];
  const unread = worst?.id === "D1" && worst.code !== "VERIFY_ADDRESS_REFUSED";
  const code =
    endpoints !== undefined
      ? "VERIFY_ENDPOINTS_UNUSABLE"
      : unread
        ? "VERIFY_DISCOVERY_UNAVAILABLE"
        : "VERIFY_DISCOVERY_UNUSABLE";
  const pasted = results.find((result) => result.id === "D2" && result.verdict === "fail");
  const hint = pasted?.hint ?? worst?.hint;
  return new TenantryError(code, `${plain(issuer)}: ${worst?.message ?? "the discovery document was not read."}`, {
    ...(hint === undefined ? {} : { hint }),
    evidence: results,
  });
}

interface Parts extends ContextInput {
  readonly results: Map<CheckId, CheckResult>;
}

/** Does something with the run's fetcher, or with one of its own, which is closed afterwards. */
async function withDocuments<T>(
  io: VerifyIo,
  options: Pick<VerifyOptions, "signal" | "documents">,
  use: (parts: Parts) => Promise<T>,
): Promise<T> {
  options.signal?.throwIfAborted();
  const { fetcher, giveBack } = await borrowFetcher(io, options.signal);
  try {
    const documents = createDocuments(fetcher, io.ranFrom, options.documents ?? new Map());
    return await use({
      ranFrom: io.ranFrom,
      fetcher,
      documents,
      looksForDocument: false,
      clock: io.clock,
      results: new Map(),
    });
  } finally {
    await giveBack();
  }
}

/**
 * The run's fetcher, or one of its own for one verification, for as long as the signal lets it. `giveBack` closes only
 * what was opened here.
 */
export async function borrowFetcher(
  io: Pick<VerifyIo, "network" | "settings" | "fetcher">,
  signal: AbortSignal | undefined,
): Promise<{ readonly fetcher: Fetcher; giveBack(): Promise<void> }> {
  const shared = await io.fetcher?.();
  if (shared !== undefined) return { fetcher: boundTo(shared, signal), giveBack: async () => {} };
  const own = await openFetcher(io, true);
  return { fetcher: boundTo(own, signal), giveBack: () => own.close() };
}

/**
 * A fetcher to be shared by the verifications of a run.
 *
 * @param endsByBudget whether `settings.budget` ends it
 * @throws TenantryError VERIFY_PROXY_INVALID
 */
export function openFetcher(
  { network, settings }: Pick<VerifyIo, "network" | "settings">,
  endsByBudget: boolean,
): Promise<Fetcher> {
  const { budget, ...others } = settings;
  return createFetcher({ ...others, network, budget: endsByBudget ? budget : undefined });
}

/** What the document or the file says, when all that must be right of it is. */
async function snapshotOf(
  { issuer, endpoints }: IssuerSource,
  { results, documents }: Parts,
): Promise<DiscoverySnapshot | undefined> {
  if (!issuerChecks.every((check) => isMet(results.get(check.id)))) return undefined;
  if (endpoints !== undefined) return explicitSnapshot(issuer, endpoints);
  const read = await documents.discovery(issuer);
  if (!read.ok) return undefined;
  const { value } = read;
  return {
    issuer,
    authorizationEndpoint: textMember(value, "authorization_endpoint") ?? "",
    tokenEndpoint: textMember(value, "token_endpoint") ?? "",
    jwksUri: textMember(value, "jwks_uri") ?? "",
    userinfoEndpoint: textMember(value, "userinfo_endpoint"),
    endSessionEndpoint: textMember(value, "end_session_endpoint"),
  };
}

/** By link, then by number: D2 before D10. */
function inOrder(results: readonly CheckResult[]): readonly CheckResult[] {
  const number = (result: CheckResult): number => Number(result.id.slice(1));
  return [...results].sort((a, b) => compareText(a.id.charAt(0), b.id.charAt(0)) || number(a) - number(b));
}
