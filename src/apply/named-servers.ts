import { isOurs } from "../desired/capability.ts";
import type { Address, AuthorizationServerPart, Connection, ConnectionKey } from "../desired/connection.ts";
import { awaitsServer, serverPartOf, withServer } from "../desired/named-server.ts";
import { TenantryError } from "../errors/failure.ts";
import { member } from "./observe.ts";
import type { RecordingWorld, World } from "./world.ts";

// Authorization servers that files name. The issuer holds an id that only Okta knows, and discovery, record and proof go
// by the issuer: so the server is looked up before anything else, and one that is to be made is made before the
// connections by it are planned.

/** Connections with the issuer of their server, and those that cannot be told yet. */
export interface ServedConnections {
  readonly connections: readonly Connection[];
  /** Why not; `server`: an apply makes it first. */
  readonly without: ReadonlyMap<ConnectionKey, Without>;
}

/** What keeps a connection from having an issuer. */
export interface Without {
  readonly error: TenantryError;
  readonly by: "discovery" | "server";
}

/** Looks up what the connections name; each server is asked for once. */
export async function withServers(
  world: Pick<World, "engines" | "progress">,
  connections: readonly Connection[],
): Promise<ServedConnections> {
  const asking = connections.filter((each) => each.status !== "draft" && awaitsServer(each));
  if (asking.length === 0) return { connections, without: new Map() };
  const known = new Map<string, string | Without>();
  for (const [place, [first]] of Map.groupBy(asking, ({ record }) => record.issuer)) {
    if (first !== undefined) known.set(place, await look(world, first));
  }
  const without = new Map<ConnectionKey, Without>();
  const served = connections.map((connection) => {
    const found = known.get(connection.record.issuer);
    if (typeof found === "string") return withServer(connection, found);
    if (found !== undefined && connection.status !== "draft") without.set(connection.key, found);
    return connection;
  });
  return { connections: served, without };
}

async function look({ engines, progress }: Pick<World, "engines" | "progress">, { registration }: Connection) {
  const { idp, serverName = "", serverScopes } = registration;
  progress({ kind: "reading", what: `authorization server ${serverName} of ${idp}` });
  try {
    const id = await member(engines, idp).serverId?.(registration);
    if (id !== undefined) return id;
  } catch (error) {
    if (!(error instanceof TenantryError)) throw error;
    return { error, by: "discovery" as const };
  }
  const name = JSON.stringify(serverName);
  if (serverScopes === undefined) {
    const message = `${idp} has no authorization server named ${name}`;
    return { error: new TenantryError("OKTA_AUTHORIZATION_SERVER_MISSING", message), by: "discovery" as const };
  }
  const message = `the authorization server ${name} of ${idp} is not there yet, and its issuer holds an id that Okta gives`;
  return { error: new TenantryError("APPLY_SERVER_FIRST", message), by: "server" as const };
}

/**
 * Makes the authorization servers that connections wait for, each under its lock. Nothing else is done.
 *
 * @returns the addresses of what was made
 * @throws TenantryError of the store or of the identity provider
 */
export async function makeServers(world: RecordingWorld, waiting: readonly Connection[]): Promise<readonly Address[]> {
  const parts = new Map<Address, { readonly idp: string; readonly part: AuthorizationServerPart }>();
  for (const { registration } of waiting.filter((each) => isOurs(each.registration))) {
    const part = serverPartOf(registration);
    if (part !== undefined) parts.set(part.address, { idp: registration.idp, part });
  }
  const actor = world.holder.name;
  for (const [address, { idp, part }] of parts) {
    const lock = await world.store.lock(address, world.holder);
    try {
      await member(world.engines, idp).settlePart?.(part);
      await world.store.audit({ actor, event: "apply.server-made", address, detail: { idp } });
    } finally {
      await lock.release();
    }
    world.progress({ kind: "note", message: `made ${address}` });
  }
  return [...parts.keys()];
}
