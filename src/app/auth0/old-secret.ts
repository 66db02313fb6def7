import type { ConnectionKey } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Secret } from "../../secret/secret.ts";
import { Auth0Failure } from "../../vendor/auth0/failure.ts";
import { markerNames } from "../../vendor/auth0/marker-names.ts";
import type { Auth0Place, OwnConnection } from "./place.ts";

// The secret of a live connection whose change is not proven yet. It must outlive a kill and may stand nowhere but at
// Auth0, and one connection has room for one secret. So while it is another than the new one it lies in a connection of
// its own, which nobody is enabled for, and which goes when the change is settled or taken back.

/** Says in the metadata of such a connection whose old secret it holds. */
const oldOf = "tenantryOldSecretOf";

/**
 * Puts the connection's secret by. Where the Auth0 tenant has no room for another connection it is kept in memory only.
 *
 * @returns whether it lies at Auth0
 */
export async function putSecretBy(place: Auth0Place, { connection, note }: OwnConnection): Promise<boolean> {
  const { enterpriseConnections } = place.tenant;
  const { secret, options, strategy } = connection;
  place.oldSecrets.set(note.key, secret);
  if (secret === undefined) return false;
  const name = nameOf(connection.id);
  const values = {
    displayName: name,
    showAsButton: false,
    metadata: {
      [markerNames.environment]: place.scope.environment,
      [markerNames.workspace]: place.scope.workspace,
      [oldOf]: note.key,
    },
    options: { ...options, domain_aliases: [] },
    secret,
  };
  try {
    await enterpriseConnections.create(name, strategy, values);
    return true;
  } catch (error) {
    if (!(error instanceof Auth0Failure)) throw error;
    const there = await find(place, connection.id, note.key);
    // One that a run before has left lies there already, or is of a change before this one.
    if (there === undefined) {
      if (error.effect === "none" && error.status !== 429) return false;
      throw error;
    }
    if (there.secret?.reveal() !== secret.reveal()) await enterpriseConnections.change(there.id, values);
    return true;
  }
}

/** The secret that was put by; undefined when it is nowhere any more. */
export async function oldSecret(
  place: Auth0Place,
  { connection, note }: OwnConnection,
): Promise<{ readonly secret: Secret | undefined } | undefined> {
  if (place.oldSecrets.has(note.key)) return { secret: place.oldSecrets.get(note.key) };
  const there = await find(place, connection.id, note.key);
  if (there?.secret === undefined) return undefined;
  place.know(there.secret);
  return { secret: there.secret };
}

/** Forgets the secret that was put by. None is done. */
export async function forgetSecret(
  place: Auth0Place,
  { connection, note }: OwnConnection,
  always = false,
): Promise<void> {
  place.oldSecrets.delete(note.key);
  if (note.open !== "swapping" && !always) return;
  const there = await find(place, connection.id, note.key);
  if (there !== undefined) await place.tenant.enterpriseConnections.remove(there.id);
}

/** Letters and digits of Auth0's own id, which no other connection has. */
function nameOf(id: string): string {
  return `tenantry-old-${id.replaceAll(/[^A-Za-z0-9]/g, "")}`;
}

async function find({ tenant, scope }: Auth0Place, id: string, key: ConnectionKey) {
  const there = await tenant.enterpriseConnections.named(nameOf(id));
  if (there === undefined) return undefined;
  const { metadata } = there;
  const ours =
    metadata[markerNames.workspace] === scope.workspace &&
    metadata[markerNames.environment] === scope.environment &&
    metadata[oldOf] === key;
  if (ours) return there;
  const message = `At Auth0 (${tenant.host}) the connection ${there.name}, which is to hold the old secret of ${key}, is not ours`;
  throw new TenantryError("AUTH0_FOREIGN", message);
}
