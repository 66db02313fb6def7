import type { Secret } from "../../secret/secret.ts";
import type { HostLimiters } from "../../vendor/limiter.ts";
import type { Clock, Network, Sleep } from "../../vendor/network.ts";
import type { Auth0IdentityProvider } from "../../workspace/workspace.ts";
import type { IdentityProviderAdapter } from "../identity-provider.ts";

export interface OpenAuth0Options {
  readonly idp: Auth0IdentityProvider;
  /** The resolved credentials of `idp.credentials`. */
  readonly credential: { readonly token: Secret } | { readonly clientId: string; readonly clientSecret: Secret };
  /** What the run may do at the Auth0 tenant. */
  readonly access: "read" | "manage";
  readonly network: Network;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Workspace and environment that go into the marker. */
  readonly scope: { readonly workspace: string; readonly environment: string };
  /** The run's limiters, one for each host. */
  readonly limiters: HostLimiters;
}

/** The registrations of one Auth0 tenant. Sends nothing before it is asked something. */
export async function openAuth0(_options: OpenAuth0Options): Promise<IdentityProviderAdapter> {
  throw new Error("not written yet");
}
