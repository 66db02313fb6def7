import type { Auth0Client, ClientGrant } from "./model.ts";
import type { Auth0Tenant } from "./tenant.ts";

/**
 * The grant by which a client has tokens for an API: its own, or for a third-party client the default of its group. A
 * grant of `subject_type` `client` is for client credentials, one of `user` for people's sign-ins.
 */
export function grantFor(
  tenant: Auth0Tenant,
  client: Auth0Client,
  audience: string,
  subject: "client" | "user" = "client",
): ClientGrant | undefined {
  const grants = [...tenant.clientGrants.values()].filter(
    (grant) => grant.audience === audience && grant.settings.subject_type === subject,
  );
  return (
    grants.find(({ clientId }) => clientId === client.clientId) ??
    (client.settings.is_first_party === false
      ? grants.find(({ settings }) => settings.default_for === "third_party_clients")
      : undefined)
  );
}

/** The scopes that a grant gives now: those it names, or all, as far as the API still has them. */
export function grantedScopes(tenant: Auth0Tenant, grant: ClientGrant): readonly string[] {
  const known = scopesOf(tenant, grant.audience);
  return grant.settings.allow_all_scopes === true ? known : grant.scopes.filter((scope) => known.includes(scope));
}

/** The names of the scopes that an API has. */
export function scopesOf(tenant: Auth0Tenant, audience: string): readonly string[] {
  const listed = tenant.resourceServer(audience)?.settings.scopes;
  const scopes = Array.isArray(listed) ? (listed as readonly { value?: unknown }[]) : [];
  return scopes.flatMap(({ value }) => (typeof value === "string" ? [value] : []));
}
