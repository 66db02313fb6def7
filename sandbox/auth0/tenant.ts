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
  /** Stands where clients show the certificate that signs for them. */
  readonly signingCertificate = `-----BEGIN CERTIFICATE-----\r\n${randomToken(48)}\r\n-----END CERTIFICATE-----\r\n`;
  /** What was asked of this sandbox, by everyone. */
  readonly requests: RequestLog;
  readonly #clients = new Map<string, Auth0Client>();
  readonly #connections = new Map<string, Auth0Connection>();
  readonly #organizations = new Map<string, Auth0Organization>();
  readonly #users = new Map<string, Auth0User>();
  readonly #clock: () => number;
  #sequence = 0;

  constructor(host: string, requests: RequestLog, clock: () => number) {
    this.host = host;
    this.issuer = `https://${host}/`;
    this.name = host.split(".")[0] ?? host;
    this.audience = `https://${host}/api/v2/`;
    this.requests = requests;
    this.#clock = clock;
  }

  /** By client id, oldest first. */
  get clients(): ReadonlyMap<string, Auth0Client> {
    return this.#clients;
  }

  /** By id, oldest first. */
  get connections(): ReadonlyMap<string, Auth0Connection> {
    return this.#connections;
  }

  /** By id, oldest first. */
  get organizations(): ReadonlyMap<string, Auth0Organization> {
    return this.#organizations;
  }

  /** By `sub`. */
  get users(): ReadonlyMap<string, Auth0User> {
    return this.#users;
  }

  /** By client id or name, in this order; the oldest of several with one name. */
  client(reference: string): Auth0Client | undefined {
    return this.#clients.get(reference) ?? find(this.#clients, (client) => client.settings.name === reference);
  }

  /** By id or name. */
  connection(reference: string): Auth0Connection | undefined {
    return this.#connections.get(reference) ?? find(this.#connections, ({ name }) => name === reference);
  }

  /** By id or name. */
  organization(reference: string): Auth0Organization | undefined {
    return this.#organizations.get(reference) ?? find(this.#organizations, ({ name }) => name === reference);
  }

  /** By email. */
  userByEmail(email: string): Auth0User | undefined {
    return find(this.#users, (user) => user.email === email);
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
    this.#sequence += 1;
    return this.#sequence;
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
    this.#clients.set(clientId, client);
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
    this.#clients.delete(clientId);
    for (const connection of this.#connections.values()) connection.clients.delete(clientId);
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
    this.#connections.set(connection.id, connection);
    return connection;
  }

  /** Removes the connection, also from the organizations it was enabled for. Throws when there is none. */
  removeConnection(reference: string): void {
    const connection = this.connection(reference);
    if (connection === undefined) throw new Error(`the tenant has no connection ${reference}`);
    this.#connections.delete(connection.id);
    for (const organization of this.#organizations.values()) organization.connections.delete(connection.id);
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
    this.#organizations.set(organization.id, organization);
    return organization;
  }

  /** Removes the organization. Throws when there is none. */
  removeOrganization(reference: string): void {
    const organization = this.organization(reference);
    if (organization === undefined) throw new Error(`the tenant has no organization ${reference}`);
    this.#organizations.delete(organization.id);
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
    this.#users.set(user.id, user);
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
