import type { Tenant } from "../tenant/tenant.ts";
import type { IdentityProvider, Workspace } from "../workspace/workspace.ts";

/**
 * The workspace with the identity providers that its tenants' files give in place, for everything that opens them. Only
 * those of the environment; where several sign-ins name one, the rules have said that they name it alike.
 */
export function withInlineProviders(workspace: Workspace, tenants: readonly Tenant[]): Workspace {
  const inline = tenants
    .filter(({ environments }) => environments === undefined || environments.includes(workspace.environment))
    .flatMap(({ signIns }) => [...signIns.values()].flatMap((signIn) => signIn.inline ?? []))
    .map((idp): readonly [string, IdentityProvider] => [idp.name, idp]);
  if (inline.length === 0) return workspace;
  // What tenantry.yaml names is never taken for another.
  return { ...workspace, identityProviders: new Map([...inline, ...workspace.identityProviders]) };
}
