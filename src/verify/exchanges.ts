import type { CheckContext } from "./check.ts";
import { type Exchange, textMember } from "./documents.ts";
import type { Answer } from "./fetch/outcome.ts";

/** How one of the two documents came. */
export interface DocumentExchange extends Exchange {
  readonly what: "the discovery document" | "the key set";
}

/**
 * How the documents came that the checks read: the discovery document, where there is one to read, and the key set, where
 * it is named. Asks for what was not read yet; later checks judge the same answers.
 */
export async function documentExchanges({
  subject,
  documents,
}: Pick<CheckContext, "subject" | "documents">): Promise<readonly DocumentExchange[]> {
  if (subject.endpoints !== undefined) {
    const keys = await documents.keys(subject.endpoints.jwks);
    return [{ what: "the key set", ...keys.exchange }];
  }
  const discovery = await documents.discovery(subject.issuer);
  const found: DocumentExchange[] = [{ what: "the discovery document", ...discovery.exchange }];
  const url = discovery.ok ? textMember(discovery.value, "jwks_uri") : undefined;
  if (url !== undefined) found.push({ what: "the key set", ...(await documents.keys(url)).exchange });
  return found;
}

/** The answers among them; what was not answered says nothing of clocks and caches. */
export function answersOf(
  exchanges: readonly DocumentExchange[],
): readonly (Omit<DocumentExchange, "outcome"> & { readonly answer: Omit<Answer, "body"> })[] {
  return exchanges.flatMap(({ outcome, ...rest }) => (outcome.kind === "answer" ? [{ ...rest, answer: outcome }] : []));
}
