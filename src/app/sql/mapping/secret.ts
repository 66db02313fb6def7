import { type Kysely, sql } from "kysely";
import type { AppTables, ConnectionRow } from "../tables.ts";
import type { MappedShape } from "./table-shape.ts";

/** The sealed secret that the team's table shows the app; undefined while the record is off, or has no column for it. */
export async function shownSecret(
  database: Kysely<AppTables>,
  { mapping }: MappedShape,
  record: ConnectionRow,
): Promise<string | undefined> {
  const column = mapping.columns.clientSecret;
  if (column === undefined || record.state !== "active") return undefined;
  const link = await database
    .selectFrom("tenantry_row")
    .select("row_key")
    .where("key", "=", record.key)
    .executeTakeFirst();
  if (link === undefined) return undefined;
  const { rows } = await sql<{ secret: string | null }>`select ${sql.id(column)} as secret from ${sql.id(mapping.table)}
    where cast(${sql.id(mapping.key.column)} as text) = ${link.row_key}`.execute(database);
  // Emptied, it is what our own row says: the tenant may be off.
  return rows[0]?.secret || undefined;
}
