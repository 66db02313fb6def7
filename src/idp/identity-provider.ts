import type { ConnectionKey, Registration } from "../desired/connection.ts";
import type { Code } from "../errors/codes/index.ts";
import type { CallBudget, Coverage, ObservedRegistration } from "../plan/observed.ts";
import type { Secret } from "../secret/secret.ts";

/** Something at the identity provider that stops a connection, in words for the user. */
export interface RegistrationProblem {
  readonly key: ConnectionKey;
  /**
   * group-missing: a group that the file names is not there. foreign: an object with our client id or name that is not
   * ours. duplicate: two objects with one marker.
   */
  readonly kind: "group-missing" | "foreign" | "duplicate";
  /** The kind's own code for it: what a create or update would fail with. */
  readonly code: Code;
  /** What the problem is about: the group's name, or the object's id. */
  readonly subject: string;
  readonly message: string;
}

export interface RegistrationObservation {
  readonly found: ReadonlyMap<ConnectionKey, ObservedRegistration>;
  /** Ours by marker (workspace and environment), wanted by nobody in the folder. */
  readonly undeclared: readonly ObservedRegistration[];
  readonly problems: readonly RegistrationProblem[];
  readonly coverage: readonly Coverage[];
}

/** `single`: everything of a few connections. `fleet`: lists only. `deep`: lists, then every part of every object. */
export type Depth = "single" | "fleet" | "deep";

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
   * Creates the registration, switched off when it is wanted `inactive`. A create whose reply was lost is looked up
   * (again after a wait) and taken over, never repeated blindly; it throws when that stays unclear.
   */
  create(wanted: Registration): Promise<ObservedRegistration>;

  /** Brings it to what is wanted, in place; the client id and everything of others in it stays. Switches on or off. */
  update(wanted: Registration, found: ObservedRegistration): Promise<ObservedRegistration>;

  /** Switches it off, then deletes it. Gone already is done. */
  remove(found: ObservedRegistration): Promise<void>;

  /** The secret to hand over now. Undefined when the client authenticates without one. */
  secretOf(found: ObservedRegistration): Promise<ClientSecret | undefined>;

  /** Calls that creating, updating or deleting so many registrations will take. */
  budget(counts: {
    readonly creates: number;
    readonly updates: number;
    readonly deletes: number;
  }): readonly CallBudget[];

  close(): Promise<void>;
}
