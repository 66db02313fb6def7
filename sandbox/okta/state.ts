import { randomToken } from "../random.ts";
import type { OktaApp, OktaGroup, OktaPolicy, OktaServer, OktaUser } from "./model.ts";
import { oktaId } from "./okta-id.ts";

/**
 * All that an org remembers: plain objects, lists, maps and sets, so that it can be written down and read again.
 * Whatever can be worked out from it (look-ups, running providers) is not in here.
 */
export interface OktaState {
  readonly id: string;
  readonly signingKid: string;
  /** Without it an org has no custom authorization servers, not even `default`. */
  apiAccessManagement: boolean;
  /** While true, `search=` does not show the groups that are made. */
  searchIsLate: boolean;
  /** The number of the newest thing; lists are in the order of these numbers. */
  sequence: number;
  /** By id, oldest first, as are the others. */
  readonly apps: Map<string, OktaApp>;
  readonly groups: Map<string, OktaGroup>;
  readonly users: Map<string, OktaUser>;
  readonly servers: Map<string, OktaServer>;
  /** Access policies. */
  readonly policies: Map<string, OktaPolicy>;
}

/** Of an org in which nothing is. */
export function emptyOrg(): OktaState {
  return {
    id: oktaId("00o"),
    signingKid: randomToken(32),
    apiAccessManagement: true,
    searchIsLate: false,
    sequence: 0,
    apps: new Map(),
    groups: new Map(),
    users: new Map(),
    servers: new Map(),
    policies: new Map(),
  };
}
