import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { onTestFinished } from "vitest";
import { TenantryError } from "../../src/errors/failure.ts";
import { openStore, type StoreOptions } from "../../src/store/open.ts";
import type { Store } from "../../src/store/store.ts";
import { type DatabaseKind, postgresQuery, postgresSchema } from "../support/postgres.ts";

/** A folder that is gone when the test has finished. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "tenantry-store-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** The address of a store that is not there yet, and is gone when the test has finished. */
export async function storeUrl(kind: DatabaseKind): Promise<string> {
  return kind === "sqlite" ? `sqlite:${join(folder(), "store.db")}` : postgresSchema();
}

/** A statement on a store, as somebody else would run it. */
export async function edit(url: string, statement: string): Promise<void> {
  if (!url.startsWith("sqlite:")) {
    await postgresQuery(url, statement);
    return;
  }
  const database = new DatabaseSync(url.slice("sqlite:".length));
  database.exec(statement);
  database.close();
}

/** A clock that stands still until it is moved. Milliseconds. */
export interface HandClock {
  (): number;
  forward(milliseconds: number): void;
}

export function handClock(start = Date.UTC(2026, 10, 21, 9, 0, 0)): HandClock {
  let now = start;
  return Object.assign(() => now, {
    forward: (milliseconds: number) => {
      now += milliseconds;
    },
  });
}

/** Lets time pass for the locks of a store: by its clock, and in PostgreSQL, where the server's counts, in its rows. */
export async function passTime(url: string, clock: HandClock, milliseconds: number): Promise<void> {
  clock.forward(milliseconds);
  if (url.startsWith("sqlite:")) return;
  const before = `(heartbeat_at::timestamptz at time zone 'UTC') - interval '${milliseconds} milliseconds'`;
  await edit(url, `update tenantry_lock set heartbeat_at = to_char(${before}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`);
}

/** A store that is closed when the test has finished. */
export async function store(options: Partial<StoreOptions> & Pick<StoreOptions, "url">): Promise<Store> {
  const opened = await openStore({ clock: handClock(), ...options });
  onTestFinished(() => opened.close());
  return opened;
}

export async function failureOf(work: Promise<unknown>): Promise<TenantryError> {
  const error = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof TenantryError) return error;
  throw new Error("no TenantryError was thrown", { cause: error });
}
