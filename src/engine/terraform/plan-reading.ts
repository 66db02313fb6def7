import { addressesOf } from "../../../stacks/okta/addresses.ts";
import type { ConnectionKey } from "../../desired/connection.ts";
import type { ClientChanges } from "./changes.ts";
import type { PlanJson, PlannedChange } from "./plan-json.ts";

// Where things stand in a plan of the tool's. Pure.

/** What it would do to the resources of one client. */
export function changesOf(plan: PlanJson, key: ConnectionKey): ClientChanges {
  const { app, assignments } = addressesOf(key);
  return { app: changeAt(plan, app), assignments: changeAt(plan, assignments) };
}

export function changeAt(plan: PlanJson, address: string): PlannedChange | undefined {
  return plan.changes.find((change) => change.address === address);
}

/** Whether there is anything for the tool to do; what it would only read is nothing. */
export function hasWork(plan: PlanJson): boolean {
  return plan.changes.some(
    ({ actions, importing, mode }) =>
      importing !== undefined ||
      (mode === "managed" && actions.some((action) => action !== "no-op" && action !== "read")),
  );
}
