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

/** A person who was let into an app, by name or because of a group, and what the app is told of them. */
export interface OktaAppUser {
  readonly userId: string;
  readonly created: string;
  lastUpdated: string;
  /** The name at the app, when it is another than the app's template gives. */
  userName: string | undefined;
  /** What was set of the profile at the app; the rest comes from the person. */
  profile: JsonObject;
}

/** Leave for an app to ask for a scope of the management API. */
export interface OktaGrant {
  readonly id: string;
  readonly scopeId: string;
  readonly created: string;
}

/** An OIDC app. A test may change the fields that are not read-only, as an admin would in the console. */
export interface OktaApp {
  readonly id: string;
  /** Grows with each app; lists are in this order. */
  readonly sequence: number;
  readonly created: string;
  lastUpdated: string;
  status: Status;
  /** `oidc_client`, or the name of an app of Okta's catalog. */
  readonly name: string;
  label: string;
  /** Where the uploaded logo is. */
  logo: string | undefined;
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
  /** People assigned by name, and settings of those assigned by a group; by user id. */
  readonly users: Map<string, OktaAppUser>;
  accessPolicy: string;
  /** What was last posted to the internal id-token settings. */
  idToken: JsonObject;
  /** Scopes of the management API that were granted to the app, by the id of the grant. */
  readonly grants: Map<string, OktaGrant>;
}

export interface OktaGroup {
  readonly id: string;
  readonly sequence: number;
  /** `APP_GROUP`: imported from a directory. */
  readonly type: "OKTA_GROUP" | "APP_GROUP" | "BUILT_IN";
  readonly created: string;
  lastUpdated: string;
  lastMembershipUpdated: string;
  profile: { name: string; description: string | null; [key: string]: Json };
  /** Whether `search=` shows it: Okta's index comes after the change. */
  indexed: boolean;
}

/** @see https://developer.okta.com/docs/concepts/user-lifecycle/ */
export type UserStatus =
  | "STAGED"
  | "PROVISIONED"
  | "ACTIVE"
  | "RECOVERY"
  | "PASSWORD_EXPIRED"
  | "LOCKED_OUT"
  | "SUSPENDED"
  | "DEPROVISIONED";

export type UserProfile = { login: string; email: string; firstName: string; lastName: string; [key: string]: Json };

export type RiskLevel = "NONE" | "LOW" | "MEDIUM" | "HIGH";

/** A person of the org. Only the `ACTIVE` sign in. Belongs to Everyone besides the groups named here. */
export interface OktaUser {
  readonly id: string;
  readonly sequence: number;
  readonly created: string;
  lastUpdated: string;
  status: UserStatus;
  activated: string | null;
  statusChanged: string | null;
  lastLogin: string | null;
  passwordChanged: string | null;
  profile: UserProfile;
  credentials: {
    /** SHA-256 of the password, `imported` when only a hash of it came. */
    password: string | undefined;
    question: string | undefined;
    provider: { type: string; name: string };
  };
  /** Shown when it was sent. */
  realmId: string | undefined;
  risk: RiskLevel;
  /** Group ids. */
  readonly groups: Set<string>;
}

/** A rule of an access policy. The system's own, "Catch-all Rule", is always the last. */
export interface OktaPolicyRule {
  readonly id: string;
  readonly created: string;
  lastUpdated: string;
  name: string;
  status: Status;
  priority: number;
  readonly system: boolean;
  conditions: JsonObject | null;
  actions: JsonObject;
}

/** An app sign-in policy (`ACCESS_POLICY`). */
export interface OktaPolicy {
  readonly id: string;
  readonly sequence: number;
  readonly created: string;
  lastUpdated: string;
  name: string;
  /** Not shown when there is none. */
  description: string | undefined;
  priority: number;
  status: Status;
  readonly system: boolean;
  /** `END_USER_ACCOUNT_MANAGEMENT`: Okta's own, for no app. */
  readonly resourceType: "APP" | "END_USER_ACCOUNT_MANAGEMENT";
  readonly rules: Map<string, OktaPolicyRule>;
}
