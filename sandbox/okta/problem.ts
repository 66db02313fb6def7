import type { Answer } from "../answer.ts";
import { randomText } from "../random.ts";

/**
 * An error in the shape of the management API: code, summary, causes. Thrown by whatever refuses a request and turned
 * into the answer in one place.
 * @see https://developer.okta.com/docs/reference/error-codes/
 */
export class OktaProblem extends Error {
  readonly status: number;
  readonly code: string;
  readonly causes: readonly string[];
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: number,
    code: string,
    summary: string,
    causes: readonly string[] = [],
    headers: Readonly<Record<string, string>> = {},
  ) {
    super(summary);
    this.status = status;
    this.code = code;
    this.causes = causes;
    this.headers = headers;
  }

  toAnswer(): Answer {
    return {
      status: this.status,
      headers: this.headers,
      json: {
        errorCode: this.code,
        errorSummary: this.message,
        errorLink: this.code,
        errorId: `oae${randomText(22)}`,
        errorCauses: this.causes.map((errorSummary) => ({ errorSummary })),
      },
    };
  }
}

/** What went wrong where in a body; `subject` is the field, or the kind of object when no single field is at fault. */
export function invalid(subject: string, causes: readonly string[]): OktaProblem {
  return new OktaProblem(400, "E0000001", `Api validation failed: ${subject}`, causes);
}

/** An object that is not there, of the kind as Okta names it (`AppInstance`, `UserGroup`, …). */
export function notFound(id: string, kind: string): OktaProblem {
  return new OktaProblem(404, "E0000007", `Not found: Resource not found: ${id} (${kind})`);
}

/** The problem that fits a bare status, for faults and for whatever fails inside the sandbox. */
export function problemOf(status: number): OktaProblem {
  switch (status) {
    case 401:
      return new OktaProblem(401, "E0000011", "Invalid token provided");
    case 403:
      return new OktaProblem(403, "E0000006", "You do not have permission to perform the requested action");
    case 404:
      return new OktaProblem(404, "E0000008", "The requested path was not found");
    case 405:
      return new OktaProblem(405, "E0000022", "The endpoint does not support the provided HTTP method");
    case 429:
      return new OktaProblem(429, "E0000047", "API call exceeded rate limit due to too many requests.");
    case 503:
      return new OktaProblem(503, "E0000010", "Service is in read only mode");
    default:
      return new OktaProblem(status, "E0000009", "Internal Server Error");
  }
}
