import type { Auth0IdentityProvider } from "../../workspace/workspace.ts";
import { directEngine } from "../direct.ts";
import type { Engine, ToolEngineOptions } from "../engine.ts";

export interface PulumiEngineOptions extends ToolEngineOptions {
  readonly idp: Auth0IdentityProvider;
}

/** Carries registrations at Auth0 out with Pulumi. */
export function pulumiEngine(options: PulumiEngineOptions): Engine {
  return directEngine(options.adapter);
}
