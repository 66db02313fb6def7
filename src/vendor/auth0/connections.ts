import { objectIn } from "../json.ts";
import { orGone, requiredText } from "./answer.ts";
import type { Auth0ConnectionName } from "./clients.ts";
import type { CallPurpose } from "./failure.ts";
import { readWhole } from "./paging.ts";
import type { Auth0Transport } from "./transport.ts";

/** Connections: where people come from. Read by name and note only, and enabled for clients; never made or changed. */
export interface Auth0Connections {
  all(): Promise<readonly Auth0ConnectionName[]>;
  /** The one of exactly this name. */
  named(name: string): Promise<Auth0ConnectionName | undefined>;
  /** Undefined when it is not there. */
  read(id: string): Promise<Auth0ConnectionName | undefined>;
  /** What is noted with a connection; empty when it is not there. */
  metadata(id: string): Promise<Readonly<Record<string, unknown>>>;
  /** Enables or disables the connection for one client; the others stay. Asked for what is so already, it does nothing. */
  switchFor(id: string, clientId: string, enabled: boolean): Promise<void>;
}

const reading = (what: string): CallPurpose => ({ what, scope: "read:connections", writes: false });
const fields = "fields=id,name&include_fields=true";

export function auth0Connections(transport: Auth0Transport): Auth0Connections {
  const { host } = transport;
  const parse = (purpose: CallPurpose, item: unknown): Auth0ConnectionName => ({
    id: requiredText(host, purpose, item, "id"),
    name: requiredText(host, purpose, item, "name"),
  });
  return {
    async all() {
      const purpose = reading("list connections");
      const items = await readWhole(transport, `connections?${fields}`, "connections", purpose);
      return items.map((item) => parse(purpose, item));
    },

    async named(name) {
      const purpose = reading("look for a connection");
      const path = `connections?name=${encodeURIComponent(name)}&${fields}`;
      const items = await readWhole(transport, path, "connections", purpose);
      return items.map((item) => parse(purpose, item)).find((connection) => connection.name === name);
    },

    async read(id) {
      const purpose = reading(`read connection ${id}`);
      const path = `connections/${encodeURIComponent(id)}?${fields}`;
      const body = await orGone(transport.send({ method: "GET", path, purpose }));
      return body === undefined ? undefined : parse(purpose, body);
    },

    async metadata(id) {
      const purpose = reading(`read connection ${id}`);
      const path = `connections/${encodeURIComponent(id)}?fields=id,name,metadata&include_fields=true`;
      return objectIn(await orGone(transport.send({ method: "GET", path, purpose })), "metadata");
    },

    async switchFor(id, clientId, enabled) {
      const what = `${enabled ? "enable" : "disable"} connection ${id} for client ${clientId}`;
      const purpose: CallPurpose = { what, scope: "update:connections", writes: true };
      const path = `connections/${encodeURIComponent(id)}/clients`;
      const body = [{ client_id: clientId, status: enabled }];
      await transport.send({ method: "PATCH", path, body, purpose });
    },
  };
}
