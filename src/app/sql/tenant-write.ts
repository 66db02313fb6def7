import type { Transaction } from "kysely";
import type { AppTenant } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import { checkedOrg, ownerText, retiredOrgs } from "./owner.ts";
import { readOrg } from "./rows.ts";
import type { AppTables } from "./tables.ts";

/**
 * Brings the tenant's row and its domains to what is wanted; changes nothing when they are so already. When a domain
 * that the tenant keeps was verified, it stays so. A tenant that has nothing but tombstones gets no domains back, unless
 * it is active again.
 *
 * @throws TenantryError SQL_FOREIGN_TENANT, SQL_TENANT_CLASH or SQL_DOMAIN_TAKEN.
 */
export async function writeTenant(
  database: Transaction<AppTables>,
  wanted: AppTenant,
  marker: string,
  now: string,
): Promise<void> {
  const rows = await database
    .selectFrom("org")
    .selectAll()
    .where((where) => where.or([where("tenant", "=", wanted.tenant), where("id", "=", wanted.id)]))
    .execute();
  for (const found of rows) {
    const row = checkedOrg(readOrg(found), marker);
    if (row.id !== wanted.id || row.tenant !== wanted.tenant) {
      throw new TenantryError(
        "SQL_TENANT_CLASH",
        `The tenant ${wanted.tenant} with the id ${wanted.id} stands in the database as ${row.tenant} with ${row.id}.`,
      );
    }
  }
  const [row] = rows;
  const { id, tenant, name, status } = wanted;
  if (row === undefined) {
    await database
      .insertInto("org")
      .values({ id, tenant, name, status, managed_by: marker, created_at: now, updated_at: now })
      .execute();
  }
  const retired = status !== "active" && (await retiredOrgs(database, [id])).has(id);
  const domainsChanged = await writeDomains(database, retired ? { ...wanted, domains: [] } : wanted);
  if (row !== undefined && (domainsChanged || row.name !== name || row.status !== status)) {
    await database.updateTable("org").set({ name, status, updated_at: now }).where("id", "=", id).execute();
  }
}

async function writeDomains(database: Transaction<AppTables>, wanted: AppTenant): Promise<boolean> {
  const rows = await database
    .selectFrom("org_domain")
    .innerJoin("org", "org.id", "org_domain.org_id")
    .select(["org_domain.domain", "org_domain.org_id", "org.tenant", "org.managed_by"])
    .where((where) =>
      wanted.domains.length === 0
        ? where("org_domain.org_id", "=", wanted.id)
        : where.or([where("org_domain.org_id", "=", wanted.id), where("org_domain.domain", "in", wanted.domains)]),
    )
    .execute();
  const taken = rows.find((row) => row.org_id !== wanted.id);
  if (taken !== undefined) {
    throw new TenantryError(
      "SQL_DOMAIN_TAKEN",
      `The domain ${taken.domain} belongs to the tenant ${taken.tenant} (of ${ownerText(taken.managed_by)}).`,
    );
  }
  const present = new Set(rows.map((row) => row.domain));
  const gone = [...present].filter((domain) => !wanted.domains.includes(domain));
  const fresh = [...new Set(wanted.domains)].filter((domain) => !present.has(domain));
  if (gone.length > 0) await database.deleteFrom("org_domain").where("domain", "in", gone).execute();
  if (fresh.length > 0) {
    await database
      .insertInto("org_domain")
      .values(fresh.map((domain) => ({ domain, org_id: wanted.id, verified_at: null })))
      .execute();
  }
  return gone.length + fresh.length > 0;
}
