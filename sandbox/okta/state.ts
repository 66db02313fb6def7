import type { JsonObject } from "../json.ts";
import { randomToken } from "../random.ts";
import type { OktaApp, OktaGroup, OktaPolicy, OktaUser } from "./model.ts";
import { oktaId } from "./okta-id.ts";
import type { OktaServer } from "./server-model.ts";
import { nothingRemembered, type Remembered } from "./sign-in/remembered.ts";

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
  /** The person to whom the API token belongs. */
  ownerId: string;
  /** Attributes that the org added to the profiles of people and of groups, by name, with their JSON schema. */
  readonly userAttributes: Map<string, JsonObject>;
  readonly groupAttributes: Map<string, JsonObject>;
  /** Access policies. */
  readonly policies: Map<string, OktaPolicy>;
  /** Bearer tokens of the management API, by themselves. */
  readonly tokens: Map<string, IssuedToken>;
  /** Keys, sessions, codes and tokens of the sign-in half. */
  readonly signIn: Remembered;
}

/** A bearer token of the management API that was issued to a service app. */
export interface IssuedToken {
  readonly clientId: string;
  readonly scopes: readonly string[];
  /** Milliseconds since the epoch. */
  readonly expires: number;
}

/** Of an org in which nothing is. */
export function emptyOrg(): OktaState {
  const signingKid = randomToken(32);
  return {
    id: oktaId("00o"),
    signingKid,
    apiAccessManagement: true,
    searchIsLate: false,
    sequence: 0,
    apps: new Map(),
    groups: new Map(),
    users: new Map(),
    servers: new Map(),
    ownerId: "",
    userAttributes: new Map(),
    groupAttributes: new Map(),
    policies: new Map(),
    tokens: new Map(),
    signIn: nothingRemembered(signingKid, new Date().toISOString()),
  };
}
