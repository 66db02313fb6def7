import type { Terminal } from "./terminal.ts";

/** Listens for Ctrl-C and SIGTERM while a run goes on. */
export interface StopSignal {
  readonly stopping: () => boolean;
  dispose(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/**
 * The first signal asks the run to stop after the step in hand of each connection; the second ends it at once, which
 * the next run survives. The handlers are gone after `dispose`.
 */
export function stopSignal(terminal: Terminal): StopSignal {
  let asked = false;
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked) {
      dispose();
      process.kill(process.pid, signal);
      return;
    }
    asked = true;
    terminal.err("finishing the step in hand, then stopping; once more to stop at once\n");
  };
  const dispose = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return { stopping: () => asked, dispose };
}
