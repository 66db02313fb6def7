import type { Transaction } from "kysely";
import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { ObservedAppTenant, ObservedRecord } from "../../plan/observed.ts";
import type { RecordObservation } from "../app.ts";
import { ownerText, retiredOrgs } from "./owner.ts";
import { readConnection, readOrg } from "./rows.ts";
import type { AppTables, ConnectionRow } from "./tables.ts";
import { observedRecord } from "./values.ts";

/** Databases limit how many parameters a query may have. */
const chunk = 500;

type Foreign = RecordObservation["foreign"][number];

/** Reads all records of the app and the rows of the wanted records' tenants. */
export async function observeRecords(
  database: Transaction<AppTables>,
  app: string,
  wanted: readonly ConnectionRecord[],
  marker: string,
): Promise<RecordObservation> {
  const keys = new Set(wanted.map((record) => record.key));
  const records = new Map<ConnectionKey, ObservedRecord>();
  const undeclared: ObservedRecord[] = [];
  const foreign: Foreign[] = [];

  const rows = await database
    .selectFrom("sso_connection as c")
    .leftJoin("org as o", "o.id", "c.org_id")
    .selectAll("c")
    .select("o.tenant as org_tenant")
    .where("c.app", "=", app)
    .orderBy("c.key")
    .execute();
  const kept = new Map(
    (await database.selectFrom("sso_connection_previous").selectAll().where("app", "=", app).execute()).map((row) => [
      row.key,
      readConnection(row),
    ]),
  );
  for (const found of rows) {
    const key = found.key as ConnectionKey;
    if (found.managed_by !== marker) {
      if (keys.has(key)) foreign.push({ key, message: `The record ${key} belongs to ${ownerText(found.managed_by)}.` });
      continue;
    }
    const row = readConnection(found);
    if (found.org_tenant === null && keys.has(key) && row.state !== "tombstone") throw orphan(row);
    const record = observedRecord(row, found.org_tenant ?? slugOf(key), kept.get(found.key));
    if (keys.has(key)) records.set(key, record);
    else undeclared.push(record);
  }

  const tenants = new Map<string, ObservedAppTenant>();
  const comingIn = new Set(wanted.filter((record) => record.state === "active").map((record) => record.tenant));
  for (const { row, domains, retired } of await orgsOf(database, [...new Set(wanted.map((record) => record.tenant))])) {
    const { id, tenant, name, status } = row;
    if (row.managed_by === marker) {
      // Domains that were given up with the last record are not compared: the file may still name them.
      const givenUp = retired && status !== "active" && domains.length === 0 && !comingIn.has(tenant);
      tenants.set(tenant, { tenant, status, fields: { id, name, status, ...(givenUp ? {} : { domains }) } });
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

/** Of a record that has lost its tenant's row: a tombstone needs none, and one that nobody asked for stops nobody. */
function slugOf(key: ConnectionKey): string {
  return key.slice(0, key.indexOf("/"));
}

function foreignTenant(wanted: readonly ConnectionRecord[], tenant: string, owner: string | null): readonly Foreign[] {
  const message = `The row of the tenant ${tenant} belongs to ${ownerText(owner)}.`;
  return wanted.filter((record) => record.tenant === tenant).map(({ key }) => ({ key, message }));
}

async function orgsOf(database: Transaction<AppTables>, tenants: readonly string[]) {
  const orgs: { readonly row: ReturnType<typeof readOrg>; readonly domains: string[]; readonly retired: boolean }[] =
    [];
  for (let from = 0; from < tenants.length; from += chunk) {
    const slugs = tenants.slice(from, from + chunk);
    const rows = await database.selectFrom("org").selectAll().where("tenant", "in", slugs).execute();
    const domains = await database
      .selectFrom("org_domain")
      .innerJoin("org", "org.id", "org_domain.org_id")
      .select(["org_domain.domain", "org_domain.org_id"])
      .where("org.tenant", "in", slugs)
      .execute();
    const byOrg = Map.groupBy(domains, (domain) => domain.org_id);
    const retired = await retiredOrgs(
      database,
      rows.map((row) => row.id),
    );
    for (const row of rows) {
      const names = (byOrg.get(row.id) ?? []).map(({ domain }) => domain).sort();
      orgs.push({ row: readOrg(row), domains: names, retired: retired.has(row.id) });
    }
  }
  return orgs;
}
