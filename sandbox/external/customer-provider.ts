import { randomUUID } from "node:crypto";
import type { Json, JsonObject } from "../json.ts";
import { createKey, type ProviderKey } from "./provider-key.ts";
import type { ClientMethod, Person, Vendor } from "./vendor.ts";

/** A client at a customer's provider. A test may change it, as the customer's admin would. */
export interface CustomerClient {
  readonly clientId: string;
  method: ClientMethod;
  redirectUris: readonly string[];
  postLogoutUris: readonly string[];
  /** Absent for `private_key_jwt`. */
  secret: string | undefined;
  /** Public keys, for `private_key_jwt`. */
  keys: readonly JsonObject[];
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
}

/**
 * A customer's own identity provider, to look into and to change as the customer's admin would. Every change is in the
 * very next answer.
 */
export class CustomerProvider {
  readonly vendor: Vendor;
  readonly #clients = new Map<string, CustomerClient>();
  readonly #people = new Map<string, Person>();
  #discovery: JsonObject = {};
  #keys: Promise<readonly ProviderKey[]> | undefined;
  #encryptionKey: Promise<ProviderKey> | undefined;

  constructor(vendor: Vendor) {
    this.vendor = vendor;
  }

  get issuer(): string {
    return this.vendor.issuer;
  }

  get clients(): readonly CustomerClient[] {
    return [...this.#clients.values()];
  }

  get people(): readonly Person[] {
    return [...this.#people.values()];
  }

  client(clientId: string): CustomerClient | undefined {
    return this.#clients.get(clientId);
  }

  /** By login. */
  person(login: string): Person | undefined {
    return this.#people.get(login);
  }

  /** By `sub`. */
  personById(id: string): Person | undefined {
    return this.people.find((person) => person.claims.sub === id);
  }

  addPerson(person: Person): void {
    this.#people.set(person.login, person);
  }

  /** Registers a client. Throws when there is one with this id. */
  register(wanted: NewClient): CustomerClient {
    const clientId = wanted.clientId ?? randomUUID();
    if (this.#clients.has(clientId)) throw new Error(`${this.issuer} has a client ${clientId} already`);
    const client: CustomerClient = {
      clientId,
      method: wanted.method,
      redirectUris: wanted.redirectUris,
      postLogoutUris: wanted.postLogoutUris ?? [],
      secret: wanted.method === "private_key_jwt" ? undefined : (wanted.secret ?? this.vendor.newSecret()),
      keys: wanted.keys ?? [],
    };
    this.#clients.set(clientId, client);
    return client;
  }

  /** Throws when there is no such client. */
  removeClient(clientId: string): void {
    this.#clients.delete(this.#existing(clientId).clientId);
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
    this.#discovery = { ...this.#discovery, ...members };
  }

  /** The discovery document is again what it was at first. */
  mendDiscovery(): void {
    this.#discovery = {};
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
      ...(endpoints.endSession === undefined ? {} : { end_session_endpoint: endpoints.endSession }),
      ...this.vendor.metadata,
      ...this.#discovery,
    };
  }

  /** The keys it signs with, newest first; made when they are first needed. The first signs. */
  keys(): Promise<readonly ProviderKey[]> {
    this.#keys ??= createKey("sig").then((key) => [key]);
    return this.#keys;
  }

  /** Signs with a new key from now on. The keys before it stay published unless `forget` is set. */
  async rotateKeys(options: { readonly forget?: boolean } = {}): Promise<void> {
    const before = await this.keys();
    const key = await createKey("sig");
    this.#keys = Promise.resolve(options.forget === true ? [key] : [key, ...before]);
  }

  /** What the key endpoint publishes. */
  async publishedKeys(): Promise<Json> {
    const keys = (await this.keys()).map((key) => this.vendor.publishKey?.(key.publicKey) ?? key.publicKey);
    if (this.vendor.encryptionKey !== true) return { keys };
    this.#encryptionKey ??= createKey("enc");
    return { keys: [(await this.#encryptionKey).publicKey, ...keys] };
  }

  #existing(clientId: string): CustomerClient {
    const client = this.#clients.get(clientId);
    if (client === undefined) throw new Error(`${this.issuer} has no client ${clientId}`);
    return client;
  }
}
