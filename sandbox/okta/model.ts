import type { Json, JsonObject } from "../json.ts";

/** How a client proves itself at the token endpoint, as Okta names it. */
export const authMethods = [
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "private_key_jwt",
  "none",
] as const;
export type AuthMethod = (typeof authMethods)[number];

/** Okta's expression for the user name that an app is told, unless an app says otherwise. */
// biome-ignore lint/suspicious/noTemplateCurlyInString: the expression language of Okta, not of TypeScript.
export const defaultUserName: JsonObject = { template: "${source.login}", type: "BUILT_IN" };

export type Status = "ACTIVE" | "INACTIVE";

/** The OIDC part of an app. Holds every key that was sent besides the ones named here. */
export type OAuthSettings = JsonObject & {
  redirect_uris: string[];
  post_logout_redirect_uris?: string[];
  response_types: string[];
  grant_types: string[];
  application_type: string;
};

export interface OktaSecret {
  readonly id: string;
  value: string;
  status: Status;
  readonly created: string;
  lastUpdated: string;
}

/** A group that may use an app. */
export interface OktaAssignment {
  readonly groupId: string;
  priority: number;
  profile: JsonObject;
  lastUpdated: string;
}

/** An OIDC app. A test may change the fields that are not read-only, as an admin would in the console. */
export interface OktaApp {
  readonly id: string;
  /** Grows with each app; lists are in this order. */
  readonly sequence: number;
  readonly created: string;
  lastUpdated: string;
  status: Status;
  label: string;
  profile: JsonObject | undefined;
  accessibility: JsonObject;
  visibility: JsonObject;
  userNameTemplate: JsonObject;
  /** Immutable at Okta. */
  readonly clientId: string;
  authMethod: AuthMethod;
  autoKeyRotation: boolean;
  pkceRequired: boolean;
  /** `settings` without `oauthClient`. */
  settings: JsonObject;
  oauth: OAuthSettings;
  /** Oldest first; at most two. */
  readonly secrets: OktaSecret[];
  /** By group id. */
  readonly assignments: Map<string, OktaAssignment>;
  accessPolicy: string;
  /** What was last posted to the internal id-token settings. */
  idToken: JsonObject;
  /** Scopes of the management API that were granted to the app (service apps). */
  readonly grants: readonly string[];
}

export interface OktaGroup {
  readonly id: string;
  readonly sequence: number;
  /** `APP_GROUP`: imported from a directory. */
  readonly type: "OKTA_GROUP" | "APP_GROUP" | "BUILT_IN";
  readonly created: string;
  lastUpdated: string;
  profile: { name: string; description: string | null; [key: string]: Json };
  /** Whether `search=` shows it: Okta's index comes after the change. */
  indexed: boolean;
}

/** Somebody who can sign in at the sandbox. Belongs to Everyone besides the groups named here. */
export interface OktaUser {
  readonly id: string;
  readonly login: string;
  readonly firstName: string;
  readonly lastName: string;
  /** Group ids. */
  readonly groups: ReadonlySet<string>;
}

/** An app sign-in policy (`ACCESS_POLICY`). */
export interface OktaPolicy {
  readonly id: string;
  readonly sequence: number;
  name: string;
  status: Status;
  readonly system: boolean;
  /** `END_USER_ACCOUNT_MANAGEMENT`: Okta's own, for no app. */
  readonly resourceType: "APP" | "END_USER_ACCOUNT_MANAGEMENT";
}

/** Decides which clients may use an authorization server. */
export interface OktaServerPolicy {
  readonly id: string;
  readonly created: string;
  lastUpdated: string;
  status: Status;
  name: string;
  description: string;
  priority: number;
  /** Client ids, or `ALL_CLIENTS`. */
  clients: readonly string[];
}

/** A custom authorization server. */
export interface OktaServer {
  readonly id: string;
  readonly sequence: number;
  readonly created: string;
  readonly kid: string;
  lastUpdated: string;
  status: Status;
  name: string;
  description: string;
  audiences: readonly string[];
  issuerMode: string;
  /** The one under `/oauth2/default`. */
  readonly isDefault: boolean;
  readonly policies: Map<string, OktaServerPolicy>;
}
