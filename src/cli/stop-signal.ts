import type { Terminal } from "./terminal.ts";

/** Listens for Ctrl-C and SIGTERM while a run goes on. */
export interface StopSignal {
  readonly stopping: () => boolean;
  /** Fires at the first signal: the programs that engines run are told, and waited for. */
  readonly interrupted: AbortSignal;
  dispose(): void;
  /**
   * After `dispose`, ends the process by the signal that came, as if nobody had listened; does nothing when none came.
   * For a run that has nothing to finish once its programs have ended.
   */
  end(): void;
}

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** What an apply says when it is asked to stop. */
const finishing = "finishing the step in hand, then stopping; once more to stop at once";

/**
 * The first signal asks the run to stop after the step in hand of each connection; the second ends it at once, which
 * the next run survives. The handlers are gone after `dispose`.
 *
 * @param words what is said at the first
 */
export function stopSignal(terminal: Terminal, words: string = finishing): StopSignal {
  let asked: NodeJS.Signals | undefined;
  const interruption = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (asked !== undefined) {
      dispose();
      process.kill(process.pid, signal);
      return;
    }
    asked = signal;
    terminal.err(`${words}\n`);
    interruption.abort();
  };
  const dispose = (): void => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return {
    stopping: () => asked !== undefined,
    interrupted: interruption.signal,
    dispose,
    end() {
      dispose();
      if (asked !== undefined) process.kill(process.pid, asked);
    },
  };
}
