import { Kysely } from "kysely";
import { TenantryError } from "../../errors/failure.ts";
import { databaseDialect, mayExist } from "../../store/database.ts";
import { appDatabase } from "./database.ts";
import { reach } from "./failure.ts";
import { madeNames, migrations } from "./migrations.ts";
import type { AppTables } from "./tables.ts";

export interface SqlDatabaseOptions {
  /** The folder that a relative path is relative to; the working directory when absent. */
  readonly root?: string | undefined;
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
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
  const database = new Kysely<AppTables>({ dialect });
  try {
    return await reach(place, async () => {
      const pendingBefore = await lookedAt(database, name);
      if (pendingBefore.length === 0) return { applied: [], pendingBefore };
      return { applied: await migrate(database, name, options.clock ?? Date.now), pendingBefore };
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
  if (!mayExist(location)) return Object.keys(migrations);
  const dialect = databaseDialect(location, { owner: "theirs", access: "read", sleep: options.sleep });
  const database = new Kysely<AppTables>({ dialect });
  try {
    return await reach(place, () => lookedAt(database, name));
  } finally {
    await database.destroy();
  }
}

/** What is pending; a database that needs nothing must still have what was made in it. */
async function lookedAt(database: Kysely<AppTables>, name: string): Promise<readonly string[]> {
  const pending = await pendingIn(database, name);
  if (pending.length === 0) await expectMade(database, name);
  return pending;
}

/** Names of the migrations that a database that is open still needs. */
export async function pendingIn(database: Kysely<AppTables>, name: string): Promise<readonly string[]> {
  const known = Object.keys(migrations);
  const names = await namesIn(database);
  const rows = names.has("tenantry_migration")
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
export async function expectMade(database: Kysely<AppTables>, name: string): Promise<void> {
  const names = await namesIn(database);
  const gone = madeNames.filter((made) => !names.has(made));
  if (gone.length === 0) return;
  throw new TenantryError("SQL_SCHEMA_CHANGED", `${name} has lost ${gone.join(", ")}, which a migration made.`);
}

async function migrate(database: Kysely<AppTables>, name: string, clock: () => number): Promise<readonly string[]> {
  return database.transaction().execute(async (transaction) => {
    // Read again under the lock: another process may have been faster.
    const pending = await pendingIn(transaction, name);
    const names = await namesIn(transaction);
    const clash = pending.flatMap((migration) => migrations[migration]?.makes ?? []).filter((made) => names.has(made));
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
