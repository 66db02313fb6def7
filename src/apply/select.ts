import type { Connection } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import { nearest } from "../workspace/nearest.ts";

/**
 * The connections that `only` names (tenants or connection keys); all of them when it names none.
 *
 * @throws TenantryError PLAN_UNKNOWN_TENANT
 */
export function selectConnections(connections: readonly Connection[], only: readonly string[]): readonly Connection[] {
  if (only.length === 0) return connections;
  const names = new Set(connections.flatMap((connection) => [connection.tenant, connection.key as string]));
  for (const name of only) {
    if (names.has(name)) continue;
    const near = nearest(name, names);
    throw new TenantryError("PLAN_UNKNOWN_TENANT", `there is no tenant or connection \`${name}\` here`, {
      ...(near === undefined ? {} : { hint: `did you mean \`${near}\`?` }),
    });
  }
  return connections.filter((connection) => isNamed(connection, only));
}

/** Whether a list of tenants and connection keys names a connection. */
export function isNamed(connection: Connection, names: readonly string[]): boolean {
  return names.includes(connection.tenant) || names.includes(connection.key);
}
