import type { workosCodes } from "../../errors/codes/workos.ts";
import { type FailureDetails, TenantryError } from "../../errors/failure.ts";
import type { TransportFault } from "../transport-fault.ts";

/** A call to WorkOS that failed, translated once. Callers of writes look at `effect` before they go on. */
export class WorkosFailure extends TenantryError {
  /** `none`: certainly not done. `unclear`: it was sent and may have been done, though no good answer came. */
  readonly effect: "none" | "unclear";
  /** Whether the same call may well succeed a moment later. */
  readonly passing: boolean;
  /** HTTP status; missing when no answer came. */
  readonly status: number | undefined;
  /** The code that WorkOS gives, such as `domain_already_exists`. */
  readonly workosCode: string | undefined;

  constructor(
    code: keyof typeof workosCodes,
    message: string,
    details: FailureDetails & {
      readonly effect: "none" | "unclear";
      readonly passing?: boolean;
      readonly status?: number | undefined;
      readonly workosCode?: string | undefined;
    },
  ) {
    super(code, message, details);
    this.effect = details.effect;
    this.passing = details.passing ?? false;
    this.status = details.status;
    this.workosCode = details.workosCode;
  }
}

/** What was being done, for messages, such as `list connections`. */
export interface CallPurpose {
  readonly what: string;
  /** Whether it changes something. A read that failed has no effect. */
  readonly writes: boolean;
}

/** An answer that is not 2xx. */
export interface ErrorAnswer {
  readonly status: number;
  readonly code?: string | undefined;
  readonly message?: string | undefined;
}

/**
 * The failure that an answer other than 2xx means.
 *
 * @see https://workos.com/docs/reference/errors
 */
export function failureOfAnswer({ what, writes }: CallPurpose, answer: ErrorAnswer): WorkosFailure {
  const { status, code } = answer;
  const said = plainText(answer.message ?? "");
  const details = { status, workosCode: code, evidence: { status, code } };
  const done = { ...details, effect: "none" } as const;
  const why = said === "" ? "" : `: ${said}`;
  const could = `WorkOS could not ${what}`;
  if (status === 401) return new WorkosFailure("WORKOS_CREDENTIALS_REFUSED", `WorkOS refused the API key${why}`, done);
  if (status === 403) {
    return new WorkosFailure("WORKOS_PERMISSION_MISSING", `WorkOS does not let this API key ${what}${why}`, done);
  }
  if (status === 404) return new WorkosFailure("WORKOS_NOT_FOUND", `${could}, it is not there${why}`, done);
  if (status === 429) return new WorkosFailure("WORKOS_RATE_LIMITED", `${could}, its rate limit is used up`, done);
  if (status >= 400 && status < 500) return new WorkosFailure("WORKOS_REJECTED", `${could}, it refused${why}`, done);
  const effect = writes ? "unclear" : "none";
  if (status >= 500) {
    const message = `${could}, it answered status ${status}${why}`;
    return new WorkosFailure("WORKOS_UNAVAILABLE", message, { ...details, effect, passing: status <= 504 });
  }
  return new WorkosFailure("WORKOS_UNEXPECTED_ANSWER", `${could}, it answered status ${status}`, {
    ...details,
    effect,
  });
}

/** The failure that a fault of the connection means. */
export function failureOfFault({ what, writes }: CallPurpose, fault: TransportFault): WorkosFailure {
  const code = fault.tooLarge ? "WORKOS_UNEXPECTED_ANSWER" : "WORKOS_UNREACHABLE";
  return new WorkosFailure(code, `WorkOS could not be asked to ${what}: ${fault.why}`, {
    effect: writes && fault.wentOut ? "unclear" : "none",
    passing: fault.passing,
    cause: fault.cause,
  });
}

/** An answer that is not in the shape that the documentation gives it. */
export function unexpectedAnswer({ what, writes }: CallPurpose, lacks: string): WorkosFailure {
  return new WorkosFailure(
    "WORKOS_UNEXPECTED_ANSWER",
    `WorkOS was asked to ${what} and answered in an unknown shape: ${lacks}`,
    { effect: writes ? "unclear" : "none" },
  );
}

/** The answer; undefined when the object is not there. */
export async function orGone<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof WorkosFailure && error.code === "WORKOS_NOT_FOUND") return undefined;
    throw error;
  }
}

const longestText = 300;

/** Somebody else's text, fit for one line of a message. */
function plainText(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, " ").trim();
  return line.length <= longestText ? line : `${line.slice(0, longestText)}…`;
}
