import type { Address, ConnectionKey, IdpPart, Registration } from "../desired/connection.ts";
import type { Code } from "../errors/codes/index.ts";
import type { CallBudget, Coverage, ObservedPart, ObservedRegistration } from "../plan/observed.ts";
import type { Secret } from "../secret/secret.ts";
import type { CallCounts } from "./call-counts.ts";
import type { PlannedWork } from "./planned-work.ts";

/** Something at the identity provider that stops a connection, in words for the user. */
export interface RegistrationProblem {
  readonly key: ConnectionKey;
  /**
   * missing: something that the file names is not there. foreign: an object with our client id or name that is not
   * ours. duplicate: two objects with one marker. renamed: an object of ours under another name than the file's.
   * immutable: the identity provider never changes what the file wants changed of an object that is there. state: the
   * state of the engine's program does not know an object that is there, or knows one that is not.
   */
  readonly kind: "missing" | "foreign" | "duplicate" | "renamed" | "immutable" | "state";
  /** For `missing`: the field of the sign-in that names it. */
  readonly field?: "groups" | "accessPolicy" | "authorizationServer" | "enabledConnections" | undefined;
  /** The kind's own code for it: what a create or update would fail with. */
  readonly code: Code;
  /** What the problem is about: the name in the file, or the object's id. */
  readonly subject: string;
  readonly message: string;
}

export interface RegistrationObservation {
  readonly found: ReadonlyMap<ConnectionKey, ObservedRegistration>;
  /** What is there of the `parts` of the wanted registrations. */
  readonly parts: ReadonlyMap<Address, ObservedPart>;
  /** Ours by marker (workspace and environment), wanted by nobody in the folder. */
  readonly undeclared: readonly ObservedRegistration[];
  readonly problems: readonly RegistrationProblem[];
  readonly coverage: readonly Coverage[];
}

/**
 * `single`: everything of a few connections. `glance`: the same, and what no search shows counts as missing, so that no
 * list is read for it. `fleet`: lists only. `deep`: lists, then every part of every object.
 */
export type Depth = "single" | "glance" | "fleet" | "deep";

/** Whether a look at this depth is at single objects, and not at lists. */
export function looksAtSingles(depth: Depth): boolean {
  return depth === "single" || depth === "glance";
}

/** A secret that the identity provider made, with the id by which the identity provider knows it. */
export interface ClientSecret {
  readonly id: string;
  readonly secret: Secret;
}

/**
 * The registrations of one identity provider, whatever its kind. Every method may throw a `TenantryError` with one of
 * the kind's codes. Objects without our marker for this workspace and environment are never changed.
 */
export interface IdentityProviderAdapter {
  readonly name: string;

  /** What is there of the wanted registrations. Writes nothing, sends no secret. */
  observe(wanted: readonly Registration[], depth: Depth): Promise<RegistrationObservation>;

  /**
   * Brings something that registrations share to what is wanted; idempotent. `active`: made when missing (its lost
   * reply looked up, never repeated blindly). `inactive`: switched off when there, with what it takes to switch it on
   * again kept. `absent`: deleted when it is ours and nothing of ours is left in it; gone already is done.
   */
  settlePart(part: IdpPart): Promise<void>;

  /**
   * Creates the registration, switched off when it is wanted `inactive`. A create whose reply was lost is looked up
   * (again after a wait) and taken over, never repeated blindly; it throws when that stays unclear.
   */
  create(wanted: Registration): Promise<ObservedRegistration>;

  /** Brings it to what is wanted, in place; the client id and everything of others in it stays. Switches on or off. */
  update(wanted: Registration, found: ObservedRegistration): Promise<ObservedRegistration>;

  /** Switches it off, then deletes it. Gone already is done. */
  remove(found: ObservedRegistration): Promise<void>;

  /**
   * The id of the authorization server that a registration names; undefined when there is none of that name. Absent:
   * the identity provider has no such thing.
   *
   * @throws TenantryError when it cannot be told, or when a server that is to be ours is somebody else's
   */
  serverId?(wanted: Registration): Promise<string | undefined>;

  /** The secret to hand over now. Undefined when the client authenticates without a shared one. */
  secretOf(found: ObservedRegistration): Promise<ClientSecret | undefined>;

  /**
   * Calls that an apply takes for this work, those of this run so far included: an apply plans afresh.
   *
   * @param more calls besides that others make for it at the same host, such as an engine's program
   */
  budget(work: readonly PlannedWork[], more?: CallCounts): readonly CallBudget[];

  close(): Promise<void>;
}
