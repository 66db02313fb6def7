import type { ConnectionKey, OrganizationPart, Registration } from "../../desired/connection.ts";
import { canonicalJson } from "../../desired/json.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Auth0Organization, Auth0Organizations } from "../../vendor/auth0/organizations.ts";
import type { MarkerScope } from "./marker.ts";
import { type OwnMetadata, readMetadata, tenantIn, writeMetadata } from "./organization-metadata.ts";
import { takenMessage } from "./ownership.ts";

/** An organization of ours with what its metadata says. */
export interface OwnOrganization {
  readonly organization: Auth0Organization;
  readonly own: OwnMetadata;
}

/** The organization that a registration belongs to. */
export function organizationOf(registration: Registration): OrganizationPart {
  const part = registration.parts.find((each) => each.kind === "organization");
  if (part === undefined) throw new TypeError(`${registration.key} has no organization`);
  return part;
}

/**
 * The organizations of ours and what Tenantry keeps in their metadata. Auth0 replaces metadata as a whole, so a change
 * reads it first, and changes of one organization go one after another. Two processes that change one at the same time
 * may lose an id; the client is then found by the list, and its id put back.
 */
export class OrganizationKeeper {
  readonly #host: string;
  readonly #organizations: Auth0Organizations;
  readonly #scope: MarkerScope;
  readonly #names = new Map<string, string>();
  readonly #listed = new Map<string, readonly string[]>();
  readonly #turns = new Map<string, Promise<unknown>>();
  #byTenant: Promise<ReadonlyMap<string | undefined, readonly Auth0Organization[]>> | undefined;

  constructor(host: string, organizations: Auth0Organizations, scope: MarkerScope) {
    this.#host = host;
    this.#organizations = organizations;
    this.#scope = scope;
  }

  /** Whether the run has read the list of organizations. */
  get listed(): boolean {
    return this.#byTenant !== undefined;
  }

  /** All organizations as they are now. */
  all(): Promise<readonly Auth0Organization[]> {
    const all = this.#organizations.all();
    this.#byTenant = all.then((list) => Map.groupBy(list, ({ metadata }) => tenantIn(metadata, this.#scope)));
    // A list that failed is tried again by the next.
    this.#byTenant.catch(() => {
      this.#byTenant = undefined;
    });
    return all;
  }

  /** The tenant's organizations of ours under another name, by the list that the run has read last. */
  async others({ name, tenant }: Pick<OrganizationPart, "name" | "tenant">): Promise<readonly Auth0Organization[]> {
    if (this.#byTenant === undefined) await this.all();
    return (await this.#byTenant)?.get(tenant)?.filter((each) => each.name !== name) ?? [];
  }

  /** What is ours in it; undefined when it is not ours. */
  ownIn(organization: Auth0Organization, tenant: string): OwnMetadata | undefined {
    const own = readMetadata(organization.metadata, this.#scope, tenant);
    if (own !== undefined) {
      this.#names.set(tenant, organization.name);
      this.#listed.set(organization.name, own.clientIds);
    }
    return own;
  }

  /** The organization as it is now. Undefined when there is none. @throws TenantryError AUTH0_ORGANIZATION_TAKEN */
  async read({ name, tenant }: Pick<OrganizationPart, "name" | "tenant">): Promise<OwnOrganization | undefined> {
    const organization = await this.#organizations.named(name);
    if (organization === undefined) return undefined;
    const own = this.ownIn(organization, tenant);
    if (own !== undefined) return { organization, own };
    throw new TenantryError("AUTH0_ORGANIZATION_TAKEN", takenMessage(this.#host, tenant, organization));
  }

  /** Changes what we keep in it. One that is not there is left so. */
  edit(
    part: Pick<OrganizationPart, "name" | "tenant">,
    change: (own: OwnMetadata) => OwnMetadata,
    displayName?: string,
  ): Promise<void> {
    const before = this.#turns.get(part.name) ?? Promise.resolve();
    const turn = before.then(async () => {
      const found = await this.read(part);
      if (found === undefined) return;
      const { organization } = found;
      const metadata = writeMetadata(organization.metadata, this.#scope, change(found.own));
      const body = {
        ...(canonicalJson(metadata) === canonicalJson(organization.metadata) ? {} : { metadata }),
        ...(displayName === undefined || displayName === organization.displayName ? {} : { displayName }),
      };
      if (Object.keys(body).length === 0) return;
      this.ownIn(await this.#organizations.change(organization.id, body), part.tenant);
    });
    // A change that failed does not stand in the way of the next.
    this.#turns.set(
      part.name,
      turn.catch(() => undefined),
    );
    return turn;
  }

  /** Sees to it that the client is found by its organization. */
  async list(part: OrganizationPart, clientId: string, key: ConnectionKey): Promise<void> {
    if (this.#listed.get(part.name)?.includes(clientId)) return;
    await this.edit(part, (own) => ({
      ...own,
      clientIds: [...own.clientIds, clientId],
      making: own.making.filter((each) => each !== key),
    }));
  }

  /** The client is gone. An organization that this run has not seen keeps its id, which leads nowhere then. */
  async unlist(key: ConnectionKey, clientId: string): Promise<void> {
    const tenant = tenantOfKey(key);
    const name = this.#names.get(tenant);
    if (name === undefined) return;
    await this.edit({ name, tenant }, (own) => ({ ...own, clientIds: own.clientIds.filter((id) => id !== clientId) }));
  }

  /** The metadata of an organization that is about to be made. */
  firstMetadata(tenant: string, clientIds: readonly string[]): Readonly<Record<string, string>> {
    return writeMetadata({}, this.#scope, { tenant, clientIds, making: [] });
  }
}
