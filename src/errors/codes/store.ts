import type { CodeEntry } from "../code.ts";

export const storeCodes = {
  STORE_URL_INVALID: {
    cause: "The address of the store has no form that is supported.",
    mend: "Write `sqlite:PATH`, such as `sqlite:.tenantry/store.db`.",
    exit: 2,
  },
  STORE_UNREACHABLE: {
    cause: "The store cannot be opened, read or written.",
    mend: "Make its folder exist and writable by this user, with space left, then run the command again.",
    exit: 5,
  },
  STORE_BUSY: {
    cause: "Another process kept the store to itself for longer than we wait.",
    mend: "Look which process holds the store's file open; run the command again when it is done.",
    exit: 5,
  },
  STORE_CORRUPT: {
    cause: "The store's file is no SQLite database, is damaged, or holds rows that Tenantry did not write so.",
    mend: "Move the file away and run the command again: a new store is made, and only history is lost.",
    exit: 5,
  },
  STORE_NEWER: {
    cause: "The store was made or migrated by a newer version of Tenantry.",
    mend: "Use that version or a later one, or name another store.",
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
