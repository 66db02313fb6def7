import { createHmac, randomBytes } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { Kysely } from "kysely";
import { TenantryError } from "../errors/failure.ts";
import { type DatabaseLocation, databaseDialect, databaseFault, databaseName, parseDatabaseUrl } from "./database.ts";
import { createHistory } from "./history.ts";
import { createLocks } from "./locks.ts";
import { claimStore, type StoreOwner } from "./owner.ts";
import { migrateStore } from "./schema.ts";
import { schemeOf } from "./sqlite-url.ts";
import type { Store } from "./store.ts";
import type { StoreTables } from "./tables.ts";

export interface StoreOptions {
  /** `sqlite:PATH`, `sqlite::memory:` or `postgres://…`. */
  readonly url: string;
  /** The folder that a relative path is relative to; the working directory when absent. */
  readonly root?: string | undefined;
  /** Whose the store is: written into a new one, compared with an old one's. Absent: nobody asks. */
  readonly owner?: StoreOwner | undefined;
  /** Milliseconds since the epoch. */
  readonly clock: () => number;
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
  readonly random?: ((bytes: number) => Uint8Array) | undefined;
  /**
   * Whether a process of this host lives; in SQLite the lock of a dead one may be taken over at once. Absent: nobody is
   * known to be dead, and locks only lapse.
   */
  readonly isAlive?: ((pid: number) => boolean) | undefined;
}

/**
 * Opens the store and migrates it to this program's version. A SQLite file is made when it is missing (file 0600, folder
 * 0700); in PostgreSQL the database must be there.
 *
 * @throws TenantryError STORE_URL_INVALID, STORE_NEWER, STORE_CORRUPT, STORE_OTHER_ENVIRONMENT, or one that says why it cannot be used.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  const { url, root, owner, clock, sleep, random = randomBytes, isAlive = () => true } = options;
  const location = parseDatabaseUrl(url, root);
  if (location.kind === "unusable") {
    throw new TenantryError("STORE_URL_INVALID", `The store's address (scheme ${schemeOf(url)}) ${location.problem}.`);
  }
  const name = databaseName("store", location);
  const dialect = databaseDialect(location, { owner: "ours", writeLock: "migration", sleep });
  const database = new Kysely<StoreTables>({ dialect });
  const reach = <T>(work: () => Promise<T>): Promise<T> => work().catch((error) => fail(error, location, name));

  let fingerprintKey: Buffer;
  try {
    fingerprintKey = await reach(async () => {
      await migrateStore(database, { name, random, kind: location.kind });
      if (owner !== undefined) await claimStore(database, owner, name);
      return readFingerprintKey(database, name);
    });
  } catch (error) {
    await database.destroy();
    throw error;
  }

  const locks = createLocks({
    database,
    name,
    kind: location.kind,
    clock,
    random,
    sleep: sleep ?? delay,
    isAlive,
    reach,
  });
  let closed = false;

  return {
    ...createHistory({ database, name, clock, random, reach }),
    lock: locks.take,
    locks: locks.list,
    async fingerprint(secret) {
      return createHmac("sha256", fingerprintKey).update(secret.reveal(), "utf8").digest("hex");
    },
    async close() {
      if (closed) return;
      closed = true;
      try {
        await locks.releaseAll();
      } finally {
        await database.destroy();
      }
    },
  };
}

async function readFingerprintKey(database: Kysely<StoreTables>, name: string): Promise<Buffer> {
  const row = await database
    .selectFrom("tenantry_meta")
    .select("value")
    .where("name", "=", "fingerprint_key")
    .executeTakeFirst();
  if (row === undefined || !/^[0-9a-f]{64}$/.test(row.value)) {
    throw new TenantryError("STORE_CORRUPT", `${name} has lost its key for fingerprints.`);
  }
  return Buffer.from(row.value, "hex");
}

const codes = {
  absent: "STORE_DATABASE_MISSING",
  busy: "STORE_BUSY",
  conflict: "STORE_BUSY",
  corrupt: "STORE_CORRUPT",
  forbidden: "STORE_FORBIDDEN",
  login: "STORE_LOGIN_REFUSED",
  lost: "STORE_CONNECTION_LOST",
  schema: "STORE_CORRUPT",
  unreachable: "STORE_UNREACHABLE",
} as const;

/** What goes wrong below is translated here, once. Unknown errors are ours and pass as they are. */
function fail(error: unknown, location: DatabaseLocation, name: string): never {
  if (error instanceof TenantryError) throw error;
  const fault = databaseFault(location, error);
  if (fault === undefined || fault.kind === "constraint") throw error;
  throw new TenantryError(codes[fault.kind], `${name} ${fault.text}.`, {
    cause: error,
    ...(fault.mend === undefined ? {} : { hint: fault.mend }),
  });
}
