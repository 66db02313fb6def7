import type { Tenant } from "../tenant/tenant.ts";
import type { Rule } from "./rule.ts";

/**
 * A tenant's file may use only the references that `references.tenants` allows it. Files come from pull requests: without
 * this, one tenant's file could have another's secret, or the management key, sent to an issuer of its choice.
 */
export const referencesAreAllowed: Rule = ({ workspace, signIns }) =>
  signIns.flatMap(({ tenant, signIn }) => {
    const reference = signIn.external?.clientSecret;
    if (reference === undefined) return [];
    const allowed = workspace.references.tenants.map((pattern) => filledIn(pattern, tenant));
    if (allowed.some((pattern) => matches(pattern, reference.text))) return [];
    const path = ["signIns", signIn.name, "external", "clientSecret"];
    return [
      {
        code: "RULE_REFERENCE_FORBIDDEN" as const,
        ...tenant.positionOf(path),
        path,
        message: `\`${tenant.tenant}\` may not use the reference \`${reference.text}\``,
        hint:
          allowed.length === 0
            ? 'allow references in tenantry.yaml: `references: { tenants: ["env:TENANT_{TENANT}__*"] }`'
            : `allowed to it by tenantry.yaml: ${allowed.join(", ")}`,
      },
    ];
  });

/** One-to-one: slugs hold no `_`, so no two of them give one name. */
function filledIn(pattern: string, tenant: Tenant): string {
  return pattern
    .replaceAll("{tenant}", tenant.tenant)
    .replaceAll("{TENANT}", tenant.tenant.toUpperCase().replaceAll("-", "_"));
}

/** Byte for byte; `*` at the end stands for one character or more. */
function matches(pattern: string, text: string): boolean {
  if (!pattern.endsWith("*")) return pattern === text;
  const start = pattern.slice(0, -1);
  return text.startsWith(start) && text.length > start.length;
}
