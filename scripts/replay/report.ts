import type { Replayed } from "./replay.ts";

/** Matched and total exchanges of several recordings. */
export function sumOf(results: readonly Replayed[]): { readonly matched: number; readonly total: number } {
  return {
    matched: results.reduce((sum, { matched }) => sum + matched, 0),
    total: results.reduce((sum, { total }) => sum + total, 0),
  };
}

/** Per cent to one place, rounded down, so that 100 means all. */
export function percent({ matched, total }: { readonly matched: number; readonly total: number }): string {
  return total === 0 ? "-" : `${(Math.floor((matched / total) * 1000) / 10).toFixed(1)} %`;
}

/** A line per recording. */
export function tableOf(results: readonly Replayed[]): string {
  const width = Math.max(9, ...results.map(({ name }) => name.length));
  return results
    .map((result) => {
      const others = [...result.outOfScope.values()].reduce((sum, count) => sum + count, 0);
      const rest = others === 0 ? "" : `  (${others} out of scope)`;
      return `${result.name.padEnd(width)}  ${`${result.matched} of ${result.total}`.padStart(10)}  ${percent(result)}${rest}`;
    })
    .join("\n");
}

/** Every miss with what differs. */
export function missesOf(results: readonly Replayed[], mostLines = 12): string {
  return results
    .flatMap(({ name, misses }) =>
      misses.flatMap(({ number, request, lines }) => [
        `${name} ${number}: ${request}`,
        ...lines.slice(0, mostLines).map((line) => `    ${line}`),
        ...(lines.length > mostLines ? [`    … and ${lines.length - mostLines} more`] : []),
      ]),
    )
    .join("\n");
}

/** The table for a Markdown page. */
export function markdownOf(results: readonly Replayed[]): string {
  const rows = results.map((result) => {
    const others = [...result.outOfScope.keys()].join(", ");
    return `| ${result.name} | ${result.matched} of ${result.total} | ${others} |`;
  });
  const { matched, total } = sumOf(results);
  const sum = `| **all** | **${matched} of ${total}** (${percent({ matched, total })}) | |`;
  return ["| Recording | Matched | Not compared |", "| --- | --- | --- |", ...rows, sum].join("\n");
}

/** The masks that were used, with how often and why. */
export function masksOf(results: readonly Replayed[]): string {
  const counts = new Map<string, number>();
  for (const { vendor, masked } of results) {
    for (const [{ reason }, count] of masked) {
      const key = `${vendor}: ${reason}`;
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  return [...counts].map(([key, count]) => `${String(count).padStart(6)}  ${key}`).join("\n");
}
