import type { Address, ConnectionKey, IdpPart, Registration } from "../desired/connection.ts";
import type {
  ClientSecret,
  Depth,
  IdentityProviderAdapter,
  RegistrationObservation,
} from "../idp/identity-provider.ts";
import type { PlannedWork } from "../idp/planned-work.ts";
import type { Difference } from "../plan/diff.ts";
import type { CallBudget, ObservedRegistration } from "../plan/observed.ts";
import type { Secret } from "../secret/secret.ts";
import type { Reference } from "../workspace/reference.ts";
import type { Workspace } from "../workspace/workspace.ts";

/**
 * What an engine found and would do for the registrations of one identity provider. A registration with a problem
 * (missing group, foreign or doubled object) has no entry.
 */
export interface EnginePlan {
  readonly observation: RegistrationObservation;
  /** What would be done for each client. */
  readonly registrations: ReadonlyMap<ConnectionKey, Difference>;
  /** What would be done for each thing that clients share. */
  readonly parts: ReadonlyMap<Address, Difference>;
}

/** What an engine that runs a program of the user's is told of this run. */
export interface ToolSurroundings {
  /** The environment of this process; secrets of the workspace do not go on to the program. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether this is CI, where a state on the runner's own disk is refused unless the file says so. */
  readonly ci: boolean;
  /** Take into state what is there with our marker, and out of it what is not there any more. */
  readonly adopt: boolean;
  /** Fires once somebody has asked the run to stop: programs are told, and waited for. */
  readonly interrupted: AbortSignal;
}

/** What every engine that runs a program works with. */
export interface ToolEngineOptions {
  readonly tools: ToolSurroundings;
  readonly workspace: Workspace;
  /** What is there, whose it is, and secrets: by the vendor's API, whatever the engine. */
  readonly adapter: IdentityProviderAdapter;
  /** What the run may do: `read` plans only. */
  readonly access: "read" | "manage";
  /** The secret behind a reference of tenantry.yaml, known to the redactor from then on. */
  readonly resolve: (reference: Reference, use: string) => Secret;
  /** Takes what the user must never see out of a program's words. */
  readonly redact: (text: string) => string;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Tells what is being done right now. */
  readonly tell: (what: string) => void;
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
  /** As `IdentityProviderAdapter.serverId`; absent: the engine carries no registration that names a server. */
  serverId?(wanted: Registration): Promise<string | undefined>;
  /** Makes what a registration stands on and is to be known before it; idempotent. */
  settlePart?(part: IdpPart): Promise<void>;
  secretOf(found: ObservedRegistration): Promise<ClientSecret | undefined>;
  /** Calls that an apply takes for this work, those of this run so far included: an apply plans afresh. */
  budget(work: readonly PlannedWork[]): Promise<readonly CallBudget[]>;
  close(): Promise<void>;
}
