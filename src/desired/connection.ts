import type { Position } from "../errors/issue.ts";
import type { Assignment, ClaimPath, Roles, TenantStatus } from "../tenant/tenant.ts";
import type { ClientAuth } from "../workspace/workspace.ts";

/** `<tenant>/<app>`, or `<tenant>/<app>/<signIn>` when the sign-in is not `default`. */
export type ConnectionKey = string & { readonly __brand: "ConnectionKey" };

/** What a change is about and what a lock is on, such as `idp/workforce/client/acme/portal`. */
export type Address = string & { readonly __brand: "Address" };

/** Lower-case hexadecimal SHA-256. */
export type Digest = string & { readonly __brand: "Digest" };

/** Says that an object at an outside system is ours: of this workspace, this environment and this key. */
export interface Marker {
  readonly workspace: string;
  readonly environment: string;
  readonly key: ConnectionKey;
}

/** The OIDC client of one connection, as it should be at the identity provider. Holds no secret. */
export interface Registration {
  readonly address: Address;
  readonly idp: string;
  readonly key: ConnectionKey;
  readonly marker: Marker;
  /** Shown to people at the identity provider; begins with the key. */
  readonly label: string;
  /** Chosen by us where the identity provider allows it, so that a second create collides instead of doubling. */
  readonly clientId: string;
  /** `absent`: it should not be there (draft, or off-boarded after its grace). */
  readonly state: "active" | "inactive" | "absent";
  readonly redirectUris: readonly string[];
  readonly postLogoutRedirectUris: readonly string[];
  readonly grantTypes: readonly ("authorization_code" | "refresh_token")[];
  readonly responseTypes: readonly "code"[];
  readonly clientAuth: ClientAuth;
  readonly pkce: "S256" | "off";
  readonly assignment: Assignment;
}

/** The tenant's own row at an app: shared by the tenant's connections there. */
export interface AppTenant {
  readonly address: Address;
  readonly app: string;
  readonly tenant: string;
  readonly id: string;
  readonly name: string;
  readonly status: TenantStatus;
  readonly domains: readonly string[];
}

/** The app-side record of one connection, as it should be once proven. What discovery tells is added by the plan. */
export interface ConnectionRecord {
  readonly address: Address;
  readonly app: string;
  readonly key: ConnectionKey;
  readonly marker: Marker;
  readonly state: "active" | "disabled" | "tombstone" | "absent";
  readonly tenant: string;
  readonly signIn: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly clientAuth: ClientAuth;
  readonly pkce: "S256" | "off";
  readonly responseMode: "query" | "form_post";
  readonly scopes: readonly string[];
  readonly acrValues: readonly string[];
  readonly extraParams: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, ClaimPath>>;
  readonly roles?: Roles | undefined;
  readonly require: Readonly<Record<string, string>>;
  readonly provision: { readonly create: boolean; readonly update: boolean };
  readonly endSession: boolean;
  /** Milliseconds. */
  readonly session?: { readonly absolute?: number | undefined; readonly idle?: number | undefined } | undefined;
}

/** One tenant on one app by one sign-in: the unit of plan, apply and proof. */
export interface Connection {
  readonly key: ConnectionKey;
  readonly tenant: string;
  readonly app: string;
  readonly signIn: string;
  readonly status: TenantStatus;
  readonly registration: Registration;
  readonly appTenant: AppTenant;
  readonly record: ConnectionRecord;
  /** URL of the page that starts a sign-in at the app, when the app has said so. */
  readonly startUrl?: string | undefined;
  /** SHA-256 over the canonical, secret-free desired state above. */
  readonly specDigest: Digest;
  /** Where the connection is declared. */
  readonly position: Position;
}
