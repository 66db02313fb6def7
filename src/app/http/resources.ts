import { randomUUID } from "node:crypto";
import type { AppTenant, ConnectionKey } from "../../desired/connection.ts";
import { parseConnectionKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { ReceiverCaller } from "../../vendor/http/receiver-caller.ts";
import type { JsonCall, JsonReply } from "../../vendor/json-caller.ts";
import type { Clock } from "../../vendor/network.ts";
import {
  type ConnectionValues,
  type Fitted,
  readers,
  type ShownConnection,
  type ShownDomain,
  type ShownTenant,
  type Tagged,
} from "./answers.ts";
import { reach, refusal } from "./failure.ts";

/** A record as it is written. */
export interface WrittenConnection {
  readonly managedBy: string;
  readonly values: ConnectionValues;
  readonly specDigest: string;
  /** The secret itself, or where the app finds it; null for a client without one. */
  readonly secret:
    | null
    | { readonly id: string; readonly value: string }
    | { readonly id: string; readonly reference: string };
}

/** A tenant as it is written. */
export interface WrittenTenant extends Pick<AppTenant, "id" | "name" | "status"> {
  readonly managedBy: string;
  readonly domains: readonly ShownDomain[];
}

/** The contract's resources of one app, one method for each call. Every method may throw HTTP_… */
export interface Resources {
  tenant(tenant: string): Promise<Tagged<ShownTenant> | undefined>;
  tenants(managedBy: string): Promise<readonly ShownTenant[]>;
  putTenant(tenant: string, written: WrittenTenant, tag: string | undefined): Promise<void>;
  connection(key: ConnectionKey): Promise<Tagged<ShownConnection> | undefined>;
  connections(managedBy: string, tenant?: string): Promise<readonly ShownConnection[]>;
  putConnection(key: ConnectionKey, written: WrittenConnection, tag: string | undefined): Promise<void>;
  putState(key: ConnectionKey, state: "active" | "disabled", keepPrevious: boolean, tag: string): Promise<void>;
  forgetPrevious(key: ConnectionKey, tag: string): Promise<void>;
  restorePrevious(key: ConnectionKey, tag: string): Promise<void>;
  deleteConnection(key: ConnectionKey, tag: string): Promise<void>;
}

/** How many items a page of a list has, at most. */
const pageSize = 200;
/** Pages that are read of one list; more is a receiver whose list does not end. */
const mostPages = 5_000;

/** The resources of an app at its receiver. */
export function resourcesOf(caller: ReceiverCaller, app: string, clock: Clock): Resources {
  const { host } = caller;
  const base = `/apps/${app}`;
  const tenantPath = (tenant: string): string => `${base}/tenants/${tenant}`;
  const connectionPath = (key: ConnectionKey): string => {
    const parts = parseConnectionKey(key);
    if (parts === undefined) throw new TypeError(`${key} is no key`);
    return `${base}/connections/${parts.tenant}/${parts.signIn}`;
  };
  const call = (request: Omit<JsonCall, "repeatable">): Promise<JsonReply> => reach(host, () => caller.call(request));

  const read = async <T>(
    path: string,
    what: string,
    reader: (reply: JsonReply) => Fitted<T>,
  ): Promise<Tagged<T> | undefined> => {
    const reply = await call({ method: "GET", path });
    if (reply.status === 404 && refusal(host, what, reply, clock()).code === "HTTP_RECORD_MISSING") return undefined;
    if (reply.status !== 200) throw refusal(host, what, reply, clock());
    const tag = reply.headers.etag ?? "";
    // A weak tag cannot be sent back to guard a write (RFC 9110, section 13.1.1).
    if (!/^"[\x21\x23-\x7e]*"$/.test(tag)) throw invalid(host, what, "has no strong ETag");
    return { value: fitted(host, what, reader(reply)), tag };
  };

  const list = async <T>(
    path: string,
    what: string,
    filter: Readonly<Record<string, string>>,
    reader: (reply: JsonReply) => Fitted<{ readonly items: readonly T[]; readonly next: string | null }>,
  ): Promise<readonly T[]> => {
    const items: T[] = [];
    let cursor: string | null = null;
    for (let pages = 0; pages < mostPages; pages++) {
      const query = new URLSearchParams({ ...filter, limit: String(pageSize) });
      if (cursor !== null) query.set("cursor", cursor);
      const reply: JsonReply = await call({ method: "GET", path: `${path}?${query}` });
      if (reply.status !== 200) throw refusal(host, what, reply, clock());
      const page = fitted(host, what, reader(reply));
      items.push(...page.items);
      if (page.next === null) return items;
      cursor = page.next;
    }
    throw invalid(host, what, "does not end");
  };

  const write = async (
    request: Pick<JsonCall, "method" | "path" | "body">,
    what: string,
    tag: string | undefined,
  ): Promise<void> => {
    const headers = {
      "idempotency-key": `"${randomUUID()}"`,
      ...(tag === undefined ? { "if-none-match": "*" } : { "if-match": tag }),
    };
    const reply = await call({ ...request, headers });
    if (reply.status < 200 || reply.status > 299) throw refusal(host, what, reply, clock());
  };

  const tenantText = (tenant: string): string => `the tenant ${tenant}`;
  const recordText = (key: ConnectionKey): string => `the record ${key}`;

  return {
    tenant: (tenant) => read(tenantPath(tenant), tenantText(tenant), readers.tenant),
    tenants: (managedBy) => list(`${base}/tenants`, "the list of tenants", { managedBy }, readers.tenants),
    putTenant: (tenant, body, tag) => write({ method: "PUT", path: tenantPath(tenant), body }, tenantText(tenant), tag),
    connection: (key) => read(connectionPath(key), recordText(key), readers.connection),
    connections: (managedBy, tenant) => {
      const filter = { managedBy, ...(tenant === undefined ? {} : { tenant }) };
      return list(`${base}/connections`, "the list of records", filter, readers.connections);
    },
    putConnection: (key, body, tag) => write({ method: "PUT", path: connectionPath(key), body }, recordText(key), tag),
    putState: (key, state, keepPrevious, tag) =>
      write(
        { method: "PUT", path: `${connectionPath(key)}/state`, body: { state, keepPrevious } },
        recordText(key),
        tag,
      ),
    forgetPrevious: (key, tag) =>
      write({ method: "DELETE", path: `${connectionPath(key)}/previous` }, recordText(key), tag),
    restorePrevious: (key, tag) =>
      write({ method: "POST", path: `${connectionPath(key)}/restore` }, recordText(key), tag),
    deleteConnection: (key, tag) => write({ method: "DELETE", path: connectionPath(key) }, recordText(key), tag),
  };
}

function fitted<T>(host: string, what: string, found: Fitted<T>): T {
  if ("misfit" in found) throw invalid(host, what, found.misfit);
  return found.value;
}

function invalid(host: string, what: string, misfit: string): TenantryError {
  return new TenantryError("HTTP_ANSWER_INVALID", `The answer of the receiver ${host} about ${what} ${misfit}.`);
}
