import type { CheckResult } from "../../store/evidence.ts";
import type { Check } from "../check.ts";
import type { Finding } from "../finding.ts";
import { specs } from "../specs.ts";

/**
 * O1. One result for each domain of the tenant; `evidence.domain` names it. It keeps no tenant from being switched on:
 * what it decides is whether the app sends the people of that domain to this tenant.
 */
export const domainOwnership: Omit<Check, "run" | "needs"> = {
  id: "O1",
  title: "The domain is the tenant's",
  spec: specs.rfc(1035, "3.3.14"),
  level: "policy",
  link: "domain",
};

/** The result of O1 for one domain. */
export function domainResult({ level, ...finding }: Finding): CheckResult {
  const { id, link, title } = domainOwnership;
  return { id, link, title, level: level ?? domainOwnership.level, ...finding };
}
