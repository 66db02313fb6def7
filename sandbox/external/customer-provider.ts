import { randomUUID } from "node:crypto";
import type { Json, JsonObject } from "../json.ts";
import { type IssuerMemory, newMemory } from "../sign-in/memory.ts";
import type { ClientMethod } from "./client-method.ts";
import type { CustomerClient } from "./customer-client.ts";
import { createKey, type ProviderKey } from "./provider-key.ts";
import type { Person, Vendor } from "./vendor.ts";

/** All that a customer's provider remembers: plain objects, lists and maps, because it is written down. */
export interface CustomerState {
  readonly clients: Map<string, CustomerClient>;
  /** By login. */
  readonly people: Map<string, Person>;
  /** Members that the discovery document has instead of its own. */
  discovery: JsonObject;
  /** Newest first; none until the first is needed, as with the next. */
  keys: readonly ProviderKey[];
  encryptionKey: ProviderKey | null;
  /** What it remembers of its sign-ins. */
  readonly issuer: IssuerMemory;
}

function newCustomer(): CustomerState {
  return {
    clients: new Map(),
    people: new Map(),
    discovery: {},
    keys: [],
    encryptionKey: null,
    issuer: newMemory(),
  };
}

/** What a client is made from. */
export interface NewClient {
  /** Made up when absent. */
  readonly clientId?: string;
  readonly method: ClientMethod;
  readonly redirectUris: readonly string[];
  readonly postLogoutUris?: readonly string[];
  /** Made up when absent, unless the client signs with a key. */
  readonly secret?: string;
  readonly keys?: readonly JsonObject[];
  readonly idTokens?: boolean;
}

/**
 * A customer's own identity provider, to look into and to change as the customer's admin would. Every change is in the
 * very next answer.
 */
export class CustomerProvider {
  readonly vendor: Vendor;
  readonly state: CustomerState;
  #keys: Promise<readonly ProviderKey[]> | undefined;
  #encryptionKey: Promise<ProviderKey> | undefined;

  /** The provider of this state, or a new one without clients and people. */
  constructor(vendor: Vendor, state: CustomerState = newCustomer()) {
    this.vendor = vendor;
    this.state = state;
  }

  get issuer(): string {
    return this.vendor.issuer;
  }

  get clients(): readonly CustomerClient[] {
    return [...this.state.clients.values()];
  }

  get people(): readonly Person[] {
    return [...this.state.people.values()];
  }

  client(clientId: string): CustomerClient | undefined {
    return this.state.clients.get(clientId);
  }

  /** By login. */
  person(login: string): Person | undefined {
    return this.state.people.get(login);
  }

  /** By `sub`. */
  personById(id: string): Person | undefined {
    return this.people.find((person) => person.claims.sub === id);
  }

  addPerson(person: Person): void {
    this.state.people.set(person.login, person);
  }

  /** Registers a client. Throws when there is one with this id. */
  register(wanted: NewClient): CustomerClient {
    const clientId = wanted.clientId ?? randomUUID();
    if (this.state.clients.has(clientId)) throw new Error(`${this.issuer} has a client ${clientId} already`);
    const client: CustomerClient = {
      clientId,
      method: wanted.method,
      redirectUris: wanted.redirectUris,
      postLogoutUris: wanted.postLogoutUris ?? [],
      secret: ["private_key_jwt", "none"].includes(wanted.method)
        ? undefined
        : (wanted.secret ?? this.vendor.newSecret()),
      keys: wanted.keys ?? [],
      ...(wanted.idTokens === undefined ? {} : { idTokens: wanted.idTokens }),
    };
    this.state.clients.set(clientId, client);
    return client;
  }

  /** Throws when there is no such client. */
  removeClient(clientId: string): void {
    this.state.clients.delete(this.#existing(clientId).clientId);
  }

  /** Makes a new secret the only one of the client and gives it. Throws when there is no such client. */
  replaceSecret(clientId: string): string {
    const secret = this.vendor.newSecret();
    this.#existing(clientId).secret = secret;
    return secret;
  }

  /** Throws when there is no such client. */
  setRedirectUris(clientId: string, redirectUris: readonly string[]): void {
    this.#existing(clientId).redirectUris = redirectUris;
  }

  /** From now on the discovery document names this issuer, spelled like this. */
  breakDiscovery(issuer: string): void {
    this.changeDiscovery({ issuer });
  }

  /** From now on the discovery document has these members instead of its own. */
  changeDiscovery(members: JsonObject): void {
    this.state.discovery = { ...this.state.discovery, ...members };
  }

  /** The discovery document is again what it was at first. */
  mendDiscovery(): void {
    this.state.discovery = {};
  }

  /** The discovery document as it is now. */
  document(): JsonObject {
    const { endpoints } = this.vendor;
    return {
      issuer: this.issuer,
      authorization_endpoint: endpoints.authorization,
      token_endpoint: endpoints.token,
      jwks_uri: endpoints.jwks,
      userinfo_endpoint: endpoints.userinfo,
      ...(endpoints.introspection === undefined ? {} : { introspection_endpoint: endpoints.introspection }),
      ...(endpoints.revocation === undefined ? {} : { revocation_endpoint: endpoints.revocation }),
      ...(endpoints.pushedRequest === undefined
        ? {}
        : { pushed_authorization_request_endpoint: endpoints.pushedRequest }),
      ...(endpoints.endSession === undefined ? {} : { end_session_endpoint: endpoints.endSession }),
      ...this.vendor.metadata,
      ...this.state.discovery,
    };
  }

  /** The keys it signs with, newest first; made when they are first needed. The first signs. */
  keys(): Promise<readonly ProviderKey[]> {
    this.#keys ??= this.state.keys.length > 0 ? Promise.resolve(this.state.keys) : this.#sign([createKey("sig")]);
    return this.#keys;
  }

  /** Signs with a new key from now on. The keys before it stay published unless `forget` is set. */
  async rotateKeys(options: { readonly forget?: boolean } = {}): Promise<void> {
    const before = await this.keys();
    this.#keys = this.#sign([createKey("sig"), ...(options.forget === true ? [] : before)]);
    await this.#keys;
  }

  /** What the key endpoint publishes. */
  async publishedKeys(): Promise<Json> {
    const keys = (await this.keys()).map((key) => this.vendor.publishKey?.(key.publicKey) ?? key.publicKey);
    if (this.vendor.encryptionKey !== true) return { keys };
    this.#encryptionKey ??=
      this.state.encryptionKey === null ? createKey("enc") : Promise.resolve(this.state.encryptionKey);
    this.state.encryptionKey = await this.#encryptionKey;
    return { keys: [this.state.encryptionKey.publicKey, ...keys] };
  }

  async #sign(keys: readonly (ProviderKey | Promise<ProviderKey>)[]): Promise<readonly ProviderKey[]> {
    this.state.keys = await Promise.all(keys);
    return this.state.keys;
  }

  #existing(clientId: string): CustomerClient {
    const client = this.state.clients.get(clientId);
    if (client === undefined) throw new Error(`${this.issuer} has no client ${clientId}`);
    return client;
  }
}
