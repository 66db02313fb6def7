import type { Auth0ResourceServer, Auth0Role, Auth0User, ClientGrant } from "./model.ts";
import type { Auth0State } from "./state.ts";

/** Removes the grant, also from the organizations that it may be used for. */
export function forgetGrant(state: Auth0State, { id }: ClientGrant): void {
  state.clientGrants.delete(id);
  for (const organization of state.organizations.values()) organization.clientGrants.delete(id);
}

/** Removes the role, also from everybody who has it. */
export function forgetRole(state: Auth0State, { id }: Auth0Role): void {
  state.roles.delete(id);
  for (const user of state.users.values()) user.roles.delete(id);
  for (const organization of state.organizations.values()) {
    for (const { roles } of organization.members.values()) roles.delete(id);
  }
}

/** Removes the person, also from the organizations. */
export function forgetUser(state: Auth0State, { id }: Auth0User): void {
  state.users.delete(id);
  for (const organization of state.organizations.values()) organization.members.delete(id);
}

/** Removes the API with the grants and permissions for it. */
export function forgetResourceServer(state: Auth0State, { id, identifier }: Auth0ResourceServer): void {
  state.resourceServers.delete(id);
  const left = (each: { readonly audience: string }): boolean => each.audience !== identifier;
  for (const grant of state.clientGrants.values()) if (!left(grant)) forgetGrant(state, grant);
  for (const role of state.roles.values()) role.permissions = role.permissions.filter(left);
  for (const user of state.users.values()) user.permissions = user.permissions.filter(left);
}
