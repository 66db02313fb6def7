import type { Json, JsonObject } from "../json.ts";
import { randomText, randomToken } from "../random.ts";
import type { RequestLog } from "../request-log.ts";
import type {
  Auth0Client,
  Auth0Connection,
  Auth0Organization,
  Auth0User,
  ClientGrant,
  ClientSettings,
  EnabledConnection,
} from "./model.ts";
import { type Auth0State, emptyTenant } from "./state.ts";

/** What a new client is made from; whatever is left out gets Auth0's default. */
export interface NewClient {
  readonly clientId?: string;
  readonly secret?: string;
  readonly global?: boolean;
  readonly grants?: readonly ClientGrant[];
  readonly settings: ClientSettings;
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

  addClient({ clientId = randomText(32), secret = newSecret(), global = false, grants = [], settings }: NewClient) {
    const client: Auth0Client = {
      clientId,
      sequence: this.count(),
      global,
      secret,
      settings,
      credentials: new Map(),
      grants,
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

  /** Removes the client, also from the connections it was enabled for. Throws when there is none. */
  removeClient(reference: string): void {
    const { clientId } = this.#existing(reference);
    this.state.clients.delete(clientId);
    for (const connection of this.state.connections.values()) connection.clients.delete(clientId);
  }

  addConnection(name: string, strategy: string, settings: JsonObject = {}): Auth0Connection {
    const connection: Auth0Connection = {
      id: `con_${randomText(16)}`,
      sequence: this.count(),
      name,
      strategy,
      settings: { is_domain_connection: false, realms: [name], ...settings },
      clients: new Set(),
    };
    this.state.connections.set(connection.id, connection);
    return connection;
  }

  /** Removes the connection, also from the organizations it was enabled for. Throws when there is none. */
  removeConnection(reference: string): void {
    const connection = this.connection(reference);
    if (connection === undefined) throw new Error(`the tenant has no connection ${reference}`);
    this.state.connections.delete(connection.id);
    for (const organization of this.state.organizations.values()) organization.connections.delete(connection.id);
  }

  addOrganization(
    name: string,
    { displayName = name, metadata = {}, settings = {} }: Partial<Omit<Auth0Organization, "id" | "sequence">> = {},
  ): Auth0Organization {
    const organization: Auth0Organization = {
      id: `org_${randomText(16)}`,
      sequence: this.count(),
      name,
      displayName,
      metadata,
      settings,
      connections: new Map(),
    };
    this.state.organizations.set(organization.id, organization);
    return organization;
  }

  /** Removes the organization. Throws when there is none. */
  removeOrganization(reference: string): void {
    const organization = this.organization(reference);
    if (organization === undefined) throw new Error(`the tenant has no organization ${reference}`);
    this.state.organizations.delete(organization.id);
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

  /** Somebody who comes by an enterprise connection. */
  addUser(connection: Auth0Connection, email: string, name: string, claims: { [claim: string]: Json } = {}): Auth0User {
    const user: Auth0User = {
      id: `${connection.strategy}|${connection.name}|${randomText(20)}`,
      connectionId: connection.id,
      email,
      name,
      claims,
    };
    this.state.users.set(user.id, user);
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

/** 64 characters, as Auth0's secrets are. */
function newSecret(): string {
  return randomToken(48);
}
