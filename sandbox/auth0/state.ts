import { randomToken } from "../random.ts";
import type { Auth0Client, Auth0Connection, Auth0Organization, Auth0User } from "./model.ts";

/**
 * All that a tenant remembers: plain objects, lists, maps and sets, so that it can be written down and read again.
 * Whatever can be worked out from it (look-ups, running providers) is not in here.
 */
export interface Auth0State {
  /** Stands where clients show the certificate that signs for them. */
  readonly signingCertificate: string;
  /** The number of the newest thing; lists are in the order of these numbers. */
  sequence: number;
  /** By client id, oldest first. */
  readonly clients: Map<string, Auth0Client>;
  /** By id, oldest first, as are the others. */
  readonly connections: Map<string, Auth0Connection>;
  readonly organizations: Map<string, Auth0Organization>;
  /** By `sub`. */
  readonly users: Map<string, Auth0User>;
}

/** Of a tenant in which nothing is. */
export function emptyTenant(): Auth0State {
  return {
    signingCertificate: `-----BEGIN CERTIFICATE-----\r\n${randomToken(48)}\r\n-----END CERTIFICATE-----\r\n`,
    sequence: 0,
    clients: new Map(),
    connections: new Map(),
    organizations: new Map(),
    users: new Map(),
  };
}
