import type { Rule } from "./rule.ts";

/**
 * A tenant's file may use only the references that `references.tenants` allows it. Files come from pull requests: without
 * this, one tenant's file could have another's secret, or the management key, sent to an issuer of its choice.
 */
export const referencesAreAllowed: Rule = ({ workspace, signIns }) =>
  signIns.flatMap(({ tenant, signIn }) => {
    const reference = signIn.external?.clientSecret;
    if (reference === undefined) return [];
    const patterns = workspace.references.tenants;
    if (patterns.some((pattern) => allowsReference(pattern, tenant.tenant, reference.text))) return [];
    const allowed = patterns.map((pattern) => filledIn(pattern, tenant.tenant));
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

/**
 * Whether a pattern of `references.tenants` allows a tenant a reference, byte for byte; `*` at its end stands for one
 * character or more. Filling in is one-to-one: slugs hold no `_`, so no two of them give one name.
 */
export function allowsReference(pattern: string, tenant: string, text: string): boolean {
  const filled = filledIn(pattern, tenant);
  if (!filled.endsWith("*")) return filled === text;
  const start = filled.slice(0, -1);
  return text.startsWith(start) && text.length > start.length;
}

function filledIn(pattern: string, tenant: string): string {
  return pattern.replaceAll("{tenant}", tenant).replaceAll("{TENANT}", tenant.toUpperCase().replaceAll("-", "_"));
}
