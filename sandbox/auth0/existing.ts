import type { Call } from "./call.ts";
import type { Auth0ResourceServer, Auth0Role, Auth0User, ClientGrant, Membership } from "./model.ts";
import { Auth0Problem } from "./problem.ts";
import type { Auth0Tenant } from "./tenant.ts";

/** The API of this id or identifier; an identifier may be percent-encoded once more. */
export function findResourceServer(tenant: Auth0Tenant, reference: string): Auth0ResourceServer | undefined {
  return tenant.resourceServer(reference) ?? tenant.resourceServer(decoded(reference));
}

/** The API of this id or identifier. Throws the 404 of Auth0. */
export function existingResourceServer(tenant: Auth0Tenant, reference: string): Auth0ResourceServer {
  const server = findResourceServer(tenant, reference);
  if (server === undefined) {
    throw new Auth0Problem(404, "The resource server does not exist", "inexistent_resource_server");
  }
  return server;
}

/** Throws the 404 of Auth0 for a grant that is not there. */
export function existingGrant(tenant: Auth0Tenant, id: string): ClientGrant {
  const grant = tenant.clientGrants.get(id);
  if (grant === undefined) throw new Auth0Problem(404, "The client grant does not exist", "inexistent_client_grant");
  return grant;
}

/** Throws the 404 of Auth0 for a role that is not there. */
export function existingRole(tenant: Auth0Tenant, id: string): Auth0Role {
  const role = tenant.roles.get(id);
  if (role === undefined) throw new Auth0Problem(404, "The role does not exist", "inexistent_role");
  return role;
}

/** Throws the 404 of Auth0 for a person who is not there. */
export function existingUser(tenant: Auth0Tenant, id: string): Auth0User {
  const user = tenant.users.get(id);
  if (user === undefined) throw new Auth0Problem(404, "The user does not exist.", "inexistent_user");
  return user;
}

/** The person's membership in the organization. Throws the 404 of Auth0. */
export function existingMember(members: ReadonlyMap<string, Membership>, userId: string): Membership {
  const member = members.get(userId);
  if (member === undefined)
    throw new Auth0Problem(404, "The user is not a member of the organization", "inexistent_member");
  return member;
}

/** The role that the path names. Throws the 404 of Auth0. */
export function roleOf(call: Call): Auth0Role {
  return existingRole(call.tenant, call.params.roleId ?? "");
}

/** The person that the path names. Throws the 404 of Auth0. */
export function userOf(call: Call): Auth0User {
  return existingUser(call.tenant, call.params.userId ?? "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
