import type { Answer } from "../answer.ts";
import type { Auth0Client, Auth0Connection, Auth0Organization } from "./model.ts";
import { Auth0Problem } from "./problem.ts";
import type { Auth0Tenant } from "./tenant.ts";

/** Who makes a management call: what its bearer token was issued for. */
export interface Principal {
  readonly clientId: string;
  readonly scopes: ReadonlySet<string>;
}

/** One management call, ready to be carried out. */
export interface Call {
  readonly tenant: Auth0Tenant;
  readonly principal: Principal;
  /** The `:name` parts of the route's path, percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined when the request had no body. */
  readonly body: unknown;
}

/** Buckets of the rate limits, named by what they cover. */
export type Bucket =
  | "readClients"
  | "readConnections"
  | "listOrganizations"
  | "readOrganization"
  | "writeOrganizations"
  | "readOrganizationConnections"
  | "writeOrganizationConnections"
  | "rest";

export interface Route {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Below `/api/v2`. */
  readonly path: string;
  /** The token needs one of these. */
  readonly scopes: readonly string[];
  readonly bucket: Bucket;
  /** Names of the query parameters that the call takes. */
  readonly query?: readonly string[];
  readonly handle: (call: Call) => Answer | Promise<Answer>;
}

/** Throws Auth0's 403 unless the token has one of the scopes. */
export function requireScope(principal: Principal, scopes: readonly string[]): void {
  if (scopes.some((scope) => principal.scopes.has(scope))) return;
  throw new Auth0Problem(403, `Insufficient scope, expected any of: ${scopes.join(",")}`, "insufficient_scope");
}

/** The client that the path names. Throws the 404 of Auth0. */
export function clientOf(call: Call): Auth0Client {
  return existingClient(call.tenant, call.params.clientId ?? "");
}

/** Throws the 404 of Auth0 for a client that is not there. */
export function existingClient(tenant: Auth0Tenant, clientId: string): Auth0Client {
  const client = tenant.clients.get(clientId);
  if (client === undefined) throw new Auth0Problem(404, "The client does not exist", "inexistent_client");
  return client;
}

/** The connection that the path names. Throws the 404 of Auth0. */
export function connectionOf(call: Call): Auth0Connection {
  return existingConnection(call.tenant, call.params.connectionId ?? "");
}

/** Throws the 404 of Auth0 for a connection that is not there. */
export function existingConnection(tenant: Auth0Tenant, id: string): Auth0Connection {
  const connection = tenant.connections.get(id);
  if (connection === undefined) throw new Auth0Problem(404, "The connection does not exist", "inexistent_connection");
  return connection;
}

/** The organization that the path names. Throws the 404 of Auth0, which has no `errorCode`. */
export function organizationOf(call: Call): Auth0Organization {
  const organization = call.tenant.organizations.get(call.params.organizationId ?? "");
  if (organization === undefined) throw new Auth0Problem(404, "No organization found by that id or name");
  return organization;
}
