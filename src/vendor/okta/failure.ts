import type { oktaCodes } from "../../errors/codes/okta.ts";
import { type FailureDetails, TenantryError } from "../../errors/failure.ts";

/** `none`: certainly not done. `unclear`: it was sent and may have been done, though no good answer came. */
export type Effect = "none" | "unclear";

/** A call to Okta that failed, translated once. Callers of writes look at `effect` before they go on. */
export class OktaFailure extends TenantryError {
  readonly effect: Effect;
  /** Whether the same call may well succeed a moment later. */
  readonly passing: boolean;
  /** HTTP status; missing when no answer came. */
  readonly status: number | undefined;
  /** Okta's own error code, such as `E0000001`. */
  readonly oktaCode: string | undefined;
  /** What Okta named as the causes of a refusal. */
  readonly causes: readonly string[];

  constructor(
    code: keyof typeof oktaCodes,
    message: string,
    details: FailureDetails & {
      readonly effect: Effect;
      readonly passing?: boolean;
      readonly status?: number | undefined;
      readonly oktaCode?: string | undefined;
      readonly causes?: readonly string[];
    },
  ) {
    super(code, message, details);
    this.effect = details.effect;
    this.passing = details.passing ?? false;
    this.status = details.status;
    this.oktaCode = details.oktaCode;
    this.causes = details.causes ?? [];
  }
}

/** What was being done, for messages: `list apps`, and the scope that it takes. */
export interface CallPurpose {
  readonly what: string;
  readonly scope: string;
  /** Whether it changes something. A read that failed has no effect. */
  readonly writes: boolean;
}

/** An answer that is not 2xx, in Okta's error format as far as it is in it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly errorCode?: string | undefined;
  readonly summary?: string | undefined;
  readonly causes: readonly string[];
  readonly errorId?: string | undefined;
}

/**
 * The failure that an answer other than 2xx means.
 *
 * @see https://developer.okta.com/docs/reference/error-codes/
 */
export function failureOfAnswer(host: string, purpose: CallPurpose, answer: ErrorAnswer): OktaFailure {
  const { status } = answer;
  const said = [answer.summary, ...answer.causes].map((text) => plainText(text ?? "")).filter((text) => text !== "");
  const details = {
    status,
    oktaCode: answer.errorCode,
    causes: answer.causes.map(plainText),
    evidence: { host, status, errorCode: answer.errorCode, errorId: answer.errorId },
  };
  const done = { ...details, effect: "none" } as const;
  const why = said.length === 0 ? "" : `: ${said.join("; ")}`;
  const could = `Okta (${host}) could not ${purpose.what}`;
  if (status === 401) {
    return new OktaFailure("OKTA_CREDENTIALS_REFUSED", `Okta (${host}) refused the credentials${why}`, done);
  }
  if (status === 403) {
    return new OktaFailure(
      "OKTA_PERMISSION_MISSING",
      `Okta (${host}) does not let these credentials ${purpose.what}; it takes the scope ${purpose.scope}${why}`,
      done,
    );
  }
  if (status === 404) return new OktaFailure("OKTA_NOT_FOUND", `${could}, it is not there${why}`, done);
  if (status === 429) {
    return new OktaFailure("OKTA_RATE_LIMITED", `${could}, its rate limit is used up${why}`, done);
  }
  if (status >= 400 && status < 500) return new OktaFailure("OKTA_REJECTED", `${could}, it refused${why}`, done);
  const effect = purpose.writes ? "unclear" : "none";
  if (status >= 500) {
    const passing = status > 500 && status <= 504;
    const message = `${could}, it answered status ${status}${why}`;
    return new OktaFailure("OKTA_UNAVAILABLE", message, { ...details, effect, passing });
  }
  return new OktaFailure("OKTA_UNEXPECTED_ANSWER", `${could}, it answered with a redirect (status ${status})`, {
    ...details,
    effect: "none",
  });
}

/** An answer that is not in the shape that Okta's documentation gives it. */
export function unexpectedAnswer(host: string, purpose: CallPurpose, lacks: string): OktaFailure {
  return new OktaFailure(
    "OKTA_UNEXPECTED_ANSWER",
    `Okta (${host}) was asked to ${purpose.what} and answered in an unknown shape: ${lacks}`,
    { effect: purpose.writes ? "unclear" : "none" },
  );
}

const longestText = 300;

/** Somebody else's text, fit for one line of a message. */
function plainText(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
  return line.length <= longestText ? line : `${line.slice(0, longestText)}…`;
}
