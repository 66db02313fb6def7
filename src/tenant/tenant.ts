import type { Position } from "../errors/issue.ts";
import type { ClientAuth } from "../workspace/workspace.ts";

/** draft: nothing is made. active: proven, then let in. suspended: kept, nobody in. offboarded: gone after a grace. */
export type TenantStatus = "draft" | "active" | "suspended" | "offboarded";

export interface Contact {
  readonly role: string;
  readonly email: string;
}

/** Who may come in at the identity provider. */
export type Assignment = { readonly everyone: true } | { readonly everyone: false; readonly groups: readonly string[] };

/** A claim of the ID token: one name, or a path into nested objects. */
export type ClaimPath = string | readonly string[];

export interface Roles {
  readonly claim: ClaimPath;
  /** Claim value to app role. */
  readonly map: Readonly<Record<string, string>>;
  readonly default?: string | undefined;
}

export interface SignIn {
  readonly name: string;
  /** Name of an identity provider of the workspace. */
  readonly idp: string;
  readonly scopes: readonly string[];
  /** Absent: the first of the app's list that the identity provider can do. */
  readonly clientAuth?: ClientAuth | undefined;
  readonly pkce: "S256" | "off";
  readonly responseMode: "query" | "form_post";
  readonly acrValues: readonly string[];
  readonly extraParams: Readonly<Record<string, string>>;
  readonly claims: Readonly<Record<string, ClaimPath>>;
  readonly roles?: Roles | undefined;
  readonly require: Readonly<Record<string, string>>;
  readonly provision: { readonly create: boolean; readonly update: boolean };
  readonly logout: { readonly endSession: boolean };
  /** Milliseconds. */
  readonly session?: { readonly absolute?: number | undefined; readonly idle?: number | undefined } | undefined;
  readonly assignment: Assignment;
}

/** One entry of `connections:`. */
export interface ConnectionEntry {
  readonly app: string;
  readonly signIn: string;
  /** The entry's own status, stricter than the tenant's. */
  readonly status?: TenantStatus | undefined;
  readonly position: Position;
}

/** `acknowledge:`: a reviewed "yes" to one hot change, bound to its old and new value. */
export interface Acknowledgement {
  readonly address: string;
  readonly field: string;
  readonly from: string;
  readonly to: string;
  readonly reason: string;
}

/** One enterprise customer, as its file says. */
export interface Tenant {
  readonly tenant: string;
  /** Public id: in callbacks and guides; never changes. */
  readonly id: string;
  readonly name: string;
  readonly status: TenantStatus;
  readonly domains: readonly string[];
  readonly contacts: readonly Contact[];
  readonly signIns: ReadonlyMap<string, SignIn>;
  readonly connections: readonly ConnectionEntry[];
  readonly environments?: readonly string[] | undefined;
  readonly acknowledge: readonly Acknowledgement[];
  /** ISO date (`2027-01-31`); only for an off-boarded tenant. */
  readonly deleteAfter?: string | undefined;
  readonly notes?: string | undefined;
  /** Where something of this tenant is written, for issues found later. The nearest existing parent when it is not. */
  readonly positionOf: (path: readonly (string | number)[]) => Position;
}
