import type { ConnectionKey } from "../desired/connection.ts";
import type { StepName } from "../store/store.ts";

/** What a run tells while it works. Secret-free. */
export type ProgressEvent =
  | { readonly kind: "reading"; readonly what: string }
  /** What an engine's program is doing, in its own words. */
  | { readonly kind: "engine"; readonly what: string }
  | { readonly kind: "step"; readonly key: ConnectionKey; readonly step: StepName; readonly state: "started" | "done" }
  | {
      readonly kind: "step";
      readonly key: ConnectionKey;
      readonly step: StepName;
      /** Interrupted: an engine's program has ended in the middle of it, as it was asked to. */
      readonly state: "failed" | "interrupted";
      readonly message: string;
    }
  | { readonly kind: "note"; readonly key?: ConnectionKey; readonly message: string };

/** Takes what a run tells. Called synchronously, in order; must not throw. */
export type Progress = (event: ProgressEvent) => void;
