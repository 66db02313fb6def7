import type { JsonObject } from "../../json.ts";
import type { Auth0User } from "../model.ts";
import type { Auth0Tenant } from "../tenant.ts";

/** Everything that tokens for somebody could say; which of it they do say is a matter of scopes. */
export function claimsOf(
  tenant: Auth0Tenant,
  user: Auth0User,
  organization: string | undefined,
): JsonObject & { sub: string } {
  const id = organization === undefined ? undefined : tenant.organization(organization)?.id;
  return {
    nickname: user.email.split("@")[0] ?? "",
    email_verified: true,
    ...user.claims,
    ...shown(user.profile),
    sub: user.id,
    name: user.name,
    ...(user.email === "" ? {} : { email: user.email }),
    updated_at: user.updatedAt,
    ...(id === undefined ? {} : { org_id: id }),
  };
}

/** What an admin has set takes the place of what came from elsewhere. */
function shown(profile: JsonObject): JsonObject {
  const names = ["nickname", "picture", "given_name", "family_name", "email_verified"];
  return Object.fromEntries(Object.entries(profile).filter(([name]) => names.includes(name)));
}

/**
 * Claims whose names are URLs. The sandbox's tenant has an Action that puts such claims of a profile into every token,
 * which Auth0 does not do by itself.
 *
 * @see https://auth0.com/docs/secure/tokens/json-web-tokens/create-custom-claims
 */
export function inNamespace(claims: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => /^https?:\/\//.test(name)));
}
