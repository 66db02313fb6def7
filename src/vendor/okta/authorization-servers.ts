import { isJsonObject, type JsonObject, textIn, textsIn } from "../json.ts";
import { orGone, required } from "./apps.ts";
import { type CallPurpose, unexpectedAnswer } from "./failure.ts";
import { readPages } from "./paging.ts";
import type { OktaTransport } from "./transport.ts";

/** A custom authorization server: an issuer with claims, scopes and policies of its own. */
export interface OktaAuthorizationServer {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly audience: string;
  readonly active: boolean;
  /** Everything that Okta said of it. */
  readonly raw: JsonObject;
}

/** Something inside a server: a scope, a claim, a policy or a rule. */
export interface OktaServerPart {
  readonly id: string;
  readonly name: string;
  readonly raw: JsonObject;
}

/** Lists in a server, and rules in one of its policies. */
export type ServerList = "scopes" | "claims" | "policies" | `policies/${string}/rules`;

export interface OktaAuthorizationServers {
  /** By id, or `default`; undefined when it is not there. Takes the scope `okta.authorizationServers.read`. */
  read(id: string): Promise<OktaAuthorizationServer | undefined>;
  /** Those of exactly this name. */
  named(name: string): Promise<readonly OktaAuthorizationServer[]>;
  /** Takes the scope `okta.authorizationServers.manage`, as all that changes something. */
  create(body: JsonObject): Promise<OktaAuthorizationServer>;
  replace(id: string, body: JsonObject): Promise<void>;
  parts(id: string, list: ServerList): Promise<readonly OktaServerPart[]>;
  addPart(id: string, list: ServerList, body: JsonObject): Promise<OktaServerPart>;
  replacePart(id: string, list: ServerList, part: string, body: JsonObject): Promise<void>;
  /** Gone already is done. */
  removePart(id: string, list: ServerList, part: string): Promise<void>;
}

const root = "/api/v1/authorizationServers";
const reading = (what: string): CallPurpose => ({ what, scope: "okta.authorizationServers.read", writes: false });
const writing = (what: string): CallPurpose => ({ what, scope: "okta.authorizationServers.manage", writes: true });

export function oktaAuthorizationServers(transport: OktaTransport): OktaAuthorizationServers {
  const { host } = transport;
  const at = (id: string, rest = "") => `${root}/${encodeURIComponent(id)}${rest}`;
  const partOf = (purpose: CallPurpose, item: unknown): OktaServerPart => ({
    id: required(host, purpose, item, "id"),
    name: required(host, purpose, item, "name"),
    raw: objectOf(host, purpose, item),
  });
  return {
    async read(id) {
      const purpose = reading(`read authorization server ${id}`);
      const reply = await orGone(transport.send({ method: "GET", path: at(id), purpose }));
      return reply === undefined ? undefined : serverOf(host, purpose, reply.body);
    },

    async named(name) {
      const purpose = reading("look for an authorization server");
      const path = `${root}?q=${encodeURIComponent(name)}&limit=200`;
      const servers = await readPages(transport, path, purpose, (item) => serverOf(host, purpose, item));
      return servers.filter((server) => server.name === name);
    },

    async create(body) {
      const purpose = writing("create an authorization server");
      const reply = await transport.send({ method: "POST", path: root, body, purpose });
      return serverOf(host, purpose, reply.body);
    },

    async replace(id, body) {
      const purpose = writing(`update authorization server ${id}`);
      await transport.send({ method: "PUT", path: at(id), body, purpose });
    },

    parts(id, list) {
      const purpose = reading(`list ${list} of authorization server ${id}`);
      return readPages(transport, at(id, `/${list}`), purpose, (item) => partOf(purpose, item));
    },

    async addPart(id, list, body) {
      const purpose = writing(`add to ${list} of authorization server ${id}`);
      const reply = await transport.send({ method: "POST", path: at(id, `/${list}`), body, purpose });
      return partOf(purpose, reply.body);
    },

    async replacePart(id, list, part, body) {
      const purpose = writing(`update ${list} of authorization server ${id}`);
      await transport.send({ method: "PUT", path: at(id, `/${list}/${encodeURIComponent(part)}`), body, purpose });
    },

    async removePart(id, list, part) {
      const purpose = writing(`take from ${list} of authorization server ${id}`);
      const path = at(id, `/${list}/${encodeURIComponent(part)}`);
      await orGone(transport.send({ method: "DELETE", path, purpose }));
    },
  };
}

function serverOf(host: string, purpose: CallPurpose, item: unknown): OktaAuthorizationServer {
  const raw = objectOf(host, purpose, item);
  return {
    id: required(host, purpose, item, "id"),
    name: textIn(raw, "name") ?? "",
    description: textIn(raw, "description") ?? "",
    audience: textsIn(raw, "audiences")[0] ?? "",
    active: required(host, purpose, item, "status") === "ACTIVE",
    raw,
  };
}

function objectOf(host: string, purpose: CallPurpose, item: unknown): JsonObject {
  if (!isJsonObject(item)) throw unexpectedAnswer(host, purpose, "it is no object");
  return item;
}
