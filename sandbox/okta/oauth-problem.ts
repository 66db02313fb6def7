import type { Answer } from "../answer.ts";
import { OktaProblem } from "./problem.ts";

/** An error in the shape of RFC 6749, section 5.2, as the token endpoints answer it. */
export class OAuthProblem extends Error {
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

/** What Okta says when a client cannot be told or proves itself by another method than it is registered for. */
export function clientAuthenticationFailed(): OAuthProblem {
  return new OAuthProblem(
    401,
    "invalid_client",
    "Client authentication failed. Either the client or the client credentials are invalid.",
  );
}

/**
 * What Okta says to a client id that it does not know: 400 in the shape of the management API, with the OAuth code in
 * `errorCode` and no `error` at all.
 */
export function unknownClient(): OktaProblem {
  return new OktaProblem(400, "invalid_client", "Invalid value for 'client_id' parameter.");
}
