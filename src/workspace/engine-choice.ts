import { TenantryError } from "../errors/failure.ts";
import { engineFaults } from "./engine-fit.ts";
import { type EngineKind, enginesOf, type IdentityProvider, type Workspace } from "./workspace.ts";

/**
 * The workspace with another engine than its file says: it carries every identity provider that it can carry, the others
 * keep theirs. What the engine lacks in the settings is not looked at.
 *
 * @throws TenantryError ENGINE_UNSUITABLE when it can carry none of them
 */
export function carriedBy(workspace: Workspace, engine: EngineKind): Workspace {
  const before = [...workspace.identityProviders];
  if (!before.some(([, idp]) => carries(engine, idp))) {
    const they = before.map(([name, { kind }]) => `\`${name}\` is ${kind}`).join(", ");
    const none = they === "" ? "it names none" : they;
    throw new TenantryError("ENGINE_UNSUITABLE", `${engine} carries no identity provider of this workspace: ${none}`);
  }
  const now = before.map(([name, idp]) => [name, carries(engine, idp) ? { ...idp, engine } : idp] as const);
  return { ...workspace, identityProviders: new Map(now) };
}

/**
 * As `carriedBy`, for a run that is to use it.
 *
 * @throws TenantryError ENGINE_UNSUITABLE; WORKSPACE_STATE_SHARED or ENGINE_PASSPHRASE_MISSING when the settings of the
 *   file do not do for it
 */
export function chooseEngine(workspace: Workspace, engine: EngineKind): Workspace {
  const chosen = carriedBy(workspace, engine);
  const { terraform, pulumi } = chosen.engines;
  const { backend } = terraform;
  const [fault] = engineFaults({
    identityProviders: Object.fromEntries(chosen.identityProviders),
    engines: { terraform: { backend: backend && { [backend.kind]: backend.settings } }, pulumi },
  });
  if (fault === undefined) return chosen;
  const code = fault.code === "WORKSPACE_PASSPHRASE_MISSING" ? "ENGINE_PASSPHRASE_MISSING" : fault.code;
  throw new TenantryError(code, fault.message, { hint: `${fault.hint}, in tenantry.yaml` });
}

/** What a tenant's file gives in place has no state of an engine's program: it is always ours to carry. */
function carries(engine: EngineKind, { kind, tenant }: IdentityProvider): boolean {
  return (tenant === undefined || engine === "direct") && (enginesOf[kind] as readonly EngineKind[]).includes(engine);
}
