import type { ConnectionKey } from "../desired/connection.ts";
import type { Json } from "../desired/json.ts";
import { TenantryError } from "../errors/failure.ts";
import type { Lock, StepName, Store } from "../store/store.ts";
import type { Progress } from "./progress.ts";

/** Somebody has asked the run to stop, between two steps of a connection. No failure: the next run goes on. */
export class StopAsked extends Error {}

/** Whether an engine's program has ended in the middle of its work because it was asked to. */
export function isInterruption(error: unknown): boolean {
  return error instanceof TenantryError && error.code === "ENGINE_INTERRUPTED";
}

/** Runs the steps of one connection: looks that the locks still hold, writes the journal, tells the progress. */
export interface Steps {
  /** The steps that have ended well, in order. */
  done(): readonly StepName[];
  /** The step that was begun last and has not ended well. */
  during(): StepName | undefined;
  /** Throws STORE_LOCK_LOST when a lock is no longer ours: then nothing more may be done. */
  hold(): Promise<void>;
  /** Throws StopAsked instead of beginning a step when the run was asked to stop. */
  run<T>(
    step: StepName,
    work: () => Promise<{ readonly result: T; readonly detail?: Readonly<Record<string, Json>> }>,
  ): Promise<T>;
}

/** The steps of one connection in one run. */
export function journaledSteps(about: {
  readonly store: Store;
  readonly run: string;
  readonly key: ConnectionKey;
  readonly locks: readonly Lock[];
  readonly progress: Progress;
  readonly stopping: () => boolean;
}): Steps {
  const { store, run, key, locks, progress, stopping } = about;
  const done: StepName[] = [];
  let during: StepName | undefined;
  const hold = async (): Promise<void> => {
    for (const lock of locks) await lock.check();
  };
  return {
    hold,
    done: () => done,
    during: () => during,
    async run(step, work) {
      if (stopping()) throw new StopAsked();
      await hold();
      during = step;
      await store.recordStep({ run, key, step, state: "started", detail: {} });
      progress({ kind: "step", key, step, state: "started" });
      try {
        const { result, detail } = await work();
        await store.recordStep({ run, key, step, state: "done", detail: detail ?? {} });
        done.push(step);
        during = undefined;
        progress({ kind: "step", key, step, state: "done" });
        return result;
      } catch (error) {
        const code = error instanceof TenantryError ? error.code : "BUG";
        const message = error instanceof Error ? error.message : "unknown";
        const asked = stopping() && isInterruption(error);
        progress({ kind: "step", key, step, state: asked ? "interrupted" : "failed", message });
        await store.recordStep({ run, key, step, state: "failed", detail: { code } }).catch(() => undefined);
        throw error;
      }
    },
  };
}
