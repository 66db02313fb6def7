import type { IncomingMessage, ServerResponse } from "node:http";
import type { Answer } from "./answer.ts";

/** A request with what the server already knows of it. */
export interface SiteRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path as sent, without the query, still percent-encoded. */
  readonly path: string;
  /** Query as sent, without the question mark. */
  readonly query: string;
}

/** What one or more host names answer. */
export interface Site {
  readonly hosts: readonly string[];
  /** Answers the request. Throws only when the sandbox itself fails; then `problem(500)` is the answer. */
  handle(request: SiteRequest): Promise<void>;
  /**
   * How this site says that something failed with this status. With 429 `until` says when requests are let through
   * again, in milliseconds since the epoch; a second from now when absent.
   */
  problem(status: number, until?: number): Answer;
  /** Whether the query of this path may be kept in the log: only where it can hold no credential. */
  logsQuery(path: string): boolean;
  /** The access tokens of its management API; absent where there is none. */
  readonly tokens?: SiteTokens;
  /** True of the sandbox's own API, which must work whatever else is made to fail. */
  readonly faultless?: boolean;
}

/** Access tokens that a site has issued for its management API. */
export interface SiteTokens {
  /** All of them are over; tokens that are issued from now on are good. */
  expire(): void;
  /** What the site answers to a token that is over. */
  refusal(): Answer;
}
