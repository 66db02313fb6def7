import { TenantryError } from "../../errors/failure.ts";
import type { WorkosConnection } from "../../vendor/workos/connections.ts";
import type { HandedOut, RecordWrite } from "../app.ts";
import { makeAfresh, otherText, standingOf } from "./connection.ts";
import type { KeptRecord } from "./metadata.ts";
import { callbackOf } from "./observe.ts";
import { keepRecord, type OwnOrganization, writeOrganization } from "./organization.ts";
import type { WorkosPlace } from "./place.ts";
import { writeRow } from "./row.ts";
import { activateStep, callbackStep, handOffSteps } from "./steps.ts";
import { connectionBody, valuesOf } from "./values.ts";

/**
 * Makes the connection, or finds it, and tells its callback. Until that callback is registered at the identity provider
 * nobody can come in by it, whatever state WorkOS gives it: the provider refuses the redirect URI.
 *
 * @param now ISO 8601
 * @throws TenantryError WORKOS_CONNECTION_OTHER; WORKOS_CONNECTIONS_OFF for `connections: api`
 */
export async function handOut(place: WorkosPlace, write: RecordWrite, now: string): Promise<HandedOut> {
  const { record } = write;
  const { key } = record;
  const there = await writeOrganization(place, write.appTenant, new Map(), now);
  const kept = there.own.record;
  const standing = standingOf(await place.connections.list(there.organization.id), kept);
  if (standing.kind === "other") {
    throw new TenantryError("WORKOS_CONNECTION_OTHER", otherText(standing.connection, there.organization.id));
  }
  if (standing.kind === "own" && kept?.state !== "making") {
    const { connection } = standing;
    const callback = callbackOf(record, connection, kept);
    if (callback === undefined) return { waiting: [callbackStep(connection.id)] };
    const known = kept?.connection === connection.id ? kept : ({ key, by: "hand", connection: connection.id } as const);
    const state = known === kept && kept.state === "live" ? "live" : "handed";
    await keepRecord(place, there, { ...known, state, callback });
    return { redirectUri: callback };
  }
  if (place.app.connections === "handOff") return waitForPerson(place, there, write);
  const body = connectionBody(write, there.organization.id, false);
  const making = await keepRecord(place, there, { key, state: "making", by: "api" });
  const connection = await makeAfresh(place, body, standing);
  if (connection === "off") {
    if (place.app.connections === "api") throw connectionsOff(key);
    return waitForPerson(place, making, write);
  }
  return handed(place, making, write, connection);
}

/** What is said where the API may not make connections and must. */
export function connectionsOff(key: string): TenantryError {
  return new TenantryError(
    "WORKOS_CONNECTIONS_OFF",
    `this WorkOS environment lets no connection be made by API (${key})`,
  );
}

async function handed(
  place: WorkosPlace,
  there: OwnOrganization,
  write: RecordWrite,
  connection: WorkosConnection,
): Promise<HandedOut> {
  const { callback, id, state } = connection;
  const kept: KeptRecord = {
    ...{ key: write.record.key, state: "handed", by: "api", connection: id, callback },
    values: valuesOf(write),
  };
  await keepRecord(place, there, kept);
  if (callback !== undefined) return { redirectUri: callback };
  return { waiting: [state === "draft" ? activateStep(id, state) : callbackStep(id)] };
}

async function waitForPerson(place: WorkosPlace, there: OwnOrganization, write: RecordWrite): Promise<HandedOut> {
  const { app, root } = place;
  const { organization } = there;
  const { record, appTenant } = write;
  await keepRecord(place, there, { key: record.key, state: "waiting", by: "hand" });
  const named = { id: organization.id, name: organization.name, externalId: organization.externalId ?? "" };
  const row = app.handOff === undefined ? undefined : await writeRow(root, app.handOff, write, named);
  return { waiting: handOffSteps(app, organization.id, appTenant, record, row) };
}
