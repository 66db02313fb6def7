import type { OktaIdentityProvider } from "../../workspace/workspace.ts";
import { directEngine } from "../direct.ts";
import type { Engine, ToolEngineOptions } from "../engine.ts";

export interface TerraformEngineOptions extends ToolEngineOptions {
  readonly idp: OktaIdentityProvider;
}

/** Carries registrations at Okta out with Terraform or OpenTofu. */
export function terraformEngine(options: TerraformEngineOptions): Engine {
  return directEngine(options.adapter);
}
