import type { ConnectionKey } from "../../desired/connection.ts";
import type { Auth0Client, Auth0Clients } from "../../vendor/auth0/clients.ts";
import { type MarkerScope, ownKey } from "./marker.ts";

/** The clients of an Auth0 tenant as they are now, as far as Auth0 lists them. */
export interface ClientList {
  readonly clients: readonly Auth0Client[];
  /** False when there are more than Auth0 lists: then a client that is not among them may still be there. */
  readonly complete: boolean;
}

/**
 * Where the clients of one Auth0 tenant are. Clients cannot be searched, so a client is found by its id: from its
 * organization's metadata, or from the whole list, which a run reads for that once at most. Only ids are remembered:
 * what a client is like is read anew.
 */
export class ClientDirectory {
  readonly #clients: Auth0Clients;
  readonly #scope: MarkerScope;
  readonly #idsByKey = new Map<ConnectionKey, Set<string>>();
  readonly #deleted = new Set<string>();
  #complete: boolean | undefined;
  #seen = 0;
  #listing: Promise<unknown> | undefined;

  constructor(clients: Auth0Clients, scope: MarkerScope) {
    this.#clients = clients;
    this.#scope = scope;
  }

  /** Whether the list was read and showed every client; undefined as long as it was not read. */
  get complete(): boolean | undefined {
    return this.#complete;
  }

  /** How many clients the newest list showed. */
  get seen(): number {
    return this.#seen;
  }

  /** All clients as they are now. */
  async all(): Promise<ClientList> {
    const { clients: listed, total } = await this.#clients.all();
    const clients = listed.filter(({ clientId }) => !this.#deleted.has(clientId));
    for (const client of clients) this.remember(client);
    this.#seen = listed.length;
    this.#complete = listed.length >= total;
    return { clients, complete: this.#complete };
  }

  /** Ids of the tenant's clients, as far as this run has seen them. */
  seenOf(tenant: string): readonly string[] {
    const keys = [...this.#idsByKey.keys()].filter((key) => key.startsWith(`${tenant}/`));
    return keys.flatMap((key) => [...(this.#idsByKey.get(key) ?? [])]);
  }

  /** For a client that was made or found otherwise than by a list. */
  remember(client: Auth0Client): void {
    const key = ownKey(client.raw, this.#scope);
    if (key === undefined) return;
    const ids = this.#idsByKey.get(key);
    if (ids === undefined) this.#idsByKey.set(key, new Set([client.clientId]));
    else ids.add(client.clientId);
  }

  /** For a client that this run has deleted: what Auth0 shows of it late is not believed. No id is used twice. */
  forget(id: string): void {
    this.#deleted.add(id);
    for (const ids of this.#idsByKey.values()) ids.delete(id);
  }

  /**
   * The clients that carry the marker of this key, as they are now: among those of the ids, or, when none of them
   * does, among all that were ever seen in this run.
   *
   * @param listing whether the whole list is read, once a run, when none of the ids leads to one
   */
  async own(
    key: ConnectionKey,
    ids: readonly string[],
    read = (id: string) => this.read(id),
    listing = true,
  ): Promise<Auth0Client[]> {
    const hinted = await this.#carrying(key, ids, read);
    if (hinted.length > 0) return hinted;
    if (listing) await this.#listOnce();
    const known = [...(this.#idsByKey.get(key) ?? [])].filter((id) => !ids.includes(id));
    return this.#carrying(key, known, read);
  }

  /** A client that is gone is forgotten. */
  async read(id: string): Promise<Auth0Client | undefined> {
    if (this.#deleted.has(id)) return undefined;
    const client = await this.#clients.read(id);
    if (client === undefined) for (const ids of this.#idsByKey.values()) ids.delete(id);
    return client;
  }

  async #carrying(
    key: ConnectionKey,
    ids: readonly string[],
    read: (id: string) => Promise<Auth0Client | undefined>,
  ): Promise<Auth0Client[]> {
    const clients = await Promise.all(ids.map((id) => read(id)));
    return clients.filter((client) => client !== undefined).filter(({ raw }) => ownKey(raw, this.#scope) === key);
  }

  /** Those that miss at the same time share one list; a list that failed is tried again by the next. */
  async #listOnce(): Promise<void> {
    if (this.#complete !== undefined) return;
    this.#listing ??= this.all().finally(() => {
      this.#listing = undefined;
    });
    await this.#listing;
  }
}
