import type { SignIn } from "../tenant/tenant.ts";
import type { Reference } from "../workspace/reference.ts";
import type { Rule } from "./rule.ts";

/**
 * A tenant's file may use only the references that `references.tenants` allows it. Files come from pull requests: without
 * this, one tenant's file could have another's secret, or the management key, sent to an issuer of its choice.
 */
export const referencesAreAllowed: Rule = ({ workspace, signIns }) =>
  signIns.flatMap(({ tenant, signIn }) => {
    const patterns = workspace.references.tenants;
    const allowed = patterns.map((pattern) => filledIn(pattern, tenant.tenant));
    return referencesOf(signIn)
      .filter(([, { text }]) => !patterns.some((pattern) => allowsReference(pattern, tenant.tenant, text)))
      .map(([at, { text }]) => {
        const path = ["signIns", signIn.name, ...at];
        return {
          code: "RULE_REFERENCE_FORBIDDEN" as const,
          ...tenant.positionOf(path),
          path,
          message: `\`${tenant.tenant}\` may not use the reference \`${text}\``,
          hint:
            allowed.length === 0
              ? 'allow references in tenantry.yaml: `references: { tenants: ["env:TENANT_{TENANT}__*"] }`'
              : `allowed to it by tenantry.yaml: ${allowed.join(", ")}`,
        };
      });
  });

/** Every reference of a sign-in, with its place. */
function referencesOf({ external, inline }: SignIn): readonly (readonly [at: readonly string[], Reference])[] {
  const secret = external?.clientSecret;
  return [
    ...(secret === undefined ? [] : [[["external", "clientSecret"], secret] as const]),
    ...Object.entries(inline?.credentials ?? {}).flatMap(([key, value]: [string, unknown]) =>
      isReference(value) ? [[[inline?.kind ?? "", "credentials", key], value] as const] : [],
    ),
  ];
}

function isReference(value: unknown): value is Reference {
  return typeof value === "object" && value !== null && "scheme" in value;
}

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

/** A pattern of `references.tenants` with the tenant in it. */
export function filledIn(pattern: string, tenant: string): string {
  return pattern.replaceAll("{tenant}", tenant).replaceAll("{TENANT}", tenant.toUpperCase().replaceAll("-", "_"));
}
