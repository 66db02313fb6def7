import type { ExitCode } from "./code.ts";
import { type Code, codes } from "./codes/index.ts";
import type { Issue } from "./issue.ts";

/** What a failure may carry besides its code and its sentence. */
export interface FailureDetails {
  /** What to do about it; the code's own mend when absent. */
  readonly hint?: string;
  /** The inner error, for `--debug` only; its text is never printed otherwise. */
  readonly cause?: unknown;
  /** What a program that was run has said itself, for people to read below the message. Secrets are taken out. */
  readonly words?: string | undefined;
  /** Positions in files, when the failure is a set of user mistakes. */
  readonly issues?: readonly Issue[];
  /** Bulky facts for a bug report. Not enumerable, so that logging the error does not print them. Never a secret. */
  readonly evidence?: unknown;
}

/**
 * The one error class for operations that failed. `message` is one sentence with the fact first; `code` is stable and
 * listed in `docs/codes.md`; `exit` is the exit code of the command line. Neither message nor hint holds a secret.
 */
export class TenantryError extends Error {
  readonly code: Code;
  readonly hint: string;
  readonly exit: ExitCode;
  declare readonly words: string | undefined;
  declare readonly issues: readonly Issue[];
  declare readonly evidence: unknown;

  constructor(code: Code, message: string, details: FailureDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "TenantryError";
    this.code = code;
    this.hint = details.hint ?? codes[code].mend;
    this.exit = codes[code].exit;
    Object.defineProperty(this, "words", { value: details.words, enumerable: false });
    Object.defineProperty(this, "issues", { value: details.issues ?? [], enumerable: false });
    Object.defineProperty(this, "evidence", { value: details.evidence, enumerable: false });
  }
}
