import { isObject, isTexts } from "../../json.ts";
import { grantedScopes, grantFor, scopesOf } from "../grants.ts";
import type { Auth0Client, Auth0ResourceServer, Auth0User, Permission } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";

/** Whom a token is for: somebody who signed in, or the client itself. */
type Subject = "user" | "client";

/** The API of this audience. The tenant's own userinfo endpoint is none. */
export function apiOf(tenant: Auth0Tenant, audience: string): Auth0ResourceServer | undefined {
  const api = tenant.resourceServer(audience);
  return api?.identifier === audience ? api : undefined;
}

/**
 * The scopes of an API that a client may have at all, for people or for itself. Undefined when it may have no token for
 * the API: people's tokens are free unless the API says otherwise, a client's own ones want a grant.
 *
 * @see https://auth0.com/docs/get-started/apis/api-access-policies-for-applications
 */
export function permittedScopes(
  tenant: Auth0Tenant,
  client: Auth0Client,
  api: Auth0ResourceServer,
  subject: Subject,
): readonly string[] | undefined {
  switch (policyOf(api, subject)) {
    case "allow_all":
      return scopesOf(tenant, api.identifier);
    case "deny_all":
      return undefined;
    default: {
      const grant = grantFor(tenant, client, api.identifier, subject);
      return grant === undefined ? undefined : grantedScopes(tenant, grant);
    }
  }
}

function policyOf({ settings }: Auth0ResourceServer, subject: Subject): unknown {
  const policies = isObject(settings.subject_type_authorization) ? settings.subject_type_authorization : {};
  const policy = isObject(policies[subject]) ? policies[subject].policy : undefined;
  return policy ?? (subject === "user" ? "allow_all" : "require_client_grant");
}

/** Whether people have only the scopes that their roles and permissions give them. */
function enforcesRoles({ settings }: Auth0ResourceServer): boolean {
  return settings.enforce_policies === true;
}

/** Whether tokens for the API list permissions too. */
export function listsPermissions({ settings }: Auth0ResourceServer): boolean {
  return typeof settings.token_dialect === "string" && settings.token_dialect.endsWith("_authz");
}

/** What somebody may do at an API: by themselves, by their roles, and by those they have in the organization. */
export function permissionsOf(
  tenant: Auth0Tenant,
  user: Auth0User,
  audience: string,
  organization: string | undefined,
): readonly string[] {
  const member = organization === undefined ? undefined : tenant.organizations.get(organization)?.members.get(user.id);
  const roles = [...user.roles, ...(member?.roles ?? [])].flatMap((id) => tenant.roles.get(id) ?? []);
  const all: readonly Permission[] = [...user.permissions, ...roles.flatMap(({ permissions }) => permissions)];
  return [...new Set(all.filter((each) => each.audience === audience).map(({ scope }) => scope))];
}

/** The scopes of an API in a token for somebody: what was asked for, as far as client and person may have it. */
export function scopesFor(
  tenant: Auth0Tenant,
  client: Auth0Client,
  api: Auth0ResourceServer,
  user: Auth0User,
  { organization, scopes }: { readonly organization: string | undefined; readonly scopes: readonly string[] },
): readonly string[] {
  const permitted = permittedScopes(tenant, client, api, "user") ?? [];
  const possible = enforcesRoles(api) ? permissionsOf(tenant, user, api.identifier, organization) : permitted;
  return scopes.filter((scope) => permitted.includes(scope) && possible.includes(scope));
}

/** Ways of asking for several scopes in one text. */
export function splitScopes(text: unknown): readonly string[] {
  if (isTexts(text)) return text;
  return typeof text === "string" ? text.split(" ").filter((scope) => scope !== "") : [];
}
