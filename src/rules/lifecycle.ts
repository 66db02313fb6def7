import type { FleetRule } from "./rule.ts";

/** `deleteAfter` belongs to a tenant that is off-boarded, whole or in one of its connections, and to no other. */
export const deleteAfterIsOffboarded: FleetRule = ({ tenants }) =>
  tenants.flatMap((tenant) =>
    tenant.deleteAfter === undefined ||
    tenant.status === "offboarded" ||
    tenant.connections.some((entry) => entry.status === "offboarded")
      ? []
      : [
          {
            code: "RULE_DELETE_AFTER" as const,
            ...tenant.positionOf(["deleteAfter"]),
            path: ["deleteAfter"],
            message: `\`deleteAfter\` stands on a tenant that is ${tenant.status}`,
            hint: "remove `deleteAfter`, or set `status: offboarded`",
          },
        ],
  );
