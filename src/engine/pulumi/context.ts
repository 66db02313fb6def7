import type { ConnectionKey, Registration } from "../../desired/connection.ts";
import type { PresentTenant } from "../../idp/auth0/present.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import type { Auth0IdentityProvider } from "../../workspace/workspace.ts";
import type { ToolEngineOptions } from "../engine.ts";

export interface PulumiEngineOptions extends ToolEngineOptions {
  readonly idp: Auth0IdentityProvider;
  /** Milliseconds that one call of Pulumi may take; for tests. */
  readonly limit?: number | undefined;
}

/** What one tenant's registrations are planned and carried out with. */
export interface TenantContext extends Pick<PulumiEngineOptions, "adapter" | "tools"> {
  /** Exact. */
  readonly pluginVersion: string;
  /** What is there of a tenant besides what its files say. */
  readonly present: (
    registrations: readonly Registration[],
    found: ReadonlyMap<ConnectionKey, ObservedRegistration>,
  ) => Promise<PresentTenant>;
}
