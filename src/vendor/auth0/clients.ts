import { Secret } from "../../secret/secret.ts";
import { type JsonObject, textIn } from "../json.ts";
import { orGone, requiredObject, requiredText } from "./answer.ts";
import type { CallPurpose } from "./failure.ts";
import { readByCheckpoint, readByOffset } from "./paging.ts";
import type { Auth0Transport } from "./transport.ts";

/** A client ("application") as the Auth0 tenant has it. */
export interface Auth0Client {
  readonly clientId: string;
  readonly name: string;
  /** The members named in `clientFields`, as far as Auth0 gave them. Never a secret. */
  readonly raw: JsonObject;
}

/** A public key of a client. Auth0 does not give the key itself back. */
export interface Auth0Key {
  readonly id: string;
  readonly name: string;
  readonly kid: string;
}

/** A connection that is enabled for a client or an organization. */
export interface Auth0ConnectionName {
  readonly id: string;
  readonly name: string;
}

export interface NewKey {
  readonly name: string;
  readonly kid: string;
  readonly alg: string;
  /** The public key, PEM (SPKI). */
  readonly pem: string;
}

export interface Auth0Clients {
  /** The first 1,000, and how many there are in all: Auth0 lists no more, and cannot search them. */
  all(): Promise<{ readonly clients: readonly Auth0Client[]; readonly total: number }>;
  /** Undefined when it is not there. */
  read(clientId: string): Promise<Auth0Client | undefined>;
  create(body: JsonObject): Promise<Auth0Client>;
  /** Changes the members that are given; members of `client_metadata` too are only added, changed, or removed by null. */
  change(clientId: string, body: JsonObject): Promise<Auth0Client>;
  /** Gone already is done. */
  remove(clientId: string): Promise<void>;
  /** The client's secret; undefined when Auth0 does not show it to these credentials. */
  secret(clientId: string): Promise<Secret | undefined>;
  /** The connections that are enabled for the client. */
  connections(clientId: string): Promise<readonly Auth0ConnectionName[]>;
  keys(clientId: string): Promise<readonly Auth0Key[]>;
  /** Adds a public key; it counts when the client names it in `client_authentication_methods`. */
  addKey(clientId: string, key: NewKey): Promise<Auth0Key>;
  /** Gone already is done. */
  removeKey(clientId: string, id: string): Promise<void>;
}

/**
 * What is asked for of a client. The secret and the signing keys are left out: Auth0 would send them to credentials that
 * may see them.
 */
const clientFields = [
  "client_id",
  "name",
  "description",
  "app_type",
  "is_first_party",
  "oidc_conformant",
  "cross_origin_authentication",
  "callbacks",
  "allowed_logout_urls",
  "grant_types",
  "token_endpoint_auth_method",
  "client_authentication_methods",
  "organization_usage",
  "jwt_configuration",
  "refresh_token",
  "client_metadata",
] as const;

const fields = `fields=${clientFields.join(",")}&include_fields=true`;

const reading = (what: string, scope = "read:clients"): CallPurpose => ({ what, scope, writes: false });
const writing = (what: string, scope: string): CallPurpose => ({ what, scope, writes: true });

export function auth0Clients(transport: Auth0Transport): Auth0Clients {
  const { host } = transport;
  const at = (clientId: string, rest = "") => `clients/${encodeURIComponent(clientId)}${rest}`;

  return {
    async all() {
      const purpose = reading("list clients");
      const { items, total } = await readByOffset(transport, `clients?${fields}`, "clients", purpose);
      return { clients: items.map((item) => parseClient(host, purpose, item)), total };
    },

    async read(clientId) {
      const purpose = reading(`read client ${clientId}`);
      const body = await orGone(transport.send({ method: "GET", path: at(clientId, `?${fields}`), purpose }));
      return body === undefined ? undefined : parseClient(host, purpose, body);
    },

    async create(body) {
      const purpose = writing("create a client", "create:clients");
      return parseClient(host, purpose, await transport.send({ method: "POST", path: "clients", body, purpose }));
    },

    async change(clientId, body) {
      const purpose = writing(`update client ${clientId}`, "update:clients");
      const path = at(clientId);
      return parseClient(host, purpose, await transport.send({ method: "PATCH", path, body, purpose }));
    },

    async remove(clientId) {
      const purpose = writing(`delete client ${clientId}`, "delete:clients");
      await orGone(transport.send({ method: "DELETE", path: at(clientId), purpose }));
    },

    async secret(clientId) {
      const purpose = reading(`read the secret of client ${clientId}`, "read:client_keys");
      const path = at(clientId, "?fields=client_id,client_secret&include_fields=true");
      const text = textIn(await transport.send({ method: "GET", path, purpose }), "client_secret");
      return text === undefined || text === "" ? undefined : new Secret(text);
    },

    async connections(clientId) {
      const purpose = reading(`list the connections of client ${clientId}`, "read:connections");
      const path = at(clientId, "/connections?fields=id,name&include_fields=true");
      const items = await readByCheckpoint(transport, path, "connections", purpose);
      return items.map((item) => ({
        id: requiredText(host, purpose, item, "id"),
        name: requiredText(host, purpose, item, "name"),
      }));
    },

    async keys(clientId) {
      const purpose = reading(`list the keys of client ${clientId}`, "read:client_credentials");
      const body = await transport.send({ method: "GET", path: at(clientId, "/credentials"), purpose });
      return (Array.isArray(body) ? body : []).map((item) => parseKey(host, purpose, item));
    },

    async addKey(clientId, key) {
      const purpose = writing(`add a key to client ${clientId}`, "create:client_credentials");
      const body = { credential_type: "public_key", ...key };
      const path = at(clientId, "/credentials");
      return parseKey(host, purpose, await transport.send({ method: "POST", path, body, purpose }));
    },

    async removeKey(clientId, id) {
      const purpose = writing(`remove a key of client ${clientId}`, "delete:client_credentials");
      const path = at(clientId, `/credentials/${encodeURIComponent(id)}`);
      await orGone(transport.send({ method: "DELETE", path, purpose }));
    },
  };
}

/** Replies to POST and PATCH hold the secret and more: only the members that are asked for elsewhere are kept. */
function parseClient(host: string, purpose: CallPurpose, item: unknown): Auth0Client {
  const whole = requiredObject(host, purpose, item);
  return {
    clientId: requiredText(host, purpose, whole, "client_id"),
    name: requiredText(host, purpose, whole, "name"),
    raw: Object.fromEntries(clientFields.filter((name) => name in whole).map((name) => [name, whole[name]])),
  };
}

function parseKey(host: string, purpose: CallPurpose, item: unknown): Auth0Key {
  return {
    id: requiredText(host, purpose, item, "id"),
    name: textIn(item, "name") ?? "",
    kid: textIn(item, "kid") ?? "",
  };
}
