import { isJsonObject, objectIn, textIn } from "../json.ts";
import { type CallPurpose, orGone, unexpectedAnswer } from "./failure.ts";
import { readPages, type WorkosTransport } from "./transport.ts";

/** A domain of an organization. */
export interface WorkosDomain {
  readonly id: string;
  readonly domain: string;
  /** `verified` or `legacy_verified`: people with addresses of it are sent to the organization. */
  readonly state: string;
}

/** An organization: one customer of the WorkOS environment. */
export interface WorkosOrganization {
  readonly id: string;
  readonly name: string;
  readonly externalId: string | undefined;
  readonly metadata: Readonly<Record<string, string>>;
  readonly domains: readonly WorkosDomain[];
}

/** A domain as it should be. */
export interface DomainData {
  readonly domain: string;
  readonly state: "verified" | "pending";
}

/** What is written of an organization. */
export interface OrganizationBody {
  readonly name: string;
  readonly metadata: Readonly<Record<string, string>>;
  /** All its domains; absent: they stay as they are. */
  readonly domains?: readonly DomainData[] | undefined;
}

/** The organizations of one WorkOS environment. Every call throws a `WorkosFailure` when it fails. */
export interface WorkosOrganizations {
  all(): Promise<readonly WorkosOrganization[]>;
  /** Those that have the domain. */
  withDomain(domain: string): Promise<readonly WorkosOrganization[]>;
  byExternalId(externalId: string): Promise<WorkosOrganization | undefined>;
  create(externalId: string, body: OrganizationBody): Promise<WorkosOrganization>;
  /** One call, so that either all of it is done or nothing. */
  change(id: string, body: OrganizationBody): Promise<WorkosOrganization>;
  removeDomain(id: string): Promise<void>;
}

/** @see https://workos.com/docs/reference/organization */
export function organizationsOf(transport: WorkosTransport): WorkosOrganizations {
  const list = async (
    what: string,
    query: Readonly<Record<string, string>>,
  ): Promise<readonly WorkosOrganization[]> => {
    const purpose = { what, writes: false };
    const items = await readPages(transport, "/organizations", query, purpose);
    return items.map((item) => parseOrganization(purpose, item));
  };
  const bodyOf = ({ name, metadata, domains }: OrganizationBody) => ({
    ...{ name, metadata },
    ...(domains === undefined ? {} : { domain_data: domains.map(({ domain, state }) => ({ domain, state })) }),
  });
  return {
    all: () => list("list organizations", {}),
    withDomain: (domain) => list(`look for the organization of ${domain}`, { domains: domain }),

    async byExternalId(externalId) {
      const purpose = { what: "look for an organization", writes: false };
      const path = `/organizations/external_id/${encodeURIComponent(externalId)}`;
      const body = await orGone(transport.send({ method: "GET", path, purpose }));
      return body === undefined ? undefined : parseOrganization(purpose, body);
    },

    async create(externalId, body) {
      const purpose = { what: `create the organization ${externalId}`, writes: true };
      const sent = { ...bodyOf(body), external_id: externalId };
      const call = { method: "POST", path: "/organizations", body: sent, repeat: "key", purpose } as const;
      return parseOrganization(purpose, await transport.send(call));
    },

    async change(id, body) {
      const purpose = { what: `update the organization ${id}`, writes: true };
      const path = `/organizations/${encodeURIComponent(id)}`;
      return parseOrganization(purpose, await transport.send({ method: "PUT", path, body: bodyOf(body), purpose }));
    },

    async removeDomain(id) {
      const purpose = { what: `remove the domain ${id}`, writes: true };
      const path = `/organization_domains/${encodeURIComponent(id)}`;
      await orGone(transport.send({ method: "DELETE", path, purpose }));
    },
  };
}

function parseOrganization(purpose: CallPurpose, item: unknown): WorkosOrganization {
  const metadata = Object.entries(objectIn(item, "metadata"));
  const domains: readonly unknown[] = isJsonObject(item) && Array.isArray(item.domains) ? item.domains : [];
  return {
    id: requiredText(purpose, item, "id"),
    name: requiredText(purpose, item, "name"),
    externalId: textIn(item, "external_id"),
    metadata: Object.fromEntries(metadata.filter((entry): entry is [string, string] => typeof entry[1] === "string")),
    domains: domains.map((domain) => ({
      id: requiredText(purpose, domain, "id"),
      domain: requiredText(purpose, domain, "domain").toLowerCase(),
      state: textIn(domain, "state") ?? "",
    })),
  };
}

/** A member that must be a text. */
export function requiredText(purpose: CallPurpose, item: unknown, name: string): string {
  const value = textIn(item, name);
  if (value === undefined || value === "") throw unexpectedAnswer(purpose, `\`${name}\` is missing`);
  return value;
}
