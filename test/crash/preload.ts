// Loaded into the real command line by `node --import`: counts its writes to databases and ends it with -9 at one of
// them. The program under test is not touched. What to do stands in the environment variable TENANTRY_CRASH.

import { appendFileSync } from "node:fs";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { basename } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";
import timers from "node:timers/promises";

/** What the preload does; JSON in TENANTRY_CRASH. */
export interface PreloadOrders {
  /** Ends the process at its n-th write, counted from 1: before it is done, or after. */
  readonly kill?: { readonly write: number; readonly when: "before" | "after" };
  /** Its n-th write fails as on a broken disk, and with `lasts` every one after it. */
  readonly fail?: { readonly write: number; readonly lasts: boolean };
  /** A file that gets a line for each write: the database's name and the statement's first words. */
  readonly log?: string;
  /** Waits between two tries are so many times shorter; 1 when absent. */
  readonly haste?: number;
}

const orders = JSON.parse(process.env.TENANTRY_CRASH ?? "{}") as PreloadOrders;
const writing = /^\s*(?:insert|update|delete|replace|create|drop|alter|commit)\b/i;
let writes = 0;

/** Does a write, unless the process ends at it or it fails. */
function write<T>(database: string, sql: string, work: () => T, failing: () => T): T {
  writes += 1;
  const mine = orders.kill?.write === writes ? orders.kill.when : undefined;
  if (orders.log !== undefined) {
    appendFileSync(orders.log, `${database} ${sql.trim().split(/\s+/).slice(0, 3).join(" ").replaceAll('"', "")}\n`);
  }
  if (mine === "before") die();
  if (fails()) return failing();
  const result = work();
  if (mine === "after") {
    if (result instanceof Promise) return result.finally(die) as T;
    die();
  }
  return result;
}

function fails(): boolean {
  const { fail } = orders;
  return fail !== undefined && (fail.lasts ? writes >= fail.write : writes === fail.write);
}

function die(): void {
  process.kill(process.pid, "SIGKILL");
  // The signal comes in a moment, and nothing more may happen until then.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10_000);
}

type Statement = Record<"run" | "all" | "get", (...args: readonly unknown[]) => unknown>;

function watchSqlite(): void {
  const names = new WeakMap<StatementSync, string>();
  const { prepare } = DatabaseSync.prototype;
  DatabaseSync.prototype.prepare = function (this: DatabaseSync, ...args: Parameters<typeof prepare>) {
    const statement = prepare.apply(this, args);
    names.set(statement, basename(this.location() ?? "memory", ".db"));
    return statement;
  };
  const prototype = StatementSync.prototype as unknown as Statement;
  for (const method of ["run", "all", "get"] as const) {
    const original = prototype[method];
    prototype[method] = function (this: StatementSync, ...args: unknown[]) {
      const work = (): unknown => original.apply(this as never, args);
      const sql = this.sourceSQL;
      const failing = (): never => {
        throw Object.assign(new Error("disk I/O error"), { code: "ERR_SQLITE_ERROR", errcode: 10 });
      };
      return writing.test(sql) ? write(names.get(this) ?? "sqlite", sql, work, failing) : work();
    };
  }
}

/** Only where PostgreSQL is used: loading its driver takes time. */
function watchPostgres(): void {
  interface Client {
    readonly database?: string;
    query(...args: readonly unknown[]): unknown;
  }
  const pg = createRequire(import.meta.url)("pg") as { readonly Client: { readonly prototype: Client } };
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: Client, ...args: unknown[]) {
    const [first] = args;
    const sql = typeof first === "string" ? first : String((first as { text?: unknown } | undefined)?.text ?? "");
    const work = (): unknown => query.apply(this, args);
    const failing = async (): Promise<never> => {
      throw Object.assign(new Error("could not extend file"), { code: "53100", severity: "ERROR" });
    };
    return writing.test(sql) ? write<unknown>("postgres", sql, work, failing) : work();
  };
}

function hurry(times: number): void {
  const original = timers.setTimeout;
  timers.setTimeout = ((milliseconds?: number, ...rest: readonly []) =>
    original((milliseconds ?? 0) / times, ...rest)) as typeof original;
  syncBuiltinESMExports();
}

watchSqlite();
if (process.env.TENANTRY_CRASH_POSTGRES === "1") watchPostgres();
if (orders.haste !== undefined && orders.haste !== 1) hurry(orders.haste);
