import type { Kysely } from "kysely";
import { TenantryError } from "../../errors/failure.ts";
import { readConnection, readOrg } from "./rows.ts";
import type { AppTables, ConnectionRow, OrgRow } from "./tables.ts";

/** Text of the column `managed_by`. Neither name holds a slash. */
export function markerText(workspace: string, environment: string): string {
  return `${workspace}/${environment}`;
}

/** Whose a row is, for messages. */
export function ownerText(managedBy: string | null): string {
  return managedBy === null ? "nobody" : managedBy;
}

/**
 * The record's row, undefined when there is none.
 *
 * @throws TenantryError SQL_FOREIGN_RECORD when it is not ours.
 */
export async function ownRow(
  database: Kysely<AppTables>,
  key: string,
  marker: string,
): Promise<ConnectionRow | undefined> {
  const found = await database.selectFrom("sso_connection").selectAll().where("key", "=", key).executeTakeFirst();
  if (found === undefined) return undefined;
  const row = readConnection(found);
  if (row.managed_by !== marker) {
    throw new TenantryError(
      "SQL_FOREIGN_RECORD",
      `The record ${key} belongs to ${ownerText(row.managed_by)}, not to ${marker}.`,
    );
  }
  return row;
}

/**
 * The tenant's row, undefined when there is none.
 *
 * @throws TenantryError SQL_FOREIGN_TENANT when it is not ours.
 */
export async function ownOrg(database: Kysely<AppTables>, tenant: string, marker: string): Promise<OrgRow | undefined> {
  const found = await database.selectFrom("org").selectAll().where("tenant", "=", tenant).executeTakeFirst();
  return found === undefined ? undefined : checkedOrg(readOrg(found), marker);
}

/** Which of the tenants have records in this database and none but tombstones, whatever app and owner they are of. */
export async function retiredOrgs(
  database: Kysely<AppTables>,
  orgIds: readonly string[],
): Promise<ReadonlySet<string>> {
  if (orgIds.length === 0) return new Set();
  const rows = await database
    .selectFrom("sso_connection")
    .select(["org_id", "state"])
    .distinct()
    .where("org_id", "in", orgIds)
    .execute();
  const byOrg = Map.groupBy(rows, (row) => row.org_id);
  return new Set(
    [...byOrg].filter(([, states]) => states.every(({ state }) => state === "tombstone")).map(([id]) => id),
  );
}

/** @throws TenantryError SQL_FOREIGN_TENANT when the row is not ours. */
export function checkedOrg(row: OrgRow, marker: string): OrgRow {
  if (row.managed_by === marker) return row;
  throw new TenantryError(
    "SQL_FOREIGN_TENANT",
    `The row of the tenant ${row.tenant} belongs to ${ownerText(row.managed_by)}, not to ${marker}.`,
  );
}
