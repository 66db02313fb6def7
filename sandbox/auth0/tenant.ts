import { randomBytes } from "node:crypto";
import { InnerCalls } from "../inner-call.ts";
import type { JsonObject } from "../json.ts";
import { randomText, randomToken } from "../random.ts";
import type { RequestLog } from "../request-log.ts";
import type {
  Auth0Client,
  Auth0Connection,
  Auth0Organization,
  Auth0ResourceServer,
  Auth0Role,
  Auth0User,
  ClientGrant,
  ClientSettings,
  DiscoveryDomain,
  EnabledConnection,
} from "./model.ts";
import { forgetGrant, forgetRole, forgetUser } from "./removal.ts";
import { type Auth0State, emptyTenant } from "./state.ts";

/** What a new client is made from; whatever is left out gets Auth0's default. */
export interface NewClient {
  readonly clientId?: string;
  readonly secret?: string;
  readonly global?: boolean;
  readonly settings: ClientSettings;
}

/** What else can be said of a new person; whatever is left out gets Auth0's default. */
export interface NewUser {
  readonly id?: string;
  readonly claims?: JsonObject;
  readonly profile?: JsonObject;
}

/** What else can be said of a new grant. */
export interface NewGrant {
  readonly id?: string;
  readonly scopes?: readonly string[];
  readonly settings?: JsonObject;
}

/**
 * Everything in one Auth0 tenant. The management API and the sign-in half both read it live, so a change made here, as
 * an admin would make it in the dashboard, changes the very next answer.
 */
export class Auth0Tenant {
  readonly host: string;
  /** The issuer. Its final slash is part of it. */
  readonly issuer: string;
  /** The first label of the host. */
  readonly name: string;
  /** The audience of the management API. */
  readonly audience: string;
  /** What was asked of this sandbox, by everyone. */
  readonly requests: RequestLog;
  readonly state: Auth0State;
  /** Reaches the issuers of connections, as far as they are in this sandbox. */
  readonly calls = new InnerCalls();
  readonly #clock: () => number;

  /** The tenant of this state, or a new one. */
  constructor(host: string, requests: RequestLog, clock: () => number, state: Auth0State = emptyTenant()) {
    this.state = state;
    this.host = host;
    this.issuer = `https://${host}/`;
    this.name = host.split(".")[0] ?? host;
    this.audience = `https://${host}/api/v2/`;
    this.requests = requests;
    this.#clock = clock;
  }

  get signingCertificate(): string {
    return this.state.signingCertificate;
  }

  /** By client id, oldest first. */
  get clients(): ReadonlyMap<string, Auth0Client> {
    return this.state.clients;
  }

  /** By id, oldest first. */
  get connections(): ReadonlyMap<string, Auth0Connection> {
    return this.state.connections;
  }

  /** By id, oldest first. */
  get organizations(): ReadonlyMap<string, Auth0Organization> {
    return this.state.organizations;
  }

  /** By id, oldest first. */
  get resourceServers(): ReadonlyMap<string, Auth0ResourceServer> {
    return this.state.resourceServers;
  }

  /** By id, oldest first. */
  get clientGrants(): ReadonlyMap<string, ClientGrant> {
    return this.state.clientGrants;
  }

  /** By id, oldest first. */
  get roles(): ReadonlyMap<string, Auth0Role> {
    return this.state.roles;
  }

  /** By `sub`. */
  get users(): ReadonlyMap<string, Auth0User> {
    return this.state.users;
  }

  /** By client id or name, in this order; the oldest of several with one name. */
  client(reference: string): Auth0Client | undefined {
    return (
      this.state.clients.get(reference) ?? find(this.state.clients, (client) => client.settings.name === reference)
    );
  }

  /** By id or name. */
  connection(reference: string): Auth0Connection | undefined {
    return this.state.connections.get(reference) ?? find(this.state.connections, ({ name }) => name === reference);
  }

  /** By id or name. */
  organization(reference: string): Auth0Organization | undefined {
    return this.state.organizations.get(reference) ?? find(this.state.organizations, ({ name }) => name === reference);
  }

  /** By id or identifier. */
  resourceServer(reference: string): Auth0ResourceServer | undefined {
    return (
      this.state.resourceServers.get(reference) ??
      find(this.state.resourceServers, ({ identifier }) => identifier === reference)
    );
  }

  /** By email. */
  userByEmail(email: string): Auth0User | undefined {
    return find(this.state.users, (user) => user.email === email);
  }

  /** Milliseconds since the epoch. */
  now(): number {
    return this.#clock();
  }

  /** Now, in the spelling of Auth0's timestamps. */
  timestamp(): string {
    return new Date(this.#clock()).toISOString();
  }

  /** The next number in the order of things made here. */
  count(): number {
    this.state.sequence += 1;
    return this.state.sequence;
  }

  addClient({ clientId = randomText(32), secret = newSecret(), global = false, settings }: NewClient): Auth0Client {
    const client: Auth0Client = {
      clientId,
      sequence: this.count(),
      global,
      secret,
      settings,
      credentials: new Map(),
    };
    this.state.clients.set(clientId, client);
    return client;
  }

  /** Changes a client as an admin would, without any check. Throws when there is none. */
  edit(reference: string, change: (client: Auth0Client) => void): Auth0Client {
    const client = this.#existing(reference);
    change(client);
    return client;
  }

  /** Makes a new secret for the client and gives it; the old one is refused from now on. Throws when there is none. */
  replaceSecret(reference: string): string {
    const client = this.#existing(reference);
    client.secret = newSecret();
    return client.secret;
  }

  /** Removes the client with its grants, also from where it was enabled or associated. Throws when there is none. */
  removeClient(reference: string): void {
    const { clientId } = this.#existing(reference);
    this.state.clients.delete(clientId);
    for (const connection of this.state.connections.values()) connection.clients.delete(clientId);
    for (const organization of this.state.organizations.values()) organization.clients.delete(clientId);
    for (const grant of this.state.clientGrants.values())
      if (grant.clientId === clientId) forgetGrant(this.state, grant);
  }

  addConnection(
    name: string,
    strategy: string,
    settings: JsonObject = {},
    id = `con_${randomText(16)}`,
  ): Auth0Connection {
    const connection: Auth0Connection = {
      id,
      sequence: this.count(),
      name,
      strategy,
      settings: { is_domain_connection: false, realms: [name], ...settings },
      clients: new Set(),
    };
    this.state.connections.set(connection.id, connection);
    return connection;
  }

  /** Removes the connection with its people, also from where it was enabled. Throws when there is none. */
  removeConnection(reference: string): void {
    const connection = this.connection(reference);
    if (connection === undefined) throw new Error(`the tenant has no connection ${reference}`);
    this.state.connections.delete(connection.id);
    for (const organization of this.state.organizations.values()) organization.connections.delete(connection.id);
    for (const user of this.state.users.values()) if (user.connectionId === connection.id) forgetUser(this.state, user);
  }

  addOrganization(
    name: string,
    {
      id = `org_${randomText(16)}`,
      displayName = name,
      metadata = {},
      settings = {},
    }: Partial<Pick<Auth0Organization, "id" | "displayName" | "metadata" | "settings">> = {},
  ): Auth0Organization {
    const organization: Auth0Organization = {
      id,
      sequence: this.count(),
      name,
      displayName,
      metadata,
      settings,
      createdAt: this.timestamp(),
      connections: new Map(),
      members: new Map(),
      discoveryDomains: new Map(),
      clientGrants: new Set(),
      clients: new Map(),
    };
    this.state.organizations.set(organization.id, organization);
    return organization;
  }

  /** Removes the organization with its roles. Throws when there is none. */
  removeOrganization(reference: string): void {
    const organization = this.organization(reference);
    if (organization === undefined) throw new Error(`the tenant has no organization ${reference}`);
    this.state.organizations.delete(organization.id);
    for (const role of this.state.roles.values()) if (role.ownerId === organization.id) forgetRole(this.state, role);
  }

  /** Lets the people of a connection into an organization. */
  enableConnection(organization: Auth0Organization, connection: Auth0Connection, how: Partial<EnabledConnection> = {}) {
    const enabled: EnabledConnection = {
      assign_membership_on_login: false,
      show_as_button: true,
      is_signup_enabled: false,
      is_enabled: true,
      ...how,
    };
    organization.connections.set(connection.id, enabled);
    return enabled;
  }

  /** A domain by which people find the organization; nobody has proved it yet. */
  addDiscoveryDomain(
    organization: Auth0Organization,
    domain: string,
    { id = `ord_${randomText(22)}`, status = "pending" }: Partial<Pick<DiscoveryDomain, "id" | "status">> = {},
  ): DiscoveryDomain {
    const added: DiscoveryDomain = {
      id,
      sequence: this.count(),
      domain,
      status,
      verificationText: randomHex(32),
      useForOrganizationDiscovery: true,
    };
    organization.discoveryDomains.set(id, added);
    return added;
  }

  /** Makes somebody a member of the organization; keeps the membership that there is. */
  addMember(organization: Auth0Organization, userId: string): void {
    if (organization.members.has(userId)) return;
    organization.members.set(userId, { sequence: this.count(), since: this.timestamp(), roles: new Set() });
  }

  addResourceServer(
    identifier: string,
    settings: JsonObject = {},
    { id = randomHex(24), system = false }: Partial<Pick<Auth0ResourceServer, "id" | "system">> = {},
  ): Auth0ResourceServer {
    const server: Auth0ResourceServer = { id, sequence: this.count(), identifier, system, settings };
    this.state.resourceServers.set(id, server);
    return server;
  }

  /** Lets a client, or the clients of the group that `settings.default_for` names, have tokens for an API. */
  addGrant(
    clientId: string | undefined,
    audience: string,
    { id = `cgr_${randomText(16)}`, scopes = [], settings = {} }: NewGrant = {},
  ): ClientGrant {
    const grant: ClientGrant = {
      id,
      sequence: this.count(),
      clientId,
      audience,
      scopes,
      settings: { subject_type: "client", ...settings },
    };
    this.state.clientGrants.set(id, grant);
    return grant;
  }

  addRole(
    name: string,
    {
      id = `rol_${randomText(16)}`,
      description,
      type = "tenant",
      ownerId,
    }: Partial<Pick<Auth0Role, "id" | "description" | "type" | "ownerId">> = {},
  ): Auth0Role {
    const role: Auth0Role = { id, sequence: this.count(), name, description, type, ownerId, permissions: [] };
    this.state.roles.set(id, role);
    return role;
  }

  /** Somebody who comes by a connection: one of the tenant's databases, or an enterprise connection. */
  addUser(
    connection: Auth0Connection,
    email: string,
    name: string,
    { id = newUserId(connection), claims = {}, profile = {} }: NewUser = {},
  ): Auth0User {
    const now = this.timestamp();
    const user: Auth0User = {
      id,
      sequence: this.count(),
      connectionId: connection.id,
      email,
      name,
      claims,
      profile,
      createdAt: now,
      updatedAt: now,
      roles: new Set(),
      permissions: [],
    };
    this.state.users.set(id, user);
    return user;
  }

  #existing(reference: string): Auth0Client {
    const client = this.client(reference);
    if (client === undefined) throw new Error(`the tenant has no client ${reference}`);
    return client;
  }
}

function find<Item>(items: ReadonlyMap<string, Item>, test: (item: Item) => boolean): Item | undefined {
  for (const item of items.values()) if (test(item)) return item;
  return undefined;
}

/** In a database the strategy and an id; elsewhere also the connection. */
function newUserId({ strategy, name }: Auth0Connection): string {
  return strategy === "auth0" ? `auth0|${randomHex(24)}` : `${strategy}|${name}|${randomText(20)}`;
}

/** So many random hexadecimal digits. */
function randomHex(digits: number): string {
  return randomBytes(digits / 2).toString("hex");
}

/** 64 characters, as Auth0's secrets are. */
function newSecret(): string {
  return randomToken(48);
}
