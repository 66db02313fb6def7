import type { TerraformBackend } from "./workspace.ts";

/** What the placeholders in a backend's settings stand for. */
export interface StateNames {
  readonly tenant: string;
  readonly idp: string;
  readonly workspace: string;
  readonly environment: string;
}

/**
 * The backend of one tenant's state: `{tenant}`, `{idp}`, `{workspace}` and `{environment}` are filled in, in every text,
 * because a backend may name the state more than once (the lock address of `http`).
 */
export function backendOf(backend: TerraformBackend, names: StateNames): TerraformBackend {
  const filled = Object.entries(backend.settings).map(([name, value]) => [
    name,
    typeof value === "string" ? fill(value, names) : value,
  ]);
  return { kind: backend.kind, settings: Object.fromEntries(filled) };
}

function fill(text: string, names: StateNames): string {
  return text.replace(/\{(tenant|idp|workspace|environment)\}/g, (_, name: keyof StateNames) => names[name]);
}
