import type { Address, ConnectionKey } from "../../src/desired/connection.ts";
import type { Change, HotField } from "../../src/plan/change.ts";
import type { Fields } from "../../src/plan/observed.ts";
import { makePlan, type Plan, type PlanParts } from "../../src/plan/plan.ts";

/** A plan of these changes; everything else as little as may be. */
export function planOf(changes: readonly Change[], parts: Partial<PlanParts> = {}): Plan {
  return makePlan({
    workspace: "acme",
    environment: "production",
    only: [],
    handOver: [],
    deep: false,
    engines: { workforce: "direct" },
    changes,
    unchanged: 0,
    coverage: [],
    budget: [],
    discovery: [],
    ...parts,
  });
}

/** An update of a tenant's registration. */
export function registrationUpdate(
  tenant: string,
  before: Fields,
  after: Fields,
  hot: readonly HotField[] = [],
): Extract<Change, { action: "update" }> {
  return {
    address: `idp/workforce/client/${tenant}/portal` as Address,
    tenant,
    key: `${tenant}/portal` as ConnectionKey,
    action: "update",
    before,
    after,
    paths: Object.keys(after),
    hot,
    knownAfter: [],
  };
}

/** As many tenants' names. */
export function tenants(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `tenant-${String(index + 1).padStart(3, "0")}`);
}
