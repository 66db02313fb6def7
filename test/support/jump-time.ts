import { performance } from "node:perf_hooks";
import { vi } from "vitest";

/** The system's time of day and a `sleep`, in which waiting is skipped as soon as nothing else is going on. */
export interface JumpTime {
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Milliseconds that were skipped since the start. */
  readonly skipped: () => number;
  /** Something has happened: what is being waited for beside sleeping is not over yet. */
  readonly stir: () => void;
  stop(): void;
}

/** Real milliseconds without anything happening after which a sleep is skipped. */
const quiet = 40;

/**
 * Takes over `Date.now` of this process, so that everything in it shares the time: the product, the sandbox and the
 * libraries of both. What happens takes its real time; what is slept is skipped while the process is idle.
 */
export function startJumpTime(): JumpTime {
  const real = Date.now;
  let skipped = 0;
  let stirred = performance.now();
  const now = (): number => real() + skipped;
  const spy = vi.spyOn(Date, "now").mockImplementation(now);
  const sleepers: { readonly at: number; readonly wake: () => void }[] = [];
  let load = performance.eventLoopUtilization();
  const timer = setInterval(() => {
    const since = performance.eventLoopUtilization(load);
    load = performance.eventLoopUtilization();
    if (since.utilization > 0.25) stirred = performance.now();
    sleepers.sort((a, b) => a.at - b.at);
    const [next] = sleepers;
    if (next === undefined) return;
    if (next.at > now()) {
      if (performance.now() - stirred < quiet) return;
      skipped += Math.ceil(next.at - now());
    }
    sleepers.shift();
    stirred = performance.now();
    next.wake();
  }, 4);
  return {
    sleep: (milliseconds) => new Promise((wake) => sleepers.push({ at: now() + milliseconds, wake })),
    skipped: () => skipped,
    stir: () => {
      stirred = performance.now();
    },
    stop() {
      clearInterval(timer);
      spy.mockRestore();
    },
  };
}
