import type { JsonObject } from "../json.ts";
import { randomText } from "../random.ts";

/** A domain of an organization, as WorkOS answers. */
export interface DomainState {
  readonly id: string;
  readonly domain: string;
  state: "failed" | "pending" | "unverified" | "verified" | "legacy_verified";
  readonly at: string;
}

export interface OrganizationState {
  readonly id: string;
  name: string;
  externalId: string | null;
  metadata: Record<string, string>;
  domains: DomainState[];
  readonly createdAt: string;
  updatedAt: string;
}

/** What a connection signs people in by. */
export interface OidcOptions {
  discoveryEndpoint: string;
  clientId: string;
  clientSecret: string;
  pkce: boolean;
  clientAuth: string;
  /** The callback that the app has said itself. */
  redirectUri: string | undefined;
  attributes: {
    readonly standard: Readonly<Record<string, string>>;
    readonly custom: Readonly<Record<string, string>>;
  };
}

export interface ConnectionState {
  readonly id: string;
  readonly organizationId: string;
  readonly type: string;
  name: string;
  externalId: string | null;
  state: "requires_type" | "draft" | "active" | "validating" | "inactive" | "deleting";
  /** What its callback has in its path. */
  readonly opaque: string;
  oidc: OidcOptions | undefined;
  readonly createdAt: string;
  updatedAt: string;
}

/** What a person gives to a connection that is made by hand. */
export type HandMade = Pick<OidcOptions, "discoveryEndpoint" | "clientId" | "clientSecret"> &
  Partial<Pick<OidcOptions, "pkce" | "clientAuth">>;

/** One WorkOS environment, to look into and to change as its people would. */
export class WorkosEnvironment {
  readonly organizations = new Map<string, OrganizationState>();
  readonly connections = new Map<string, ConnectionState>();
  /** Whether connections can be made by API: the migration capabilities of the Connections API. */
  makesConnections = true;
  /** Whether reads show a connection's `callback_endpoint` and `oidc_options`; the OpenAPI document has neither. */
  showsDetails = false;
  /** State of a connection that is made. */
  newState: ConnectionState["state"] = "active";
  /** Custom attributes that the environment knows. */
  readonly customAttributes = new Set<string>();
  readonly #clock: () => number;
  #last = 0;

  /** @param clock milliseconds since the epoch */
  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** ISO 8601, later at each call, so that a change can always be told. */
  now(): string {
    this.#last = Math.max(this.#clock(), this.#last + 1);
    return new Date(this.#last).toISOString();
  }

  addOrganization(given: Pick<OrganizationState, "name"> & Partial<OrganizationState>): OrganizationState {
    const now = this.now();
    const made = {
      externalId: null,
      metadata: {},
      domains: [],
      createdAt: now,
      updatedAt: now,
      ...given,
      id: newId("org"),
    };
    this.organizations.set(made.id, made);
    return made;
  }

  /** The organization that has the domain. */
  ownerOf(domain: string): OrganizationState | undefined {
    const name = domain.toLowerCase();
    return [...this.organizations.values()].find(({ domains }) => domains.some((each) => each.domain === name));
  }

  newDomain(domain: string, state: DomainState["state"]): DomainState {
    return { id: newId("org_domain"), domain: domain.toLowerCase(), state, at: this.now() };
  }

  organizationNamed(externalId: string): OrganizationState | undefined {
    return [...this.organizations.values()].find((each) => each.externalId === externalId);
  }

  connectionsOf(organizationId: string): readonly ConnectionState[] {
    return [...this.connections.values()].filter((each) => each.organizationId === organizationId);
  }

  addConnection(
    given: Pick<ConnectionState, "organizationId" | "name" | "oidc"> &
      Partial<Pick<ConnectionState, "type" | "externalId">>,
  ): ConnectionState {
    const now = this.now();
    const made: ConnectionState = {
      ...{ type: "GenericOIDC", externalId: null, state: this.newState, createdAt: now, updatedAt: now, ...given },
      ...{ id: newId("conn"), opaque: randomText(24) },
    };
    this.connections.set(made.id, made);
    return made;
  }

  /** What the customer's admin does in the Admin Portal: a connection of the organization, by hand. */
  finishPortal(organizationId: string, given: HandMade): ConnectionState {
    const organization = this.organizations.get(organizationId);
    if (organization === undefined) throw new Error(`no organization ${organizationId}`);
    const attributes = { standard: { idp_id: "sub", email: "email" }, custom: {} };
    return this.addConnection({
      organizationId,
      name: organization.name,
      oidc: { pkce: true, clientAuth: "client_secret_basic", redirectUri: undefined, attributes, ...given },
    });
  }

  /** What a person does to a connection in the dashboard. */
  editConnection(id: string, change: Partial<OidcOptions>): void {
    const found = this.connections.get(id);
    if (found?.oidc === undefined) throw new Error(`no connection ${id}`);
    found.oidc = { ...found.oidc, ...change };
    found.updatedAt = this.now();
  }
}

function newId(kind: string): string {
  return `${kind}_01${randomText(24).toUpperCase()}`;
}

/** The redirect URI that WorkOS hands out. */
export function callbackOf({ opaque }: ConnectionState): string {
  return `https://auth.workos.com/sso/oidc/${opaque}/callback`;
}

/** A domain as WorkOS answers. */
export function domainView(organizationId: string, { id, domain, state, at }: DomainState): JsonObject {
  const verification =
    state === "pending" ? { verification_strategy: "dns", verification_prefix: "workos-verification" } : {};
  return {
    ...{ object: "organization_domain", id, organization_id: organizationId, domain, state },
    ...{ ...verification, created_at: at, updated_at: at },
  };
}

/** An organization as WorkOS answers. */
export function organizationView(organization: OrganizationState): JsonObject {
  const { id, name, externalId, metadata, domains, createdAt, updatedAt } = organization;
  return {
    ...{ object: "organization", id, name, external_id: externalId, metadata: { ...metadata } },
    domains: domains.map((domain) => domainView(id, domain)),
    ...{ created_at: createdAt, updated_at: updatedAt, allow_profiles_outside_organization: false },
  };
}

/** A connection as WorkOS answers; never with its secret. */
export function connectionView(connection: ConnectionState, details: boolean): JsonObject {
  const { id, organizationId, type, name, state, externalId, oidc, createdAt, updatedAt } = connection;
  const base: JsonObject = {
    ...{ object: "connection", id, organization_id: organizationId, connection_type: type, name, state },
    ...{
      status: state === "active" ? "linked" : "unlinked",
      domains: [],
      created_at: createdAt,
      updated_at: updatedAt,
    },
  };
  if (!details || oidc === undefined) return base;
  return {
    ...base,
    external_id: externalId,
    callback_endpoint: callbackOf(connection),
    oidc_options: {
      ...{ discovery_endpoint: oidc.discoveryEndpoint, client_id: oidc.clientId, pkce: oidc.pkce },
      ...{ token_authentication_method: oidc.clientAuth, redirect_uri: oidc.redirectUri ?? callbackOf(connection) },
    },
    attribute_maps: {
      standard_attributes: { ...oidc.attributes.standard },
      custom_attributes: { ...oidc.attributes.custom },
    },
  };
}
