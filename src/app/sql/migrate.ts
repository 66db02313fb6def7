import { Kysely } from "kysely";
import { TenantryError } from "../../errors/failure.ts";
import { databaseDialect, mayExist } from "../../store/database.ts";
import { appDatabase } from "./database.ts";
import { reach } from "./failure.ts";
import { migrationsOf } from "./migrations.ts";
import { tableNames } from "./table-names.ts";
import type { AppTables } from "./tables.ts";

export interface SqlDatabaseOptions {
  /** The folder that a relative path is relative to; the working directory when absent. */
  readonly root?: string | undefined;
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
  /** The records land in a table of the team's; ours stand beside it. */
  readonly mapped?: boolean | undefined;
  /** Milliseconds since the epoch; the machine's when absent. */
  readonly clock?: (() => number) | undefined;
}

/**
 * Makes or updates the tables for connections; a SQLite file too when it is missing (0600, SQLite's own journal mode, so
 * that whoever may only read it can open it). All or nothing, and doing it twice, or by two processes at once, does it
 * once.
 *
 * @throws TenantryError SQL_SCHEMA_CLASH, SQL_SCHEMA_CHANGED, SQL_NEWER, or one that says why the database cannot be used.
 */
export async function migrateSqlApp(
  url: string,
  options: SqlDatabaseOptions = {},
): Promise<{ readonly applied: readonly string[]; readonly pendingBefore: readonly string[] }> {
  const place = appDatabase(url, options.root);
  const { location, name } = place;
  const dialect = databaseDialect(location, {
    owner: "theirs",
    make: true,
    writeLock: "migration",
    sleep: options.sleep,
  });
  const { mapped = false } = options;
  const database = new Kysely<AppTables>({ dialect, plugins: [...tableNames(mapped).plugins] });
  try {
    return await reach(place, async () => {
      const pendingBefore = await lookedAt(database, name, mapped);
      if (pendingBefore.length === 0) return { applied: [], pendingBefore };
      return { applied: await migrate(database, name, mapped, options.clock ?? Date.now), pendingBefore };
    });
  } finally {
    await database.destroy();
  }
}

/**
 * Names of the migrations that the database still needs: all when its SQLite file is missing. Writes nothing.
 *
 * @throws TenantryError SQL_SCHEMA_CHANGED, SQL_NEWER, or one that says why the database cannot be used.
 */
export async function pendingSqlMigrations(url: string, options: SqlDatabaseOptions = {}): Promise<readonly string[]> {
  const place = appDatabase(url, options.root);
  const { location, name } = place;
  const { mapped = false } = options;
  if (!mayExist(location)) return Object.keys(migrationsOf(mapped));
  const dialect = databaseDialect(location, { owner: "theirs", access: "read", sleep: options.sleep });
  const database = new Kysely<AppTables>({ dialect, plugins: [...tableNames(mapped).plugins] });
  try {
    return await reach(place, () => lookedAt(database, name, mapped));
  } finally {
    await database.destroy();
  }
}

/** What is pending; a database that needs nothing must still have what was made in it. */
async function lookedAt(database: Kysely<AppTables>, name: string, mapped: boolean): Promise<readonly string[]> {
  const pending = await pendingIn(database, name, mapped);
  if (pending.length === 0) await expectMade(database, name, mapped);
  return pending;
}

/** Names of the migrations that a database that is open still needs. */
export async function pendingIn(database: Kysely<AppTables>, name: string, mapped = false): Promise<readonly string[]> {
  const known = Object.keys(migrationsOf(mapped));
  const names = await namesIn(database);
  const rows = names.has(tableNames(mapped).of("tenantry_migration"))
    ? await database.selectFrom("tenantry_migration").select("name").execute()
    : [];
  const applied = new Set(rows.map((row) => row.name));
  const unknown = [...applied].filter((migration) => !known.includes(migration));
  if (unknown.length > 0) {
    throw new TenantryError(
      "SQL_NEWER",
      `${name} has migrations that this program does not know: ${unknown.join(", ")}.`,
    );
  }
  return known.filter((migration) => !applied.has(migration));
}

/**
 * What the migrations made must still be there: without the view, the app would find nobody.
 *
 * @throws TenantryError SQL_SCHEMA_CHANGED
 */
export async function expectMade(database: Kysely<AppTables>, name: string, mapped = false): Promise<void> {
  const names = await namesIn(database);
  const made = Object.values(migrationsOf(mapped)).flatMap(({ makes }) => makes);
  const gone = made.map(tableNames(mapped).of).filter((table) => !names.has(table));
  if (gone.length === 0) return;
  throw new TenantryError("SQL_SCHEMA_CHANGED", `${name} has lost ${gone.join(", ")}, which a migration made.`);
}

async function migrate(
  database: Kysely<AppTables>,
  name: string,
  mapped: boolean,
  clock: () => number,
): Promise<readonly string[]> {
  const migrations = migrationsOf(mapped);
  const { of } = tableNames(mapped);
  return database.transaction().execute(async (transaction) => {
    // Read again under the lock: another process may have been faster.
    const pending = await pendingIn(transaction, name, mapped);
    const names = await namesIn(transaction);
    const made = pending.flatMap((migration) => migrations[migration]?.makes ?? []);
    const clash = made.map(of).filter((table) => names.has(table));
    if (clash.length > 0) {
      throw new TenantryError("SQL_SCHEMA_CLASH", `${name} has ${clash.join(", ")} already, and not from Tenantry.`);
    }
    await transaction.schema
      .createTable("tenantry_migration")
      .ifNotExists()
      .addColumn("name", "varchar(255)", (column) => column.primaryKey().notNull())
      .addColumn("timestamp", "varchar(255)", (column) => column.notNull())
      .execute();
    for (const migration of pending) {
      await migrations[migration]?.run(transaction);
      const timestamp = new Date(clock()).toISOString();
      await transaction.insertInto("tenantry_migration").values({ name: migration, timestamp }).execute();
    }
    return pending;
  });
}

/** Tables and views, whoever made them; on PostgreSQL those of the first schema of the search path. */
async function namesIn(database: Kysely<AppTables>): Promise<ReadonlySet<string>> {
  const tables = await database.introspection.getTables({ withInternalKyselyTables: true });
  return new Set(tables.map((table) => table.name));
}
