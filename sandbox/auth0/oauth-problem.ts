import { OAuthProblem } from "../sign-in/oauth-problem.ts";

/** What Auth0 says to a wrong client id, secret or method: 401 `access_denied`, not `invalid_client`. */
export function unauthorized(): OAuthProblem {
  return new OAuthProblem(401, "access_denied", "Unauthorized");
}

/** A parameter that must be there. */
export function missing(name: string): OAuthProblem {
  return new OAuthProblem(400, "invalid_request", `Missing required parameter: ${name}`);
}
