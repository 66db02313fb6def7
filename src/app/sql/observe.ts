import { sql, type Transaction } from "kysely";
import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { ObservedAppTenant, ObservedRecord, RoutedDomain } from "../../plan/observed.ts";
import type { RecordObservation } from "../app.ts";
import { ownerText } from "./owner.ts";
import { readConnection, readOrg } from "./rows.ts";
import { type AppTables, type ConnectionRow, connectionColumns } from "./tables.ts";
import { observedRecord } from "./values.ts";

/** Databases limit how many parameters a query may have: SQLite to 32,766, PostgreSQL to 65,535. */
const chunk = 30_000;

type Foreign = RecordObservation["foreign"][number];

/** Reads the wanted records and the rows of their tenants; of the app's other records no more than their keys. */
export async function observeRecords(
  database: Transaction<AppTables>,
  app: string,
  wanted: readonly ConnectionRecord[],
  marker: string,
  others: boolean,
): Promise<RecordObservation> {
  const keys = new Set(wanted.map((record) => record.key));
  const records = new Map<ConnectionKey, ObservedRecord>();
  const foreign: Foreign[] = [];

  const rows = await recordsOf(database, app, [...keys]);
  const kept = new Map(rows.filter((row) => row.kept === 1).map((row) => [row.key, row]));
  for (const found of rows.filter((row) => row.kept === 0)) {
    const key = found.key as ConnectionKey;
    if (found.managed_by !== marker) {
      foreign.push({ key, message: `The record ${key} belongs to ${ownerText(found.managed_by)}.` });
      continue;
    }
    const row = readConnection(found);
    if (found.org_tenant === null && row.state !== "tombstone") throw orphan(row);
    const old = kept.get(found.key);
    // A tombstone that has lost its tenant's row needs none.
    records.set(key, observedRecord(row, found.org_tenant ?? tenantOfKey(key), old && readConnection(old)));
  }
  const undeclared = others ? await othersOf(database, app, marker, keys) : [];

  const tenants = new Map<string, ObservedAppTenant>();
  const comingIn = new Set(wanted.filter((record) => record.state === "active").map((record) => record.tenant));
  for (const { row, routed, claimed, retired } of await orgsOf(database, [
    ...new Set(wanted.map((record) => record.tenant)),
  ])) {
    const { id, tenant, name, status } = row;
    if (row.managed_by === marker) {
      // Domains that were given up with the last record are not compared: the file may still name them.
      const domains = [...routed.map(({ domain }) => domain), ...claimed].sort();
      const givenUp = retired && status !== "active" && domains.length === 0 && !comingIn.has(tenant);
      tenants.set(tenant, { tenant, status, fields: { id, name, status, ...(givenUp ? {} : { domains }) }, routed });
    } else foreign.push(...foreignTenant(wanted, tenant, row.managed_by));
  }
  const read = keys.size;
  return { tenants, records, undeclared, foreign, coverage: [{ what: `app/${app} records`, read, total: read }] };
}

/** Without the tenant's row the view shows the record to nobody, and it must not be taken for one that is missing. */
function orphan({ key, org_id }: ConnectionRow): TenantryError {
  return new TenantryError("SQL_CORRUPT", `The record ${key} has lost the row ${org_id} of its tenant.`, {
    hint: `Put the row ${org_id} back into the table org, then run the command again.`,
  });
}

function foreignTenant(wanted: readonly ConnectionRecord[], tenant: string, owner: string | null): readonly Foreign[] {
  const message = `The row of the tenant ${tenant} belongs to ${ownerText(owner)}.`;
  return wanted.filter((record) => record.tenant === tenant).map(({ key }) => ({ key, message }));
}

/** Up to so many records are asked for by their keys; more cost less with all of the app's. */
const few = 1_000;

/** The records of these keys with their tenants, in order of their keys, and their kept old values (`kept` is 1). */
async function recordsOf(database: Transaction<AppTables>, app: string, keys: readonly string[]) {
  // An empty list is none that PostgreSQL takes.
  if (keys.length === 0) return [];
  const byKey = keys.length <= few;
  const rows = await database
    .selectFrom("sso_connection as c")
    .leftJoin("org as o", "o.id", "c.org_id")
    .select(connectionColumns.map((column) => `c.${column}` as const))
    .select(["o.tenant as org_tenant", sql.lit(0).as("kept")])
    .where("c.app", "=", app)
    .$if(byKey, (query) => query.where("c.key", "in", keys))
    .unionAll(
      database
        .selectFrom("sso_connection_previous as p")
        .select(connectionColumns.map((column) => `p.${column}` as const))
        .select([sql<string | null>`null`.as("org_tenant"), sql.lit(1).as("kept")])
        .where("p.app", "=", app)
        .$if(byKey, (query) => query.where("p.key", "in", keys)),
    )
    .execute();
  const wanted = new Set(keys);
  // Sorted here: databases have orders of their own for text.
  return rows.filter(({ key }) => byKey || wanted.has(key)).sort((a, b) => (a.key < b.key ? -1 : 1));
}

/** The keys and states of the app's records that are ours and not among these, in order of their keys. */
async function othersOf(
  database: Transaction<AppTables>,
  app: string,
  marker: string,
  keys: ReadonlySet<string>,
): Promise<RecordObservation["undeclared"]> {
  const rows = await database
    .selectFrom("sso_connection")
    .select(["key", "state"])
    .where("app", "=", app)
    .where("managed_by", "=", marker)
    .execute();
  return rows
    .filter(({ key }) => !keys.has(key))
    .map(({ key, state }) => ({ key: key as ConnectionKey, state }))
    .sort((a, b) => (a.key < b.key ? -1 : 1));
}

interface FoundOrg {
  readonly row: ReturnType<typeof readOrg>;
  /** Sorted. */
  readonly routed: readonly RoutedDomain[];
  readonly claimed: readonly string[];
  /** Whether it has records in this database and none but tombstones, whatever app and owner they are of. */
  readonly retired: boolean;
}

async function orgsOf(database: Transaction<AppTables>, tenants: readonly string[]): Promise<readonly FoundOrg[]> {
  const orgs: FoundOrg[] = [];
  for (let from = 0; from < tenants.length; from += chunk) {
    const rows = await database
      .selectFrom("org as o")
      .leftJoin(domainsOf(database).as("d"), "d.org_id", "o.id")
      .select(["o.id", "o.tenant", "o.name", "o.status", "o.managed_by", "o.created_at", "o.updated_at"])
      .select(["d.domain", "d.verified_at", "d.verification"])
      .select((query) =>
        query
          .selectFrom("sso_connection as c")
          // 1: a record that is no tombstone. 0: tombstones alone. null: no record.
          .select(({ fn }) => fn.max(sql<number>`case c.state when 'tombstone' then 0 else 1 end`).as("living"))
          .whereRef("c.org_id", "=", "o.id")
          .as("living"),
      )
      .where("o.tenant", "in", tenants.slice(from, from + chunk))
      .execute();
    for (const [, same] of Map.groupBy(rows, (row) => row.id)) {
      const [row] = same;
      if (row === undefined) continue;
      const domains = same.flatMap(({ domain, verified_at: verifiedAt, verification }) =>
        domain === null ? [] : [{ domain, verifiedAt, verification }],
      );
      const routed = domains.flatMap(({ verification, ...of }) =>
        verification === null ? [] : [{ ...of, verification }],
      );
      const claimed = domains.flatMap(({ domain, verification }) => (verification === null ? [domain] : []));
      orgs.push({
        row: readOrg(row),
        routed: routed.sort((a, b) => (a.domain < b.domain ? -1 : 1)),
        claimed,
        retired: row.living === 0,
      });
    }
  }
  return orgs;
}

/** Domains that are routed, and those that wait for their proof: these have no verification. */
function domainsOf(database: Transaction<AppTables>) {
  return database
    .selectFrom("org_domain")
    .select(["domain", "org_id", "verified_at", sql<string | null>`verification`.as("verification")])
    .unionAll(
      database
        .selectFrom("org_domain_claim")
        .select(["domain", "org_id", sql<string | null>`null`.as("verified_at")])
        .select(sql<string | null>`null`.as("verification")),
    );
}
