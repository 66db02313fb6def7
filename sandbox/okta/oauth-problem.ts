import { OAuthProblem } from "../sign-in/oauth-problem.ts";
import { OktaProblem } from "./problem.ts";

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
