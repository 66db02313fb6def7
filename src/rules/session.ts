import type { FleetRule } from "./rule.ts";

/** A session cannot be idle for longer than it may last. */
export const sessionIsPossible: FleetRule = ({ tenants }) =>
  tenants.flatMap((tenant) =>
    [...tenant.signIns.values()].flatMap(({ name, session }) => {
      if (session?.absolute === undefined || session.idle === undefined || session.idle <= session.absolute) return [];
      const path = ["signIns", name, "session", "idle"];
      return [
        {
          code: "RULE_SESSION" as const,
          ...tenant.positionOf(path),
          path,
          message: "`session.idle` is longer than `session.absolute`, so it would never be felt",
          hint: "write an `idle` that is shorter than `absolute`, or leave it out",
        },
      ];
    }),
  );
