import { createLimiter, type HostLimiters } from "../../vendor/limiter.ts";
import type { Clock, Network, Sleep } from "../../vendor/network.ts";
import type { OktaAccess, OktaCredential } from "../../vendor/okta/credential.ts";
import { openOktaOrg } from "../../vendor/okta/org.ts";
import type { OktaIdentityProvider } from "../../workspace/workspace.ts";
import { createOktaAdapter, type OktaAdapter } from "./adapter.ts";
import type { MarkerScope } from "./marker.ts";

export interface OpenOktaOptions {
  readonly idp: OktaIdentityProvider;
  /** The resolved credentials of `idp.credentials`. */
  readonly credential: OktaCredential;
  /** What the run may do at the org; decides which scopes are asked for. Default `manage`. */
  readonly access?: OktaAccess | undefined;
  readonly network: Network;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Workspace and environment that go into the marker. */
  readonly scope: MarkerScope;
  /** The run's limiters, when other adapters talk to the same host; without it the adapter has one of its own. */
  readonly limiters?: HostLimiters | undefined;
}

/**
 * The registrations of one Okta org. Sends nothing before it is asked something. Loads Okta's SDK (half a second).
 *
 * @throws OktaFailure when the credentials are malformed (OKTA_PRIVATE_KEY, OKTA_CREDENTIALS_REFUSED)
 */
export async function openOkta(options: OpenOktaOptions): Promise<OktaAdapter> {
  const { idp, credential, access, network, clock, sleep, scope } = options;
  const { share } = idp.limits;
  const limiter = options.limiters?.of(idp.domain, { share }) ?? createLimiter({ clock, sleep, share });
  const org = await openOktaOrg({ host: idp.domain, credential, access, network, limiter, clock, sleep });
  return createOktaAdapter({ name: idp.name, org, limiter, scope, sleep });
}
