import type { Answer } from "../answer.ts";
import { OAuthProblem } from "../sign-in/oauth-problem.ts";
import { type Auth0Access, managementTokenLifetime } from "./access.ts";
import type { Auth0Client } from "./model.ts";
import type { Auth0Tenant } from "./tenant.ts";

/**
 * The client-credentials grant for the management API: a token with the scopes of the client's grant, or with those of
 * them that `scope` asks for. Throws an `OAuthProblem`.
 */
export function issueManagementToken(
  tenant: Auth0Tenant,
  client: Auth0Client,
  form: URLSearchParams,
  access: Auth0Access,
): Answer {
  const denied = (what: string): OAuthProblem => new OAuthProblem(403, "access_denied", what);
  const audience = form.get("audience") ?? "";
  if (audience === "") {
    throw denied("No audience parameter was provided, and no default audience has been configured");
  }
  if (audience !== tenant.audience) throw denied(`Service not found: ${audience}`);
  const grant = client.grants.find((each) => each.audience === audience);
  if (grant === undefined) {
    throw denied(
      `Client is not authorized to access "${audience}". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants`,
    );
  }
  const wanted = (form.get("scope") ?? "").split(" ").filter((scope) => scope !== "");
  const lacking = wanted.filter((scope) => !grant.scopes.includes(scope));
  if (lacking.length > 0) throw denied(`Client has not been granted scopes: ${lacking.join(", ")}`);
  const scopes = wanted.length === 0 ? grant.scopes : wanted;
  return {
    status: 200,
    headers: { "cache-control": "no-store", pragma: "no-cache" },
    json: {
      access_token: access.issue(client.clientId, scopes),
      scope: scopes.join(" "),
      expires_in: managementTokenLifetime,
      token_type: "Bearer",
    },
  };
}
