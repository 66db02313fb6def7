import { type RawBuilder, sql, type Transaction } from "kysely";
import { TenantryError } from "../../../errors/failure.ts";
import { readConnection } from "../rows.ts";
import { type AppTables, connectionColumns, type MappedRow } from "../tables.ts";
import { type HandOutApiKey, newApiKey } from "./api-key.ts";
import { type Cell, isOn, type RecordSource, rowKeyOf, rowValues } from "./row-values.ts";
import type { MappedShape } from "./table-shape.ts";

/** What landing takes. */
export interface LandingContext {
  readonly database: Transaction<AppTables>;
  readonly app: string;
  readonly marker: string;
  readonly now: string;
  readonly shape: MappedShape;
  readonly handOutApiKey: HandOutApiKey;
}

/**
 * Brings the rows of the team's table to what our records of a tenant say, in the transaction that changed them. Rows that
 * no record of ours has are never touched, and of ours only the columns that the mapping names.
 *
 * @throws TenantryError SQL_MAPPING_ROW_TAKEN or SQL_DOMAIN_TAKEN
 */
export async function landRecords(context: LandingContext, tenant: string): Promise<void> {
  for (const { source, link } of await sourcesOf(context, [tenant])) await landRecord(context, source, link);
}

/** A record with the row that it has. */
export interface Landed {
  readonly source: RecordSource;
  readonly link: MappedRow | undefined;
}

/** Our records of these tenants, with what their rows are made from. */
export async function sourcesOf(
  { database, app, marker }: Pick<LandingContext, "database" | "app" | "marker">,
  tenants: readonly string[],
): Promise<readonly Landed[]> {
  if (tenants.length === 0) return [];
  const rows = await database
    .selectFrom("sso_connection as c")
    .innerJoin("org as o", "o.id", "c.org_id")
    .leftJoin("tenantry_row as r", "r.key", "c.key")
    .select(connectionColumns.map((column) => `c.${column}` as const))
    .select(["o.id as orgId", "o.tenant", "o.name", "o.status"])
    .select(["r.table_name", "r.row_key", "r.domains", "r.api_key_hash", "r.created_at as linked_at"])
    .where("c.app", "=", app)
    .where("c.managed_by", "=", marker)
    .where("o.tenant", "in", tenants)
    .orderBy("c.key")
    .execute();
  const routed = await database
    .selectFrom("org_domain as d")
    .innerJoin("org as o", "o.id", "d.org_id")
    .select(["o.tenant", "d.domain"])
    .where("o.tenant", "in", tenants)
    .orderBy("d.domain")
    .execute();
  return rows.map(({ orgId, tenant, name, status, table_name, row_key, domains, api_key_hash, linked_at, ...row }) => ({
    source: {
      record: readConnection(row),
      org: { id: orgId, tenant, name, status },
      routed: routed.filter((one) => one.tenant === tenant).map(({ domain }) => domain),
      apiKeyHash: api_key_hash,
    },
    link:
      table_name === null || row_key === null
        ? undefined
        : { key: row.key, table_name, row_key, domains: domains ?? "[]", api_key_hash, created_at: linked_at ?? "" },
  }));
}

async function landRecord(context: LandingContext, source: RecordSource, link: MappedRow | undefined): Promise<void> {
  const { database, shape, now } = context;
  const { mapping } = shape;
  const { record, org } = source;
  let { apiKeyHash } = source;
  if (mapping.apiKey !== undefined && apiKeyHash === null && isOn(source)) {
    const made = newApiKey();
    await context.handOutApiKey(org.tenant, made.key);
    apiKeyHash = made.hash;
  }
  const values = rowValues(shape, { ...source, apiKeyHash });
  await expectFreeDomains(context, source, link);
  const rowKey = (link && (await update(context, link.row_key, values))) ?? (await insert(context, source, values));
  const written = await landDomains(context, source, link, rowKey);
  await database
    .insertInto("tenantry_row")
    .values({
      ...{ key: record.key, table_name: mapping.table, row_key: rowKey },
      ...{ domains: JSON.stringify(written), api_key_hash: apiKeyHash, created_at: now },
    })
    .onConflict((conflict) =>
      conflict.column("key").doUpdateSet({
        ...{ table_name: mapping.table, row_key: rowKey },
        ...{ domains: JSON.stringify(written), api_key_hash: apiKeyHash },
      }),
    )
    .execute();
}

/** The row's key; undefined when the row is not there any more. */
async function update(
  { database, shape: { mapping } }: LandingContext,
  rowKey: string,
  values: ReadonlyMap<string, Cell>,
): Promise<string | undefined> {
  const set = [...values].map(([column, value]) => sql`${sql.id(column)} = ${value}`);
  const { numAffectedRows } = await sql`update ${sql.id(mapping.table)} set ${sql.join(set)}
    where ${keyIs(mapping.key.column, rowKey)}`.execute(database);
  return numAffectedRows === 0n ? undefined : rowKey;
}

async function insert(
  { database, shape }: LandingContext,
  source: RecordSource,
  values: ReadonlyMap<string, Cell>,
): Promise<string> {
  const { mapping } = shape;
  const given = rowKeyOf(shape, source);
  if (given !== undefined) {
    const there = await sql`select 1 from ${sql.id(mapping.table)} where ${keyIs(mapping.key.column, given)}`.execute(
      database,
    );
    if (there.rows.length > 0) {
      throw new TenantryError(
        "SQL_MAPPING_ROW_TAKEN",
        `${mapping.table} has a row whose ${mapping.key.column} is ${given}, and Tenantry did not make it.`,
      );
    }
  }
  const all = new Map<string, Cell>([
    ...(given === undefined ? [] : [[mapping.key.column, given] as const]),
    ...values,
  ]);
  const made = await sql<{ key: unknown }>`insert into ${sql.id(mapping.table)}
    (${sql.join([...all.keys()].map((column) => sql.id(column)))}) values (${sql.join([...all.values()])})
    returning ${sql.id(mapping.key.column)} as key`.execute(database);
  return String(made.rows[0]?.key);
}

/** A number compares with its text on both databases when both are text. */
function keyIs(column: string, value: string): RawBuilder<unknown> {
  return sql`cast(${sql.id(column)} as text) = ${value}`;
}

/** A domain that another row has is another customer's: it stays there. */
async function expectFreeDomains(
  { database, shape: { mapping } }: LandingContext,
  { routed }: RecordSource,
  link: MappedRow | undefined,
): Promise<void> {
  const { domains, key } = mapping;
  if (domains === undefined || routed.length === 0) return;
  const [table, column, owner] =
    "column" in domains ? [mapping.table, domains.column, key.column] : [domains.table, domains.domain, domains.org];
  const asked = "column" in domains ? routed.slice(0, 1) : routed;
  const { rows } = await sql<{ domain: string }>`select ${sql.id(column)} as domain from ${sql.id(table)}
    where ${sql.id(column)} in (${sql.join(asked)}) and cast(${sql.id(owner)} as text) <> ${link?.row_key ?? ""}`.execute(
    database,
  );
  if (rows[0] === undefined) return;
  throw new TenantryError(
    "SQL_DOMAIN_TAKEN",
    `The domain ${rows[0].domain} stands in ${table} already, for another row than this tenant's.`,
  );
}

/** Brings the table of domains to what is routed; of the row's domains there, only those that we wrote are taken out. */
async function landDomains(
  { database, shape: { mapping } }: LandingContext,
  { routed }: RecordSource,
  link: MappedRow | undefined,
  rowKey: string,
): Promise<readonly string[]> {
  const { domains } = mapping;
  if (domains === undefined || "column" in domains) return [];
  const { table, domain, org } = domains;
  const before = link?.row_key === rowKey ? (JSON.parse(link.domains) as string[]) : [];
  const gone = before.filter((one) => !routed.includes(one));
  if (gone.length > 0) {
    await sql`delete from ${sql.id(table)} where ${sql.id(domain)} in (${sql.join(gone)})
      and ${keyIs(org, rowKey)}`.execute(database);
  }
  if (routed.length > 0) {
    const { rows } = await sql<{ domain: string }>`select ${sql.id(domain)} as domain from ${sql.id(table)}
      where ${sql.id(domain)} in (${sql.join(routed)})`.execute(database);
    const there = new Set(rows.map((row) => row.domain));
    for (const one of routed.filter((wanted) => !there.has(wanted))) {
      await sql`insert into ${sql.id(table)} (${sql.id(domain)}, ${sql.id(org)}) values (${one}, ${rowKey})`.execute(
        database,
      );
    }
  }
  return routed;
}
