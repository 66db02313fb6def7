import { TenantryError } from "../errors/failure.ts";

/** What stops a run in CI whose file says nothing about the state of its engine: ENGINE_BACKEND_UNNAMED. */
export function unnamedBackend(engine: "terraform" | "pulumi"): TenantryError {
  const message = `this is CI, and tenantry.yaml does not say where ${engine} keeps its state: a runner's disk forgets it`;
  const hint = `name it as engines.${engine}.backend; a folder of this machine is allowed when it is named`;
  return new TenantryError("ENGINE_BACKEND_UNNAMED", message, { hint });
}
