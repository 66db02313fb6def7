import { setTimeout as delay } from "node:timers/promises";
import { Kysely } from "kysely";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Sealer } from "../../secret/seal.ts";
import { databaseDialect, databaseFault, mayExist } from "../../store/database.ts";
import type { Clock } from "../../vendor/network.ts";
import type { SqlApp } from "../../workspace/workspace.ts";
import type { AppAdapter } from "../app.ts";
import { appDatabase } from "./database.ts";
import { reach } from "./failure.ts";
import { apiKeyFile, type HandOutApiKey } from "./mapping/api-key.ts";
import { landRecords } from "./mapping/landing.ts";
import { withRows } from "./mapping/look.ts";
import { shownSecret } from "./mapping/secret.ts";
import { type MappedShape, mappedShape } from "./mapping/table-shape.ts";
import { expectMade, pendingIn, type SqlDatabaseOptions } from "./migrate.ts";
import { observeRecords } from "./observe.ts";
import { markerText, ownRow } from "./owner.ts";
import { activateRecord, disableRecord, removeRecord, restoreRecord, settleRecord } from "./record-state.ts";
import { purposeOf, type RecordContext, writeRecord } from "./record-write.ts";
import { tableNames } from "./table-names.ts";
import { type AppTables, writtenTables } from "./tables.ts";
import { writeTenant } from "./tenant-write.ts";

export interface SqlAppOptions extends Omit<SqlDatabaseOptions, "mapped"> {
  readonly app: Pick<SqlApp, "name" | "mapping">;
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
  /** Takes a tenant's new API key on; absent: the file that the mapping names. */
  readonly handOutApiKey?: HandOutApiKey | undefined;
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

  const { mapping } = app;
  const names = tableNames(mapping !== undefined);
  const handOutApiKey =
    options.handOutApiKey ?? apiKeyFile(options.root ?? ".", mapping?.apiKey?.file ?? "{tenant}.key");
  let opened: Kysely<AppTables> | undefined;
  let migrated = false;
  let shape: MappedShape | undefined;

  const ready = async (): Promise<Kysely<AppTables>> => {
    if (opened === undefined) {
      if (!mayExist(location)) throw notMigrated("does not exist");
      opened = new Kysely({
        dialect: databaseDialect(location, {
          ...{ owner: "theirs", access, sleep },
          writeLock: [...writtenTables.map(names.of), ...(mapping === undefined ? [] : ["tenantry_row"])],
        }),
        plugins: [...names.plugins],
      });
    }
    if (!migrated) {
      const mapped = mapping !== undefined;
      const pending = await pendingIn(opened, name, mapped);
      if (pending.length > 0) throw notMigrated(`needs the migrations ${pending.join(", ")}`);
      await expectMade(opened, name, mapped);
      if (mapping !== undefined) {
        const at = { app: app.name, mapping, name, postgres: location.kind === "postgres" };
        shape = await mappedShape(opened as unknown as Kysely<never>, at);
      }
      migrated = true;
    }
    return opened;
  };

  /** One transaction that holds the write lock from its beginning; again when another program was in the way. */
  const change = (tenant: string, work: (context: RecordContext) => Promise<void>): Promise<void> =>
    reach(place, async () => {
      const database = await ready();
      for (let attempt = 1; ; attempt++) {
        try {
          await database.transaction().execute(async (transaction) => {
            const context = { database: transaction, marker, now: new Date(clock()).toISOString() };
            await work(context);
            if (shape !== undefined) await landRecords({ ...context, app: app.name, shape, handOutApiKey }, tenant);
          });
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
            .execute(async (transaction) => {
              const found = await observeRecords(transaction, app.name, wanted, marker, others);
              if (shape === undefined) return found;
              return withRows({ database: transaction, app: app.name, marker, shape }, found);
            })
        );
      }),
    writeTenant: (tenant, proven = new Map()) =>
      change(tenant.tenant, ({ database, now }) => writeTenant(database, tenant, proven, { marker, now })),
    write: (write) => change(write.record.tenant, (context) => writeRecord(context, sealer, write)),
    activate: (key, unproven = false) => change(tenantOfKey(key), (context) => activateRecord(context, key, unproven)),
    settle: (key) => change(tenantOfKey(key), (context) => settleRecord(context, key)),
    restore: (key) => change(tenantOfKey(key), (context) => restoreRecord(context, key)),
    disable: (key) => change(tenantOfKey(key), (context) => disableRecord(context, key)),
    remove: (key) => change(tenantOfKey(key), (context) => removeRecord(context, key)),
    secretOf: (key) =>
      reach(place, async () => {
        const row = await ownRow(await ready(), key, marker);
        if (row === undefined || row.client_secret === null) return undefined;
        const shown = shape === undefined || opened === undefined ? undefined : await shownSecret(opened, shape, row);
        return { id: row.client_secret_id ?? "", value: sealer.open(shown ?? row.client_secret, purposeOf(key)) };
      }),
    async close() {
      await opened?.destroy();
      opened = undefined;
    },
  };
}
