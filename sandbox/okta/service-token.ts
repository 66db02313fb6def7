import type { Answer } from "../answer.ts";
import { OAuthProblem } from "../sign-in/oauth-problem.ts";
import { type Access, tokenLifetime } from "./access.ts";
import type { OktaApp } from "./model.ts";

/**
 * The client-credentials grant of the org authorization server: a token for the management API. Only service apps that
 * sign with a private key get one, and only for scopes that were granted to them. Throws an `OAuthProblem`.
 */
export function issueServiceToken(app: OktaApp, form: URLSearchParams, access: Access): Answer {
  if (app.authMethod !== "private_key_jwt") {
    throw new OAuthProblem(
      400,
      "invalid_client",
      "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.",
    );
  }
  const scopes = [...new Set((form.get("scope") ?? "").split(" ").filter((scope) => scope !== ""))];
  if (scopes.length === 0) {
    throw new OAuthProblem(400, "invalid_scope", "The requested scope is missing.");
  }
  if (scopes.some((scope) => !app.grants.includes(scope))) {
    throw new OAuthProblem(
      400,
      "invalid_scope",
      "One or more scopes are not configured for the authorization server resource.",
    );
  }
  return {
    status: 200,
    headers: { "cache-control": "no-store", pragma: "no-cache" },
    json: {
      token_type: "Bearer",
      expires_in: tokenLifetime,
      access_token: access.issue(app.clientId, scopes),
      scope: scopes.join(" "),
    },
  };
}
