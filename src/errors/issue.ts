import type { Code } from "./codes/index.ts";
import { visibleText } from "./visible.ts";

/** A place in a file: 1-based line and column, the file as the user would name it (relative to the workspace). */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Another place that belongs to an issue, such as the other of two clashing files. */
export interface RelatedPosition extends Position {
  readonly message: string;
}

/**
 * A user's mistake, as data. Issues are collected, sorted and all printed; they are never thrown one by one.
 * `message` says what and why in one sentence, `hint` how to mend it, `path` where in the document (keys and indices).
 * None of them ever holds a secret.
 */
export interface Issue extends Position {
  readonly code: Code;
  readonly message: string;
  readonly path: readonly (string | number)[];
  readonly hint: string;
  readonly related?: readonly RelatedPosition[];
}

/** Sorted by file, line, column and code; exact repeats dropped. */
export function sortIssues(issues: readonly Issue[]): readonly Issue[] {
  const seen = new Set<string>();
  return [...issues]
    .sort(
      (a, b) =>
        compareText(a.file, b.file) || a.line - b.line || a.column - b.column || compareText(a.code, b.code) || 0,
    )
    .filter((issue) => {
      const identity = `${issue.file}\n${issue.line}\n${issue.column}\n${issue.code}\n${issue.message}`;
      if (seen.has(identity)) return false;
      seen.add(identity);
      return true;
    });
}

/**
 * One issue as `file:line:col  CODE  message` with the related places and the hint on lines of their own. Names of
 * files and keys come from outside: their hidden characters are made visible.
 */
export function formatIssue(issue: Issue): string {
  const lines = [`${issue.file}:${issue.line}:${issue.column}  ${issue.code}  ${issue.message}`];
  for (const place of issue.related ?? []) {
    lines.push(`  ${place.file}:${place.line}:${place.column}  ${place.message}`);
  }
  lines.push(`  mend: ${issue.hint}`);
  return lines.map(visibleText).join("\n");
}

/** Code-point order, the same on every machine whatever its locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
