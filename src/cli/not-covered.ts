import type { Paint } from "../plan/paint.ts";
import { wrap } from "../plan/wrap.ts";
import type { CheckResult, Evidence } from "../store/evidence.ts";
import type { ClientAuth } from "../workspace/workspace.ts";

/** What can never be proven without a person, said every time. */
export const neverCovered =
  "Not covered without a login: who is assigned, consent, conditional access and MFA, and a real person's claims.";

/** What a proof of one connection leaves open. */
export interface Gap {
  readonly key: string;
  /** Same for gaps that are told in one sentence. */
  readonly kind: string;
  /** The sentence, of one connection or several. */
  readonly sentence: (keys: string) => string;
}

/** What of a proof says what it leaves open. */
export type Looked = Pick<Evidence, "checks" | "secretFingerprint" | "clientId"> & {
  readonly key: string;
  /** How the client proves itself, where no fingerprint tells: without a workspace there is none. */
  readonly clientAuth?: ClientAuth | undefined;
};

/** What one connection's proof leaves open, besides what every one does. */
export function gapsOf({ key, checks, clientId, secretFingerprint, clientAuth }: Looked): readonly Gap[] {
  const gaps: Gap[] = [];
  const issuer = unprovenIssuer(checks);
  if (issuer !== undefined) {
    const because = issuer.evidence.because;
    const why = typeof because === "string" ? because : "its endpoints stand in the tenant's file";
    gaps.push({ key, kind: `issuer ${why}`, sentence: (keys) => `Not covered is the issuer of ${keys}: ${why}.` });
  }
  // Of a workspace's clients only a public one has no fingerprint once it was accepted.
  const isPublic = clientAuth === undefined ? secretFingerprint === undefined : clientAuth === "none";
  const accepted = checks.find(({ id, verdict }) => id === "S1" && verdict === "pass");
  if (isPublic && accepted !== undefined) {
    const sentence = (keys: string): string =>
      `Not covered is that ${keys} needs no credentials: only a sign-in shows that of a public client.`;
    gaps.push({ key, kind: "public", sentence });
  }
  // An issuer alone has no client, and nothing of one is missing.
  const unsent = (id: string): boolean =>
    clientId !== "" && checks.some((check) => check.id === id && check.verdict === "skipped");
  if (unsent("P1")) {
    gaps.push({ key, kind: "P1", sentence: (keys) => `Not covered is the redirect URI of ${keys}: none was given.` });
  }
  if (unsent("S1")) {
    const sentence = (keys: string): string => `Not covered is what ${keys} proves itself with: it was not sent.`;
    gaps.push({ key, kind: "S1", sentence });
  }
  const start = checks.find(({ id, verdict }) => id === "A1" && verdict === "skipped");
  if (start !== undefined) {
    const sentence = (keys: string): string =>
      `Not covered is what the app itself does for ${keys}: its pages were not asked.`;
    gaps.push({ key, kind: "app", sentence });
  }
  for (const { id, attested } of checks) {
    if (attested === undefined) continue;
    const { by, on, expires } = attested;
    const word = `${by} saw it work on ${on}, which counts until ${expires}`;
    const sentence = (keys: string): string => `Not proven but attested is ${id} of ${keys}: ${word}.`;
    gaps.push({ key, kind: `attested ${id} ${word}`, sentence });
  }
  return gaps;
}

/** Whole sentences: what no proof covers, then what each of these leaves open, connection by connection. */
export function notCoveredBy(proofs: readonly Looked[]): readonly string[] {
  return [neverCovered, ...proofs.flatMap(gapsOf).map(({ key, sentence }) => sentence(key))];
}

/** So many connections are named in one sentence. */
const named = 3;

/** Whole sentences, where what several connections leave open alike is told once. */
export function gapSentences(gaps: readonly Gap[]): readonly string[] {
  const told = [...Map.groupBy(gaps, ({ kind }) => kind).values()].map((alike) => {
    const keys = alike.slice(0, named).map(({ key }) => key);
    const more = alike.length - keys.length;
    return alike[0]?.sentence(more > 0 ? `${keys.join(", ")} and ${more} more` : keys.join(", ")) ?? "";
  });
  return [neverCovered, ...told];
}

/** The same for the terminal, at 80 columns. */
export function gapsText(gaps: readonly Gap[], paint: Paint): string {
  return gapSentences(gaps)
    .flatMap((sentence) => wrap(sentence, 80))
    .map((line) => `${paint.dim(line)}\n`)
    .join("");
}

/** `gapsText` of some proofs. */
export function notCoveredText(proofs: readonly Looked[], paint: Paint): string {
  return gapsText(proofs.flatMap(gapsOf), paint);
}

/** D3, when the endpoints stand in the tenant's file and nothing named the issuer: with a document it is never skipped. */
export function unprovenIssuer(checks: readonly CheckResult[]): CheckResult | undefined {
  return checks.find(({ id, verdict }) => id === "D3" && verdict === "skipped");
}
