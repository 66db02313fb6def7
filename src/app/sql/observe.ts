import type { Transaction } from "kysely";
import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import type { ObservedAppTenant, ObservedRecord } from "../../plan/observed.ts";
import type { RecordObservation } from "../app.ts";
import { ownerText } from "./owner.ts";
import { readConnection, readOrg } from "./rows.ts";
import type { AppTables } from "./tables.ts";
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
    .innerJoin("org as o", "o.id", "c.org_id")
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
    const record = observedRecord(readConnection(found), found.org_tenant, kept.get(found.key));
    if (keys.has(key)) records.set(key, record);
    else undeclared.push(record);
  }

  const tenants = new Map<string, ObservedAppTenant>();
  for (const { row, domains } of await orgsOf(database, [...new Set(wanted.map((record) => record.tenant))])) {
    const { id, tenant, name, status } = row;
    if (row.managed_by === marker) tenants.set(tenant, { tenant, status, fields: { id, name, status, domains } });
    else foreign.push(...foreignTenant(wanted, tenant, row.managed_by));
  }
  const read = keys.size;
  return { tenants, records, undeclared, foreign, coverage: [{ what: `app/${app} records`, read, total: read }] };
}

function foreignTenant(wanted: readonly ConnectionRecord[], tenant: string, owner: string | null): readonly Foreign[] {
  const message = `The row of the tenant ${tenant} belongs to ${ownerText(owner)}.`;
  return wanted.filter((record) => record.tenant === tenant).map(({ key }) => ({ key, message }));
}

async function orgsOf(database: Transaction<AppTables>, tenants: readonly string[]) {
  const orgs: { readonly row: ReturnType<typeof readOrg>; readonly domains: string[] }[] = [];
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
    for (const row of rows) {
      orgs.push({ row: readOrg(row), domains: (byOrg.get(row.id) ?? []).map(({ domain }) => domain).sort() });
    }
  }
  return orgs;
}
