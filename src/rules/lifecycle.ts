import type { Rule } from "./rule.ts";

/** `deleteAfter` belongs to an off-boarded tenant and to no other. */
export const deleteAfterIsOffboarded: Rule = ({ tenants }) =>
  tenants.flatMap((tenant) =>
    tenant.deleteAfter === undefined || tenant.status === "offboarded"
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
