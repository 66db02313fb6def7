import { explain } from "./explained.ts";
import type { Miss, Replayed } from "./replay.ts";

/** Matched and total exchanges of several recordings. */
export function sumOf(results: readonly Replayed[]): {
  readonly matched: number;
  readonly total: number;
  /** Matched ones that hold other values. */
  readonly otherValues: number;
  /** Matched ones with a difference that does not count. */
  readonly withMask: number;
} {
  return {
    withMask: results.reduce((sum, { withMask }) => sum + withMask, 0),
    otherValues: results.reduce((sum, { otherValues }) => sum + otherValues.length, 0),
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

/** Every miss with what differs, and why where that is known. */
export function missesOf(results: readonly Replayed[]): string {
  return list(
    results.map(({ name, vendor, misses }) => ({
      name,
      misses: misses.map((miss) => {
        const reason = explain(vendor, name, miss.request);
        return reason === undefined ? miss : { ...miss, lines: [`explained: ${reason}`, ...miss.lines] };
      }),
    })),
  );
}

/** Every answer that matches and holds other values, with where. */
export function otherValuesOf(results: readonly Replayed[]): string {
  return list(results.map(({ name, otherValues }) => ({ name, misses: otherValues })));
}

const mostLines = 12;

function list(entries: readonly { readonly name: string; readonly misses: readonly Miss[] }[]): string {
  return entries
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
