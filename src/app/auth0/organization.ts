import type { AppTenant } from "../../desired/connection.ts";
import { canonicalJson } from "../../desired/json.ts";
import { TenantryError } from "../../errors/failure.ts";
import { compareText } from "../../errors/issue.ts";
import type { Auth0DiscoveryDomain } from "../../vendor/auth0/discovery-domains.ts";
import { Auth0Failure } from "../../vendor/auth0/failure.ts";
import { appNote, markerNames } from "../../vendor/auth0/marker-names.ts";
import type { Auth0Organization } from "../../vendor/auth0/organizations.ts";
import type { Auth0Tenant } from "../../vendor/auth0/tenant.ts";
import type { ProvenDomains } from "../app.ts";
import type { NoteScope } from "./connection-note.ts";

// The tenant's organization at Auth0. It is the one that the identity provider of the same Auth0 tenant makes and finds
// by its marker, so that a customer has one, whoever needs it first. Beside that marker two texts are the app's.

const names = { tenant: appNote, domains: "tenantryAppDomains" } as const;
const longestValue = 255;
const mostKeys = 10;

/** Stands for domains that do not fit into one text. */
const tooMany = "+";

/** What the app keeps in the metadata of an organization. */
export interface OrganizationNote {
  readonly status: AppTenant["status"];
  readonly id: string;
  /** Undefined when they did not fit. */
  readonly domains: readonly string[] | undefined;
}

/** Whether an organization carries the marker of this tenant. */
export function isOwnOrganization({ metadata }: Auth0Organization, scope: NoteScope, tenant: string): boolean {
  return (
    metadata[markerNames.workspace] === scope.workspace &&
    metadata[markerNames.environment] === scope.environment &&
    metadata[markerNames.tenant] === tenant
  );
}

/** Undefined when no connection of this kind of app has needed the organization yet. */
export function organizationNote({ metadata }: Auth0Organization): OrganizationNote | undefined {
  const [status = "", id = ""] = (metadata[names.tenant] ?? "").split(" ");
  if (id === "" || !isStatus(status)) return undefined;
  const domains = metadata[names.domains] ?? "";
  return { status, id, domains: domains === tooMany ? undefined : domains.split(" ").filter((each) => each !== "") };
}

function isStatus(text: string): text is AppTenant["status"] {
  return ["draft", "active", "suspended", "offboarded"].includes(text);
}

/** Whether clients of the identity provider use it too: then its name is the identity provider's to choose. */
export function isShared({ metadata }: Auth0Organization): boolean {
  return Object.keys(metadata).some((name) => /^tenantry(Clients|KeptConnections|Making)\d+$/.test(name));
}

/** Says that an organization of the name is another's. */
export function takenMessage(host: string, tenant: string, { name, id }: Auth0Organization): string {
  return `At Auth0 (${host}) the organization ${JSON.stringify(name)} that ${tenant} should have is not ours (${id})`;
}

export interface OrganizationPlace {
  readonly tenant: Auth0Tenant;
  readonly scope: NoteScope;
  /** Name of the organization of a tenant. */
  readonly organizationName: (tenant: string) => string;
}

/** The tenant's organization; undefined when there is none. @throws TenantryError AUTH0_ORGANIZATION_TAKEN */
export async function readOrganization(
  { tenant, scope, organizationName }: OrganizationPlace,
  slug: string,
): Promise<Auth0Organization | undefined> {
  const found = await tenant.organizations.named(organizationName(slug));
  if (found === undefined || isOwnOrganization(found, scope, slug)) return found;
  throw new TenantryError("AUTH0_ORGANIZATION_TAKEN", takenMessage(tenant.host, slug, found));
}

/**
 * Makes or brings up to date the tenant's organization and its domains. A domain that was verified stays so, a proven one
 * becomes so, and by any other nobody is sent to the organization.
 *
 * @returns the organization, and the domains by which people are sent to it
 * @throws TenantryError AUTH0_ORGANIZATION_TAKEN, AUTH0_METADATA_FULL, AUTH0_DOMAIN_TAKEN
 */
export async function settleTenant(
  place: OrganizationPlace,
  wanted: AppTenant,
  proven: ProvenDomains,
): Promise<{ readonly organization: Auth0Organization; readonly routed: readonly string[] }> {
  const organization = await settled(place, wanted);
  const { discoveryDomains } = place.tenant;
  const there = await discoveryDomains.all(organization.id);
  const known = new Map(there.map((each) => [each.domain, each]));
  for (const domain of wanted.domains) {
    const found = known.get(domain);
    const status = proven.has(domain) ? "verified" : "pending";
    try {
      if (found === undefined) await discoveryDomains.add(organization.id, domain, status);
      else if (found.status === "pending" && status === "verified") {
        await discoveryDomains.setStatus(organization.id, found.id, status);
      }
    } catch (error) {
      if (!(error instanceof Auth0Failure) || error.status !== 409) throw error;
      // Our own that a lost reply has made is no other's.
      const now = await discoveryDomains.all(organization.id);
      if (now.some((each) => each.domain === domain)) continue;
      const message = `At Auth0 (${place.tenant.host}) the domain ${domain} of ${wanted.tenant} belongs to another organization`;
      throw new TenantryError("AUTH0_DOMAIN_TAKEN", message, { cause: error });
    }
  }
  for (const { id, domain } of there) {
    if (!wanted.domains.includes(domain)) await discoveryDomains.remove(organization.id, id);
  }
  return { organization, routed: routedDomains(await discoveryDomains.all(organization.id)) };
}

/** The domains by which people are sent to an organization, sorted. */
export function routedDomains(domains: readonly Auth0DiscoveryDomain[]): readonly string[] {
  return domains.flatMap(({ domain, status }) => (status === "verified" ? [domain] : [])).sort(compareText);
}

/** Its name is unique at the Auth0 tenant, so a create whose reply was lost is found again. */
async function settled(place: OrganizationPlace, wanted: AppTenant): Promise<Auth0Organization> {
  const { tenant, scope, organizationName } = place;
  const found = await readOrganization(place, wanted.tenant);
  if (found === undefined) {
    try {
      return await tenant.organizations.create({
        name: organizationName(wanted.tenant),
        displayName: wanted.name,
        metadata: withNote({}, wanted, scope),
        enabled: [],
      });
    } catch (error) {
      const again = error instanceof Auth0Failure && (error.effect === "unclear" || error.status === 409);
      const made = again ? await readOrganization(place, wanted.tenant) : undefined;
      if (made === undefined) throw error;
      return made;
    }
  }
  const metadata = withNote(found.metadata, wanted, scope);
  const change = {
    ...(canonicalJson(metadata) === canonicalJson(found.metadata) ? {} : { metadata }),
    ...(isShared(found) || found.displayName === wanted.name ? {} : { displayName: wanted.name }),
  };
  return Object.keys(change).length === 0 ? found : tenant.organizations.change(found.id, change);
}

function withNote(
  present: Readonly<Record<string, string>>,
  { tenant, id, status, domains }: AppTenant,
  scope: NoteScope,
): Readonly<Record<string, string>> {
  const list = [...domains].sort().join(" ");
  const metadata = {
    ...present,
    [markerNames.environment]: scope.environment,
    [markerNames.tenant]: tenant,
    [markerNames.workspace]: scope.workspace,
    [names.tenant]: `${status} ${id}`,
    [names.domains]: list.length > longestValue || list === "" ? tooMany : list,
  };
  if (Object.keys(metadata).length > mostKeys) {
    const message = `The metadata of the organization of ${tenant} would have more than ${mostKeys} keys`;
    throw new TenantryError("AUTH0_METADATA_FULL", message);
  }
  return metadata;
}

/** The metadata without what the app keeps there. */
export function withoutNote(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { [names.tenant]: _tenant, [names.domains]: _domains, ...others } = metadata;
  return others;
}
