import type { Connection, ConnectionKey } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import type { RegistrationProblem } from "../idp/identity-provider.ts";
import type { Coverage } from "../plan/observed.ts";
import { issuerSourceOf, sourceKey } from "./issuer-source.ts";
import type { Without } from "./named-servers.ts";
import type { Observation } from "./observe.ts";

/** A connection of which not all could be told. It holds up nobody else, and is reported with its own error. */
export interface Held {
  readonly connection: Connection;
  readonly error: TenantryError;
  /**
   * discovery: the issuer's document could not be had or used, or the customer's own org could not be read, so nothing is
   * planned and nothing is done. provider:
   * something at the identity provider is in the way of a connection that is wanted off; its record is closed all the
   * same, and nothing is done there. server: its authorization server is to be made first; then it is planned.
   */
  readonly by: "discovery" | "server" | "provider";
}

/** The connections of a plan that are held, by key. */
export function findHeld(
  connections: readonly Connection[],
  observation: Observation,
  without: ReadonlyMap<ConnectionKey, Without> = new Map(),
): ReadonlyMap<ConnectionKey, Held> {
  const held = new Map<ConnectionKey, Held>();
  for (const connection of connections.filter(({ status }) => status !== "draft")) {
    const { record, key } = connection;
    const undiscovered = observation.undiscovered.get(sourceKey(issuerSourceOf(record)));
    if (record.state === "active" && undiscovered !== undefined) {
      held.set(key, { connection, error: undiscovered, by: "discovery" });
    }
    const unserved = without.get(key);
    if (record.state === "active" && unserved !== undefined) held.set(key, { connection, ...unserved });
    const unread = observation.unread.get(connection.registration.idp);
    if (record.state === "active" && unread !== undefined) {
      held.set(key, { connection, error: unread, by: "discovery" });
    }
    const seen = observation.engines.get(connection.registration.idp)?.observation;
    const problem = seen?.problems.find((candidate) => candidate.key === key);
    if (record.state === "active" || problem === undefined) continue;
    const state = observation.apps.get(connection.app)?.records.get(key)?.state ?? "tombstone";
    // Where nothing of ours is left, whoever has the name now is in nobody's way.
    if (state === "tombstone" && seen?.found.get(key) === undefined && problem.kind === "foreign") continue;
    held.set(key, { connection, error: errorOf(problem), by: "provider" });
  }
  return held;
}

/** What a registration with a problem fails with. */
export function errorOf({ code, message }: RegistrationProblem): TenantryError {
  return new TenantryError(code, message);
}

/** What was not read because of it, with the code that says why. */
export function coverageOfHeld(held: ReadonlyMap<ConnectionKey, Held>): readonly Coverage[] {
  const byWhat = Map.groupBy(held.values(), ({ connection, error, by }) =>
    by !== "provider"
      ? `discovery of ${connection.record.issuer} (${error.code})`
      : `idp/${connection.registration.idp} client of ${connection.key} (${error.code})`,
  );
  return [...byWhat].map(([what, { length }]) => ({ what, read: 0, total: length }));
}
