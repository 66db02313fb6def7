import type { ManualStep } from "../desired/app-kind.ts";
import type { ConnectionKey } from "../desired/connection.ts";
import type { TenantryError } from "../errors/failure.ts";
import type { Evidence } from "../store/evidence.ts";
import type { StepName } from "../store/store.ts";

/** What became of one connection of an apply. */
export type ConnectionOutcome =
  | { readonly key: ConnectionKey; readonly outcome: "active"; readonly evidence: Evidence }
  | { readonly key: ConnectionKey; readonly outcome: "off" | "removed" }
  /** All is done that can be; a person has to go on at the app, and the next apply goes on from there. */
  | { readonly key: ConnectionKey; readonly outcome: "waiting"; readonly steps: readonly ManualStep[] }
  | {
      readonly key: ConnectionKey;
      readonly outcome: "failed";
      readonly error: TenantryError;
      /** What was proven before it failed, when it came that far. */
      readonly evidence?: Evidence | undefined;
    }
  | {
      readonly key: ConnectionKey;
      readonly outcome: "interrupted";
      /** The step in the middle of which an engine's program was stopped; it is among those left. */
      readonly during?: StepName | undefined;
      /** Steps that ended before the run was asked to stop, and those that are left for the next run. */
      readonly done: readonly StepName[];
      readonly left: readonly StepName[];
    }
  | { readonly key: ConnectionKey; readonly outcome: "not-attempted"; readonly because: string };

/** What became of a plan. */
export interface Applied {
  /** One for each connection that there was something to do for, in the order in which they were to be carried out. */
  readonly outcomes: readonly ConnectionOutcome[];
  /** Set when the store could not be written at the end: what was done is done, but history has a hole. */
  readonly unrecorded?: TenantryError | undefined;
}

/** Whether there is something left to do for the connection. */
export function isUnfinished({ outcome }: ConnectionOutcome): boolean {
  return outcome === "failed" || outcome === "interrupted" || outcome === "not-attempted";
}
