import type { AppTenant } from "../../desired/connection.ts";
import { canonicalJson } from "../../desired/json.ts";
import { TenantryError } from "../../errors/failure.ts";
import { compareText } from "../../errors/issue.ts";
import { attestedDomain } from "../../plan/observed.ts";
import type { ProvenDomains } from "../app.ts";
import type { ShownDomain } from "./answers.ts";
import { ownerText } from "./observe.ts";
import type { Resources } from "./resources.ts";

/**
 * Brings the tenant and its domains to what is wanted; sends nothing when they are so already. A domain that is routed
 * stays so while the tenant keeps it; another one is routed once it is among the proven ones.
 *
 * @param retired the tenant has nothing but tombstones: it gets no domains back, unless it is active again
 * @throws TenantryError HTTP_FOREIGN_RECORD, HTTP_TENANT_CLASH or HTTP_DOMAIN_TAKEN
 */
export async function writeTenant(
  resources: Resources,
  wanted: AppTenant,
  proven: ProvenDomains,
  { managedBy, now, retired }: { readonly managedBy: string; readonly now: string; readonly retired: boolean },
): Promise<void> {
  const { id, tenant, name, status } = wanted;
  const there = await resources.tenant(tenant);
  if (there !== undefined && there.value.managedBy !== managedBy) {
    const owner = ownerText(there.value.managedBy);
    throw new TenantryError("HTTP_FOREIGN_RECORD", `The tenant ${tenant} belongs to ${owner}, not to ${managedBy}.`);
  }
  if (there !== undefined && there.value.id !== id) {
    throw new TenantryError(
      "HTTP_TENANT_CLASH",
      `The tenant ${tenant} with the id ${id} stands at the receiver with ${there.value.id}.`,
    );
  }
  const before = new Map(there?.value.domains.map((domain) => [domain.domain, domain]));
  const domains =
    retired && status !== "active"
      ? []
      : [...wanted.domains].sort(compareText).map((domain) => domainAfter(domain, before.get(domain), proven, now));
  const written = { id, name, status, managedBy, domains };
  if (there !== undefined) {
    const { tenant: _tenant, ...shown } = there.value;
    const sorted = [...shown.domains].sort((a, b) => compareText(a.domain, b.domain));
    if (canonicalJson({ ...shown, domains: sorted }) === canonicalJson(written)) return;
  }
  await resources.putTenant(tenant, written, there?.tag);
}

/** A record in DNS says more than a person, and either more than that it has always been so. */
function domainAfter(domain: string, before: ShownDomain | undefined, proven: ProvenDomains, now: string): ShownDomain {
  const proof = proven.get(domain);
  if (before?.routed === true) {
    const same = proof === undefined || proof === before.verification;
    const weaker = proof === attestedDomain && before.verification !== "kept";
    if (same || weaker) return { ...before, domain };
  }
  return proof === undefined
    ? { domain, routed: false, verification: null, verifiedAt: null }
    : { domain, routed: true, verification: proof, verifiedAt: now };
}
