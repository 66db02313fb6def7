import type { Transaction } from "kysely";
import type { AppTenant } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { ProvenDomains } from "../app.ts";
import { writeDomains } from "./domain-write.ts";
import { checkedOrg, retiredOrgs } from "./owner.ts";
import { readOrg } from "./rows.ts";
import type { AppTables } from "./tables.ts";

/**
 * Brings the tenant's row and its domains to what is wanted; changes nothing when they are so already. A domain that is
 * routed stays so while the tenant keeps it; another one is routed once it is among the proven ones. A tenant that has
 * nothing but tombstones gets no domains back, unless it is active again.
 *
 * @throws TenantryError SQL_FOREIGN_TENANT, SQL_TENANT_CLASH or SQL_DOMAIN_TAKEN.
 */
export async function writeTenant(
  database: Transaction<AppTables>,
  wanted: AppTenant,
  proven: ProvenDomains,
  { marker, now }: { readonly marker: string; readonly now: string },
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
  const domainsChanged = await writeDomains(database, retired ? { ...wanted, domains: [] } : wanted, proven, now);
  if (row !== undefined && (domainsChanged || row.name !== name || row.status !== status)) {
    await database.updateTable("org").set({ name, status, updated_at: now }).where("id", "=", id).execute();
  }
}
