import { canonicalJson } from "../../desired/json.ts";
import { TenantryError } from "../../errors/failure.ts";
import { recordFields } from "../../plan/fields.ts";
import type { WorkosConnection } from "../../vendor/workos/connections.ts";
import type { RecordWrite } from "../app.ts";
import { makeAfresh, otherText, removeConnection, type Standing, standingOf } from "./connection.ts";
import { connectionsOff } from "./hand-out.ts";
import type { KeptRecord, KeptValues } from "./metadata.ts";
import { keepRecord, type OwnOrganization, ownOrganization } from "./organization.ts";
import type { WorkosPlace } from "./place.ts";
import { changeStep } from "./steps.ts";
import { connectionBody, fixedDifferences, fixedDigest, shownFields, valuesOf } from "./values.ts";

/**
 * Writes the values: makes the connection where there is none, and notes what it was made of. A connection that is there
 * cannot be changed by API; one that a person changed since it was noted is taken as it is wanted, and the proof of the
 * app's half tells.
 *
 * @throws TenantryError WORKOS_CHANGE_BY_HAND with what is to be changed where, WORKOS_CONNECTIONS_OFF,
 *   WORKOS_CONNECTION_OTHER, WORKOS_CALLBACK_CHANGED, WORKOS_RECORD_RETIRED, WORKOS_ORGANIZATION_MISSING
 */
export async function writeRecord(place: WorkosPlace, write: RecordWrite): Promise<void> {
  const { record } = write;
  const there = await ownOrganization(place, record.tenant);
  if (there === undefined) {
    throw new TenantryError("WORKOS_ORGANIZATION_MISSING", `the organization of ${record.tenant} is not there`);
  }
  const kept = there.own.record;
  if (kept !== undefined && kept.key !== record.key) {
    throw new TenantryError(
      "WORKOS_FOREIGN",
      `The WorkOS organization ${there.organization.id} holds the connection of ${kept.key}; an organization has one.`,
    );
  }
  if (kept?.state === "tombstone") {
    throw new TenantryError("WORKOS_RECORD_RETIRED", `the record ${record.key} was removed for good`);
  }
  const standing = standingOf(await place.connections.list(there.organization.id), kept);
  switch (standing.kind) {
    case "other":
      throw new TenantryError("WORKOS_CONNECTION_OTHER", otherText(standing.connection, there.organization.id));
    case "none":
      return make(place, there, write, standing);
    case "own": {
      if (kept?.state === "making") return make(place, there, write, standing);
      const known = kept?.connection === standing.connection.id ? kept : undefined;
      return takeOver(place, there, known, write, standing.connection);
    }
    default:
      return standing satisfies never;
  }
}

async function make(place: WorkosPlace, there: OwnOrganization, write: RecordWrite, before: Standing): Promise<void> {
  const { app } = place;
  const { key, redirectUri } = write.record;
  const ownCallback = app.callback !== "";
  if (app.connections === "handOff") throw connectionsOff(key);
  const body = connectionBody(write, there.organization.id, ownCallback);
  const making = await keepRecord(place, there, { key, state: "making", by: "api" });
  const connection = await makeAfresh(place, body, before);
  if (connection === "off") throw connectionsOff(key);
  const { callback, id } = connection;
  const handed: KeptRecord = {
    ...{ key, state: "handed", by: "api", connection: id, callback },
    values: valuesOf(write),
  };
  const noted = await keepRecord(place, making, handed);
  if (!ownCallback && callback !== redirectUri) {
    throw new TenantryError(
      "WORKOS_CALLBACK_CHANGED",
      `the connection of ${key} was made anew, and its callback is ${callback ?? "not told"} now`,
    );
  }
  await keepRecord(place, noted, { ...handed, state: "live", previous: null });
}

async function takeOver(
  place: WorkosPlace,
  there: OwnOrganization,
  kept: KeptRecord | undefined,
  write: RecordWrite,
  connection: WorkosConnection,
): Promise<void> {
  const { record, discovery, secret } = write;
  const { key } = record;
  const wanted = recordFields(record, discovery);
  const values = valuesOf(write);
  const of = fixedDigest(values);
  const done = kept?.asked?.of === of && kept.asked.updatedAt !== connection.updatedAt;
  const noted = kept?.values === undefined || done ? [] : fixedDifferences(kept.values, wanted, secret?.id ?? null);
  const shown: KeptValues = { ...values, fields: { ...wanted, ...shownFields(connection, record.issuer) } };
  const names = [...new Set([...noted, ...fixedDifferences(shown, wanted)])];
  if (names.length > 0 && kept?.by === "api" && kept.state !== "live") {
    // Made for its callback and never proven: nobody comes in by it, so it can be made anew.
    await removeConnection(place, there.organization.id, connection.id);
    return make(place, there, write, { kind: "none" });
  }
  if (names.length > 0) {
    if (kept !== undefined) {
      await keepRecord(place, there, { ...kept, asked: { of, updatedAt: connection.updatedAt } });
    }
    const { text } = changeStep(connection.id, names, record);
    const message = `WorkOS cannot change the connection ${connection.id} of ${key}, and ${names.join(", ")} is another now`;
    throw new TenantryError("WORKOS_CHANGE_BY_HAND", message, {
      hint: `${text}. Or suspend the connection and make it active again: it is made anew, with another callback.`,
    });
  }
  // A second write before the proof keeps what was proven last.
  const live = kept?.state === "live";
  const same = live && canonicalJson(kept.values) === canonicalJson(values);
  const previous = live ? (kept.previous === undefined && !same ? kept.values : kept.previous) : null;
  await keepRecord(place, there, {
    ...{ key, state: "live", by: kept?.by ?? "hand", connection: connection.id },
    callback: connection.callback ?? kept?.callback ?? record.redirectUri,
    values,
    previous,
    // Until the change is proven: when it is taken back, the person need not do it again.
    asked: kept?.asked,
  });
}
