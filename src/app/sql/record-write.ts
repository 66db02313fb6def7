import type { Transaction } from "kysely";
import { TenantryError } from "../../errors/failure.ts";
import type { Sealer, SealPurpose } from "../../secret/seal.ts";
import type { Secret } from "../../secret/secret.ts";
import type { RecordWrite } from "../app.ts";
import { ownOrg, ownRow } from "./owner.ts";
import type { AppTables, ConnectionRow, ConnectionValues } from "./tables.ts";
import { valuesOf } from "./values.ts";

/** What every operation on a record needs. All of them run in one transaction. */
export interface RecordContext {
  readonly database: Transaction<AppTables>;
  /** Text of `managed_by` of what is ours. */
  readonly marker: string;
  readonly now: string;
}

/**
 * What a record's secret is sealed for. The same in both tables, so that the envelope moves between them as it is and
 * old values come back byte for byte.
 */
export function purposeOf(key: string): SealPurpose {
  return { table: "sso_connection", record: key, column: "client_secret" };
}

/**
 * Writes a record's values (see `AppAdapter.write`). A secret that is the same and sealed with the first key keeps
 * its sealed text; values that are the same change nothing.
 */
export async function writeRecord(context: RecordContext, sealer: Sealer, write: RecordWrite): Promise<void> {
  const { database, marker, now } = context;
  const { key, tenant, clientAuth } = write.record;
  const org = await ownOrg(database, tenant, marker);
  if (org === undefined) throw new TenantryError("SQL_TENANT_MISSING", `The tenant ${tenant} has no row yet.`);
  const row = await ownRow(database, key, marker);
  if (row?.state === "tombstone") {
    throw new TenantryError("SQL_RECORD_RETIRED", `The record ${key} was removed, and its key is never used again.`);
  }
  if (write.secret === undefined && clientAuth.startsWith("client_secret")) {
    throw new TenantryError("SQL_SECRET_MISSING", `The record ${key} would be written without a client secret.`);
  }
  const values: ConnectionValues = {
    ...valuesOf(write, org.id),
    client_secret: write.secret === undefined ? null : sealed(sealer, key, write.secret.value, row),
    client_secret_id: write.secret?.id ?? null,
  };
  if (row === undefined) {
    await database
      .insertInto("sso_connection")
      .values({
        ...values,
        state: "pending",
        managed_by: marker,
        created_at: now,
        updated_at: now,
        activated_at: null,
      })
      .execute();
    return;
  }
  const state = row.state === "active" ? "active" : "pending";
  if (row.state === state && isSame(row, values)) return;
  if (state === "active") await keepPrevious(context, row);
  await database
    .updateTable("sso_connection")
    .set({ ...values, state, updated_at: now })
    .where("key", "=", key)
    .execute();
}

/** Keeps a row as what was there before; the first that was kept stays. */
export async function keepPrevious({ database, now }: RecordContext, row: ConnectionRow): Promise<void> {
  await database
    .insertInto("sso_connection_previous")
    .values({ ...row, kept_at: now })
    .onConflict((conflict) => conflict.column("key").doNothing())
    .execute();
}

function isSame(row: ConnectionRow, values: ConnectionValues): boolean {
  return (Object.keys(values) as (keyof ConnectionValues)[]).every((column) => row[column] === values[column]);
}

function sealed(sealer: Sealer, key: string, secret: Secret, row: ConnectionRow | undefined): string {
  const old = row?.client_secret ?? undefined;
  const keeps = old !== undefined && sealer.isCurrent(old) && opened(sealer, key, old)?.reveal() === secret.reveal();
  if (keeps) return old;
  return sealer.seal(secret, purposeOf(key));
}

/** Undefined when it does not open: then it is sealed anew. */
function opened(sealer: Sealer, key: string, envelope: string): Secret | undefined {
  try {
    return sealer.open(envelope, purposeOf(key));
  } catch {
    return undefined;
  }
}
