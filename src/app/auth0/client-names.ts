import type { Auth0Client } from "../../vendor/auth0/clients.ts";
import { markerNames } from "../../vendor/auth0/marker-names.ts";
import type { Auth0Tenant } from "../../vendor/auth0/tenant.ts";
import { objectIn, textIn } from "../../vendor/json.ts";
import type { NoteScope } from "./connection-note.ts";

/** Client ids of Auth0. */
const clientId = /^[A-Za-z0-9]{32}$/;

/** Applications as the file names them, found once a run. */
export class ClientNames {
  readonly #tenant: Auth0Tenant;
  readonly #scope: NoteScope;
  readonly #byId = new Map<string, Promise<Auth0Client | undefined>>();
  #all: Promise<readonly Auth0Client[]> | undefined;

  constructor(tenant: Auth0Tenant, scope: NoteScope) {
    this.#tenant = tenant;
    this.#scope = scope;
  }

  /** The client id that a name or an id stands for, or why there is none, as a sentence without a full stop. */
  async find(name: string): Promise<{ readonly id: string } | { readonly why: string }> {
    const { host } = this.#tenant;
    if (clientId.test(name) && (await this.#read(name)) !== undefined) return { id: name };
    const [found, other] = (await this.#list()).filter((client) => client.name === name);
    if (found === undefined) return { why: `Auth0 (${host}) has no application ${JSON.stringify(name)}` };
    if (other === undefined) return { id: found.clientId };
    return {
      why: `Auth0 (${host}) has two applications ${JSON.stringify(name)}, ${found.clientId} and ${other.clientId}`,
    };
  }

  /** Whether a client is a registration of this workspace and environment, which enables connections for itself. */
  async isRegistration(id: string): Promise<boolean> {
    const metadata = objectIn((await this.#read(id))?.raw, "client_metadata");
    return (
      textIn(metadata, markerNames.workspace) === this.#scope.workspace &&
      textIn(metadata, markerNames.environment) === this.#scope.environment
    );
  }

  #read(id: string): Promise<Auth0Client | undefined> {
    const asked = this.#byId.get(id) ?? this.#tenant.clients.read(id);
    this.#byId.set(id, asked);
    return asked;
  }

  /** The first 1,000, which is all that Auth0 lists; others are named by their ids. */
  #list(): Promise<readonly Auth0Client[]> {
    this.#all ??= this.#tenant.clients.all().then(({ clients }) => clients);
    return this.#all;
  }
}
