import type { Transaction } from "kysely";
import type { AppTenant } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import { attestedDomain } from "../../plan/observed.ts";
import type { ProvenDomains } from "../app.ts";
import { ownerText } from "./owner.ts";
import type { AppTables } from "./tables.ts";

/**
 * Brings the tenant's domains to what is wanted: those that are routed stay so, what is proven becomes so, and the others
 * are kept for the tenant where no app looks.
 *
 * @returns whether anything was changed
 * @throws TenantryError SQL_DOMAIN_TAKEN
 */
export async function writeDomains(
  database: Transaction<AppTables>,
  wanted: AppTenant,
  proven: ProvenDomains,
  now: string,
): Promise<boolean> {
  const [routed, claimed] = [await routedOf(database, wanted), await claimedOf(database, wanted)];
  const taken = [...routed, ...claimed].find((row) => row.org_id !== wanted.id);
  if (taken !== undefined) {
    throw new TenantryError(
      "SQL_DOMAIN_TAKEN",
      `The domain ${taken.domain} belongs to the tenant ${taken.tenant} (of ${ownerText(taken.managed_by)}).`,
    );
  }
  const domains = new Set(wanted.domains);
  const [verifications, claims] = [
    new Map(routed.map(({ domain, verification }) => [domain, verification])),
    new Set(claimed.map(({ domain }) => domain)),
  ];
  const unrouted = [...domains].filter((domain) => !verifications.has(domain));
  const fresh = unrouted.filter((domain) => proven.has(domain));
  const waiting = unrouted.filter((domain) => !proven.has(domain) && !claims.has(domain));
  const gone = [...verifications.keys()].filter((domain) => !domains.has(domain));
  const settled = [...claims].filter(
    (domain) => !domains.has(domain) || !unrouted.includes(domain) || proven.has(domain),
  );
  const better = [...domains].filter((domain) => isBetter(verifications.get(domain), proven.get(domain)));

  const row = { org_id: wanted.id };
  if (gone.length > 0) await database.deleteFrom("org_domain").where("domain", "in", gone).execute();
  if (settled.length > 0) await database.deleteFrom("org_domain_claim").where("domain", "in", settled).execute();
  if (fresh.length > 0) {
    const values = fresh.map((domain) => ({
      ...{ domain, ...row, verified_at: now, verification: proven.get(domain) ?? attestedDomain },
    }));
    await database.insertInto("org_domain").values(values).execute();
  }
  if (waiting.length > 0) {
    const values = waiting.map((domain) => ({ domain, ...row, created_at: now }));
    await database.insertInto("org_domain_claim").values(values).execute();
  }
  for (const domain of better) {
    await database
      .updateTable("org_domain")
      .set({ verified_at: now, verification: proven.get(domain) ?? attestedDomain })
      .where("domain", "=", domain)
      .execute();
  }
  return [gone, settled, fresh, waiting, better].some((list) => list.length > 0);
}

/** A record in DNS says more than a person, and either more than that it has always been so. */
function isBetter(before: string | undefined, now: string | undefined): boolean {
  if (before === undefined || now === undefined || before === now) return false;
  return now !== attestedDomain || before === "kept";
}

function routedOf(database: Transaction<AppTables>, wanted: AppTenant) {
  return database
    .selectFrom("org_domain as d")
    .innerJoin("org", "org.id", "d.org_id")
    .select(["d.domain", "d.org_id", "d.verification", "org.tenant", "org.managed_by"])
    .where((where) =>
      wanted.domains.length === 0
        ? where("d.org_id", "=", wanted.id)
        : where.or([where("d.org_id", "=", wanted.id), where("d.domain", "in", wanted.domains)]),
    )
    .execute();
}

function claimedOf(database: Transaction<AppTables>, wanted: AppTenant) {
  return database
    .selectFrom("org_domain_claim as d")
    .innerJoin("org", "org.id", "d.org_id")
    .select(["d.domain", "d.org_id", "org.tenant", "org.managed_by"])
    .where((where) =>
      wanted.domains.length === 0
        ? where("d.org_id", "=", wanted.id)
        : where.or([where("d.org_id", "=", wanted.id), where("d.domain", "in", wanted.domains)]),
    )
    .execute();
}
