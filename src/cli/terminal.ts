import type { Paint } from "../plan/paint.ts";

/** Where a command talks: `out` is the result, `err` is talk and progress. Passed in, so that a test can listen. */
export interface Terminal {
  out(text: string): void;
  err(text: string): void;
  /** Colours for the result; the identity when it does not go to a terminal. */
  readonly paint: Paint;
  /**
   * Shows what is being done right now on a line that the next one replaces; undefined takes it away. Only where a
   * person watches: elsewhere progress is plain lines.
   */
  readonly status?: ((text: string | undefined) => void) | undefined;
  /** Asks a yes-or-no question. Undefined when nobody is there to answer. */
  readonly ask?: ((question: string) => Promise<boolean>) | undefined;
  /** Begins a conversation of several questions. Undefined when nobody is there to answer. */
  readonly converse?: (() => Promise<Conversation>) | undefined;
}

/** Questions that are answered with a line each. */
export interface Conversation {
  /** The line that was typed; undefined when the person has gone (Ctrl-C, Ctrl-D, the end of the input). */
  question(text: string): Promise<string | undefined>;
  close(): void;
}

/** What a command may know of the machine. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly pid: number;
  /** Waits between two tries; the real one when absent. */
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
}

const colour =
  (code: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[0m`;

/** Terminal colours. */
export const colours: Paint = {
  green: colour(32),
  yellow: colour(33),
  red: colour(31),
  bold: colour(1),
  dim: colour(2),
};
