import type { JsonObject } from "../json.ts";
import type { Status } from "./model.ts";

/** Signs the tokens of an authorization server. */
export interface OktaKey {
  readonly kid: string;
  readonly created: string;
  /** `ACTIVE` signs, `NEXT` will after the next rotation, `EXPIRED` did before the last one. */
  status: "ACTIVE" | "NEXT" | "EXPIRED";
  /** Private JWK; undefined until it is needed. */
  jwk: JsonObject | undefined;
}

/** A scope of an authorization server. */
export interface OktaScope {
  readonly id: string;
  readonly sequence: number;
  name: string;
  /** Not shown when there is none, as is the description. */
  displayName: string | undefined;
  description: string | undefined;
  /** Okta's own: it cannot be removed, and hardly be changed. */
  readonly system: boolean;
  /** Whether the metadata document names it. */
  metadataPublish: "ALL_CLIENTS" | "NO_CLIENTS";
  consent: "REQUIRED" | "IMPLICIT" | "FLEXIBLE";
  optional: boolean;
  /** Given to a client that asks for no scope. */
  default: boolean;
}

export const groupFilterTypes = ["STARTS_WITH", "EQUALS", "CONTAINS", "REGEX"] as const;
export type GroupFilterType = (typeof groupFilterTypes)[number];

/** A claim of an authorization server. */
export interface OktaClaim {
  readonly id: string;
  readonly sequence: number;
  name: string;
  status: Status;
  /** In which token: `RESOURCE` is the access token, `IDENTITY` the ID token. */
  claimType: "RESOURCE" | "IDENTITY";
  valueType: "EXPRESSION" | "GROUPS" | "SYSTEM";
  /** Undefined for `SYSTEM`. */
  value: string | undefined;
  /** Only for `GROUPS`. */
  groupFilterType: GroupFilterType | undefined;
  /** Only with one of these scopes; with any when empty. */
  scopes: readonly string[];
  readonly system: boolean;
  /** When false, an ID token that comes with an access token leaves it to userinfo. */
  alwaysIncludeInToken: boolean;
}

/** For whom a rule is: ids of people and groups, and `EVERYONE`. */
export interface RulePeople {
  readonly include: readonly string[] | undefined;
  readonly exclude: readonly string[] | undefined;
}

/** Decides about the tokens of those who fit it. */
export interface OktaServerRule {
  readonly id: string;
  readonly created: string;
  lastUpdated: string;
  name: string;
  status: Status;
  priority: number;
  readonly system: boolean;
  grantTypes: readonly string[];
  users: RulePeople;
  groups: RulePeople;
  /** Names of scopes, or `*`. */
  scopes: readonly string[];
  accessTokenLifetimeMinutes: number;
  /** 0 is for ever. */
  refreshTokenLifetimeMinutes: number;
  /** Minutes within which a refresh token must be used again. */
  refreshTokenWindowMinutes: number;
  inlineHook: string | undefined;
}

/** Decides which clients may use an authorization server, and by its rules for what. */
export interface OktaServerPolicy {
  readonly id: string;
  readonly created: string;
  lastUpdated: string;
  status: Status;
  name: string;
  description: string | undefined;
  priority: number;
  readonly system: boolean;
  /** Client ids, or `ALL_CLIENTS`. */
  clients: readonly string[];
  readonly rules: Map<string, OktaServerRule>;
}

/** A custom authorization server. */
export interface OktaServer {
  readonly id: string;
  readonly sequence: number;
  readonly created: string;
  lastUpdated: string;
  status: Status;
  name: string;
  description: string | null;
  audiences: readonly string[];
  issuerMode: string;
  rotationMode: "AUTO" | "MANUAL";
  lastRotated: string;
  /** Newest first: next, active, expired. */
  keys: OktaKey[];
  /** The one under `/oauth2/default`. */
  readonly isDefault: boolean;
  readonly scopes: Map<string, OktaScope>;
  readonly claims: Map<string, OktaClaim>;
  readonly policies: Map<string, OktaServerPolicy>;
}
