import type { CallBudget } from "../../plan/observed.ts";
import type { BucketReport } from "../../vendor/limiter.ts";
import { type CallsOfOne, callsOf, type PlannedCounts } from "../call-counts.ts";

const appsBucket = "/api/v1/apps";

/** Calls of one registration with one group, its observation and the hand-over of its secret included. */
const callsOfOne = {
  // look twice (observe, create), create, assign, list secrets
  creates: { [appsBucket]: 5, "/api/v1/groups": 1 },
  // look, list groups twice, list secrets twice, one change of assignment or status; read, replace; name the group
  updates: { [appsBucket]: 6, "/api/v1/apps/{id}": 2, "/api/v1/groups": 1, "/api/v1/groups/{id}": 1 },
  // look, list groups, list secrets, switch off; read, delete; name the group
  deletes: { [appsBucket]: 4, "/api/v1/apps/{id}": 2, "/api/v1/groups/{id}": 1 },
  // a group: look, create; read it
  parts: { "/api/v1/groups": 2, "/api/v1/groups/{id}": 1 },
} as const satisfies CallsOfOne;

/**
 * Calls that an apply will make, by bucket. `perMinute` is our share of the bucket, once the host has said its limit
 * (Okta's windows last a minute). Until the whole list of apps was read once, a create reads it: one call per 200 apps,
 * of which one is counted, as nobody knows how many there are.
 */
export function callBudget(
  host: string,
  counts: PlannedCounts,
  { listed, seen }: { readonly listed: boolean; readonly seen: readonly BucketReport[] },
): readonly CallBudget[] {
  const list = !listed && counts.creates > 0 ? { [appsBucket]: 1 } : {};
  return callsOf(host, callsOfOne, counts, list, (bucket) => seen.find((report) => report.bucket === bucket)?.allowed);
}
