import { type Kysely, sql } from "kysely";
import { type AppTables, connectionColumns } from "./tables.ts";

interface Migration {
  /** Names of the tables and views that it makes. */
  readonly makes: readonly string[];
  run(database: Kysely<AppTables>): Promise<void>;
}

const ownTables: Readonly<Record<string, Migration>> = {
  "001-connections": {
    makes: ["org", "org_domain", "sso_connection", "sso_connection_previous", "sso_connection_active"],
    run: makeConnections,
  },
  "002-domain-proofs": { makes: ["org_domain_claim"], run: makeDomainProofs },
};

/** The same tables beside a table of the team's that the records land in, and what is known of its rows. */
const mappedTables: typeof ownTables = {
  ...ownTables,
  "003-mapped-rows": { makes: ["tenantry_row"], run: makeMappedRows },
};

/** In order of their names. One that was released is never changed. */
export function migrationsOf(mapped: boolean): typeof ownTables {
  return mapped ? mappedTables : ownTables;
}

/**
 * The tables of connections, and a view for the app. The app finds who may sign in by the view alone:
 *
 * ```sql
 * select c.* from sso_connection_active c join org_domain d on d.org_id = c.org_id where c.app = ? and d.domain = ?
 * ```
 *
 * It holds active connections of active tenants; pending and disabled ones and tombstones let nobody in.
 */
async function makeConnections(database: Kysely<AppTables>): Promise<void> {
  const { schema } = database;
  await schema
    .createTable("org")
    .addColumn("id", "text", (column) => column.primaryKey().notNull())
    .addColumn("tenant", "text", (column) => column.notNull().unique())
    .addColumn("name", "text", (column) => column.notNull())
    .addColumn("status", "text", (column) =>
      column.notNull().check(sql`status in ('draft', 'active', 'suspended', 'offboarded')`),
    )
    .addColumn("managed_by", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .execute();
  await schema
    .createTable("org_domain")
    .addColumn("domain", "text", (column) => column.primaryKey().notNull().check(sql`domain = lower(domain)`))
    .addColumn("org_id", "text", (column) => column.notNull().references("org.id"))
    .addColumn("verified_at", "text")
    .execute();
  await schema.createIndex("org_domain_org").on("org_domain").column("org_id").execute();
  await connectionTable(database, "sso_connection").execute();
  await schema.createIndex("sso_connection_org").on("sso_connection").column("org_id").execute();
  await connectionTable(database, "sso_connection_previous")
    .addColumn("kept_at", "text", (column) => column.notNull())
    .addForeignKeyConstraint("sso_connection_previous_key", ["key"], "sso_connection", ["key"], (constraint) =>
      constraint.onDelete("cascade"),
    )
    .execute();
  const shown = connectionColumns.map((column) => sql.ref(`c.${column}`));
  await sql`create view ${sql.table("sso_connection_active")} as
    select ${sql.join(shown)}, o.tenant, o.name as org_name
    from ${sql.table("sso_connection")} as c join ${sql.table("org")} as o on o.id = c.org_id
    where c.state = 'active' and o.status = 'active'`.execute(database);
}

/**
 * What is known of each domain that the app routes, and a table for those that it does not: a domain that nobody has
 * proven stands in no table that an app reads. What is routed already goes on being routed: nobody who can sign in is put
 * out by an update. When it was verified stays as the app has it.
 */
async function makeDomainProofs(database: Kysely<AppTables>): Promise<void> {
  const { schema } = database;
  await schema
    .alterTable("org_domain")
    .addColumn("verification", "text", (column) =>
      column
        .notNull()
        .defaultTo("kept")
        .check(sql`verification in ('kept', 'attested') or verification like 'tenantry-domain=%'`),
    )
    .execute();
  await schema
    .createTable("org_domain_claim")
    .addColumn("domain", "text", (column) => column.primaryKey().notNull().check(sql`domain = lower(domain)`))
    .addColumn("org_id", "text", (column) => column.notNull().references("org.id"))
    .addColumn("created_at", "text", (column) => column.notNull())
    .execute();
  await schema.createIndex("org_domain_claim_org").on("org_domain_claim").column("org_id").execute();
}

/** Which row of the team's table is which record, and what of it only its own hash tells. */
async function makeMappedRows(database: Kysely<AppTables>): Promise<void> {
  await database.schema
    .createTable("tenantry_row")
    .addColumn("key", "text", (column) => column.primaryKey().notNull().references("sso_connection.key"))
    .addColumn("table_name", "text", (column) => column.notNull())
    .addColumn("row_key", "text", (column) => column.notNull())
    .addColumn("domains", "text", (column) => column.notNull())
    .addColumn("api_key_hash", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addUniqueConstraint("tenantry_row_once", ["table_name", "row_key"])
    .execute();
}

function connectionTable(database: Kysely<AppTables>, name: string) {
  return database.schema
    .createTable(name)
    .addColumn("key", "text", (column) => column.primaryKey().notNull())
    .addColumn("app", "text", (column) => column.notNull())
    .addColumn("org_id", "text", (column) => column.notNull().references("org.id"))
    .addColumn("sign_in", "text", (column) => column.notNull())
    .addColumn("state", "text", (column) =>
      column.notNull().check(sql`state in ('pending', 'active', 'disabled', 'tombstone')`),
    )
    .addColumn("issuer", "text", (column) => column.notNull())
    .addColumn("authorization_endpoint", "text", (column) => column.notNull())
    .addColumn("token_endpoint", "text", (column) => column.notNull())
    .addColumn("userinfo_endpoint", "text")
    .addColumn("jwks_uri", "text", (column) => column.notNull())
    .addColumn("end_session_endpoint", "text")
    .addColumn("client_id", "text", (column) => column.notNull())
    .addColumn("client_secret", "text")
    .addColumn("client_secret_id", "text")
    .addColumn("client_auth", "text", (column) => column.notNull())
    .addColumn("pkce", "text", (column) => column.notNull())
    .addColumn("response_mode", "text", (column) => column.notNull())
    .addColumn("redirect_uri", "text", (column) => column.notNull())
    .addColumn("scopes", "text", (column) => column.notNull())
    .addColumn("acr_values", "text", (column) => column.notNull())
    .addColumn("extra_params", "text", (column) => column.notNull())
    .addColumn("claims", "text", (column) => column.notNull())
    .addColumn("roles", "text")
    .addColumn("require", "text", (column) => column.notNull())
    .addColumn("provision", "text", (column) => column.notNull())
    .addColumn("end_session", "integer", (column) => column.notNull().check(sql`end_session in (0, 1)`))
    .addColumn("session", "text")
    .addColumn("spec_digest", "text", (column) => column.notNull())
    .addColumn("managed_by", "text")
    .addColumn("created_at", "text", (column) => column.notNull())
    .addColumn("updated_at", "text", (column) => column.notNull())
    .addColumn("activated_at", "text");
}
