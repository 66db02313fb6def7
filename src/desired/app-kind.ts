import type { AppEntries } from "../tenant/app-entry.ts";
import type { SignIn, Tenant } from "../tenant/tenant.ts";
import type { App, AppKindName, AppOf } from "../workspace/app.ts";
import type { Json } from "./json.ts";

// What an app of a kind can express, as data and pure functions, so that rules and plans need no adapter.

/**
 * How a field of the model reaches an app. `applied`: we write it. `manual`: a person sets it there. `cannot`: the app has
 * no place for it; anything but the default is refused. `app`: the app decides itself, whatever the file says.
 */
export type Expression = "applied" | "manual" | "cannot" | "app";

/** What the capability table has a row for, in its order. */
export const capabilityFields = [
  "name",
  "domains",
  "issuer",
  "endpoints",
  "clientId",
  "clientSecret",
  "clientAuth",
  "redirectUri",
  "scopes",
  "pkce",
  "responseMode",
  "acrValues",
  "extraParams",
  "claims",
  "roles",
  "require",
  "provision",
  "endSession",
  "session",
  "suspended",
] as const;

export type CapabilityField = (typeof capabilityFields)[number];

/** How one field reaches the app, with the words for the table: where it goes there, or who sets it how. */
export interface Capability {
  readonly as: Expression;
  /** A few words: the app's own name of the field, or why not. */
  readonly note?: string | undefined;
}

/** What a kind's functions are asked about: one entry of `connections:` with what it names. */
export interface AppUse<A extends App = App> {
  readonly app: A;
  readonly tenant: Tenant;
  readonly signIn: SignIn;
  readonly entry: AppEntries;
  readonly environment: string;
  readonly workspace: string;
}

/** What this app cannot express of a connection. `path` is from the entry, or from the sign-in, of the tenant's file. */
export interface AppFinding {
  readonly in: "entry" | "signIn" | "tenant";
  readonly path: readonly (string | number)[];
  readonly code: "RULE_APP_CANNOT" | "RULE_APP_ENTRY";
  /** A sentence without a full stop. */
  readonly message: string;
  readonly hint: string;
}

/** What a person has to do for a connection, besides what Tenantry does. */
export interface ManualStep {
  /** When: before people can come in, or after each change. */
  readonly when: "before" | "after";
  /** What to do, where: a sentence without a full stop. */
  readonly text: string;
  /** A command that does it. */
  readonly command?: string | undefined;
}

/** Everything pure that there is to know of a kind of app. */
export interface AppKind<K extends AppKindName = AppKindName> {
  readonly kind: K;
  /** `staged`: a pending record lets nobody in. `atomic`: one write makes it live. */
  readonly gate: "staged" | "atomic";
  /** `afterRecord`: the app hands the callback out when the record is made. */
  callback(app: AppOf<K>): "computed" | "afterRecord";
  /** What a write touches: the record, everything of the tenant there, or one object of the whole app. */
  lockScope(app: AppOf<K>): "record" | "tenant" | "app";
  /** How the secret gets there: sealed by us, put into the app's sink, written into the record, or set by a person. */
  secret(app: AppOf<K>): "sealed" | "sink" | "written" | "byHand";
  /** Whether all connections of an app have one callback, which the app tells apart by itself. */
  readonly sharedCallback?: boolean | undefined;
  /** Whether the tenant has something of its own there (row, organization) that its connections share. */
  readonly tenantRow: boolean;
  readonly capability: Readonly<Record<CapabilityField, Capability>>;
  /** The redirect URI where it is not `baseUrl` and `callback`. */
  redirectUri?(use: AppUse<AppOf<K>>): string | undefined;
  /** Hosts of the vendor's that a sign-in goes by before it comes to the identity provider. */
  readonly signInHosts?: readonly string[] | undefined;
  /** The page that starts a sign-in, where it is not `baseUrl` and `start`; `start` when undefined. */
  startUrl?(use: AppUse<AppOf<K>>): string | undefined;
  /**
   * Settings of the record that only this kind has, by name, from the app and from the entry: compared, shown in plans as
   * `<kind>.<name>`, and part of the spec digest.
   */
  target(use: AppUse<AppOf<K>>): Readonly<Record<string, Json>>;
  /** What of this connection cannot be expressed beyond `capability`. */
  audit(use: AppUse<AppOf<K>>): readonly AppFinding[];
  /** Names of `target` whose change lets others in, or leaves something open: acknowledged like any hot field. */
  readonly hotTarget?: readonly string[] | undefined;
  manualSteps(use: AppUse<AppOf<K>>): readonly ManualStep[];
  /** A name that must be unique over the fleet, such as `route portal-route`; compared within the app. */
  unique(use: AppUse<AppOf<K>>): readonly { readonly name: string; readonly path: readonly (string | number)[] }[];
}
