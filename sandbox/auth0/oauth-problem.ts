import type { Answer } from "../answer.ts";

/** An error of the authentication API in the shape of RFC 6749, section 5.2, with Auth0's own statuses. */
export class Auth0OAuthProblem extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.status = status;
    this.code = code;
  }

  toAnswer(): Answer {
    return {
      status: this.status,
      headers: { "cache-control": "no-store", pragma: "no-cache" },
      json: { error: this.code, error_description: this.message },
    };
  }
}

/** What Auth0 says to a wrong client id, secret or method: 401 `access_denied`, not `invalid_client`. */
export function unauthorized(): Auth0OAuthProblem {
  return new Auth0OAuthProblem(401, "access_denied", "Unauthorized");
}

/** A parameter that must be there. */
export function missing(name: string): Auth0OAuthProblem {
  return new Auth0OAuthProblem(400, "invalid_request", `Missing required parameter: ${name}`);
}
