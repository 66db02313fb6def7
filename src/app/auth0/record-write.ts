import { isOrgIssuer } from "../../desired/apps/auth0.ts";
import type { ConnectionKey, ConnectionRecord } from "../../desired/connection.ts";
import { canonicalJson, type Json } from "../../desired/json.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { ConnectionValues } from "../../vendor/auth0/enterprise-connections.ts";
import { Auth0Failure } from "../../vendor/auth0/failure.ts";
import type { RecordWrite } from "../app.ts";
import { type ConnectionNote, writeNote } from "./connection-note.ts";
import { optionsOf } from "./connection-options.ts";
import { close, enableClients, enableFor } from "./doors.ts";
import { putSecretBy } from "./old-secret.ts";
import { readOrganization } from "./organization.ts";
import { type Auth0Place, type OwnConnection, ownIn } from "./place.ts";
import { targetOf } from "./target.ts";

/**
 * Writes a record's values (see `AppAdapter.write`): a new connection, and one that is off, lets nobody in; one that is on
 * goes on with the new values, and what it was is kept. Values that are the same change nothing.
 *
 * @throws TenantryError AUTH0_FOREIGN, AUTH0_CONNECTION_STRATEGY, AUTH0_CONNECTION_SECRET, AUTH0_APPLICATION_MISSING,
 *   AUTH0_PROBE, AUTH0_METADATA_FULL
 */
export async function writeConnection(place: Auth0Place, write: RecordWrite): Promise<void> {
  const { record } = write;
  if (write.secret === undefined && record.clientAuth !== "none") {
    const message = `The connection of ${record.key} would be written without a client secret`;
    throw new TenantryError("AUTH0_CONNECTION_SECRET", message);
  }
  const clients = await clientIds(place, record);
  const found = (await ownByName(place, record)) ?? (await make(place, write, clients));
  if (found === undefined) return;
  const live = found.note.state === "active";
  const target = targetOf(record);
  const routed = live && target.homeRealm ? write.routed : [];
  const wanted: ConnectionNote = {
    ...noteOf(write, clients),
    state: live ? "active" : "pending",
    open: live ? found.note.open : undefined,
  };
  const values = valuesOf(place, found, write, wanted, routed);
  if (!live) {
    await close(place, found);
    if (!isSame(found, values)) await place.tenant.enterpriseConnections.change(found.connection.id, values);
    await enableClients(place, found.connection.id, { wanted: [], probe: true });
    return;
  }
  const before = await place.tenant.enterpriseConnections.clientsOf(found.connection.id);
  const changed = !isSame(found, values) || clients.some((id) => !before.includes(id)) || isExtra(found.note, clients);
  if (!changed) return openDoors(place, found, wanted);
  // The first values that were kept are those that were proven last.
  const open = found.note.open ?? (await keepOld(place, found, before, write));
  const note = valuesOf(place, found, write, { ...wanted, open }, routed);
  await place.tenant.enterpriseConnections.change(found.connection.id, note);
  await openDoors(place, found, wanted);
}

async function openDoors(place: Auth0Place, { connection }: OwnConnection, note: ConnectionNote): Promise<void> {
  const organization = await readOrganization(place, tenantOfKey(note.key));
  if (organization !== undefined) await enableFor(place, organization, { connection, note });
  await enableClients(place, connection.id, { wanted: note.clients, probe: true });
}

/** Whether an application loses the connection that had it before. */
function isExtra(note: ConnectionNote, clients: readonly string[]): boolean {
  return note.clients.some((id) => !clients.includes(id));
}

/** Keeps values and secret of a live connection for `restore`. */
async function keepOld(
  place: Auth0Place,
  own: OwnConnection,
  clients: readonly string[],
  write: RecordWrite,
): Promise<"changing" | "swapping"> {
  const { displayName, showAsButton, options, secret } = own.connection;
  const { note } = own;
  const values = JSON.parse(canonicalJson({ displayName, showAsButton, options, note, clients })) as Json;
  await place.kept.keep(note.key, values);
  const other = secret?.reveal() !== write.secret?.value.reveal();
  return other && (await putSecretBy(place, own)) ? "swapping" : "changing";
}

/** The ids of the applications that a record names. */
async function clientIds(place: Auth0Place, record: ConnectionRecord): Promise<readonly string[]> {
  const ids: string[] = [];
  for (const name of targetOf(record).clients) {
    const found = await place.clients.find(name);
    if ("why" in found) throw new TenantryError("AUTH0_APPLICATION_MISSING", found.why);
    if (found.id === place.app.probe?.clientId) throw new TenantryError("AUTH0_PROBE", probeMessage(record.key, name));
    ids.push(found.id);
  }
  return [...new Set(ids)].sort();
}

/** Says that the application of the proof is one that people sign in at. */
export function probeMessage(key: ConnectionKey, name: string): string {
  return `The application ${JSON.stringify(name)} of ${key} is the one that connections are proven at`;
}

async function ownByName(place: Auth0Place, record: ConnectionRecord): Promise<OwnConnection | undefined> {
  const { name, strategy } = targetOf(record);
  const there = await place.tenant.enterpriseConnections.named(name);
  if (there === undefined) return undefined;
  const own = ownIn(place, there);
  if (own?.note.key !== record.key) {
    throw new TenantryError("AUTH0_FOREIGN", foreignMessage(place.tenant.host, record.key, name));
  }
  if (there.strategy !== strategy) {
    const message = `The connection ${name} of ${record.key} is of strategy ${there.strategy}, and should be ${strategy}`;
    throw new TenantryError("AUTH0_CONNECTION_STRATEGY", message);
  }
  return own;
}

/** Says that the name of a record's connection is another's. */
export function foreignMessage(host: string, key: ConnectionKey, name: string): string {
  return `At Auth0 (${host}) the connection ${JSON.stringify(name)} that ${key} should have is not ours`;
}

/**
 * Makes the connection, enabled for nobody but the proof. Its name is unique at the Auth0 tenant, so one whose reply was
 * lost is found again, and there is never a second.
 *
 * @returns the one that was there after all; undefined when it is made
 */
async function make(
  place: Auth0Place,
  write: RecordWrite,
  clients: readonly string[],
): Promise<OwnConnection | undefined> {
  const { name, strategy, displayName, showAsButton } = targetOf(write.record);
  const { record, discovery } = write;
  if (strategy === "okta" && !isOrgIssuer(discovery.issuer)) {
    const message = `The connection of ${record.key} cannot be of strategy okta: ${discovery.issuer} is no Okta org`;
    throw new TenantryError("AUTH0_CONNECTION_STRATEGY", message);
  }
  const note: ConnectionNote = { ...noteOf(write, clients), state: "pending" };
  let made: { readonly id: string };
  try {
    made = await place.tenant.enterpriseConnections.create(name, strategy, {
      ...{ displayName, showAsButton, metadata: writeNote({}, place.scope, note) },
      ...{ options: optionsOf({}, { record, discovery }, []), secret: write.secret?.value },
    });
  } catch (error) {
    if (!(error instanceof Auth0Failure) || (error.effect === "none" && error.status !== 409)) throw error;
    const found = await ownByName(place, record);
    if (found === undefined) throw error;
    return found;
  }
  place.ids.set(record.key, made.id);
  await enableClients(place, made.id, { wanted: [], probe: true });
  return undefined;
}

function noteOf({ record, specDigest, secret }: RecordWrite, clients: readonly string[]) {
  const { homeRealm, membership } = targetOf(record);
  return { key: record.key, specDigest, secretId: secret?.id, homeRealm, membership, clients };
}

function valuesOf(
  { scope }: Auth0Place,
  { connection }: OwnConnection,
  { record, discovery, secret }: RecordWrite,
  note: ConnectionNote,
  aliases: readonly string[],
): ConnectionValues {
  const { displayName, showAsButton } = targetOf(record);
  return {
    ...{ displayName, showAsButton, metadata: writeNote(connection.metadata, scope, note) },
    options: optionsOf(connection.options, { record, discovery }, aliases),
    secret: secret?.value,
  };
}

/** Whether a connection already has these values. */
function isSame({ connection }: OwnConnection, values: ConnectionValues): boolean {
  const { secret, ...shown } = values;
  const { displayName, showAsButton, metadata, options } = connection;
  return (
    canonicalJson(shown) === canonicalJson({ displayName, showAsButton, metadata, options }) &&
    secret?.reveal() === connection.secret?.reveal()
  );
}
