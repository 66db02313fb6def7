import type { Auth0ConnectionName } from "../../vendor/auth0/clients.ts";
import type { Auth0Connections } from "../../vendor/auth0/connections.ts";
import { markerNames } from "../../vendor/auth0/marker-names.ts";
import { textIn } from "../../vendor/json.ts";
import type { MarkerScope } from "./marker.ts";

/** A name that no connection has. */
export interface MissingConnection {
  readonly name: string;
  readonly message: string;
}

/** The connections of one Auth0 tenant by name, read at most once a run each. A name that was not there is asked again. */
export class ConnectionDirectory {
  readonly #host: string;
  readonly #connections: Auth0Connections;
  readonly #byName = new Map<string, Auth0ConnectionName>();
  readonly #byId = new Map<string, Auth0ConnectionName>();
  readonly #pending = new Map<string, Promise<Auth0ConnectionName | undefined>>();
  readonly #ofApps = new Map<string, Promise<boolean>>();
  #complete = false;

  constructor(host: string, connections: Auth0Connections) {
    this.#host = host;
    this.#connections = connections;
  }

  /** Reads the whole list, so that no name costs a call of its own. */
  async readAll(): Promise<void> {
    for (const connection of await this.#connections.all()) this.remember(connection);
    this.#complete = true;
  }

  /** The connections of these names, in this order, and what is wrong with the others. */
  async resolve(
    names: readonly string[],
  ): Promise<{ readonly found: readonly Auth0ConnectionName[]; readonly missing: readonly MissingConnection[] }> {
    const resolved = await Promise.all(names.map(async (name) => ({ name, connection: await this.#named(name) })));
    return {
      found: resolved.flatMap(({ connection }) => connection ?? []),
      missing: resolved.flatMap(({ name, connection }) =>
        connection === undefined
          ? [{ name, message: `Auth0 (${this.#host}) has no connection ${JSON.stringify(name)}` }]
          : [],
      ),
    };
  }

  /** The name of a connection; undefined when it is gone. */
  async nameOf(id: string): Promise<string | undefined> {
    const known = this.#byId.get(id);
    if (known !== undefined || this.#complete) return known?.name;
    const connection = await this.#connections.read(id);
    if (connection !== undefined) this.remember(connection);
    return connection?.name;
  }

  /**
   * Whether a connection is the record of an app of ours at this Auth0 tenant, which enables it for the organization
   * itself. Asked only about those that nobody names.
   */
  isOfApp(id: string, scope: MarkerScope): Promise<boolean> {
    const asked =
      this.#ofApps.get(id) ??
      this.#connections
        .metadata(id)
        .then(
          (metadata) =>
            textIn(metadata, markerNames.workspace) === scope.workspace &&
            textIn(metadata, markerNames.environment) === scope.environment &&
            textIn(metadata, markerNames.key) !== undefined,
        );
    this.#ofApps.set(id, asked);
    return asked;
  }

  async #named(name: string): Promise<Auth0ConnectionName | undefined> {
    const known = this.#byName.get(name);
    if (known !== undefined || this.#complete) return known;
    // Tenants that share a connection ask for it at the same time.
    const pending = this.#pending.get(name) ?? this.#connections.named(name).finally(() => this.#pending.delete(name));
    this.#pending.set(name, pending);
    const connection = await pending;
    if (connection !== undefined) this.remember(connection);
    return connection;
  }

  /** For one that was seen otherwise: its name costs no call then. */
  remember(connection: Auth0ConnectionName): void {
    this.#byName.set(connection.name, connection);
    this.#byId.set(connection.id, connection);
  }
}
