import { OktaProblem } from "./problem.ts";

/**
 * What Okta says to a client id that it does not know: 400 in the shape of the management API, with the OAuth code in
 * `errorCode` and no `error` at all.
 */
export function unknownClient(): OktaProblem {
  return new OktaProblem(400, "invalid_client", "Invalid value for 'client_id' parameter.");
}
