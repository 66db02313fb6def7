import type { Position } from "../errors/issue.ts";
import type { Assignment, Attestation, ClaimPath, ExplicitEndpoints, Roles, TenantStatus } from "../tenant/tenant.ts";
import type { AppKindName } from "../workspace/app.ts";
import type { Reference } from "../workspace/reference.ts";
import type { ClientAuth, PublicKey } from "../workspace/workspace.ts";
import type { ManualStep } from "./app-kind.ts";
import type { Json } from "./json.ts";

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

/** A group that is made when it is missing. Never deleted by us: people are in it. */
export interface GroupPart {
  readonly kind: "group";
  readonly address: Address;
  readonly tenant: string;
  readonly state: "active";
  readonly name: string;
}

/** The tenant's organization at Auth0: one for all its connections there. */
export interface OrganizationPart {
  readonly kind: "organization";
  readonly address: Address;
  readonly tenant: string;
  /** `inactive`: kept, nobody comes in by it. `absent`: no connection of the tenant needs it any more. */
  readonly state: "active" | "inactive" | "absent";
  /** Unique at the Auth0 tenant; by it the organization is found. */
  readonly name: string;
  readonly displayName: string;
  /** Names of the Auth0 connections that are enabled for it, sorted. */
  readonly enabledConnections: readonly string[];
}

/** An authorization server of an Okta org that is made when it is missing. Never deleted by us: it may have other users. */
export interface AuthorizationServerPart {
  readonly kind: "authorizationServer";
  readonly address: Address;
  readonly tenant: string;
  readonly state: "active";
  /** Unique at the org; by it the server is found. */
  readonly name: string;
  /** What access tokens are for (`aud`). */
  readonly audience: string;
  /** Scopes of its own, besides those of OpenID Connect; sorted. What others add stays. */
  readonly scopes: readonly string[];
  /** A claim of ID tokens with the names of those of a person's groups that match the regular expression. */
  readonly groupsClaim?: { readonly name: string; readonly filter: string } | undefined;
}

/** What registrations of one identity provider share. Has an address of its own, so that it is changed once. */
export type IdpPart = GroupPart | OrganizationPart | AuthorizationServerPart;

/** The OIDC client of one connection, as it should be at the identity provider. Holds no secret. */
export interface Registration {
  readonly address: Address;
  /** Name of the identity provider, or `external`: then the client is the customer's and only its values are ours. */
  readonly idp: string;
  readonly kind: "okta" | "auth0" | "external";
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
  /** Registered for `private_key_jwt`. */
  readonly clientKey?: PublicKey | undefined;
  /**
   * Set only while a live record is being changed. True: keys that the client proves itself with stay usable besides
   * `clientKey`; without one, the client proves itself by those that are there. False: what was kept so goes now. Absent:
   * `clientKey` is the only one.
   */
  readonly keepKeys?: boolean | undefined;
  /** Okta; absent: as it is. */
  readonly assignment?: Assignment | undefined;
  /** Okta: name of the client's access policy; absent: as it is. */
  readonly accessPolicy?: string | undefined;
  /** Okta: id of the custom authorization server that people sign in by; absent: the org's own. */
  readonly authorizationServer?: string | undefined;
  /** Okta: name of the authorization server, whose id is still to be looked up. */
  readonly serverName?: string | undefined;
  /** Okta: what the client may ask its authorization server for, sorted; absent: that is not ours to say. */
  readonly serverScopes?: readonly string[] | undefined;
  /** Auth0: names of the connections by which people may sign in at this client, sorted. */
  readonly enabledConnections?: readonly string[] | undefined;
  /** External: where the secret is that the customer handed over. */
  readonly clientSecret?: Reference | undefined;
  readonly parts: readonly IdpPart[];
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
  readonly kind: AppKindName;
  readonly key: ConnectionKey;
  readonly marker: Marker;
  readonly state: "active" | "disabled" | "tombstone" | "absent";
  readonly tenant: string;
  readonly signIn: string;
  /** Empty for a draft that does not know it yet. */
  readonly issuer: string;
  /** Instead of the issuer's discovery document, where there is none. */
  readonly endpoints?: ExplicitEndpoints | undefined;
  /** Empty for a draft that does not know it yet. */
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
  /** Settings that only this kind of app has, by name. */
  readonly target: Readonly<Record<string, Json>>;
  /** Milliseconds. */
  readonly session?: { readonly absolute?: number | undefined; readonly idle?: number | undefined } | undefined;
}

/** What a tenant's file says about the proof of a connection. */
export interface ProofTerms {
  /** Name of the preset that the file names; absent: the one that the issuer tells. */
  readonly preset?: string | undefined;
  readonly attest: readonly Attestation[];
  /** False: no wrong secret is ever sent for this tenant. */
  readonly wrongSecretControl: boolean;
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
  /** `afterRecord`: `redirectUri` is a placeholder until the app has handed one out. */
  readonly callback: "computed" | "afterRecord";
  /** What a write of the record touches besides it: the lock is on that too. */
  readonly lockScope: "record" | "tenant" | "app";
  /** What a person has to do besides. */
  readonly manualSteps: readonly ManualStep[];
  /** Place of the entry in `connections:` of the tenant's file. */
  readonly index: number;
  /** What the proof of it goes by; changes nothing of what is registered or recorded, so no part of the digest. */
  readonly proof: ProofTerms;
  /** SHA-256 over the canonical, secret-free desired state above. */
  readonly specDigest: Digest;
  /** Where the connection is declared. */
  readonly position: Position;
}
