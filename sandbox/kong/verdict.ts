import type { Answer } from "../answer.ts";
import type { SiteRequest } from "../site.ts";

/** What a request comes to: an answer, or headers for the app behind. */
export type Verdict = { readonly answer: Answer } | { readonly upstream: Readonly<Record<string, string>> };

/** A request as plugins see it. */
export interface GatewayRequest {
  readonly site: SiteRequest;
  /** Parameters of the query, or of a posted form. */
  readonly parameters: URLSearchParams;
}
