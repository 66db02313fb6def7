import type { ConnectionKey } from "../../desired/connection.ts";
import { parseConnectionKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Secret } from "../../secret/secret.ts";
import type { Auth0EnterpriseConnection } from "../../vendor/auth0/enterprise-connections.ts";
import type { Auth0App } from "../../workspace/apps/auth0.ts";
import type { KeptValues } from "../open-options.ts";
import type { ClientNames } from "./client-names.ts";
import { type ConnectionNote, readNote } from "./connection-note.ts";
import type { OrganizationPlace } from "./organization.ts";

/** What every operation on the records of one app needs. */
export interface Auth0Place extends OrganizationPlace {
  readonly app: Auth0App;
  readonly clients: ClientNames;
  readonly kept: KeptValues;
  /** Secrets of connections whose change is not settled; nothing but memory has room for them. */
  readonly oldSecrets: Map<ConnectionKey, Secret | undefined>;
  /** Ids of connections of ours that were seen. */
  readonly ids: Map<ConnectionKey, string>;
  readonly know: (secret: Secret) => void;
}

/** A connection of ours with what its metadata says. */
export interface OwnConnection {
  readonly connection: Auth0EnterpriseConnection;
  readonly note: ConnectionNote;
}

/** What is ours in a connection; undefined when it is another's. */
export function ownIn(place: Auth0Place, connection: Auth0EnterpriseConnection): OwnConnection | undefined {
  const note = readNote(connection.metadata, place.scope);
  if (note === undefined || parseConnectionKey(note.key)?.app !== place.app.name) return undefined;
  place.ids.set(note.key, connection.id);
  if (connection.secret !== undefined) place.know(connection.secret);
  return { connection, note };
}

/** The connection of a record as it is now, found by its marker. @throws TenantryError AUTH0_DUPLICATE */
export async function ownConnection(place: Auth0Place, key: ConnectionKey): Promise<OwnConnection | undefined> {
  const { enterpriseConnections } = place.tenant;
  const id = place.ids.get(key);
  const known = id === undefined ? undefined : await enterpriseConnections.read(id);
  const own = known === undefined ? undefined : ownIn(place, known);
  if (own?.note.key === key) return own;
  const all = await enterpriseConnections.all();
  return onlyOf(
    place,
    key,
    all.flatMap((connection) => ownIn(place, connection) ?? []),
  );
}

/** The one of them that carries the marker of this key. @throws TenantryError AUTH0_DUPLICATE */
export function onlyOf(
  place: Auth0Place,
  key: ConnectionKey,
  all: readonly OwnConnection[],
): OwnConnection | undefined {
  const [found, other] = all.filter(({ note }) => note.key === key);
  if (found === undefined || other === undefined) return found;
  const names = `${found.connection.name} and ${other.connection.name}`;
  const message = `Auth0 (${place.tenant.host}) has two connections with the marker of ${key}: ${names}`;
  throw new TenantryError("AUTH0_DUPLICATE", message);
}
