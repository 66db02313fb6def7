import type { AppTenant, ConnectionKey } from "../../desired/connection.ts";
import { canonicalJson, textsOf } from "../../desired/json.ts";
import { parseConnectionKey, tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { isJsonObject, type JsonObject, objectIn, textIn } from "../../vendor/json.ts";
import type { ProvenDomains } from "../app.ts";
import { type ConnectionNote, readNote, writeNote } from "./connection-note.ts";
import { close, enableClients, enableFor, organizationFor } from "./doors.ts";
import { forgetSecret, oldSecret } from "./old-secret.ts";
import {
  isOwnOrganization,
  isShared,
  organizationNote,
  routedDomains,
  settleTenant,
  withoutNote,
} from "./organization.ts";
import { type Auth0Place, type OwnConnection, ownConnection, ownIn } from "./place.ts";

/**
 * Pending to active: the note first, so that a run that is cut short is seen to have begun; then organization and
 * applications. What is on already is brought up to date.
 *
 * @throws TenantryError AUTH0_CONNECTION_GONE, AUTH0_CONNECTION_OFF
 */
export async function activateConnection(place: Auth0Place, key: ConnectionKey, unproven: boolean): Promise<void> {
  const own = await ownConnection(place, key);
  if (own === undefined) {
    throw new TenantryError("AUTH0_CONNECTION_GONE", `Auth0 (${place.tenant.host}) has no connection of ${key}`);
  }
  const { note } = own;
  if (note.state === "disabled") {
    throw new TenantryError("AUTH0_CONNECTION_OFF", `The connection of ${key} is switched off`);
  }
  const organization = await organizationFor(place, own);
  const routed = routedDomains(await place.tenant.discoveryDomains.all(organization.id));
  const open = note.state === "pending" && unproven ? "unproven" : note.open;
  await change(place, own, { note: { ...note, state: "active", open }, aliases: note.homeRealm ? routed : [] });
  await enableFor(place, organization, own);
  await enableClients(place, own.connection.id, { wanted: note.clients, probe: true });
}

/** Forgets the old values. */
export async function settleConnection(place: Auth0Place, key: ConnectionKey): Promise<void> {
  const own = await ownConnection(place, key);
  await forget(place, key, own);
  if (own !== undefined && own.note.open !== undefined) {
    await change(place, own, { note: { ...own.note, open: undefined } });
  }
}

/**
 * Puts the old values back: those that are kept, or, where people came in for the first time, nobody.
 *
 * @throws TenantryError AUTH0_OLD_VALUES_LOST when they are kept nowhere any more
 */
export async function restoreConnection(place: Auth0Place, key: ConnectionKey): Promise<void> {
  const own = await ownConnection(place, key);
  if (own === undefined || own.note.open === undefined) return forget(place, key, own);
  if (own.note.open === "unproven") {
    const pending: ConnectionNote = { ...own.note, state: "pending", open: undefined };
    await close(place, { ...own, note: pending });
    await change(place, own, { note: pending, aliases: [] });
    return forget(place, key, own);
  }
  const kept = await place.kept.read(key);
  if (!isJsonObject(kept)) throw lost(place, key, "its old values are");
  const options = objectIn(kept, "options");
  const organization = await organizationFor(place, own);
  const old = oldNote(own.note, objectIn(kept, "note"));
  const routed = old.homeRealm ? routedDomains(await place.tenant.discoveryDomains.all(organization.id)) : [];
  await place.tenant.enterpriseConnections.change(own.connection.id, {
    displayName: textIn(kept, "displayName") ?? own.connection.displayName,
    showAsButton: kept.showAsButton === true,
    metadata: writeNote(own.connection.metadata, place.scope, { ...old, state: "active", open: undefined }),
    options: { ...options, domain_aliases: routed },
    secret: await secretBefore(place, own, old, options),
  });
  await enableFor(place, organization, { connection: own.connection, note: old });
  await enableClients(place, own.connection.id, { wanted: textsOf(kept.clients), probe: true });
  await forget(place, key, own);
}

function oldNote(now: ConnectionNote, kept: JsonObject): ConnectionNote {
  return {
    ...now,
    specDigest: textIn(kept, "specDigest") ?? now.specDigest,
    secretId: textIn(kept, "secretId"),
    homeRealm: kept.homeRealm === true,
    membership: kept.membership === true,
    clients: textsOf(kept.clients),
  };
}

/** The secret that goes with the old values: the one that was put by, or the one of now where it is the same. */
async function secretBefore(place: Auth0Place, own: OwnConnection, old: ConnectionNote, options: JsonObject) {
  const found = await oldSecret(place, own);
  if (found !== undefined) return found.secret;
  if (options.type === "front_channel") return undefined;
  if (old.secretId === own.note.secretId) return own.connection.secret;
  throw lost(place, own.note.key, "the old secret is");
}

function lost({ tenant }: Auth0Place, key: ConnectionKey, what: string): TenantryError {
  const message = `The connection of ${key} at Auth0 (${tenant.host}) could not be put back: ${what} kept nowhere any more`;
  return new TenantryError("AUTH0_OLD_VALUES_LOST", message);
}

/** Nobody comes in any more. Applications and organization first, because only they keep people out by themselves. */
export async function disableConnection(place: Auth0Place, key: ConnectionKey): Promise<void> {
  const own = await ownConnection(place, key);
  if (own === undefined) return forget(place, key);
  const note: ConnectionNote = { ...own.note, state: "disabled", open: undefined };
  await close(place, { ...own, note });
  await change(place, own, { note, aliases: [] });
  await forget(place, key, own);
}

/** Deletes the connection, and the tenant's organization when nothing needs it any more. */
export async function removeConnection(place: Auth0Place, key: ConnectionKey): Promise<void> {
  await disableConnection(place, key);
  const own = await ownConnection(place, key);
  if (own !== undefined) {
    // One that a run which was cut short has left would stay for ever.
    await forgetSecret(place, own, true);
    await place.tenant.enterpriseConnections.remove(own.connection.id);
  }
  place.ids.delete(key);
  await removeOrganization(place, tenantOfKey(key));
}

async function removeOrganization(place: Auth0Place, tenant: string): Promise<void> {
  const { organizations, enterpriseConnections } = place.tenant;
  const organization = await organizations.named(place.organizationName(tenant));
  if (organization === undefined || !isOwnOrganization(organization, place.scope, tenant)) return;
  const status = organizationNote(organization)?.status;
  if (status === undefined || status === "active") return;
  const all = await enterpriseConnections.all();
  if (all.some((each) => tenantOfKey(readNote(each.metadata, place.scope)?.key ?? "/") === tenant)) return;
  const shared = isShared(organization) || (await organizations.enabledConnections(organization.id)).length > 0;
  // Where the identity provider's clients need it, theirs is the last word.
  if (!shared) return organizations.remove(organization.id);
  await organizations.change(organization.id, { metadata: withoutNote(organization.metadata) });
}

/** Brings the tenant's organization up to date, and the domains that lead to its connections. */
export async function writeTenant(place: Auth0Place, tenant: AppTenant, proven: ProvenDomains): Promise<void> {
  const { organization, routed } = await settleTenant(place, tenant, proven);
  const enabled = await place.tenant.organizations.enabledConnections(organization.id);
  for (const { connectionId } of enabled) {
    const connection = await place.tenant.enterpriseConnections.read(connectionId);
    const own = connection === undefined ? undefined : ownIn(place, connection);
    if (own === undefined || parseConnectionKey(own.note.key)?.tenant !== tenant.tenant) continue;
    if (own.note.state !== "active") continue;
    await change(place, own, { note: own.note, aliases: own.note.homeRealm ? routed : [] });
  }
}

/** Changes note and domains of a connection; all else stays as it was read. */
async function change(
  place: Auth0Place,
  { connection }: OwnConnection,
  { note, aliases }: { readonly note: ConnectionNote; readonly aliases?: readonly string[] },
): Promise<void> {
  const { displayName, showAsButton, secret } = connection;
  const metadata = writeNote(connection.metadata, place.scope, note);
  const options = aliases === undefined ? connection.options : { ...connection.options, domain_aliases: aliases };
  const same =
    canonicalJson(metadata) === canonicalJson(connection.metadata) &&
    canonicalJson(options) === canonicalJson(connection.options);
  if (same) return;
  await place.tenant.enterpriseConnections.change(connection.id, {
    ...{ displayName, showAsButton, metadata, options, secret },
  });
}

async function forget(place: Auth0Place, key: ConnectionKey, own?: OwnConnection): Promise<void> {
  await place.kept.forget(key);
  if (own !== undefined) await forgetSecret(place, own);
}
