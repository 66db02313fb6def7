import type { JsonObject } from "../json.ts";
import { type Call, organizationOf, type Route } from "./call.ts";
import type { Auth0Organization, DiscoveryDomain } from "./model.ts";
import { checkpointPage } from "./page.ts";
import { Auth0Problem } from "./problem.ts";
import { bool, checked, oneOf, record, text } from "./validate.ts";

const base = "/organizations/:organizationId/discovery-domains";

/** Most domains of one organization. */
const mostDomains = 100;

const status = oneOf("pending", "verified");
const createSchema = record(
  {
    domain: text({
      least: 3,
      most: 255,
      pattern: /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i,
      format: "domain",
    }),
    status,
    use_for_organization_discovery: bool,
  },
  ["domain"],
);
const updateSchema = record({ status, use_for_organization_discovery: bool });

/** Domains by which people find their organization: list, add, read by id and by name, change, delete. */
export const discoveryDomainRoutes: readonly Route[] = [
  {
    method: "GET",
    path: base,
    scopes: ["read:organization_discovery_domains"],
    bucket: "rest",
    query: ["from", "take"],
    handle: (call) => {
      const organization = organizationOf(call);
      const all = [...organization.discoveryDomains.values()];
      return checkpointPage(call.query, "domains", all, (domain) => shown(organization, domain));
    },
  },
  { method: "POST", path: base, scopes: ["create:organization_discovery_domains"], bucket: "rest", handle: create },
  {
    method: "GET",
    path: `${base}/name/:domain`,
    scopes: ["read:organization_discovery_domains"],
    bucket: "rest",
    handle: (call) => {
      const organization = organizationOf(call);
      const wanted = (call.params.domain ?? "").toLowerCase();
      const found = [...organization.discoveryDomains.values()].find(({ domain }) => domain === wanted);
      if (found === undefined) throw missing();
      return { status: 200, json: shown(organization, found) };
    },
  },
  {
    method: "GET",
    path: `${base}/:domainId`,
    scopes: ["read:organization_discovery_domains"],
    bucket: "rest",
    handle: (call) => ({ status: 200, json: shown(organizationOf(call), domainOf(call)) }),
  },
  {
    method: "PATCH",
    path: `${base}/:domainId`,
    scopes: ["update:organization_discovery_domains"],
    bucket: "rest",
    handle: (call) => {
      const domain = domainOf(call);
      const { status: wanted, use_for_organization_discovery: use } = checked(call.body, updateSchema);
      if (wanted === "verified" && domain.status === "pending") refuseVerified(call, domain.domain);
      if (wanted === "pending" || wanted === "verified") domain.status = wanted;
      if (typeof use === "boolean") domain.useForOrganizationDiscovery = use;
      return { status: 200, json: shown(organizationOf(call), domain) };
    },
  },
  {
    // Deleting a domain that is gone succeeds.
    method: "DELETE",
    path: `${base}/:domainId`,
    scopes: ["delete:organization_discovery_domains"],
    bucket: "rest",
    handle: (call) => {
      organizationOf(call).discoveryDomains.delete(call.params.domainId ?? "");
      return { status: 204 };
    },
  },
];

/** A domain that one organization has verified no other can have. */
function create(call: Call) {
  const organization = organizationOf(call);
  const sent = checked(call.body, createSchema);
  const domain = String(sent.domain).toLowerCase();
  const { discoveryDomains } = organization;
  if ([...discoveryDomains.values()].some((one) => one.domain === domain)) throw taken();
  if (sent.status === "verified") refuseVerified(call, domain);
  if (discoveryDomains.size >= mostDomains) {
    throw new Auth0Problem(400, `An organization can have at most ${mostDomains} discovery domains`, "limit_reached");
  }
  const added = call.tenant.addDiscoveryDomain(organization, domain, {
    status: sent.status === "verified" ? "verified" : "pending",
  });
  if (sent.use_for_organization_discovery === false) added.useForOrganizationDiscovery = false;
  return { status: 201, json: shown(organization, added) };
}

/** Throws Auth0's 409 when an organization has verified the domain. */
function refuseVerified(call: Call, domain: string): void {
  for (const { discoveryDomains } of call.tenant.organizations.values()) {
    for (const one of discoveryDomains.values()) if (one.domain === domain && one.status === "verified") throw taken();
  }
}

function taken(): Auth0Problem {
  return new Auth0Problem(409, "The discovery domain already exists", "conflict");
}

function domainOf(call: Call): DiscoveryDomain {
  const domain = organizationOf(call).discoveryDomains.get(call.params.domainId ?? "");
  if (domain === undefined) throw missing();
  return domain;
}

function missing(): Auth0Problem {
  return new Auth0Problem(404, "The discovery domain does not exist", "inexistent_discovery_domain");
}

function shown(organization: Auth0Organization, domain: DiscoveryDomain): JsonObject {
  return {
    id: domain.id,
    domain: domain.domain,
    status: domain.status,
    verification_host: `_ss-verification.${organization.id}.${domain.domain}`,
    verification_txt: domain.verificationText,
    use_for_organization_discovery: domain.useForOrganizationDiscovery,
  };
}
