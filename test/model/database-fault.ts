// Makes the databases of this very process fail, as the preload of test/crash kills a process at one of its writes. An
// apply that runs in this process is cut off so: from one of its writes on none succeeds any more, which leaves behind
// what a kill leaves behind, at a hundredth of the time.

import { basename } from "node:path";
import { DatabaseSync, StatementSync } from "node:sqlite";

/** What goes wrong with the databases. */
export interface DatabaseFault {
  /** The n-th write from now on, counted from 1; 0 for none yet (see `cutOff`). */
  readonly write: number;
  /** Whether that write itself is still done. */
  readonly when: "before" | "after";
  /** `once`: that write fails, and all others are done. `gone`: no write is done any more. */
  readonly lasts: "once" | "gone";
  /** Called when it strikes. */
  readonly onHit?: (statement: string) => void;
}

const writing = /^\s*(?:insert|update|delete|replace|create|drop|alter|commit)\b/i;

let fault: DatabaseFault | undefined;
let writes = 0;
let gone = false;

/** From now on the databases of this process fail so; undefined ends it. */
export function failDatabases(next: DatabaseFault | undefined): void {
  fault = next;
  writes = 0;
  gone = false;
}

/** From this moment on no write is done. */
export function cutOff(): void {
  gone = true;
}

type Statement = Record<"run" | "all" | "get", (...args: readonly unknown[]) => unknown>;

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
    return fault === undefined || !writing.test(this.sourceSQL) ? work() : write(this, fault, work);
  };
}

function write<T>(statement: StatementSync, { write: at, when, lasts, onHit }: DatabaseFault, work: () => T): T {
  if (gone) throw refused();
  writes += 1;
  if (writes !== at) return work();
  if (when === "after") work();
  if (lasts === "gone") gone = true;
  onHit?.(`${names.get(statement) ?? "sqlite"} ${statement.sourceSQL.trim().split(/\s+/).slice(0, 3).join(" ")}`);
  throw refused();
}

function refused(): Error {
  return Object.assign(new Error("disk I/O error"), {
    code: "ERR_SQLITE_ERROR",
    errcode: 10,
    errstr: "disk I/O error",
  });
}
