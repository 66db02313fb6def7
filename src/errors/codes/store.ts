import type { CodeEntry } from "../code.ts";

export const storeCodes = {
  STORE_URL_INVALID: {
    cause: "The address of the store has no form that is supported.",
    mend: "Write `sqlite:PATH`, such as `sqlite:.tenantry/store.db`, or `postgres://USER:PASSWORD@HOST/DATABASE`.",
    exit: 2,
  },
  STORE_UNREACHABLE: {
    cause: "The store cannot be reached, opened, read or written.",
    mend: "Of a file: make its folder exist and writable by this user, with space left. Of a server: see that it runs and can be reached from here. Then run the command again.",
    exit: 5,
  },
  STORE_CONNECTION_LOST: {
    cause: "The connection to the store broke in the middle; whether the last statement took effect is not known.",
    mend: "Run the command again; it looks at what is there and goes on.",
    exit: 5,
  },
  STORE_LOGIN_REFUSED: {
    cause: "The store's server does not let the user of the address in.",
    mend: "Look at user and password of the store's address, and at what the server demands (pg_hba.conf, TLS).",
    exit: 5,
  },
  STORE_DATABASE_MISSING: {
    cause: "The store's server has no database of the name in the address.",
    mend: "Make the database, or name one that is there; the tables in it are made by themselves.",
    exit: 5,
  },
  STORE_FORBIDDEN: {
    cause: "The store's user lacks a right in its database.",
    mend: "Let the user create tables in the schema, or run a command once with a user that may, and grant the rest; see docs/sql.md.",
    exit: 5,
  },
  STORE_BUSY: {
    cause: "Another process kept the store to itself for longer than we wait.",
    mend: "Look which process holds the store's file or a lock in its database; run the command again when it is done.",
    exit: 5,
  },
  STORE_CORRUPT: {
    cause: "The store is no database, is damaged, or lacks tables or holds rows that Tenantry did not leave so.",
    mend: "When no other run is under way, move the file (with its -wal and -shm) or the `tenantry_` tables away and run the command again: a new store is made, and only history is lost.",
    exit: 5,
  },
  STORE_NEWER: {
    cause: "The store was made or migrated by a newer version of Tenantry.",
    mend: "Use that version or a later one, or name another store.",
    exit: 4,
  },
  STORE_OTHER_ENVIRONMENT: {
    cause: "The store belongs to another workspace or environment. Locks and proofs of two would be mixed up in it.",
    mend: "Give each environment a store of its own: `environments: { NAME: { store: { url: … } } }`, in PostgreSQL another database or schema.",
    exit: 4,
  },
  STORE_LOCKED: {
    cause: "Somebody else is at work on the same address.",
    mend: "Wait until they are done. The lock of a process that died lapses after 60 seconds.",
    exit: 4,
  },
  STORE_LOCK_LOST: {
    cause: "This process did not renew its lock for 60 seconds, and somebody else took it over.",
    mend: "Run the command again; it goes on from where the journal stands.",
    exit: 5,
  },
} as const satisfies Record<string, CodeEntry>;
