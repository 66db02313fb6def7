import { wrap } from "../plan/wrap.ts";

/** Rows as aligned columns, two spaces between, no trailing spaces. Colours must be added after: they have no width. */
export function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}

/** Labelled values, one under the other, as lines of at most 80 characters where the value can be broken. */
export function facts(of: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...of.map(([label]) => label.length));
  return of
    .map(([label, value]) => {
      const [first = "", ...rest] = wrap(value, 80 - width - 4);
      const indent = " ".repeat(width + 4);
      return `  ${label.padEnd(width)}  ${[first, ...rest.map((line) => indent + line)].join("\n")}\n`;
    })
    .join("");
}
