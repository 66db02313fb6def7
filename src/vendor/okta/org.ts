import { httpsAgent } from "../agent.ts";
import type { Limiter } from "../limiter.ts";
import type { Clock, Network, Sleep } from "../network.ts";
import { type OktaApps, oktaApps } from "./apps.ts";
import { type OktaAuthorizationServers, oktaAuthorizationServers } from "./authorization-servers.ts";
import type { OktaAccess, OktaCredential } from "./credential.ts";
import { type OktaGroups, oktaGroups } from "./groups.ts";
import { type OktaPolicies, oktaPolicies } from "./policies.ts";
import { type OktaSecrets, oktaSecrets } from "./secrets.ts";
import { openTransport } from "./transport.ts";

export interface OktaOrgOptions {
  /** Host name of the org, such as `acme.okta.com`. */
  readonly host: string;
  readonly credential: OktaCredential;
  /** What the run may do at the org; decides which scopes are asked for. Default `manage`. */
  readonly access?: OktaAccess | undefined;
  readonly network: Network;
  /** The limiter of this host; share it with everything else that talks to it. */
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Milliseconds for one whole exchange. Default 30,000. */
  readonly deadline?: number | undefined;
}

/** The calls to one org's Management API that Tenantry makes. Each may throw an `OktaFailure`. */
export interface OktaOrg {
  readonly host: string;
  readonly apps: OktaApps;
  readonly groups: OktaGroups;
  readonly policies: OktaPolicies;
  readonly secrets: OktaSecrets;
  readonly servers: OktaAuthorizationServers;
  close(): void;
}

/** Sends nothing yet. @throws OktaFailure when the credentials are malformed */
export async function openOktaOrg(options: OktaOrgOptions): Promise<OktaOrg> {
  const transport = await openTransport({ ...options, agent: httpsAgent(options.network) });
  return {
    host: options.host,
    apps: oktaApps(transport),
    groups: oktaGroups(transport),
    policies: oktaPolicies(transport),
    secrets: oktaSecrets(transport),
    servers: oktaAuthorizationServers(transport),
    close: transport.close,
  };
}
