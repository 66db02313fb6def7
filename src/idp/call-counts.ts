import { compareText } from "../errors/issue.ts";
import type { CallBudget } from "../plan/observed.ts";
import type { Limiter } from "../vendor/limiter.ts";
import type { Pace } from "../vendor/pool.ts";

/** Counts calls by bucket. */
export class CallCounts {
  readonly #counts = new Map<string, number>();

  add(bucket: string, calls = 1): this {
    if (calls > 0) this.#counts.set(bucket, (this.#counts.get(bucket) ?? 0) + calls);
    return this;
  }

  /** These and those. */
  plus(others: CallCounts | undefined): this {
    for (const [bucket, calls] of others?.entries ?? []) this.add(bucket, calls);
    return this;
  }

  get entries(): readonly (readonly [bucket: string, calls: number])[] {
    return [...this.#counts];
  }
}

/**
 * What an apply will cost at one host: the calls that this run has made so far, which are those of the plan and which an
 * apply makes again to plan afresh, and those that the work takes. Buckets that the host counts together are one entry.
 *
 * @param work calls that the work takes
 */
export function callBudget(host: string, limiter: Limiter, work: CallCounts): readonly CallBudget[] {
  const all = new CallCounts();
  const paces = new Map<string, Pace | undefined>();
  const take = (bucket: string, calls: number): void => {
    const pace = limiter.pace(bucket);
    const name = pace?.pool ?? bucket;
    paces.set(name, pace);
    all.add(name, calls);
  };
  for (const { bucket, calls, refused } of limiter.report()) take(bucket, calls - refused);
  for (const [bucket, calls] of work.entries) take(bucket, calls);
  return all.entries
    .map(([bucket, calls]) => ({ bucket: `${host} ${bucket}`, calls, ...timeOf(calls, paces.get(bucket)) }))
    .sort((a, b) => compareText(a.bucket, b.bucket));
}

/** What may go at once goes at once; the rest waits for the next windows, or for the bucket to fill up. */
function timeOf(calls: number, pace: Pace | undefined): Pick<CallBudget, "perMinute" | "minutes"> {
  const { atOnce, perMinute, refills } = pace ?? {};
  if (atOnce === undefined || perMinute === undefined) return {};
  const minutes = refills ? (calls - atOnce) / perMinute : Math.ceil(calls / atOnce) - 1;
  return { perMinute: rounded(perMinute), minutes: rounded(Math.max(0, minutes)) };
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
