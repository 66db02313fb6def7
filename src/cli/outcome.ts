import type { ExitCode } from "../errors/code.ts";
import { TenantryError } from "../errors/failure.ts";
import { formatIssue, sortIssues } from "../errors/issue.ts";
import type { Terminal } from "./terminal.ts";

/** What wins when a command has several outcomes (design, section 6). */
const order: readonly ExitCode[] = [1, 4, 5, 6, 7, 2, 3, 0];

/** The exit code of several outcomes together. */
export function worstExit(codes: readonly ExitCode[]): ExitCode {
  return order.find((code) => codes.includes(code)) ?? 0;
}

/** The words of a program that was run, each line marked as not ours; empty when there are none. */
export function quoted(words: string | undefined): string {
  if (words === undefined || words === "") return "";
  return words
    .trimEnd()
    .split("\n")
    .map((line) => `  | ${line}\n`)
    .join("");
}

/** One versioned document on stdout. */
export function printJson(terminal: Terminal, command: string, body: Readonly<Record<string, unknown>>): void {
  terminal.out(`${JSON.stringify({ version: 1, command, ...body }, null, 2)}\n`);
}

/**
 * Prints what went wrong and gives the exit code. A user's mistake never shows a stack trace; a bug says that it is
 * one, and shows the stack with --debug only.
 */
export function reportError(
  error: unknown,
  terminal: Terminal,
  about: { readonly command: string; readonly json: boolean; readonly debug: boolean },
): ExitCode {
  const failure =
    error instanceof TenantryError
      ? error
      : new TenantryError("CLI_BUG", "Tenantry ran into a bug of its own", { cause: error });
  const issues = sortIssues(failure.issues);
  if (about.json) {
    const { code, message, hint, exit, words } = failure;
    printJson(terminal, about.command, { error: { code, message, hint, exit, words, issues } });
  } else if (issues.length > 0) {
    terminal.err(`${issues.map(formatIssue).join("\n")}\n`);
    terminal.err(`${issues.length === 1 ? "1 issue" : `${issues.length} issues`}; nothing was changed\n`);
  } else {
    terminal.err(`${failure.code}  ${failure.message}\n${quoted(failure.words)}  mend: ${failure.hint}\n`);
  }
  if (about.debug) {
    for (let cause: unknown = failure; cause instanceof Error; cause = cause.cause) {
      terminal.err(`${cause.stack ?? cause.message}\n`);
    }
  } else if (failure.code === "CLI_BUG") {
    const inner = failure.cause instanceof Error ? `${failure.cause.name}: ${failure.cause.message}` : "unknown";
    terminal.err(`  it was: ${inner}\n`);
  }
  return failure.exit;
}
