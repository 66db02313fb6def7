import { isAbsolute, join } from "node:path";
import { backendOf } from "../../workspace/backend-name.ts";
import type { TerraformBackend, Workspace } from "../../workspace/workspace.ts";
import { unnamedBackend } from "../unnamed-backend.ts";

/**
 * Where the state of one tenant at one identity provider is. Without a word in tenantry.yaml it is a file in the
 * working folder, but not in CI. A relative path of a named local backend is relative to the workspace's root.
 *
 * @throws TenantryError ENGINE_BACKEND_UNNAMED
 */
export function stateBackend(
  workspace: Workspace,
  of: { readonly tenant: string; readonly idp: string },
  ci: boolean,
): TerraformBackend {
  const written = workspace.engines.terraform.backend;
  if (written === undefined) {
    if (ci) throw unnamedBackend("terraform");
    return { kind: "local", settings: { path: "terraform.tfstate" } };
  }
  const { name, environment } = workspace;
  const backend = backendOf(written, { ...of, workspace: name, environment });
  const { path } = backend.settings;
  if (backend.kind !== "local" || typeof path !== "string" || isAbsolute(path)) return backend;
  return { kind: "local", settings: { ...backend.settings, path: join(workspace.root, path) } };
}
