import { type Auth0Clients, auth0Clients } from "./clients.ts";
import { type Auth0Connections, auth0Connections } from "./connections.ts";
import { type Auth0DiscoveryDomains, auth0DiscoveryDomains } from "./discovery-domains.ts";
import { type Auth0EnterpriseConnections, auth0EnterpriseConnections } from "./enterprise-connections.ts";
import { type Auth0Organizations, auth0Organizations } from "./organizations.ts";
import { openTransport, type TransportOptions } from "./transport.ts";

/** The calls to one Auth0 tenant's Management API that Tenantry makes. Each may throw an `Auth0Failure`. */
export interface Auth0Tenant {
  readonly host: string;
  readonly clients: Auth0Clients;
  readonly connections: Auth0Connections;
  readonly organizations: Auth0Organizations;
  readonly enterpriseConnections: Auth0EnterpriseConnections;
  readonly discoveryDomains: Auth0DiscoveryDomains;
  close(): Promise<void>;
}

/** Sends nothing yet. Loads Auth0's SDK (0.2 s). */
export async function openAuth0Tenant(options: TransportOptions): Promise<Auth0Tenant> {
  const transport = await openTransport(options);
  return {
    host: options.host,
    clients: auth0Clients(transport),
    connections: auth0Connections(transport),
    organizations: auth0Organizations(transport),
    enterpriseConnections: auth0EnterpriseConnections(transport),
    discoveryDomains: auth0DiscoveryDomains(transport),
    close: transport.close,
  };
}
