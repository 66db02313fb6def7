import type { Position } from "../errors/issue.ts";
import type { Reference } from "../workspace/reference.ts";
import type { ClientAuth, IdentityProvider } from "../workspace/workspace.ts";
import type { AppEntries } from "./app-entry.ts";

/** draft: nothing is made. active: proven, then let in. suspended: kept, nobody in. offboarded: gone after a grace. */
export type TenantStatus = "draft" | "active" | "suspended" | "offboarded";

export interface Contact {
  readonly role: string;
  readonly email: string;
}

/** Who may come in at Okta. Groups under `create` are made when they are missing; the others must be there. */
export type Assignment =
  | { readonly everyone: true }
  | { readonly everyone: false; readonly groups: readonly string[]; readonly create?: readonly string[] | undefined };

/** Where a customer's own provider answers, when it publishes no discovery document. Absolute https URLs. */
export interface ExplicitEndpoints {
  readonly authorization: string;
  readonly token: string;
  readonly jwks: string;
  readonly userinfo?: string | undefined;
  readonly endSession?: string | undefined;
  readonly introspection?: string | undefined;
}

/** What the customer's own provider handed over. A draft may lack any of it. */
export interface ExternalClient {
  readonly issuer?: string | undefined;
  /** Instead of a discovery document. */
  readonly endpoints?: ExplicitEndpoints | undefined;
  readonly clientId?: string | undefined;
  readonly clientSecret?: Reference | undefined;
}

/** An authorization server of an Okta org by its name; with an audience it is made when it is missing. */
export interface NamedServer {
  readonly name: string;
  /** What its access tokens are for (`aud`). Absent: the server is there already, and is left as it is. */
  readonly audience?: string | undefined;
  /** Scopes of its own, besides those of OpenID Connect. */
  readonly scopes: readonly string[];
  /** A claim of ID tokens with the names of those of a person's groups that match a regular expression. */
  readonly groupsClaim?: { readonly name: string; readonly filter: string } | undefined;
}

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
  /** Name of an identity provider of the workspace, `external`, or the domain of one that is given in place. */
  readonly idp: string;
  /** The customer's own org or Auth0 tenant, given in place with access to its API. */
  readonly inline?: IdentityProvider | undefined;
  /** The customer's own provider; just when `idp` is `external`. */
  readonly external?: ExternalClient | undefined;
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
  /** Okta: who may come in. */
  readonly assignment?: Assignment | undefined;
  /** Okta: name of the access policy (also called authentication policy) of the client; absent: as it is. */
  readonly accessPolicy?: string | undefined;
  /** Okta: another authorization server than the identity provider's. */
  readonly authorizationServer?: string | undefined;
  /** Okta: the same by name, instead of `authorizationServer`. */
  readonly server?: NamedServer | undefined;
  /** Auth0: the tenant's organization. */
  readonly organization?: { readonly displayName?: string | undefined } | undefined;
  /** Name of the preset of the identity provider's product, where the issuer does not tell it. */
  readonly preset?: string | undefined;
  /** Auth0: names of the connections by which people may sign in at the client. */
  readonly enabledConnections?: readonly string[] | undefined;
}

/** One entry of `connections:`. */
export interface ConnectionEntry extends AppEntries {
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

/**
 * `attest:`: a person has seen by a test login what a check could not tell. It stands for that check alone, and only
 * until it runs out.
 */
export interface Attestation {
  /** Id of the check, such as `P1`. */
  readonly check: string;
  readonly by: string;
  /** ISO date of the test login. */
  readonly on: string;
  /** ISO date of the last day (UTC) on which it counts. */
  readonly expires: string;
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
  readonly attest: readonly Attestation[];
  readonly verify: {
    /** Whether a wrong secret may be sent too, to see it refused. */
    readonly wrongSecretControl: boolean;
  };
  /** ISO date (`2027-01-31`); only for an off-boarded tenant. */
  readonly deleteAfter?: string | undefined;
  readonly notes?: string | undefined;
  /** Where something of this tenant is written, for issues found later. The nearest existing parent when it is not. */
  readonly positionOf: (path: readonly (string | number)[]) => Position;
}
