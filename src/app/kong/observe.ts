import { kongTarget } from "../../desired/apps/kong.ts";
import type { ConnectionKey, ConnectionRecord, Marker } from "../../desired/connection.ts";
import type { Json } from "../../desired/json.ts";
import type { ObservedRecord } from "../../plan/observed.ts";
import type { KongApp } from "../../workspace/apps/kong.ts";
import type { RecordObservation, RecordProblem } from "../app.ts";
import type { KeptValues } from "../open-options.ts";
import {
  closes,
  closingId,
  type Gateway,
  type GatewayView,
  type KongPlugin,
  openidConnect,
  type Place,
  pluginId,
  readTags,
} from "./plugin.ts";
import { readPlugin } from "./read-config.ts";

/** The place that a record names. */
export function placeOf(record: ConnectionRecord): Place {
  const { workspace, on } = kongTarget(record.target);
  return { workspace, on };
}

/** What stands in the way of a record: the sentence about an object that is not ours, or undefined. */
export function foreignAt(view: GatewayView, marker: Marker, place: Place): string | undefined {
  const byId = view.byId(pluginId(marker));
  if (byId !== undefined && readTags(marker, byId.tags)?.key !== marker.key) {
    return `the plugin ${byId.id} of ${byId.on} has the id of this connection and not its tags`;
  }
  const other = view
    .on(place)
    .find(({ name, narrow, id }) => name === openidConnect && !narrow && id !== pluginId(marker));
  if (other === undefined) return undefined;
  const owner = readTags(marker, other.tags)?.key;
  return owner === undefined
    ? `there is a plugin ${openidConnect} on ${place.on} that Tenantry did not make (${other.id})`
    : `the plugin ${openidConnect} on ${place.on} is that of ${owner}`;
}

/** What is there of one connection. */
export interface Found {
  readonly plugin: KongPlugin | undefined;
  /** The plugin of ours that closes the place. */
  readonly closing: KongPlugin | undefined;
}

/** The plugins of a connection by their ids, when they carry its tags. */
export function findOwn(view: GatewayView, marker: Marker, place: Place): Found {
  const own = (id: string): KongPlugin | undefined => {
    const plugin = view.byId(id);
    return plugin !== undefined && readTags(marker, plugin.tags)?.key === marker.key ? plugin : undefined;
  };
  return { plugin: own(pluginId(marker)), closing: own(closingId(marker, place)) };
}

/** Reads the wanted records, and with `others` everything else of ours. */
export async function observeRecords(
  {
    app,
    gateway,
    marker,
    kept,
  }: {
    readonly app: KongApp;
    readonly gateway: Gateway;
    readonly marker: Pick<Marker, "workspace" | "environment">;
    readonly kept: KeptValues | undefined;
  },
  wanted: readonly ConnectionRecord[],
  others: boolean,
): Promise<RecordObservation> {
  const ids = wanted.flatMap((record) => [pluginId(record.marker), closingId(record.marker, placeOf(record))]);
  const view = await gateway.look(wanted.map(placeOf), ids, others);
  const records = new Map<ConnectionKey, ObservedRecord>();
  const foreign: { readonly key: ConnectionKey; readonly message: string }[] = [];
  const problems: RecordProblem[] = [];
  for (const record of wanted) {
    const { key } = record;
    const place = placeOf(record);
    if (view.exists(place) === "missing") {
      problems.push(missing(key, place));
      continue;
    }
    const message = foreignAt(view, record.marker, place);
    if (message !== undefined) {
      foreign.push({ key, message });
      continue;
    }
    const found = recordOf(app, view, record, await kept?.read(key));
    if (found !== undefined) records.set(key, found);
  }
  const asked = new Set(wanted.map(({ key }) => key));
  const undeclared = others ? undeclaredIn(view, app, marker, asked) : [];
  const told = wanted.filter((record) => view.exists(placeOf(record)) !== "unknown").length;
  const coverage =
    told === wanted.length ? [] : [{ what: `app/${app.name} routes of the gateway`, read: told, total: wanted.length }];
  return { tenants: new Map(), records, undeclared, foreign, coverage, problems };
}

function missing(key: ConnectionKey, { workspace, on }: Place): RecordProblem {
  const kind = on.split(" ")[0] ?? "";
  return {
    key,
    code: "KONG_TARGET_MISSING",
    message: on === "global" ? `Kong has no workspace ${workspace}` : `Kong's workspace ${workspace} has no ${on}`,
    hint: "make it at the gateway first, or name one that is there",
    path: ["kong", on === "global" ? "workspace" : kind],
  };
}

/**
 * Disabled only when the place is closed: a plugin that is gone or switched off leaves its route open, and then the record
 * of a suspended tenant counts as active, so that a plan closes it.
 */
function recordOf(
  app: KongApp,
  view: GatewayView,
  record: ConnectionRecord,
  previous: Json | undefined,
): ObservedRecord | undefined {
  const { plugin, closing } = findOwn(view, record.marker, placeOf(record));
  const closed = closing !== undefined && closes(closing);
  const facts = plugin === undefined ? undefined : readTags(record.marker, plugin.tags);
  const { key } = record;
  if (closing !== undefined && readTags(record.marker, closing.tags)?.state === "removed" && plugin === undefined) {
    return { key, state: "tombstone", fields: {} };
  }
  if (plugin === undefined) {
    if (closed) return { key, state: "disabled", fields: {} };
    return record.state === "disabled" ? { key, state: "active", fields: {} } : undefined;
  }
  const unfinished = previous !== undefined || facts?.state === "changing";
  return {
    key,
    state: closed || (record.state !== "disabled" && facts?.state === "suspended") ? "disabled" : "active",
    fields: readPlugin(app, plugin, record),
    secretId: facts?.secretId,
    specDigest: facts?.specDigest,
    previous: unfinished ? previousFields(app, plugin, record, previous) : undefined,
  };
}

/** The old values, as far as they are kept here; empty when there were none or the store that had them is lost. */
function previousFields(
  app: KongApp,
  plugin: KongPlugin,
  record: ConnectionRecord,
  previous: Json | undefined,
): ObservedRecord["fields"] {
  const { plugin: old } = (previous ?? {}) as { readonly plugin?: Pick<KongPlugin, "config" | "tags" | "on"> | null };
  return old === undefined || old === null ? {} : readPlugin(app, { ...plugin, ...old }, record);
}

function undeclaredIn(
  view: GatewayView,
  app: KongApp,
  marker: Pick<Marker, "workspace" | "environment">,
  asked: ReadonlySet<ConnectionKey>,
): RecordObservation["undeclared"] {
  const found = new Map<ConnectionKey, ObservedRecord["state"]>();
  for (const plugin of view.ours) {
    const facts = readTags(marker, plugin.tags);
    if (facts === undefined || asked.has(facts.key) || facts.key.split("/")[1] !== app.name) continue;
    if (plugin.name === openidConnect) {
      found.set(facts.key, facts.state === "suspended" ? "disabled" : "active");
    } else if (!found.has(facts.key)) {
      found.set(facts.key, facts.state === "removed" ? "tombstone" : "disabled");
    }
  }
  return [...found].map(([key, state]) => ({ key, state }));
}
