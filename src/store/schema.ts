import { type Kysely, sql, type Transaction } from "kysely";
import { TenantryError } from "../errors/failure.ts";
import type { DatabaseLocation } from "./database.ts";
import type { StoreTables } from "./tables.ts";

export interface MigrationContext {
  /** The store's name in messages. */
  readonly name: string;
  readonly random: (bytes: number) => Uint8Array;
  readonly kind: DatabaseLocation["kind"];
}

type Step = (database: Transaction<StoreTables>, context: MigrationContext) => Promise<void>;

/** Version n of the store is what the first n steps make. A step that was released is never changed. */
const steps: readonly Step[] = [makeTables, rememberSavedPlans, keepOldValues];

const storeVersion = steps.length;

/**
 * Brings the store to this program's version, in one transaction that takes a lock first (SQLite's write lock, the
 * dialect's lock for migrations on PostgreSQL): of two processes that open a new store at once, one makes it and the
 * other finds it made.
 *
 * @throws TenantryError STORE_NEWER when a newer version has made it.
 */
export async function migrateStore(database: Kysely<StoreTables>, context: MigrationContext): Promise<void> {
  const { name } = context;
  if ((await versionOf(database, name)) === storeVersion) return;
  await database.transaction().execute(async (transaction) => {
    await transaction.schema
      .createTable("tenantry_meta")
      .ifNotExists()
      .addColumn("name", "text", (column) => column.primaryKey().notNull())
      .addColumn("value", "text", (column) => column.notNull())
      .execute();
    for (const step of steps.slice(await versionOf(transaction, name))) await step(transaction, context);
    await transaction
      .insertInto("tenantry_meta")
      .values({ name: "version", value: String(storeVersion) })
      .onConflict((conflict) => conflict.column("name").doUpdateSet({ value: String(storeVersion) }))
      .execute();
  });
}

/** 0 for a database without a store. */
async function versionOf(database: Kysely<StoreTables>, name: string): Promise<number> {
  const tables = await database.introspection.getTables();
  if (!tables.some((table) => table.name === "tenantry_meta")) return 0;
  const row = await database
    .selectFrom("tenantry_meta")
    .select("value")
    .where("name", "=", "version")
    .executeTakeFirst();
  if (row === undefined) return 0;
  const version = /^[0-9]{1,9}$/.test(row.value) ? Number(row.value) : undefined;
  if (version === undefined) throw new TenantryError("STORE_CORRUPT", `${name} does not say its version.`);
  if (version > storeVersion) {
    throw new TenantryError("STORE_NEWER", `${name} has version ${version}; this program knows up to ${storeVersion}.`);
  }
  return version;
}

async function makeTables(database: Transaction<StoreTables>, { random, kind }: MigrationContext): Promise<void> {
  const { schema } = database;
  /** A table with the primary key `seq`, which counts up. */
  const numbered = (name: string) =>
    kind === "postgres"
      ? schema.createTable(name).addColumn("seq", "bigint", (column) => column.primaryKey().generatedAlwaysAsIdentity())
      : schema.createTable(name).addColumn("seq", "integer", (column) => column.primaryKey().autoIncrement());
  await database
    .insertInto("tenantry_meta")
    .values({ name: "fingerprint_key", value: Buffer.from(random(32)).toString("hex") })
    .execute();
  await schema
    .createTable("tenantry_id")
    .addColumn("address", "text", (column) => column.primaryKey().notNull())
    .addColumn("id", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .execute();
  await numbered("tenantry_evidence")
    .addColumn("key", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("verdict", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .execute();
  await schema.createIndex("tenantry_evidence_key").on("tenantry_evidence").columns(["key", "seq"]).execute();
  await numbered("tenantry_audit")
    .addColumn("at", "text", (column) => column.notNull())
    .addColumn("actor", "text", (column) => column.notNull())
    .addColumn("event", "text", (column) => column.notNull())
    .addColumn("address", "text")
    .addColumn("key", "text")
    .addColumn("detail", "text", (column) => column.notNull())
    .execute();
  await numbered("tenantry_run")
    .addColumn("id", "text", (column) => column.notNull().unique())
    .addColumn("plan_digest", "text", (column) => column.notNull())
    .addColumn("actor", "text", (column) => column.notNull())
    .addColumn("started_at", "text", (column) => column.notNull())
    .addColumn("finished_at", "text")
    .addColumn("outcome", "text", (column) => column.check(sql`outcome in ('done', 'failed')`))
    .execute();
  await numbered("tenantry_journal")
    .addColumn("run", "text", (column) => column.notNull().references("tenantry_run.id"))
    .addColumn("key", "text", (column) => column.notNull())
    .addColumn("step", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) => column.notNull())
    .addColumn("detail", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .execute();
  await schema.createIndex("tenantry_journal_key").on("tenantry_journal").columns(["key", "seq"]).execute();
  await schema
    .createTable("tenantry_lock")
    .addColumn("address", "text", (column) => column.primaryKey().notNull())
    .addColumn("token", "text", (column) => column.notNull())
    .addColumn("holder_name", "text", (column) => column.notNull())
    .addColumn("holder_host", "text", (column) => column.notNull())
    .addColumn("holder_pid", "integer", (column) => column.notNull())
    .addColumn("acquired_at", "text", (column) => column.notNull())
    .addColumn("heartbeat_at", "text", (column) => column.notNull())
    .execute();
}

/** Where an app has no room for the old values of a record that is being changed, they are here. Never a secret. */
async function keepOldValues({ schema }: Transaction<StoreTables>): Promise<void> {
  await schema
    .createTable("tenantry_kept")
    .addColumn("app", "text", (column) => column.notNull())
    .addColumn("key", "text", (column) => column.notNull())
    .addColumn("body", "text", (column) => column.notNull())
    .addColumn("at", "text", (column) => column.notNull())
    .addPrimaryKeyConstraint("tenantry_kept_key", ["app", "key"])
    .execute();
}

/** Two runs of one saved plan at the same moment: the index lets one begin. */
async function rememberSavedPlans({ schema }: Transaction<StoreTables>): Promise<void> {
  await schema.alterTable("tenantry_run").addColumn("saved_plan", "text").execute();
  await schema.createIndex("tenantry_run_saved_plan").unique().on("tenantry_run").column("saved_plan").execute();
}
