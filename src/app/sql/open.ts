import { setTimeout as delay } from "node:timers/promises";
import { Kysely } from "kysely";
import { TenantryError } from "../../errors/failure.ts";
import type { Sealer } from "../../secret/seal.ts";
import { databaseDialect, databaseFault, mayExist } from "../../store/database.ts";
import type { Clock } from "../../vendor/network.ts";
import type { SqlApp } from "../../workspace/workspace.ts";
import type { AppAdapter } from "../app.ts";
import { appDatabase } from "./database.ts";
import { reach } from "./failure.ts";
import { expectMade, pendingIn, type SqlDatabaseOptions } from "./migrate.ts";
import { observeRecords } from "./observe.ts";
import { markerText, ownRow } from "./owner.ts";
import { activateRecord, disableRecord, removeRecord, restoreRecord, settleRecord } from "./record-state.ts";
import { purposeOf, type RecordContext, writeRecord } from "./record-write.ts";
import { type AppTables, writtenTables } from "./tables.ts";
import { writeTenant } from "./tenant-write.ts";

export interface SqlAppOptions extends SqlDatabaseOptions {
  readonly app: Pick<SqlApp, "name">;
  /** Name of the workspace and its environment: what is written by them is ours. */
  readonly workspace: string;
  readonly environment: string;
  /** `sqlite:PATH` or `postgres://…`. */
  readonly databaseUrl: string;
  /**
   * `read`: the database is opened read-only, for a user who may only read it. `observe` and `secretOf` work, everything
   * else fails with SQL_UNREACHABLE. Default `manage`.
   */
  readonly access?: "read" | "manage" | undefined;
  readonly sealer: Sealer;
  readonly clock: Clock;
}

/** How often a transaction is tried that another program's transactions get in the way of. */
const attempts = 5;

/**
 * The connection records of one app in its SQL database. Each operation is one transaction, compares the owner inside
 * it, and leaves rows of others as they are. The database is opened by the first operation; a missing one is not made.
 *
 * @throws TenantryError SQL_URL_INVALID; every operation SQL_NOT_MIGRATED while migrations are missing.
 */
export async function openSqlApp(options: SqlAppOptions): Promise<AppAdapter> {
  const { access, app, clock, sealer, sleep } = options;
  const place = appDatabase(options.databaseUrl, options.root);
  const { location, name } = place;
  const marker = markerText(options.workspace, options.environment);
  const command = `npx tenantry migrate --env ${options.environment}`;
  const notMigrated = (fact: string): TenantryError =>
    new TenantryError("SQL_NOT_MIGRATED", `${name} ${fact}.`, { hint: `Run \`${command}\`.` });

  let opened: Kysely<AppTables> | undefined;
  let migrated = false;

  const ready = async (): Promise<Kysely<AppTables>> => {
    if (opened === undefined) {
      if (!mayExist(location)) throw notMigrated("does not exist");
      opened = new Kysely({
        dialect: databaseDialect(location, { owner: "theirs", access, writeLock: writtenTables, sleep }),
      });
    }
    if (!migrated) {
      const pending = await pendingIn(opened, name);
      if (pending.length > 0) throw notMigrated(`needs the migrations ${pending.join(", ")}`);
      await expectMade(opened, name);
      migrated = true;
    }
    return opened;
  };

  /** One transaction that holds the write lock from its beginning; again when another program was in the way. */
  const change = (work: (context: RecordContext) => Promise<void>): Promise<void> =>
    reach(place, async () => {
      const database = await ready();
      for (let attempt = 1; ; attempt++) {
        try {
          await database
            .transaction()
            .execute((transaction) => work({ database: transaction, marker, now: new Date(clock()).toISOString() }));
          return;
        } catch (error) {
          if (attempt === attempts || databaseFault(location, error)?.kind !== "conflict") throw error;
          await (sleep ?? delay)(attempt * 50);
        }
      }
    });

  return {
    name: app.name,
    gate: "staged",
    showsSecret: true,
    observe: (wanted, others = true) =>
      reach(place, async () => {
        const database = await ready();
        return (
          database
            .transaction()
            .setAccessMode("read only")
            // All queries see one moment; on SQLite they do anyway.
            .setIsolationLevel("repeatable read")
            .execute((transaction) => observeRecords(transaction, app.name, wanted, marker, others))
        );
      }),
    writeTenant: (tenant, proven = new Map()) =>
      change(({ database, now }) => writeTenant(database, tenant, proven, { marker, now })),
    write: (write) => change((context) => writeRecord(context, sealer, write)),
    activate: (key, unproven = false) => change((context) => activateRecord(context, key, unproven)),
    settle: (key) => change((context) => settleRecord(context, key)),
    restore: (key) => change((context) => restoreRecord(context, key)),
    disable: (key) => change((context) => disableRecord(context, key)),
    remove: (key) => change((context) => removeRecord(context, key)),
    secretOf: (key) =>
      reach(place, async () => {
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
