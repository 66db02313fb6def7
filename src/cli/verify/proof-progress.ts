import type { Terminal } from "../terminal.ts";

/** Above so many connections plain lines are not written for each. */
const each = 40;

/** Tells how far a run is: one line that moves where a person watches, plain lines elsewhere. */
export interface ProofProgress {
  begun(key: string): void;
  ended(key: string): void;
}

export function proofProgress(terminal: Pick<Terminal, "err" | "status">, total: number): ProofProgress {
  const underWay = new Set<string>();
  const { status } = terminal;
  let done = 0;
  let told = 0;
  const show = (): void => {
    const [first] = underWay;
    const others = underWay.size - 1;
    const now = first === undefined ? "" : `: ${first}${others > 0 ? ` and ${others} more` : ""}`;
    status?.(`proving ${done} of ${total}${now}`);
  };
  return {
    begun(key) {
      underWay.add(key);
      show();
    },
    ended(key) {
      underWay.delete(key);
      done += 1;
      if (status !== undefined) show();
      else if (total <= each) terminal.err(`looked at ${done} of ${total}: ${key}\n`);
      else if (done === total || done - told >= total / 20) {
        told = done;
        terminal.err(`looked at ${done} of ${total}\n`);
      }
    },
  };
}
