import { existsSync } from "node:fs";
import { Kysely } from "kysely";
import { TenantryError } from "../../errors/failure.ts";
import type { Sealer } from "../../secret/seal.ts";
import { SqliteDialect } from "../../store/sqlite-dialect.ts";
import type { Clock } from "../../vendor/network.ts";
import type { SqlApp } from "../../workspace/workspace.ts";
import type { AppAdapter } from "../app.ts";
import { reach } from "./failure.ts";
import { expectMade, parseDatabaseUrl, pendingIn, type SqlDatabaseOptions } from "./migrate.ts";
import { observeRecords } from "./observe.ts";
import { markerText, ownRow } from "./owner.ts";
import { activateRecord, disableRecord, removeRecord, restoreRecord, settleRecord } from "./record-state.ts";
import { purposeOf, type RecordContext, writeRecord } from "./record-write.ts";
import type { AppTables } from "./tables.ts";
import { writeTenant } from "./tenant-write.ts";

export interface SqlAppOptions extends SqlDatabaseOptions {
  readonly app: Pick<SqlApp, "name">;
  /** Name of the workspace and its environment: what is written by them is ours. */
  readonly workspace: string;
  readonly environment: string;
  /** `sqlite:PATH`. */
  readonly databaseUrl: string;
  /**
   * `read`: the file is opened read-only, for a user who may only read it. `observe` and `secretOf` work, everything
   * else fails with SQL_UNREACHABLE. Default `manage`.
   */
  readonly access?: "read" | "manage" | undefined;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/**
 * The connection records of one app in its SQL database. Each operation is one transaction, compares the owner inside
 * it, and leaves rows of others as they are. The database is opened by the first operation; a missing one is not made.
 *
 * @throws TenantryError SQL_URL_INVALID; every operation SQL_NOT_MIGRATED while migrations are missing.
 */
export async function openSqlApp(options: SqlAppOptions): Promise<AppAdapter> {
  const { access, app, clock, sealer, sleep } = options;
  const { location, name } = parseDatabaseUrl(options.databaseUrl, options.root);
  const marker = markerText(options.workspace, options.environment);
  const command = `npx tenantry migrate --env ${options.environment}`;
  const notMigrated = (fact: string): TenantryError =>
    new TenantryError("SQL_NOT_MIGRATED", `${name} ${fact}.`, { hint: `Run \`${command}\`.` });

  let opened: Kysely<AppTables> | undefined;
  let migrated = false;

  const ready = async (): Promise<Kysely<AppTables>> => {
    if (opened === undefined) {
      if (!existsSync(location.path)) throw notMigrated("does not exist");
      opened = new Kysely({ dialect: new SqliteDialect({ location, owner: "theirs", access, sleep }) });
    }
    if (!migrated) {
      const pending = await pendingIn(opened, name);
      if (pending.length > 0) throw notMigrated(`needs the migrations ${pending.join(", ")}`);
      await expectMade(opened, name);
      migrated = true;
    }
    return opened;
  };

  /** One transaction that holds the write lock from its beginning. */
  const change = (work: (context: RecordContext) => Promise<void>): Promise<void> =>
    reach(name, async () => {
      const database = await ready();
      await database
        .transaction()
        .execute((transaction) => work({ database: transaction, marker, now: new Date(clock()).toISOString() }));
    });

  return {
    name: app.name,
    gate: "staged",
    observe: (wanted) =>
      reach(name, async () => {
        const database = await ready();
        return database
          .transaction()
          .setAccessMode("read only")
          .execute((transaction) => observeRecords(transaction, app.name, wanted, marker));
      }),
    writeTenant: (tenant) => change(({ database, now }) => writeTenant(database, tenant, marker, now)),
    write: (write) => change((context) => writeRecord(context, sealer, write)),
    activate: (key) => change((context) => activateRecord(context, key)),
    settle: (key) => change((context) => settleRecord(context, key)),
    restore: (key) => change((context) => restoreRecord(context, key)),
    disable: (key) => change((context) => disableRecord(context, key)),
    remove: (key) => change((context) => removeRecord(context, key)),
    secretOf: (key) =>
      reach(name, async () => {
        const row = await ownRow(await ready(), key, marker);
        if (row === undefined || row.client_secret === null) return undefined;
        return { id: row.client_secret_id ?? "", value: sealer.open(row.client_secret, purposeOf(key)) };
      }),
    async close() {
      await opened?.destroy();
      opened = undefined;
    },
  };
}
