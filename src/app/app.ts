import type { ManualStep } from "../desired/app-kind.ts";
import type { AppTenant, ConnectionKey, ConnectionRecord, Digest } from "../desired/connection.ts";
import type { Code } from "../errors/codes/index.ts";
import type { Coverage, DiscoverySnapshot, ObservedAppTenant, ObservedRecord } from "../plan/observed.ts";
import type { Secret } from "../secret/secret.ts";

/** `staged`: a pending record exists but lets nobody in. `atomic`: one write makes it live. */
export type Gate = "staged" | "atomic";

/** What is written: the wanted record, what discovery said, and the proven secret. */
export interface RecordWrite {
  readonly record: ConnectionRecord;
  readonly discovery: DiscoverySnapshot;
  readonly specDigest: Digest;
  /** The tenant whose connection it is. */
  readonly appTenant: AppTenant;
  /** Domains of the tenant that the app may send here: proven now or routed before. Sorted. */
  readonly routed: readonly string[];
  /** Missing for a client without a secret. */
  readonly secret?: { readonly id: string; readonly value: Secret } | undefined;
}

/** Domains that were proven, each with the value of the DNS record that did, or `attestedDomain`. */
export type ProvenDomains = ReadonlyMap<string, string>;

export interface RecordObservation {
  readonly tenants: ReadonlyMap<string, ObservedAppTenant>;
  readonly records: ReadonlyMap<ConnectionKey, ObservedRecord>;
  /** Ours by marker and not among the wanted; empty when they were not asked for. */
  readonly undeclared: readonly Pick<ObservedRecord, "key" | "state">[];
  /** Keys that stand in the app under another marker or none: never changed, the connection stops. */
  readonly foreign: readonly { readonly key: ConnectionKey; readonly message: string }[];
  readonly coverage: readonly Coverage[];
  /** What stops a connection: something that its file names is not there, or is another's. */
  readonly problems?: readonly RecordProblem[] | undefined;
  /** Connections that wait for a person to do something at the app, with what. */
  readonly waiting?: ReadonlyMap<ConnectionKey, readonly ManualStep[]> | undefined;
}

/** Something at the app that stops a connection, in words for the user. */
export interface RecordProblem {
  readonly key: ConnectionKey;
  /** The kind's own code. */
  readonly code: Code;
  readonly message: string;
  readonly hint: string;
  /** Path of what names it, from the entry of `connections:`; empty for the entry itself. */
  readonly path: readonly (string | number)[];
  /** `tenant`: the path is from the tenant's file. */
  readonly in?: "tenant" | undefined;
}

/** What an app that hands out callbacks says to a record: its callback, or what a person has to do first. */
export type HandedOut = { readonly redirectUri: string } | { readonly waiting: readonly ManualStep[] };

/** The records of one app, whatever its kind. Every method may throw a `TenantryError` with one of the kind's codes. */
export interface AppAdapter {
  readonly name: string;
  readonly gate: Gate;
  /** Whether `secretOf` can tell the secret. Where it cannot, what the identity provider holds is proven instead. */
  readonly showsSecret: boolean;

  /**
   * What is there of the wanted records, and, unless `others` is false, what else of ours. Writes nothing. Without the
   * others, a look at one record costs the same however many there are.
   *
   * @param tenants those of the wanted records, for apps that can tell before a write that something of theirs is taken
   */
  observe(
    wanted: readonly ConnectionRecord[],
    others?: boolean,
    tenants?: readonly AppTenant[],
  ): Promise<RecordObservation>;

  /**
   * Creates or updates the tenant's row and its domains. A domain is routed when it is among the proven ones or was
   * routed before; any other is kept for the tenant, and the app sends nobody of it there.
   */
  writeTenant(tenant: AppTenant, proven?: ProvenDomains): Promise<void>;

  /**
   * Writes the values. No record, or a pending or disabled one: it becomes (or stays) `pending` and lets nobody in.
   * An active one stays active with the new values, the old ones kept beside it until `settle` or `restore`; when old
   * values are kept already (an interrupted run), those stay, so that what was proven last is never lost.
   */
  write(write: RecordWrite): Promise<void>;

  /**
   * Only of apps that hand callbacks out: makes (or finds) the object at the app, which lets nobody in yet or only by
   * what the write holds, and tells the callback to register. Idempotent. `write` comes afterwards, once that is proven.
   */
  handOut?(write: RecordWrite): Promise<HandedOut>;

  /**
   * Pending to active. Already active is done.
   *
   * @param unproven the app's half can only be proven now: until `settle` the record is told to have old values, which let
   *   nobody in, so a run that ends in between is seen to be unfinished, and `restore` shuts the door again
   */
  activate(key: ConnectionKey, unproven?: boolean): Promise<void>;

  /** The change is proven: forget the old values. None kept is done. */
  settle(key: ConnectionKey): Promise<void>;

  /** The change failed: put the old values back as they were, sealed secret included. None kept is done. */
  restore(key: ConnectionKey): Promise<void>;

  /** Nobody comes in any more; the record is kept. Fails closed. */
  disable(key: ConnectionKey): Promise<void>;

  /** Leaves a tombstone: the slug is never used again. */
  remove(key: ConnectionKey): Promise<void>;

  /** The secret as the app would open it. Undefined when the record has none. For proofs only. */
  secretOf(key: ConnectionKey): Promise<{ readonly id: string; readonly value: Secret } | undefined>;

  close(): Promise<void>;
}
