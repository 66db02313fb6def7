import { CallCounts } from "../../idp/call-counts.ts";
import type { PlannedWork } from "../../idp/planned-work.ts";

/**
 * What Pulumi's plugin reads at Auth0 for this work, by bucket, and the adapter for Pulumi's program; what is written is
 * the same as without Pulumi. Each look and each change begins with a refresh of the connection's own resources.
 */
export function pulumiReads(work: readonly PlannedWork[]): CallCounts {
  const calls = new CallCounts();
  for (const { wanted, settles, course, found } of work) {
    const connections = wanted.enabledConnections?.length ?? 0;
    const changes = settles.length + (course === "delete" ? 1 : 0);
    if (found === undefined) {
      // Nothing is refreshed; what was made is read after it.
      calls
        .add("read clients", changes)
        .add("read organizations", 2 + 2 * changes)
        .add("read organization connections", 4 * changes)
        .add("read connections", 2 * connections * changes);
      continue;
    }
    // An apply looks twice, as a plan and under the locks; then it changes, and deleting takes one change more.
    const runs = 2 + changes;
    calls
      .add("read clients", 3 * runs)
      .add("read organizations", 2 * runs)
      .add("read organization connections", 3 * runs)
      .add("read connections", 2 * connections * runs);
  }
  return calls;
}
