import { randomToken } from "../random.ts";
import { type IssuerMemory, newMemory } from "../sign-in/memory.ts";
import type {
  Auth0Client,
  Auth0Connection,
  Auth0Organization,
  Auth0ResourceServer,
  Auth0Role,
  Auth0User,
  ClientGrant,
} from "./model.ts";

/**
 * All that a tenant remembers: plain objects, lists, maps and sets, so that it can be written down and read again.
 * Whatever can be worked out from it (look-ups, running providers) is not in here.
 */
export interface Auth0State {
  /** Stands where clients show the certificate that signs for them. */
  readonly signingCertificate: string;
  /** The number of the newest thing; lists are in the order of these numbers. */
  sequence: number;
  /** URL of the tenant's own error page; empty for Auth0's. */
  errorPage: string;
  /** By client id, oldest first. */
  readonly clients: Map<string, Auth0Client>;
  /** By id, oldest first, as are the others. */
  readonly connections: Map<string, Auth0Connection>;
  readonly organizations: Map<string, Auth0Organization>;
  readonly resourceServers: Map<string, Auth0ResourceServer>;
  readonly clientGrants: Map<string, ClientGrant>;
  readonly roles: Map<string, Auth0Role>;
  /** By `sub`. */
  readonly users: Map<string, Auth0User>;
  /** Bearer tokens of the management API, by themselves. */
  readonly tokens: Map<string, IssuedToken>;
  /** What the tenant remembers of its sign-ins. */
  readonly issuer: IssuerMemory;
  /** What people's sign-ins were asked for, by the id of the grant that came of each. */
  readonly signInRequests: Map<string, SignInRequest>;
}

/** What an authorization request asked for besides the protocol. */
export interface SignInRequest {
  /** Id of an organization. */
  readonly organization: string | undefined;
  /** Identifier of an API. */
  readonly audience: string | undefined;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

/** A bearer token of the management API that was issued to a client. */
export interface IssuedToken {
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** Of a tenant in which nothing is. */
export function emptyTenant(): Auth0State {
  return {
    signingCertificate: `-----BEGIN CERTIFICATE-----\r\n${randomToken(48)}\r\n-----END CERTIFICATE-----\r\n`,
    sequence: 0,
    errorPage: "",
    clients: new Map(),
    connections: new Map(),
    organizations: new Map(),
    resourceServers: new Map(),
    clientGrants: new Map(),
    roles: new Map(),
    users: new Map(),
    tokens: new Map(),
    issuer: newMemory(),
    signInRequests: new Map(),
  };
}
