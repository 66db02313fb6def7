import { workosOrganization } from "../../desired/apps/workos.ts";
import type { AppTenant } from "../../desired/connection.ts";
import { canonicalJson } from "../../desired/json.ts";
import { TenantryError } from "../../errors/failure.ts";
import { attestedDomain, type RoutedDomain } from "../../plan/observed.ts";
import { WorkosFailure } from "../../vendor/workos/failure.ts";
import type {
  DomainData,
  OrganizationBody,
  WorkosDomain,
  WorkosOrganization,
} from "../../vendor/workos/organizations.ts";
import type { ProvenDomains } from "../app.ts";
import { type KeptTenant, type OwnPart, readOwn, strangerOf, withOwn } from "./metadata.ts";
import type { WorkosPlace } from "./place.ts";

// A tenant's organization: found by its external id, made so that there is never a second one, changed by one call that
// does all or nothing.

/** An organization of ours with our part of its metadata. */
export interface OwnOrganization {
  readonly organization: WorkosOrganization;
  readonly own: OwnPart;
}

/** Waits before each look after a lost reply, milliseconds. */
const looks = [1_000, 2_000, 4_000];

/** Whether people with addresses of a domain are sent to its organization. */
export function isRouted({ state }: Pick<WorkosDomain, "state">): boolean {
  return state === "verified" || state === "legacy_verified";
}

/** What to say when an organization that we need is not ours. */
export function strangerText({ id, externalId }: WorkosOrganization, owner: string): string {
  return `The WorkOS organization ${id} with the external id ${externalId ?? ""} belongs to ${owner}.`;
}

/**
 * The tenant's organization; undefined when there is none.
 *
 * @throws TenantryError WORKOS_FOREIGN when it is not ours
 */
export async function ownOrganization(place: WorkosPlace, tenant: string): Promise<OwnOrganization | undefined> {
  const organization = await place.organizations.byExternalId(workosOrganization(place.app, tenant));
  return organization === undefined ? undefined : ownPartOf(place, organization);
}

function ownPartOf(place: WorkosPlace, organization: WorkosOrganization): OwnOrganization {
  const stranger = strangerOf(organization, place.owner);
  if (stranger !== undefined) throw new TenantryError("WORKOS_FOREIGN", strangerText(organization, stranger));
  return { organization, own: readOwn(organization) };
}

/**
 * Makes the tenant's organization or brings it to what is wanted, its domains included. Domains that others put there
 * stay; of ours, those that the tenant gave up go.
 *
 * @param now ISO 8601
 * @throws TenantryError WORKOS_FOREIGN, WORKOS_DOMAIN_TAKEN; then nothing was changed
 */
export async function writeOrganization(
  place: WorkosPlace,
  wanted: AppTenant,
  proven: ProvenDomains,
  now: string,
): Promise<OwnOrganization> {
  const found = await ownOrganization(place, wanted.tenant);
  return found === undefined ? make(place, wanted, proven, now) : change(place, found, wanted, proven, now);
}

async function make(
  place: WorkosPlace,
  wanted: AppTenant,
  proven: ProvenDomains,
  now: string,
): Promise<OwnOrganization> {
  const { organizations, owner, app, sleep } = place;
  const tenant = keptTenant(wanted, undefined, proven, now);
  const body: OrganizationBody = {
    name: wanted.name,
    metadata: withOwn({}, owner, { tenant }),
    domains: wanted.domains.map((domain) => ({ domain, state: proven.has(domain) ? "verified" : "pending" })),
  };
  try {
    return ownPartOf(place, await organizations.create(workosOrganization(app, wanted.tenant), body));
  } catch (error) {
    if (!(error instanceof WorkosFailure)) throw error;
    if (error.status === 409) throw await domainTaken(place, wanted, undefined, error);
    if (error.effect === "none" && error.workosCode !== "external_id_already_used") throw error;
    // The reply was lost, or somebody was faster: what is there decides.
    for (const wait of looks) {
      await sleep(wait);
      const made = await ownOrganization(place, wanted.tenant);
      if (made !== undefined) return change(place, made, wanted, proven, now);
    }
    throw error;
  }
}

async function change(
  place: WorkosPlace,
  { organization, own }: OwnOrganization,
  wanted: AppTenant,
  proven: ProvenDomains,
  now: string,
): Promise<OwnOrganization> {
  const { organizations, owner } = place;
  // A tenant that has nothing but what was removed for good gets no domains back, unless it is active again.
  const retired = own.record?.state === "tombstone" && wanted.status !== "active";
  const kept: AppTenant = retired ? { ...wanted, domains: [] } : wanted;
  const tenant = keptTenant(kept, { organization, own }, proven, now);
  const metadata = withOwn(organization.metadata, owner, { ...own, tenant });
  const gone = own.tenant.domains.filter((domain) => !kept.domains.includes(domain));
  const domains = domainData(kept, organization, gone, proven);
  let after = organization;
  const same = organization.name === wanted.name && canonicalJson(organization.metadata) === canonicalJson(metadata);
  if (!same || domains !== undefined) {
    try {
      after = await organizations.change(organization.id, { name: wanted.name, metadata, domains });
    } catch (error) {
      if (!(error instanceof WorkosFailure) || error.status !== 409) throw error;
      throw await domainTaken(place, kept, organization.id, error);
    }
  }
  for (const { id } of after.domains.filter(({ domain }) => gone.includes(domain)))
    await organizations.removeDomain(id);
  return { organization: after, own: { ...own, tenant } };
}

/** All domains of the organization, when one is missing or is to be routed from now on; else undefined. */
function domainData(
  { domains: wanted }: AppTenant,
  { domains: there }: WorkosOrganization,
  gone: readonly string[],
  proven: ProvenDomains,
): readonly DomainData[] | undefined {
  const states = new Map(there.map(({ domain, ...of }) => [domain, isRouted(of)]));
  const missing = wanted.some((domain) => !states.has(domain));
  const promoted = wanted.some((domain) => states.get(domain) === false && proven.has(domain));
  if (!missing && !promoted) return undefined;
  const all = new Set([...states.keys(), ...wanted].filter((domain) => !gone.includes(domain)));
  return [...all].map((domain) => {
    const routed = states.get(domain) === true || (wanted.includes(domain) && proven.has(domain));
    return { domain, state: routed ? "verified" : "pending" };
  });
}

/** The tenant's row with how its routed domains were proven. A record in DNS says more than a person. */
function keptTenant(
  { tenant, id, status, domains }: AppTenant,
  there: OwnOrganization | undefined,
  proven: ProvenDomains,
  now: string,
): KeptTenant {
  const before = new Map(there?.own.tenant.proofs.map((proof) => [proof.domain, proof]));
  const routed = new Set((there?.organization.domains ?? []).filter(isRouted).map(({ domain }) => domain));
  const proofs = domains.flatMap((domain): RoutedDomain[] => {
    const [old, fresh] = [before.get(domain), proven.get(domain)];
    const better =
      fresh !== undefined && (old === undefined || fresh !== attestedDomain || old.verification === "kept");
    if (better && old?.verification !== fresh) return [{ domain, verifiedAt: now, verification: fresh }];
    if (old !== undefined) return [old];
    return routed.has(domain) ? [{ domain, verifiedAt: null, verification: "kept" }] : [];
  });
  return { tenant, id, status, domains: [...domains].sort(), proofs };
}

async function domainTaken(
  { organizations }: WorkosPlace,
  { tenant, domains }: AppTenant,
  ownId: string | undefined,
  refused: WorkosFailure,
): Promise<TenantryError> {
  for (const domain of domains) {
    const owners = (await organizations.withDomain(domain)).filter(({ id }) => id !== ownId);
    const [owner] = owners.filter((each) => each.domains.some((one) => one.domain === domain));
    if (owner === undefined) continue;
    return new TenantryError("WORKOS_DOMAIN_TAKEN", takenText(domain, tenant, owner), { cause: refused });
  }
  const message = `A domain of the tenant ${tenant} belongs to another organization: ${refused.message}`;
  return new TenantryError("WORKOS_DOMAIN_TAKEN", message, { cause: refused });
}

/** What to say of a domain that another organization has. */
export function takenText(domain: string, tenant: string, { id, name }: WorkosOrganization): string {
  return `The domain ${domain} of the tenant ${tenant} belongs to the WorkOS organization ${id} (${name}).`;
}

/** Writes what is kept of the connection; nothing when it is so already. */
export async function keepRecord(
  { organizations, owner }: WorkosPlace,
  { organization, own }: OwnOrganization,
  record: OwnPart["record"],
): Promise<OwnOrganization> {
  const after = { ...own, record };
  const metadata = withOwn(organization.metadata, owner, after);
  if (canonicalJson(metadata) === canonicalJson(organization.metadata)) return { organization, own: after };
  const written = await organizations.change(organization.id, { name: organization.name, metadata });
  return { organization: written, own: after };
}
