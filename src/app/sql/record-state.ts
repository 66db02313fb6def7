import { TenantryError } from "../../errors/failure.ts";
import { ownRow, retiredOrgs } from "./owner.ts";
import { keepPrevious, type RecordContext } from "./record-write.ts";
import { readConnection } from "./rows.ts";
import type { ConnectionRow } from "./tables.ts";

/**
 * Pending to active. A disabled record has to be written and proven first.
 *
 * @param unproven keeps the pending row beside it until `settle`, so that `restore` lets nobody in
 */
export async function activateRecord(context: RecordContext, key: string, unproven: boolean): Promise<void> {
  const row = await ownRow(context.database, key, context.marker);
  if (row === undefined) throw new TenantryError("SQL_RECORD_MISSING", `The record ${key} is not there.`);
  switch (row.state) {
    case "active":
      return;
    case "pending":
      if (unproven) await keepPrevious(context, row);
      return setState(context, key, { state: "active", activated_at: context.now });
    case "disabled":
      throw new TenantryError("SQL_RECORD_NOT_PENDING", `The record ${key} is disabled.`);
    case "tombstone":
      throw new TenantryError("SQL_RECORD_RETIRED", `The record ${key} was removed, and its key is never used again.`);
    default:
      row.state satisfies never;
  }
}

/** Forgets the old values. */
export async function settleRecord(context: RecordContext, key: string): Promise<void> {
  if ((await ownRow(context.database, key, context.marker)) === undefined) return;
  await forgetPrevious(context, key);
}

/** Puts the old values back, byte for byte. A record that was switched off meanwhile stays off. */
export async function restoreRecord(context: RecordContext, key: string): Promise<void> {
  const { database, marker } = context;
  const row = await ownRow(database, key, marker);
  const found = await database
    .selectFrom("sso_connection_previous")
    .selectAll()
    .where("key", "=", key)
    .executeTakeFirst();
  if (row === undefined || found === undefined) return;
  const previous = readConnection(found);
  const state = row.state === "active" ? previous.state : row.state;
  await database
    .updateTable("sso_connection")
    .set({ ...previous, state })
    .where("key", "=", key)
    .execute();
  await forgetPrevious(context, key);
}

/**
 * Nobody comes in any more. Old values are forgotten with it, so that no later `restore` lets somebody in. No record,
 * and one that is off already, is done.
 */
export async function disableRecord(context: RecordContext, key: string): Promise<void> {
  const row = await ownRow(context.database, key, context.marker);
  if (row === undefined || row.state === "disabled" || row.state === "tombstone") return;
  await forgetPrevious(context, key);
  await setState(context, key, { state: "disabled" });
}

/**
 * Leaves a tombstone without a secret. No record is done. With its last record a tenant that is not active any more
 * gives up its domains, so that the customer can come back under another slug.
 */
export async function removeRecord(context: RecordContext, key: string): Promise<void> {
  const { database, marker, now } = context;
  const row = await ownRow(database, key, marker);
  if (row === undefined || row.state === "tombstone") return;
  await forgetPrevious(context, key);
  await setState(context, key, { state: "tombstone", client_secret: null, client_secret_id: null });
  if (!(await retiredOrgs(database, [row.org_id])).has(row.org_id)) return;
  const org = await database
    .updateTable("org")
    .set({ updated_at: now })
    .where("id", "=", row.org_id)
    .where("managed_by", "=", marker)
    .where("status", "!=", "active")
    .executeTakeFirst();
  if (org.numUpdatedRows !== 1n) return;
  await database.deleteFrom("org_domain").where("org_id", "=", row.org_id).execute();
  await database.deleteFrom("org_domain_claim").where("org_id", "=", row.org_id).execute();
}

async function setState(context: RecordContext, key: string, change: Partial<ConnectionRow>): Promise<void> {
  await context.database
    .updateTable("sso_connection")
    .set({ ...change, updated_at: context.now })
    .where("key", "=", key)
    .execute();
}

async function forgetPrevious({ database }: RecordContext, key: string): Promise<void> {
  await database.deleteFrom("sso_connection_previous").where("key", "=", key).execute();
}
