import { isJsonObject, textIn } from "../json.ts";
import { orGone, requiredText } from "./answer.ts";
import type { CallPurpose } from "./failure.ts";
import { readByCheckpoint } from "./paging.ts";
import type { Auth0Transport } from "./transport.ts";

/** A domain by which people find their organization. */
export interface Auth0DiscoveryDomain {
  readonly id: string;
  readonly domain: string;
  /** `pending`: nobody is sent here by it. */
  readonly status: "pending" | "verified";
}

export interface Auth0DiscoveryDomains {
  all(organizationId: string): Promise<readonly Auth0DiscoveryDomain[]>;
  add(organizationId: string, domain: string, status: Auth0DiscoveryDomain["status"]): Promise<void>;
  setStatus(organizationId: string, id: string, status: Auth0DiscoveryDomain["status"]): Promise<void>;
  /** Gone already is done. */
  remove(organizationId: string, id: string): Promise<void>;
}

const purposeOf = (what: string, verb: string): CallPurpose => ({
  what,
  scope: `${verb}:organization_discovery_domains`,
  writes: verb !== "read",
});

export function auth0DiscoveryDomains(transport: Auth0Transport): Auth0DiscoveryDomains {
  const { host } = transport;
  const at = (organizationId: string, id?: string) =>
    `organizations/${encodeURIComponent(organizationId)}/discovery-domains${id === undefined ? "" : `/${encodeURIComponent(id)}`}`;
  return {
    async all(organizationId) {
      const purpose = purposeOf(`list the domains of organization ${organizationId}`, "read");
      const items = await readByCheckpoint(transport, at(organizationId), "domains", purpose);
      return items.map((item) => ({
        id: requiredText(host, purpose, item, "id"),
        domain: requiredText(host, purpose, item, "domain"),
        status: isJsonObject(item) && textIn(item, "status") === "verified" ? "verified" : "pending",
      }));
    },

    async add(organizationId, domain, status) {
      const purpose = purposeOf(`add the domain ${domain} to organization ${organizationId}`, "create");
      const body = { domain, status, use_for_organization_discovery: true };
      await transport.send({ method: "POST", path: at(organizationId), body, purpose });
    },

    async setStatus(organizationId, id, status) {
      const purpose = purposeOf(`change a domain of organization ${organizationId}`, "update");
      await transport.send({ method: "PATCH", path: at(organizationId, id), body: { status }, purpose });
    },

    async remove(organizationId, id) {
      const purpose = purposeOf(`remove a domain of organization ${organizationId}`, "delete");
      await orGone(transport.send({ method: "DELETE", path: at(organizationId, id), purpose }));
    },
  };
}
