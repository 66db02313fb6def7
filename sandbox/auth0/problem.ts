import type { Answer } from "../answer.ts";

const names: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  413: "Request Entity Too Large",
  415: "Unsupported Media Type",
  429: "Too Many Requests",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Unavailable",
  504: "Gateway Time-out",
};

/**
 * An error in the shape of the Management API. Thrown by whatever refuses a request and turned into the answer in one
 * place. Of the texts and codes those of 404 and of connections that contradict themselves are recorded; most others
 * follow the validator's and the documentation's wording. No code should rest on a text.
 * @see https://auth0.com/docs/api/management/v2
 */
export class Auth0Problem extends Error {
  readonly status: number;
  readonly code: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  /** `code` is Auth0's `errorCode`; some errors have none. */
  constructor(status: number, message: string, code?: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  toAnswer(): Answer {
    return {
      status: this.status,
      headers: this.headers,
      json: {
        statusCode: this.status,
        error: names[this.status] ?? "Error",
        message: this.message,
        ...(this.code === undefined ? {} : { errorCode: this.code }),
      },
    };
  }
}

/** A body that its schema does not allow; `what` in the words of Auth0's validator. */
export function invalidBody(what: string): Auth0Problem {
  return new Auth0Problem(400, `Payload validation error: ${what}.`, "invalid_body");
}

/** A query that its schema does not allow. */
export function invalidQuery(what: string): Auth0Problem {
  return new Auth0Problem(400, `Query validation error: ${what}.`, "invalid_query_string");
}

/** The problem that fits a bare status, for faults and for whatever fails inside the sandbox. */
export function problemOf(status: number): Auth0Problem {
  if (status === 429) return new Auth0Problem(429, "Global limit has been reached", "too_many_requests");
  const message = status === 500 ? "An internal server error occurred" : (names[status] ?? "Error");
  return new Auth0Problem(status, message);
}
