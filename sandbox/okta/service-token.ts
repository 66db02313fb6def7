import { type Answer, noStore } from "../answer.ts";
import { type Access, tokenLifetime } from "./access.ts";
import type { OktaApp } from "./model.ts";
import { refusal } from "./sign-in/refusals.ts";
import { splitWords } from "./sign-in/scopes.ts";

/**
 * The client-credentials grant of the org authorization server: a token for the management API. Only service apps that
 * sign with a private key get one, and only for scopes that were granted to them. Throws an `OAuthProblem`.
 */
export function issueServiceToken(app: OktaApp, form: URLSearchParams, access: Access): Answer {
  if (app.authMethod !== "private_key_jwt") throw refusal("unsupported_auth_method_client_creds");
  if (app.oauth.application_type !== "service") throw refusal("invalid_application_type_client_credentials");
  const scopes = splitWords(form.get("scope"));
  if (scopes.length === 0) throw refusal("no_default_scopes");
  if (scopes.some((scope) => !scope.startsWith("okta."))) throw refusal("no_matching_scope");
  const granted = new Set([...app.grants.values()].map(({ scopeId }) => scopeId));
  if (scopes.some((scope) => !granted.has(scope))) throw refusal("no_org_scopes_granted");
  return {
    status: 200,
    headers: noStore,
    json: {
      token_type: "Bearer",
      expires_in: tokenLifetime,
      access_token: access.issue(app.clientId, scopes),
      scope: scopes.join(" "),
    },
  };
}
