import { type Kysely, type RawBuilder, sql } from "kysely";
import type { Address } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import type { DatabaseLocation } from "./database.ts";
import { readLock } from "./rows.ts";
import type { Holder, Lock, LockInfo, LockState } from "./store.ts";
import type { StoreTables } from "./tables.ts";

/** Milliseconds between two signs of life of a holder, and after how many without one its lock lapses. */
const heartbeatEvery = 15_000;
const lapseAfter = 60_000;
/** How much longer than usual a sign of life may take when it is waited for. */
const answerTime = 5_000;

export interface LockContext {
  readonly database: Kysely<StoreTables>;
  /** The store's name in messages. */
  readonly name: string;
  readonly kind: DatabaseLocation["kind"];
  /** Not asked on PostgreSQL, where the server's clock counts. */
  readonly clock: () => number;
  readonly random: (bytes: number) => Uint8Array;
  readonly sleep: (milliseconds: number) => Promise<unknown>;
  /** Whether a process of this host lives. Not asked on PostgreSQL. */
  readonly isAlive: (pid: number) => boolean;
  /** Runs a query; translates what goes wrong into a `TenantryError`. */
  readonly reach: <T>(work: () => Promise<T>) => Promise<T>;
}

/** The locks of one store. What is still held when the store closes is released. */
export interface Locks {
  take(address: Address, holder: Holder): Promise<Lock>;
  list(host?: string): Promise<readonly LockInfo[]>;
  releaseAll(): Promise<void>;
}

export function createLocks(context: LockContext): Locks {
  const { database, reach } = context;
  const held = new Set<Lock>();

  return {
    async take(address, holder) {
      const token = Buffer.from(context.random(16)).toString("hex");
      const previous = await reach(() => seize(context, address, holder, token));
      const lock = hold(context, address, token, previous, () => held.delete(lock));
      held.add(lock);
      return lock;
    },

    async list(host) {
      const rows = await reach(() =>
        database.selectFrom("tenantry_lock").selectAll().select(now(context).as("now")).execute(),
      );
      const locks = rows.map((row) => {
        const lock = readLock(row, context.name);
        return { ...lock, state: stateOf(context, lock, row.now, host) };
      });
      // Sorted here: databases have orders of their own for text.
      return locks.sort((a, b) => (a.address < b.address ? -1 : 1));
    },

    async releaseAll() {
      // One that cannot be released lapses.
      await Promise.allSettled([...held].map((lock) => lock.release()));
    },
  };
}

/**
 * Now, as it stands in the table. Of a server it is the server's own: the clocks of the hosts that share it differ, and
 * one that is ahead would take live locks.
 */
function now({ kind, clock }: LockContext): RawBuilder<string> {
  return kind === "postgres"
    ? sql<string>`to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`
    : sql<string>`${new Date(clock()).toISOString()}`;
}

/** Puts our row in the place of none, or of one whose holder is dead or silent; gives back that holder. */
async function seize(
  context: LockContext,
  address: Address,
  holder: Holder,
  token: string,
): Promise<Holder | undefined> {
  const at = now(context);
  const ours = {
    address,
    token,
    holder_name: holder.name,
    holder_host: holder.host,
    holder_pid: holder.pid,
    acquired_at: at,
    heartbeat_at: at,
  };
  const inserted = await context.database
    .insertInto("tenantry_lock")
    .values(ours)
    .onConflict((conflict) => conflict.column("address").doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows === 1n) return undefined;

  const row = await context.database
    .selectFrom("tenantry_lock")
    .selectAll()
    .select(at.as("now"))
    .where("address", "=", address)
    .executeTakeFirst();
  // Released between the two queries.
  if (row === undefined) return seize(context, address, holder, token);
  const present = readLock(row, context.name);
  const { holder: other, acquiredAt } = present;
  const state = stateOf(context, present, row.now, holder.host);
  const doubtful = isDoubtful(context, present, row.now, holder.host);
  if (state === "alive" && !doubtful) throw locked(address, other, acquiredAt);
  // A holder that lives shows it meanwhile, and then nothing is taken below.
  if (state !== "dead" && doubtful) await context.sleep(heartbeatEvery + answerTime);

  // Only if its holder has not shown a sign of life since, and nobody else was faster.
  const taken = await context.database
    .updateTable("tenantry_lock")
    .set(ours)
    .where("address", "=", address)
    .where("token", "=", row.token)
    .where("heartbeat_at", "=", row.heartbeat_at)
    .executeTakeFirst();
  if (taken.numUpdatedRows === 1n) return other;
  if (doubtful && (await isHeldBy(context, address, row.token))) throw locked(address, other, acquiredAt);
  return seize(context, address, holder, token);
}

/**
 * Whether the times in a lock cannot be trusted: a sign of life from the future, or none for long in a file though its
 * process lives here. Then two clocks differ, or one was set meanwhile, and only another look tells.
 */
function isDoubtful(
  context: LockContext,
  { holder, heartbeatAt }: Omit<LockInfo, "state">,
  at: string,
  host: string,
): boolean {
  const age = Date.parse(at) - Date.parse(heartbeatAt);
  if (age < -lapseAfter) return true;
  return age > lapseAfter && context.kind !== "postgres" && holder.host === host && context.isAlive(holder.pid);
}

async function isHeldBy({ database }: LockContext, address: Address, token: string): Promise<boolean> {
  const row = await database
    .selectFrom("tenantry_lock")
    .select("token")
    .where("address", "=", address)
    .executeTakeFirst();
  return row?.token === token;
}

/** Whether a lock keeps others out. */
function stateOf(
  context: LockContext,
  { holder, heartbeatAt }: Omit<LockInfo, "state">,
  at: string,
  host: string | undefined,
): LockState {
  if (Date.parse(at) - Date.parse(heartbeatAt) > lapseAfter) return "lapsed";
  // A file is of this machine. A server's holder may be on another one of this host name, as containers and runners are.
  const dead = context.kind !== "postgres" && holder.host === host && !context.isAlive(holder.pid);
  return dead ? "dead" : "alive";
}

function hold(
  context: LockContext,
  address: Address,
  token: string,
  takenOverFrom: Holder | undefined,
  onRelease: () => void,
): Lock {
  const { database, reach } = context;
  let released = false;

  /** False when the row is no longer ours. */
  const beat = async (): Promise<boolean> => {
    const result = await database
      .updateTable("tenantry_lock")
      .set({ heartbeat_at: now(context) })
      .where("address", "=", address)
      .where("token", "=", token)
      .executeTakeFirst();
    return result.numUpdatedRows === 1n;
  };
  // A beat that fails is not reported: `check` comes before every effect and does.
  const timer = setInterval(() => void beat().catch(() => undefined), heartbeatEvery);
  timer.unref();

  return {
    address,
    takenOverFrom,
    async check() {
      if (!released && (await reach(beat))) return;
      throw new TenantryError("STORE_LOCK_LOST", `The lock on ${address} is no longer held by this process.`);
    },
    async release() {
      if (released) return;
      released = true;
      clearInterval(timer);
      onRelease();
      await reach(() =>
        database.deleteFrom("tenantry_lock").where("address", "=", address).where("token", "=", token).execute(),
      );
    },
  };
}

function locked(address: Address, { name, host, pid }: Holder, since: string): TenantryError {
  return new TenantryError("STORE_LOCKED", `${address} is locked by ${name} on ${host} (pid ${pid}) since ${since}.`);
}
