import type { ConnectionKey } from "../../desired/connection.ts";
import { tenantOfKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { letsIn, removeConnection, standingOf } from "./connection.ts";
import type { KeptRecord } from "./metadata.ts";
import { keepRecord, type OwnOrganization, ownOrganization } from "./organization.ts";
import type { WorkosPlace } from "./place.ts";
import { activateStep } from "./steps.ts";

interface Ours {
  readonly there: OwnOrganization;
  readonly kept: KeptRecord;
}

/** What is kept of a connection; undefined when there is nothing. */
async function oursOf(place: WorkosPlace, key: ConnectionKey): Promise<Ours | undefined> {
  const there = await ownOrganization(place, tenantOfKey(key));
  const kept = there?.own.record;
  return there === undefined || kept?.key !== key ? undefined : { there, kept };
}

/**
 * A record of this kind is live once it is written, so that there is nothing to do but to see that it is.
 *
 * @param unproven until `settle` it is told to have no values that were proven
 * @throws TenantryError WORKOS_RECORD_MISSING, WORKOS_RECORD_RETIRED, WORKOS_CONNECTION_INACTIVE
 */
export async function activateRecord(place: WorkosPlace, key: ConnectionKey, unproven: boolean): Promise<void> {
  const ours = await oursOf(place, key);
  if (ours?.kept.state === "tombstone") {
    throw new TenantryError("WORKOS_RECORD_RETIRED", `the record ${key} was removed for good`);
  }
  const organizationId = ours?.there.organization.id ?? "";
  const standing = ours === undefined ? undefined : standingOf(await place.connections.list(organizationId), ours.kept);
  if (ours?.kept.state !== "live" || standing?.kind !== "own") {
    throw new TenantryError("WORKOS_RECORD_MISSING", `there is no connection of ${key} to switch on`);
  }
  const { connection } = standing;
  if (!letsIn(connection)) {
    const message = `the connection ${connection.id} of ${key} is ${connection.state} at WorkOS and lets nobody in`;
    const { text } = activateStep(connection.id, connection.state);
    throw new TenantryError("WORKOS_CONNECTION_INACTIVE", message, { hint: `${text}; then apply again` });
  }
  if (unproven && ours.kept.previous === undefined) {
    await keepRecord(place, ours.there, { ...ours.kept, previous: null });
  }
}

/** Forgets the old values. */
export async function settleRecord(place: WorkosPlace, key: ConnectionKey): Promise<void> {
  const ours = await oursOf(place, key);
  if (ours === undefined) return;
  const { previous: _proven, asked: _done, ...kept } = ours.kept;
  await keepRecord(place, ours.there, kept);
}

/**
 * Puts the old values back. A connection that was never proven is deleted where we have made it; one that a person made
 * stays, not proven.
 */
export async function restoreRecord(place: WorkosPlace, key: ConnectionKey): Promise<void> {
  const ours = await oursOf(place, key);
  if (ours === undefined) return;
  const { there, kept } = ours;
  const { previous, ...now } = kept;
  const unproven = kept.state === "handed" || kept.state === "making" || (kept.state === "live" && previous === null);
  if (unproven) {
    if (kept.by === "api") await shut(place, ours, "disabled");
    else await keepRecord(place, there, { ...now, state: "handed" });
    return;
  }
  if (previous === undefined || previous === null) return;
  await keepRecord(place, there, { ...now, values: previous });
}

/** Deletes the connection: WorkOS has no call that switches one off. */
export async function disableRecord(place: WorkosPlace, key: ConnectionKey): Promise<void> {
  const ours = await oursOf(place, key);
  if (ours === undefined || ours.kept.state === "tombstone") return;
  await shut(place, ours, "disabled");
}

/** As `disableRecord`, for good. A tenant that is not active any more gives up its domains; its organization stays. */
export async function removeRecord(place: WorkosPlace, key: ConnectionKey): Promise<void> {
  const ours = await oursOf(place, key);
  if (ours === undefined) return;
  if (ours.kept.state !== "tombstone") await shut(place, ours, "tombstone");
  const { organization, own } = ours.there;
  if (own.tenant.status === "active") return;
  const given = organization.domains.filter(({ domain }) => own.tenant.domains.includes(domain));
  for (const { id } of given) await place.organizations.removeDomain(id);
}

async function shut(place: WorkosPlace, { there, kept }: Ours, state: "disabled" | "tombstone"): Promise<void> {
  const { organization } = there;
  const standing = standingOf(await place.connections.list(organization.id), kept);
  if (standing.kind === "own") await removeConnection(place, organization.id, standing.connection.id);
  const { key, by, values } = kept;
  await keepRecord(place, there, { key, state, by, ...(state === "tombstone" ? {} : { values }) });
}
