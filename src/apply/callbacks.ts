import type { AppAdapter } from "../app/app.ts";
import type { Connection, ConnectionKey } from "../desired/connection.ts";
import { isPlaceholder } from "../desired/key.ts";
import type { ObservedRecord } from "../plan/observed.ts";
import { member } from "./observe.ts";
import type { World } from "./world.ts";

// Some apps hand a connection's callback out when its record is made. Until then a placeholder is registered.

/** The connection with the callback that its app has handed out. */
export function withCallback(connection: Connection, redirectUri: string): Connection {
  return {
    ...connection,
    registration: { ...connection.registration, redirectUris: [redirectUri] },
    record: { ...connection.record, redirectUri },
  };
}

/** Whether its app is still to hand the callback out. */
export function awaitsCallback({ callback, record }: Pick<Connection, "callback" | "record">): boolean {
  return callback === "afterRecord" && isPlaceholder(record.redirectUri);
}

/**
 * The connections, with the callbacks that apps have handed out before: those apps are read first, because everything
 * else goes by it.
 *
 * @throws TenantryError of an app that could not be read
 */
export async function withHandedOut(
  world: Pick<World, "apps">,
  connections: readonly Connection[],
): Promise<readonly Connection[]> {
  const waiting = connections.filter(awaitsCallback);
  if (waiting.length === 0) return connections;
  const known = new Map<ConnectionKey, string>();
  for (const [app, group] of Map.groupBy(waiting, (connection) => connection.app)) {
    const adapter: AppAdapter = member(world.apps, app);
    const { records } = await adapter.observe(
      group.map(({ record }) => record),
      false,
    );
    for (const [key, record] of records) {
      const callback = callbackOf(record);
      if (callback !== undefined) known.set(key, callback);
    }
  }
  return connections.map((connection) => {
    const callback = awaitsCallback(connection) ? known.get(connection.key) : undefined;
    return callback === undefined ? connection : withCallback(connection, callback);
  });
}

function callbackOf({ state, fields }: ObservedRecord): string | undefined {
  const { redirectUri } = fields;
  return state === "tombstone" || typeof redirectUri !== "string" || redirectUri === "" ? undefined : redirectUri;
}
