import { type Answer, noStore } from "../../answer.ts";
import type { JsonObject } from "../../json.ts";
import { OAuthProblem } from "../../sign-in/oauth-problem.ts";
import { type Auth0Access, managementTokenLifetime } from "../access.ts";
import { grantFor } from "../grants.ts";
import type { Auth0Client, Auth0ResourceServer } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";
import { lifetimeOf, signAccessToken } from "./access-token.ts";
import { apiOf, listsPermissions, permittedScopes, splitScopes } from "./api-access.ts";

const denied = (what: string): OAuthProblem => new OAuthProblem(403, "access_denied", what);

/**
 * The client-credentials grant: a signed token for one API, the management API among them, with the scopes of the
 * client's grant, or with those of them that `scope` asks for. Throws an `OAuthProblem`.
 */
export async function issueClientToken(
  tenant: Auth0Tenant,
  client: Auth0Client,
  form: URLSearchParams,
  access: Auth0Access,
): Promise<Answer> {
  const audience = form.get("audience") ?? "";
  if (audience === "") {
    throw denied("No audience parameter was provided, and no default audience has been configured");
  }
  const api = apiOf(tenant, audience);
  if (api === undefined) throw denied(`Service not found: ${audience}`);
  const permitted = permittedScopes(tenant, client, api, "client");
  if (permitted === undefined) {
    throw denied(
      `Client is not authorized to access "${audience}". You need to create a "client-grant" associated to this API. See: https://auth0.com/docs/api/v2#!/Client_Grants/post_client_grants`,
    );
  }
  const wanted = splitScopes(form.get("scope"));
  const lacking = wanted.filter((scope) => !permitted.includes(scope));
  if (lacking.length > 0) throw denied(`Client has not been granted scopes: ${lacking.join(", ")}`);
  const scopes = wanted.length === 0 ? permitted : wanted;
  const ofOrganization = organizationClaims(tenant, client, api, form.get("organization") ?? "");
  const management = audience === tenant.audience;
  const lifetime = management ? managementTokenLifetime : lifetimeOf(api);
  const token = await signAccessToken(tenant, api, {
    subject: `${client.clientId}@clients`,
    clientId: client.clientId,
    audience,
    scopes,
    lifetime,
    claims: { gty: "client-credentials", ...ofOrganization, ...(listsPermissions(api) ? { permissions: scopes } : {}) },
  });
  if (management) access.issue(client.clientId, scopes, token);
  return {
    status: 200,
    headers: noStore,
    json: {
      access_token: token,
      ...(scopes.length === 0 ? {} : { scope: scopes.join(" ") }),
      expires_in: lifetime,
      token_type: "Bearer",
    },
  };
}

/** `org_id`, when an organization is named that the client's grant may be used for. */
function organizationClaims(
  tenant: Auth0Tenant,
  client: Auth0Client,
  api: Auth0ResourceServer,
  reference: string,
): JsonObject {
  const grant = grantFor(tenant, client, api.identifier);
  const usage = grant?.settings.organization_usage ?? "deny";
  if (reference === "") {
    if (usage === "require") throw denied("An organization is required");
    return {};
  }
  const organization = tenant.organization(reference);
  if (organization === undefined) throw denied(`Organization not found: ${reference}`);
  const associated = grant !== undefined && organization.clientGrants.has(grant.id);
  if (usage === "deny" || (!associated && grant?.settings.allow_any_organization !== true)) {
    throw denied("Client is not authorized to access the organization");
  }
  return { org_id: organization.id };
}
