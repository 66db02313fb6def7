import type { CodeEntry } from "../code.ts";

export const sqlCodes = {
  SQL_URL_INVALID: {
    cause: "The address of an app's database has no form that is supported.",
    mend: "Under `database`, write `sqlite:PATH`, `postgres://HOST/DATABASE`, or a reference to an address with a password.",
    exit: 2,
  },
  SQL_NOT_MIGRATED: {
    cause: "An app's database does not have the tables for connections, or not the newest ones.",
    mend: "Run `tenantry migrate` for the environment, then run the command again.",
    exit: 5,
  },
  SQL_NEWER: {
    cause: "An app's database was migrated by a newer version of Tenantry.",
    mend: "Use that version or a later one.",
    exit: 4,
  },
  SQL_SCHEMA_CLASH: {
    cause: "An app's database has a table or view of a name that Tenantry needs, and Tenantry did not make it.",
    mend: "Rename the one that is there, or give the connections a database of their own.",
    exit: 4,
  },
  SQL_MAPPING_MISSING: {
    cause: "A table or column that an app's `mapping` names is not in its database.",
    mend: "Make it, or correct the name where the message says; case counts. On PostgreSQL it must be in the first schema of the user's search path.",
    exit: 5,
  },
  SQL_MAPPING_UNFIT: {
    cause: "A column that an app's `mapping` names as the key cannot hold what is to tell its rows apart.",
    mend: "Name a text column, or `value: database` for one that the database fills, such as a number that counts up.",
    exit: 5,
  },
  SQL_MAPPING_ROW_TAKEN: {
    cause: "A table that records are mapped to has a row with a record's key, and Tenantry did not make it.",
    mend: "Rows of others are never changed: delete that row or give it another key, then run the command again.",
    exit: 4,
  },
  SQL_SCHEMA_CHANGED: {
    cause: "The tables for connections were changed: a column or a table that Tenantry made is missing.",
    mend: "Put back what is missing. Columns of your own may be added, ours may not be renamed or dropped.",
    exit: 5,
  },
  SQL_UNREACHABLE: {
    cause: "An app's database cannot be reached, opened, read or written.",
    mend: "Look whether it is there, can be reached from here, has space left and may be written by this user, then run the command again.",
    exit: 5,
  },
  SQL_CONNECTION_LOST: {
    cause: "The connection to an app's database broke in the middle; whether the last change took effect is not known.",
    mend: "Run the command again; it looks at what is there and goes on.",
    exit: 5,
  },
  SQL_LOGIN_REFUSED: {
    cause: "The server of an app's database does not let the user of the address in.",
    mend: "Look at user and password of the database's address, and at what the server demands (pg_hba.conf, TLS).",
    exit: 5,
  },
  SQL_DATABASE_MISSING: {
    cause: "The server of an app's database has no database of the name in the address.",
    mend: "Make the database or name the right one, then run `tenantry migrate` for the environment.",
    exit: 5,
  },
  SQL_FORBIDDEN: {
    cause: "The user lacks a right in an app's database.",
    mend: "Grant what docs/sql.md lists for this command: `migrate`, `apply` and `plan` need different rights.",
    exit: 5,
  },
  SQL_BUSY: {
    cause:
      "Another program kept an app's database to itself for longer than we wait, or changed the same rows again and again.",
    mend: "Look which process holds a transaction open; run the command again when it is done.",
    exit: 5,
  },
  SQL_CORRUPT: {
    cause: "An app's database is damaged, is no database, or a row of ours in it cannot be read.",
    mend: "Mend or restore the database, then run the command again.",
    exit: 5,
  },
  SQL_REFUSED: {
    cause: "A constraint or trigger in an app's database forbids what should be written; nothing was changed.",
    mend: "Look for constraints added to the tables for connections: columns of your own need a default.",
    exit: 5,
  },
  SQL_FOREIGN_RECORD: {
    cause: "A connection record belongs to another workspace or environment, or to nobody. It was not changed.",
    mend: "Give every environment a database of its own, or remove the row by hand if it is a leftover.",
    exit: 4,
  },
  SQL_FOREIGN_TENANT: {
    cause: "A tenant's row belongs to another workspace or environment, or to nobody. It was not changed.",
    mend: "Give every environment a database of its own, or remove the row by hand if it is a leftover.",
    exit: 4,
  },
  SQL_TENANT_CLASH: {
    cause: "A tenant's slug or public id stands in the database with another id or slug. Neither ever changes.",
    mend: "Put back the `id` that the tenant file had, or choose a new slug and a new id.",
    exit: 4,
  },
  SQL_TENANT_MISSING: {
    cause: "A record cannot be written before the row of its tenant.",
    mend: "Run the apply again; it writes the tenant's row first.",
    exit: 5,
  },
  SQL_DOMAIN_TAKEN: {
    cause: "An e-mail domain belongs to another tenant in the database. It was not moved.",
    mend: "Apply the other tenant without the domain first, or remove the domain from this tenant's file.",
    exit: 4,
  },
  SQL_RECORD_MISSING: {
    cause: "A record that should be switched on is not there.",
    mend: "Look who else writes to the table, then run the apply again; it writes the record anew.",
    exit: 5,
  },
  SQL_RECORD_NOT_PENDING: {
    cause: "A record that is disabled cannot be switched on without being written and proven again.",
    mend: "Run the apply again; it writes and proves the record first.",
    exit: 4,
  },
  SQL_RECORD_RETIRED: {
    cause: "The connection was removed and its key is never used again.",
    mend: "Make a new tenant file with a new slug and a new id.",
    exit: 4,
  },
  SQL_SECRET_MISSING: {
    cause: "A client that proves itself with a secret would be written without one.",
    mend: "Look whether the identity provider still has an active secret for the client, then run the apply again.",
    exit: 5,
  },
} as const satisfies Record<string, CodeEntry>;
