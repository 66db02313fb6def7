import type { CallBudget } from "../../plan/observed.ts";
import type { BucketReport } from "../../vendor/limiter.ts";

/** Calls of one registration with one group, its observation and the hand-over of its secret included. */
const callsOfOne = {
  // look twice (observe, create), create, assign, list secrets
  creates: { "/api/v1/apps": 5, "/api/v1/groups": 1 },
  // look, list groups twice, list secrets twice, one change of assignment or status; read, replace; name the group
  updates: { "/api/v1/apps": 6, "/api/v1/apps/{id}": 2, "/api/v1/groups": 1, "/api/v1/groups/{id}": 1 },
  // look, list groups, list secrets, switch off; read, delete; name the group
  deletes: { "/api/v1/apps": 4, "/api/v1/apps/{id}": 2, "/api/v1/groups/{id}": 1 },
} as const;

/**
 * Calls that an apply will make, by bucket. `perMinute` is our share of the bucket, once the host has said its limit
 * (Okta's windows last a minute).
 */
export function callBudget(
  host: string,
  counts: { readonly creates: number; readonly updates: number; readonly deletes: number },
  seen: readonly BucketReport[],
): readonly CallBudget[] {
  const calls = new Map<string, number>();
  for (const kind of ["creates", "updates", "deletes"] as const) {
    for (const [bucket, each] of Object.entries(callsOfOne[kind])) {
      calls.set(bucket, (calls.get(bucket) ?? 0) + each * counts[kind]);
    }
  }
  return [...calls]
    .filter(([, count]) => count > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([bucket, count]) => {
      const perMinute = seen.find((report) => report.bucket === bucket)?.allowed;
      return { bucket: `${host} ${bucket}`, calls: count, ...(perMinute === undefined ? {} : { perMinute }) };
    });
}
