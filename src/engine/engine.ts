import type { Registration } from "../desired/connection.ts";
import type { ClientSecret, Depth, RegistrationObservation } from "../idp/identity-provider.ts";
import type { PlannedWork } from "../idp/planned-work.ts";
import type { Change } from "../plan/change.ts";
import type { CallBudget, ObservedRegistration } from "../plan/observed.ts";

/** What an engine found and would do for the registrations of one identity provider. */
export interface EnginePlan {
  readonly observation: RegistrationObservation;
  readonly changes: readonly Change[];
  readonly unchanged: number;
}

/**
 * Carries out registrations (and only those) at one identity provider. The same registrations through two engines
 * leave the identity provider in the same state.
 */
export interface Engine {
  readonly idp: string;
  plan(registrations: readonly Registration[], depth: Depth): Promise<EnginePlan>;
  /**
   * Brings one registration to what is wanted. Idempotent: what is there already is left alone.
   * Undefined when it is wanted absent and gone.
   */
  apply(registration: Registration): Promise<ObservedRegistration | undefined>;
  secretOf(found: ObservedRegistration): Promise<ClientSecret | undefined>;
  /** Calls that an apply takes for this work, those of this run so far included: an apply plans afresh. */
  budget(work: readonly PlannedWork[]): Promise<readonly CallBudget[]>;
  close(): Promise<void>;
}
