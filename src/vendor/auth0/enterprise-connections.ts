import { Secret } from "../../secret/secret.ts";
import { isJsonObject, type JsonObject, objectIn, textIn } from "../json.ts";
import { orGone, requiredObject, requiredText } from "./answer.ts";
import { Auth0Failure, type CallPurpose } from "./failure.ts";
import { readByCheckpoint, readWhole } from "./paging.ts";
import type { Auth0Transport } from "./transport.ts";

/** A connection to a customer's provider, as the Auth0 tenant has it. */
export interface Auth0EnterpriseConnection {
  readonly id: string;
  readonly name: string;
  readonly strategy: string;
  readonly displayName: string;
  readonly showAsButton: boolean;
  readonly metadata: Readonly<Record<string, string>>;
  /** All members, unknown ones included, but for the secret. */
  readonly options: JsonObject;
  readonly secret: Secret | undefined;
}

/** What may be changed of a connection. Auth0 replaces `metadata` and `options` as a whole. */
export type ConnectionValues = Pick<
  Auth0EnterpriseConnection,
  "displayName" | "showAsButton" | "metadata" | "options" | "secret"
>;

/** Connections as objects of their own: made, changed and deleted. */
export interface Auth0EnterpriseConnections {
  /** Those that can lead to an OpenID provider of a customer. */
  all(): Promise<readonly Auth0EnterpriseConnection[]>;
  /** The one of exactly this name, of any strategy. */
  named(name: string): Promise<Auth0EnterpriseConnection | undefined>;
  /** Undefined when it is not there. */
  read(id: string): Promise<Auth0EnterpriseConnection | undefined>;
  /** Enabled for nobody. */
  create(name: string, strategy: string, values: ConnectionValues): Promise<Auth0EnterpriseConnection>;
  change(id: string, values: ConnectionValues): Promise<void>;
  /** Gone already is done. Its people go with it. */
  remove(id: string): Promise<void>;
  /** Client ids for which it is enabled. */
  clientsOf(id: string): Promise<readonly string[]>;
  /** Enables or disables it for clients; the others stay. */
  switchClients(id: string, clientIds: readonly string[], enabled: boolean): Promise<void>;
}

const reading = (what: string): CallPurpose => ({
  what,
  scope: "read:connections and read:connections_options",
  writes: false,
});
const writing = (what: string, scope: string): CallPurpose => ({ what, scope, writes: true });

/** Most clients of one change. */
const mostClients = 50;

export function auth0EnterpriseConnections(transport: Auth0Transport): Auth0EnterpriseConnections {
  const { host } = transport;
  const at = (id: string, rest = "") => `connections/${encodeURIComponent(id)}${rest}`;
  return {
    async all() {
      const purpose = reading("list connections");
      const items = await readWhole(transport, "connections?strategy=oidc&strategy=okta", "connections", purpose);
      return items.map((item) => parse(host, purpose, item));
    },

    async named(name) {
      const purpose = reading("look for a connection");
      const path = `connections?name=${encodeURIComponent(name)}`;
      const items = await readWhole(transport, path, "connections", purpose);
      return items.map((item) => parse(host, purpose, item)).find((connection) => connection.name === name);
    },

    async read(id) {
      const purpose = reading(`read connection ${id}`);
      const body = await orGone(transport.send({ method: "GET", path: at(id), purpose }));
      return body === undefined ? undefined : parse(host, purpose, body);
    },

    async create(name, strategy, values) {
      const purpose = writing(`create connection ${name}`, "create:connections");
      const body = { name, strategy, ...bodyOf(values) };
      return parse(host, purpose, await transport.send({ method: "POST", path: "connections", body, purpose }), true);
    },

    async change(id, values) {
      const purpose = writing(`update connection ${id}`, "update:connections and update:connections_options");
      await transport.send({ method: "PATCH", path: at(id), body: bodyOf(values), purpose });
    },

    async remove(id) {
      const purpose = writing(`delete connection ${id}`, "delete:connections");
      await orGone(transport.send({ method: "DELETE", path: at(id), purpose }));
    },

    async clientsOf(id) {
      const purpose = reading(`list the applications of connection ${id}`);
      const items = await readByCheckpoint(transport, at(id, "/clients"), "clients", purpose);
      return items.map((item) => requiredText(host, purpose, item, "client_id"));
    },

    async switchClients(id, clientIds, enabled) {
      const what = `${enabled ? "enable" : "disable"} connection ${id} for applications`;
      const purpose = writing(what, "update:connections");
      for (let from = 0; from < clientIds.length; from += mostClients) {
        const some = clientIds.slice(from, from + mostClients);
        const body = some.map((clientId) => ({ client_id: clientId, status: enabled }));
        await transport.send({ method: "PATCH", path: at(id, "/clients"), body, purpose });
      }
    },
  };
}

/** A display name that is not sent becomes the name again. */
function bodyOf({ displayName, showAsButton, metadata, options, secret }: ConnectionValues): JsonObject {
  return {
    display_name: displayName,
    show_as_button: showAsButton,
    metadata,
    options: { ...options, ...(secret === undefined ? {} : { client_secret: secret.reveal() }) },
  };
}

function parse(host: string, purpose: CallPurpose, item: unknown, made = false): Auth0EnterpriseConnection {
  const whole = requiredObject(host, purpose, item);
  const name = requiredText(host, purpose, whole, "name");
  // Without the scope for them the options are left out, and a change that has not read them would lose some.
  if (!isJsonObject(whole.options) && !made) {
    const message = `Auth0 (${host}) does not show these credentials the options of connections; it takes the scope read:connections_options`;
    throw new Auth0Failure("AUTH0_PERMISSION_MISSING", message, { effect: "none" });
  }
  const { client_secret: secret, ...options } = objectIn(whole, "options");
  const metadata = Object.entries(objectIn(whole, "metadata"));
  return {
    id: requiredText(host, purpose, whole, "id"),
    name,
    strategy: requiredText(host, purpose, whole, "strategy"),
    displayName: textIn(whole, "display_name") ?? name,
    showAsButton: whole.show_as_button === true,
    metadata: Object.fromEntries(metadata.filter((entry): entry is [string, string] => typeof entry[1] === "string")),
    options,
    secret: typeof secret === "string" && secret !== "" ? new Secret(secret) : undefined,
  };
}
