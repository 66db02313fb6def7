import type { CallBudget } from "../plan/observed.ts";

/** What a plan will make, change and delete. */
export interface PlannedCounts {
  readonly creates: number;
  readonly updates: number;
  readonly deletes: number;
  /** Shared parts that will be made or changed. */
  readonly parts?: number | undefined;
}

/** Calls by bucket that one of each takes. */
export type CallsOfOne = Readonly<Record<keyof PlannedCounts, Readonly<Record<string, number>>>>;

/**
 * Calls by bucket of so many, sorted by bucket, those without any left out.
 *
 * @param more calls that are made once, whatever the counts
 * @param perMinute our share of a bucket, where the host has said it
 */
export function callsOf(
  host: string,
  ofOne: CallsOfOne,
  counts: PlannedCounts,
  more: Readonly<Record<string, number>> = {},
  perMinute: (bucket: string) => number | undefined = () => undefined,
): readonly CallBudget[] {
  const calls = new Map<string, number>(Object.entries(more));
  for (const kind of ["creates", "updates", "deletes", "parts"] as const) {
    for (const [bucket, each] of Object.entries(ofOne[kind])) {
      calls.set(bucket, (calls.get(bucket) ?? 0) + each * (counts[kind] ?? 0));
    }
  }
  return [...calls]
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([bucket, count]) => {
      const allowed = perMinute(bucket);
      return { bucket: `${host} ${bucket}`, calls: count, ...(allowed === undefined ? {} : { perMinute: allowed }) };
    });
}
