import type { Secret } from "../../secret/secret.ts";
import { auth0Rates } from "../../vendor/auth0/published-rates.ts";
import { openAuth0Tenant } from "../../vendor/auth0/tenant.ts";
import type { HostLimiters } from "../../vendor/limiter.ts";
import type { Clock, Network, Sleep } from "../../vendor/network.ts";
import type { Auth0IdentityProvider } from "../../workspace/workspace.ts";
import { type Auth0Adapter, createAuth0Adapter } from "./adapter.ts";

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

/** Calls under way at once: Auth0's smallest buckets hold five. */
const concurrency = 4;

/** The registrations of one Auth0 tenant. Sends nothing before it is asked something. Loads Auth0's SDK (0.2 s). */
export async function openAuth0(options: OpenAuth0Options): Promise<Auth0Adapter> {
  const { idp, credential, access, network, clock, sleep, scope } = options;
  const limiter = options.limiters.of(idp.domain, { share: idp.limits.share, concurrency, rates: auth0Rates });
  const tenant = await openAuth0Tenant({ host: idp.domain, credential, access, network, limiter, clock, sleep });
  return createAuth0Adapter({ name: idp.name, tenant, limiter, scope, sleep });
}
