import { connectionKey } from "../desired/key.ts";
import { compareText, type Issue, type Position } from "../errors/issue.ts";
import type { Rule } from "./rule.ts";

interface Claim {
  readonly value: string;
  readonly by: string;
  readonly position: Position;
  readonly path: readonly (string | number)[];
}

/** Tenant, public id, domain, connection and callback are unique over the fleet. Both positions are named. */
export const uniqueOverTheFleet: Rule = ({ tenants, connections }) => [
  ...clashes(
    "RULE_TENANT_TAKEN",
    "tenant",
    tenants.map((tenant) => claim(tenant, tenant.tenant, ["tenant"])),
  ),
  ...clashes(
    "RULE_ID_TAKEN",
    "public id",
    tenants.map((tenant) => claim(tenant, tenant.id, ["id"])),
  ),
  ...clashes(
    "RULE_DOMAIN_TAKEN",
    "domain",
    tenants.flatMap((tenant) => tenant.domains.map((domain, index) => claim(tenant, domain, ["domains", index]))),
  ),
  // Within one file: a tenant that stands in two is said once, above.
  ...tenants.flatMap((tenant) =>
    clashes(
      "RULE_CONNECTION_TWICE",
      "connection",
      tenant.connections.map((entry, index) =>
        claim(tenant, connectionKey({ tenant: tenant.tenant, ...entry }), ["connections", index]),
      ),
    ),
  ),
  ...clashes(
    "RULE_CALLBACK_TAKEN",
    "redirect URI",
    dedupe(connections).map((connection) => ({
      value: connection.record.redirectUri,
      by: connection.key,
      position: connection.position,
      path: ["connections"],
    })),
  ),
];

function claim(
  tenant: { readonly tenant: string; readonly positionOf: (path: readonly (string | number)[]) => Position },
  value: string,
  path: readonly (string | number)[],
): Claim {
  return { value, by: tenant.tenant, position: tenant.positionOf(path), path };
}

/** A connection that stands twice in a file is its own issue; its callback need not clash as well. */
function dedupe<T extends { readonly key: string }>(connections: readonly T[]): readonly T[] {
  return [...new Map(connections.map((connection) => [connection.key, connection])).values()];
}

function clashes(code: Issue["code"], noun: string, claims: readonly Claim[]): readonly Issue[] {
  const byValue = Map.groupBy(claims, (entry) => entry.value);
  return [...byValue.values()]
    .filter((entries) => entries.length > 1)
    .flatMap((entries) => {
      const [first, ...others] = [...entries].sort(
        (a, b) => compareText(a.position.file, b.position.file) || a.position.line - b.position.line,
      );
      if (first === undefined) return [];
      return others.map((other) => ({
        code,
        ...other.position,
        path: other.path,
        message: `the ${noun} \`${other.value}\` ${first.by === other.by ? "stands twice" : `is taken by \`${first.by}\``}`,
        hint: `it stands at ${first.position.file}:${first.position.line}:${first.position.column} already; keep it in one place`,
        related: [{ ...first.position, message: `\`${other.value}\` stands here first` }],
      }));
    });
}
