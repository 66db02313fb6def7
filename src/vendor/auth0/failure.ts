import type { auth0Codes } from "../../errors/codes/auth0.ts";
import { type FailureDetails, TenantryError } from "../../errors/failure.ts";

/** `none`: certainly not done. `unclear`: it was sent and may have been done, though no good answer came. */
export type Effect = "none" | "unclear";

/** A call to Auth0 that failed, translated once. Callers of writes look at `effect` before they go on. */
export class Auth0Failure extends TenantryError {
  readonly effect: Effect;
  /** Whether the same call may well succeed a moment later. */
  readonly passing: boolean;
  /** HTTP status; missing when no answer came. */
  readonly status: number | undefined;
  /** Auth0's own error code, such as `insufficient_scope`. */
  readonly auth0Code: string | undefined;

  constructor(
    code: keyof typeof auth0Codes,
    message: string,
    details: FailureDetails & {
      readonly effect: Effect;
      readonly passing?: boolean;
      readonly status?: number | undefined;
      readonly auth0Code?: string | undefined;
    },
  ) {
    super(code, message, details);
    this.effect = details.effect;
    this.passing = details.passing ?? false;
    this.status = details.status;
    this.auth0Code = details.auth0Code;
  }
}

/** What was being done, for messages: `list clients`, and the scope that it takes. */
export interface CallPurpose {
  readonly what: string;
  readonly scope: string;
  /** Whether it changes something. A read that failed has no effect. */
  readonly writes: boolean;
}

/** An answer that is not 2xx, in Auth0's error format as far as it is in it. */
export interface ErrorAnswer {
  readonly status: number;
  readonly errorCode?: string | undefined;
  readonly message?: string | undefined;
  /** What to do when the credentials were refused, where their kind tells more than the code does. */
  readonly mendCredentials?: string | undefined;
}

/**
 * The failure that an answer other than 2xx means.
 *
 * @see https://auth0.com/docs/api/management/v2
 */
export function failureOfAnswer(host: string, purpose: CallPurpose, answer: ErrorAnswer): Auth0Failure {
  const { status, errorCode } = answer;
  const said = plainText(answer.message ?? "");
  const details = { status, auth0Code: errorCode, evidence: { host, status, errorCode } };
  const done = { ...details, effect: "none" } as const;
  const why = said === "" ? "" : `: ${said}`;
  const could = `Auth0 (${host}) could not ${purpose.what}`;
  if (status === 401) {
    return new Auth0Failure("AUTH0_CREDENTIALS_REFUSED", `Auth0 (${host}) refused the credentials${why}`, {
      ...done,
      ...(answer.mendCredentials === undefined ? {} : { hint: answer.mendCredentials }),
    });
  }
  // A 403 is also how Auth0 says that a limit of the subscription is reached; that is no matter of scopes.
  if (status === 403 && (errorCode === undefined || errorCode === "insufficient_scope")) {
    return new Auth0Failure(
      "AUTH0_PERMISSION_MISSING",
      `Auth0 (${host}) does not let these credentials ${purpose.what}; it takes the scope ${purpose.scope}${why}`,
      done,
    );
  }
  if (status === 404) return new Auth0Failure("AUTH0_NOT_FOUND", `${could}, it is not there${why}`, done);
  if (status === 429) {
    return new Auth0Failure("AUTH0_RATE_LIMITED", `${could}, its rate limit is used up${why}`, done);
  }
  if (status >= 400 && status < 500) return new Auth0Failure("AUTH0_REJECTED", `${could}, it refused${why}`, done);
  const effect = purpose.writes ? "unclear" : "none";
  if (status >= 500) {
    const message = `${could}, it answered status ${status}${why}`;
    return new Auth0Failure("AUTH0_UNAVAILABLE", message, { ...details, effect, passing: status <= 504 });
  }
  return new Auth0Failure("AUTH0_UNEXPECTED_ANSWER", `${could}, it answered with a redirect (status ${status})`, done);
}

/** An answer that is not in the shape that Auth0's documentation gives it. */
export function unexpectedAnswer(host: string, purpose: CallPurpose, lacks: string): Auth0Failure {
  return new Auth0Failure(
    "AUTH0_UNEXPECTED_ANSWER",
    `Auth0 (${host}) was asked to ${purpose.what} and answered in an unknown shape: ${lacks}`,
    { effect: purpose.writes ? "unclear" : "none" },
  );
}

const longestText = 300;

/** Somebody else's text, fit for one line of a message. */
export function plainText(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
  return line.length <= longestText ? line : `${line.slice(0, longestText)}…`;
}
