import { presetOf } from "../desired/preset.ts";
import type { CheckResult } from "../store/evidence.ts";
import type { Clock } from "../vendor/network.ts";
import type { CheckContext, CheckId, IssuerContext } from "./check.ts";
import { type Documents, textMember } from "./documents.ts";
import { explicitMetadata } from "./explicit.ts";
import type { Fetcher } from "./fetch/fetcher.ts";
import { probesOf } from "./probes.ts";
import type { IssuerSource, VerifySubject } from "./subject.ts";

/** What contexts are made from. */
export interface ContextInput {
  readonly ranFrom: string;
  readonly fetcher: Fetcher;
  readonly documents: Documents;
  readonly looksForDocument: boolean;
  readonly clock: Clock;
  /** Results of the checks that ran before. */
  readonly results: ReadonlyMap<CheckId, CheckResult>;
}

/** A context for the checks of the issuer alone. */
export function issuerContext(source: IssuerSource, { results, ...input }: ContextInput): IssuerContext {
  return {
    ...input,
    subject: source,
    preset: presetOf(source.issuer, source.preset),
    verdictOf: (id) => results.get(id)?.verdict,
    async metadata() {
      if (source.endpoints !== undefined) return explicitMetadata(source.endpoints);
      const read = await input.documents.discovery(source.issuer);
      if (!read.ok) throw new Error("a check looked at the discovery document without needing D1");
      return read.value;
    },
  };
}

/** A context for all checks of a client. `hush` is told every random or secret value that is sent. */
export function checkContext(
  subject: VerifySubject,
  options: CheckContext["options"],
  input: ContextInput,
  hush: (value: string) => void,
): CheckContext {
  const base = issuerContext(subject, input);
  if (subject.secret !== undefined) hush(subject.secret.value.reveal());
  return {
    ...base,
    subject,
    options,
    probes: probesOf(subject, options, base, hush),
    async keys() {
      const read = await base.documents.keys(textMember(await base.metadata(), "jwks_uri") ?? "");
      return read.ok ? (read.value.keys as readonly unknown[]) : undefined;
    },
  };
}
