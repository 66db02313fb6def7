import type { Address, ConnectionKey } from "../desired/connection.ts";
import type { Json } from "../desired/json.ts";
import type { TenantStatus } from "../tenant/tenant.ts";

/** A flat set of comparable fields: what is on both sides of a change. Field names are the words of the model. */
export type Fields = Readonly<Record<string, Json>>;

/** One OIDC client as found at the identity provider, in our words. */
export interface ObservedRegistration {
  /** The identity provider's own id of the object (Okta: app id). */
  readonly id: string;
  readonly key: ConnectionKey;
  readonly active: boolean;
  /** The same field names as `registrationFields` of a wanted registration; a field that was not read is missing. */
  readonly fields: Fields;
  /** Id of the secret that would be handed over now (Okta: newest active one); missing when it was not read. */
  readonly secretId?: string | undefined;
}

/** Something that registrations share, as found at the identity provider. */
export interface ObservedPart {
  readonly address: Address;
  readonly id: string;
  /** The same field names as `partFields` of a wanted part; a field that was not read is missing. */
  readonly fields: Fields;
}

/** One record as found at the app, in our words. */
export interface ObservedRecord {
  readonly key: ConnectionKey;
  readonly state: "pending" | "active" | "disabled" | "tombstone";
  /** The same field names as `recordFields` of a wanted record. */
  readonly fields: Fields;
  /** Id of the secret that was handed over with these values; null when there is none, absent when the app cannot tell. */
  readonly secretId?: string | null | undefined;
  /** Spec digest written with these values. */
  readonly specDigest?: string | undefined;
  /** The old values that are still kept beside it: a change that was not finished. */
  readonly previous?: Fields | undefined;
}

/** The tenant's row as found at the app. */
export interface ObservedAppTenant {
  readonly tenant: string;
  readonly fields: Fields;
  readonly status: TenantStatus;
  /** The domains of which the app sends people to this tenant, sorted; the others wait for their proof. Absent: not told. */
  readonly routed?: readonly RoutedDomain[] | undefined;
}

/** What an app knows of a domain that it routes. */
export interface RoutedDomain {
  readonly domain: string;
  /** When it was proven or attested first (ISO 8601); null for one that was routed before there were proofs. */
  readonly verifiedAt: string | null;
  /** Value of the DNS record that proved it; `attested` where a person stands for it; `kept` where it was routed before. */
  readonly verification: string;
}

/** `verification` of a domain that a person stands for. */
export const attestedDomain = "attested";

/** What an issuer's discovery document said, as far as a record or a guard needs it. */
export interface DiscoverySnapshot {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly userinfoEndpoint?: string | undefined;
  readonly jwksUri: string;
  readonly endSessionEndpoint?: string | undefined;
}

/** How much of something was looked at: nothing unread is called unchanged. */
export interface Coverage {
  /** What, such as `idp/workforce assignments`. */
  readonly what: string;
  readonly read: number;
  readonly total: number;
}

/** Calls that an apply of the plan will make at one rate-limit bucket, those with which it plans afresh included. */
export interface CallBudget {
  /** Host and bucket, such as `acme.okta.com /api/v1/apps/{id}`. */
  readonly bucket: string;
  readonly calls: number;
  /** Calls a minute that our share of the bucket allows; missing when the host has not said. */
  readonly perMinute?: number | undefined;
  /** Minutes that they take at that pace, of which the first calls go at once; missing when the pace is. */
  readonly minutes?: number | undefined;
}
