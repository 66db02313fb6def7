import type { JsonObject } from "../json.ts";
import type { Call } from "./call.ts";
import { pickFields } from "./fields.ts";
import type { Auth0Connection } from "./model.ts";
import type { Auth0Tenant } from "./tenant.ts";

/** Shown whatever `fields` asks for. */
const always = ["id", "is_domain_connection", "authentication", "connected_accounts"];

/**
 * A connection as the token's scopes let it be seen: `options`, which hold the upstream secret, need
 * `read:connections_options`. `enabled_clients` ended in July 2026 and is not shown.
 */
export function connectionView(call: Call, connection: Auth0Connection): JsonObject {
  const { options, ...rest } = connection.settings;
  const mayReadOptions = call.principal.scopes.has("read:connections_options");
  const shown: JsonObject = {
    id: connection.id,
    ...(mayReadOptions ? { options: options ?? {} } : {}),
    strategy: connection.strategy,
    name: connection.name,
    ...rest,
  };
  return pickFields(call.query, shown, always);
}

/** Strategies whose addresses are the admin's own, so that a null among them is kept. */
const ownAddresses: ReadonlySet<string> = new Set(["custom", "oauth1", "oauth2"]);

/** The options as they are kept: the addresses of a known social provider are not, when they are null. */
export function withoutNullAddresses(strategy: string, options: JsonObject): JsonObject {
  if (ownAddresses.has(strategy)) return options;
  const isNothing = (name: string): boolean =>
    (name === "authorizationURL" || name === "tokenURL") && options[name] === null;
  return Object.fromEntries(Object.entries(options).filter(([name]) => !isNothing(name)));
}

interface Sorted {
  readonly sequence: number;
  readonly size: number;
  readonly connections: readonly Auth0Connection[];
}

/** Made anew when a connection was added or removed: numbers only grow, and names stay. */
const sortedOf = new WeakMap<ReadonlyMap<string, Auth0Connection>, Sorted>();

/** Connections are listed by their names, capitals or not, as in the recordings. */
export const byName = {
  key: ({ name }: Auth0Connection): string => name,
  compare: new Intl.Collator("en", { sensitivity: "variant" }).compare,
  sorted({ connections, state: { sequence } }: Auth0Tenant): readonly Auth0Connection[] {
    const kept = sortedOf.get(connections);
    if (kept !== undefined && kept.sequence === sequence && kept.size === connections.size) return kept.connections;
    const sorted = [...connections.values()].sort((a, b) => byName.compare(a.name, b.name));
    sortedOf.set(connections, { sequence, size: connections.size, connections: sorted });
    return sorted;
  },
};
