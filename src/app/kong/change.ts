import { kongTarget } from "../../desired/apps/kong.ts";
import type { ConnectionKey, Marker } from "../../desired/connection.ts";
import { canonicalJson, type Json, textsOf } from "../../desired/json.ts";
import { encodeKey } from "../../desired/key.ts";
import { TenantryError } from "../../errors/failure.ts";
import { recordFields } from "../../plan/fields.ts";
import type { Secret } from "../../secret/secret.ts";
import type { KongApp } from "../../workspace/apps/kong.ts";
import { checkKongConfig, isVaultReference } from "../../workspace/apps/kong-fields.ts";
import type { RecordWrite } from "../app.ts";
import type { KeptValues } from "../open-options.ts";
import { type Found, findOwn, foreignAt, placeOf } from "./observe.ts";
import {
  closes,
  closingId,
  closingPlugin,
  denial,
  type Gateway,
  type KongPlugin,
  openidConnect,
  type Place,
  pluginId,
  readTags,
  samePlace,
  type TagFacts,
  tagsOf,
} from "./plugin.ts";
import { clientJwk, keptConfig, pluginConfig, teamConfig, withoutNulls } from "./plugin-config.ts";
import { readPlugin } from "./read-config.ts";

type Members = KongPlugin["config"];

/** What every change of a record works with. */
export interface KongWork {
  readonly app: KongApp;
  readonly gateway: Gateway;
  readonly kept: KeptValues | undefined;
  /** Resolves when the gateway plays what was written. */
  settled(): Promise<void>;
  privateKey(): Secret | undefined;
  find(key: ConnectionKey): Promise<Found & { readonly marker: Marker; readonly place: Place | undefined }>;
}

/** What is kept until a change is settled. No plugin: there was none, or it let nobody in. */
interface Kept {
  readonly plugin: Pick<KongPlugin, "workspace" | "on" | "enabled" | "tags" | "config"> | null;
}

/** Writes a record's plugin (see `AppAdapter.write`): live at once, the old values kept until `settle` or `restore`. */
export async function writeRecord(work: KongWork, write: RecordWrite): Promise<void> {
  const { app, gateway } = work;
  const { key, marker } = write.record;
  const place = placeOf(write.record);
  const view = await gateway.look([place], [pluginId(marker), closingId(marker, place)], false);
  if (view.exists(place) === "missing") {
    throw new TenantryError("KONG_TARGET_MISSING", `Kong's workspace ${place.workspace} has no ${place.on}.`);
  }
  const message = foreignAt(view, marker, place);
  if (message !== undefined) throw new TenantryError("KONG_FOREIGN", `${key} was not written: ${message}.`);
  const { plugin: old, closing } = findOwn(view, marker, place);
  if (closing !== undefined && readTags(marker, closing.tags)?.state === "removed" && old === undefined) {
    throw new TenantryError("KONG_RECORD_MISSING", `The record ${key} was removed, and its key is never used again.`);
  }
  const next = nextPlugin(app, write, old, credentialsOf(work, write));
  const live = old !== undefined && closing === undefined && facts(marker, old).state !== "suspended" ? old : undefined;
  if (live !== undefined && isSame(live, next) && readsSame(app, live, write)) return;
  await keep(work, key, live);
  const written = live === undefined ? next : withOldClient(marker, next, live);
  // The place that is left would be open to everybody.
  if (old !== undefined && !samePlace(old, place))
    await gateway.put(closingPlugin(marker, old, "suspended", team(old)));
  await gateway.put(written);
  if (closing !== undefined) await gateway.remove(closing);
  await work.settled();
}

/** The change is proven: what was kept is forgotten. */
export async function settleRecord(work: KongWork, key: ConnectionKey): Promise<void> {
  const { plugin, marker } = await work.find(key);
  if (plugin !== undefined && facts(marker, plugin).state === "changing") {
    await work.gateway.put(retagged(marker, withoutOldClient(plugin), { state: undefined }));
  }
  await work.kept?.forget(key);
}

/** The old values come back; where there were none, or nobody came in by them, the place is closed. */
export async function restoreRecord(work: KongWork, key: ConnectionKey): Promise<void> {
  const kept = (await work.kept?.read(key)) as Kept | undefined;
  if (kept === undefined) return;
  const old = kept.plugin;
  if (old === null) return disableRecord(work, key);
  const { plugin, closing, marker } = await work.find(key);
  // Switched off meanwhile: it stays off.
  const off = closing !== undefined && closes(closing);
  if (plugin === undefined || off || facts(marker, plugin).state === "suspended") return work.kept?.forget(key);
  const before = readTags(marker, old.tags);
  const fields = [...facts(marker, plugin).fields, ...(before?.fields ?? [])];
  const restored: KongPlugin = {
    ...plugin,
    ...old,
    config: { ...teamConfig(plugin.config, fields), ...old.config, ...oldCredentials(work, key, plugin, old.config) },
  };
  await work.gateway.put(restored);
  if (!samePlace(plugin, old)) {
    await work.gateway.remove({ id: closingId(marker, old), workspace: old.workspace });
  }
  await work.kept?.forget(key);
  await work.settled();
}

/**
 * Nobody comes in any more: the place is closed first, then the plugin itself is made to deny everybody, so that neither
 * alone opens it again. The plugin stays: without it the place would be open.
 */
export async function disableRecord(
  work: KongWork,
  key: ConnectionKey,
  state: "suspended" | "removed" = "suspended",
): Promise<void> {
  const { gateway } = work;
  const { plugin, closing, marker, place } = await work.find(key);
  const nothing = plugin === undefined && closing === undefined;
  if (place === undefined || (nothing && !(await isOpen(gateway, marker, place)))) return work.kept?.forget(key);
  const at = plugin ?? place;
  const closed = closing !== undefined && closes(closing) && samePlace(closing, at);
  let failure: unknown;
  if (!closed || readTags(marker, closing.tags)?.state !== state) {
    const tags = team(plugin ?? closing);
    // Should the place not be closed, the plugin itself still is.
    await gateway.put(closingPlugin(marker, at, state, tags)).catch((error: unknown) => {
      failure = error;
    });
  }
  if (plugin !== undefined && facts(marker, plugin).state !== "suspended") {
    const shut = withoutOldClient(plugin);
    const denying = { ...shut, enabled: true, config: { ...shut.config, ...denial } };
    await gateway.put(retagged(marker, denying, { state: "suspended" }));
  }
  if (failure !== undefined) throw failure;
  await work.kept?.forget(key);
  await work.settled();
}

/** The plugin and its secret go; what closes the place stays, as a tombstone. */
export async function removeRecord(work: KongWork, key: ConnectionKey): Promise<void> {
  await disableRecord(work, key, "removed");
  const { plugin } = await work.find(key);
  if (plugin !== undefined) await work.gateway.remove(plugin);
}

/** Whether the place is there and has no plugin of ours or others that asks people to sign in. */
async function isOpen(gateway: Gateway, marker: Marker, place: Place): Promise<boolean> {
  const view = await gateway.look([place], [pluginId(marker)], false);
  return view.exists(place) === "here" && foreignAt(view, marker, place) === undefined;
}

function facts(marker: Marker, plugin: KongPlugin): TagFacts {
  return readTags(marker, plugin.tags) ?? { key: marker.key, fields: [] };
}

/** Tags that are the team's. */
function team(plugin: KongPlugin | undefined): readonly string[] {
  return (plugin?.tags ?? []).filter((tag) => !tag.startsWith("tenantry"));
}

function retagged(marker: Marker, plugin: KongPlugin, change: Pick<TagFacts, "state">): KongPlugin {
  return {
    ...plugin,
    config: withoutNulls(plugin.config) as Members,
    tags: tagsOf(marker, { ...facts(marker, plugin), ...change }, plugin.tags),
  };
}

/** The plugin as it should be: what is ours replaced, what is the team's as it was. */
function nextPlugin(
  app: KongApp,
  write: RecordWrite,
  old: KongPlugin | undefined,
  credentials: Parameters<typeof pluginConfig>[2],
): KongPlugin {
  const { marker, target, key } = write.record;
  const before = old === undefined ? undefined : facts(marker, old);
  const fields = Object.keys(kongTarget(target).config);
  const ours = pluginConfig(app, write, credentials);
  const config = { ...(old === undefined ? {} : teamConfig(old.config, before?.fields ?? [])), ...ours };
  const wrong = checkKongConfig(ours, { version: app.version, secrets: "any" }).map(
    ({ path, message }) => `${path.join(".")} ${message}`,
  );
  if (wrong.length > 0) {
    throw new TenantryError("KONG_VALUE_REFUSED", `The plugin of ${key} would not be valid: ${wrong.join("; ")}.`);
  }
  return {
    ...placeOf(write.record),
    id: pluginId(marker),
    name: openidConnect,
    instanceName: old?.instanceName ?? `sso-${encodeKey(key)}`,
    enabled: true,
    tags: tagsOf(
      marker,
      { specDigest: write.specDigest, secretId: write.secret?.id, fields, state: "changing" },
      old?.tags ?? [],
    ),
    config,
    narrow: false,
    rest: old?.rest ?? {},
  };
}

function credentialsOf({ app, privateKey }: KongWork, write: RecordWrite): Parameters<typeof pluginConfig>[2] {
  const { key, clientAuth, clientId, target } = write.record;
  if (clientId.includes("{vault://")) throw refused(key, "client id");
  if (clientAuth === "private_key_jwt") {
    return kongTarget(target).config.client_jwk === undefined ? { privateKey: privateKey() } : {};
  }
  if (!clientAuth.startsWith("client_secret")) return {};
  const reference = kongTarget(target).clientSecret;
  if (reference !== undefined) return { clientSecret: reference };
  const secret = write.secret?.value.reveal();
  if (secret === undefined || app.deck !== undefined) {
    throw new TenantryError("KONG_SECRET_MISSING", `The plugin of ${key} would be written without a client secret.`);
  }
  // Kong would look it up in a vault, and send what it finds there to the identity provider.
  if (isVaultReference(secret)) throw refused(key, "client secret");
  return { clientSecret: secret };
}

function refused(key: ConnectionKey, what: string): TenantryError {
  return new TenantryError(
    "KONG_VALUE_REFUSED",
    `The ${what} of ${key} would be read by Kong as a reference to a vault.`,
  );
}

/** Whether a write would change nothing but that it was begun. */
function isSame(live: KongPlugin, next: KongPlugin): boolean {
  const told = (plugin: KongPlugin): readonly string[] =>
    plugin.tags.filter((tag) => !tag.startsWith("tenantry-state:"));
  if (!samePlace(live, next) || !live.enabled || told(live).join() !== told(next).join()) return false;
  const found = withoutNulls(live.config) as Members;
  return Object.entries(next.config).every(
    ([name, value]) => found[name] !== undefined && canonicalJson(found[name]) === canonicalJson(value),
  );
}

/** Whether a look finds nothing that is not wanted, such as a demand that somebody has added by hand. */
function readsSame(app: KongApp, live: KongPlugin, { record, discovery }: RecordWrite): boolean {
  const wanted = recordFields(record, discovery);
  return Object.entries(readPlugin(app, live, record)).every(
    ([name, value]) => wanted[name] === undefined || canonicalJson(wanted[name]) === canonicalJson(value),
  );
}

/** Keeps the old values; those that are kept already stay. Their secret stays at the gateway. */
async function keep({ kept }: KongWork, key: ConnectionKey, live: KongPlugin | undefined): Promise<void> {
  if (kept === undefined || (await kept.read(key)) !== undefined) return;
  if (live === undefined) return kept.keep(key, { plugin: null });
  const { workspace, on, enabled, tags } = live;
  const { config } = withoutOldClient(live);
  const plugin = { workspace, on, enabled, tags, config: keptConfig(withoutNulls(config) as Members, fieldsIn(tags)) };
  await kept.keep(key, { plugin } satisfies Json);
}

function fieldsIn(tags: readonly string[]): readonly string[] {
  const prefix = "tenantry-fields:";
  return (
    tags
      .find((tag) => tag.startsWith(prefix))
      ?.slice(prefix.length)
      .split("+") ?? []
  );
}

/** Where a client has no secret, and another stands behind it. */
const noSecret = "none";

/**
 * The plugin with the client that it had behind its new one, until the change is settled: Kong's lists of clients pair by
 * index and begin with the first. So the old secret outlives a kill of this run, and is kept nowhere else.
 */
function withOldClient(marker: Marker, next: KongPlugin, live: KongPlugin): KongPlugin {
  const changing = facts(marker, live).state === "changing";
  const secrets = textsOf(live.config.client_secret);
  const ids = textsOf(live.config.client_id);
  // A second write keeps what was there before the first.
  const old = changing && ids.length > 1 ? 1 : 0;
  const id = ids[old];
  if (id === undefined) return next;
  const config = {
    ...next.config,
    client_id: [...textsOf(next.config.client_id), id],
    ...(secrets[old] === undefined
      ? {}
      : { client_secret: [textsOf(next.config.client_secret)[0] ?? noSecret, secrets[old]] }),
  };
  return { ...next, config };
}

function withoutOldClient(plugin: KongPlugin): KongPlugin {
  const { client_id: ids, client_secret: secrets, ...config } = withoutNulls(plugin.config) as Members;
  const [secret] = textsOf(secrets);
  return {
    ...plugin,
    config: {
      ...config,
      client_id: textsOf(ids).slice(0, 1),
      ...(secret === undefined || secret === noSecret ? {} : { client_secret: [secret] }),
    },
  };
}

/** Credentials of the old values, which stand behind the new ones. */
function oldCredentials({ app, privateKey }: KongWork, key: ConnectionKey, plugin: KongPlugin, old: Members): Members {
  const [method = ""] = textsOf(old.client_auth);
  if (method === "private_key_jwt") {
    const made = old.client_jwk === undefined ? privateKey() : undefined;
    return made === undefined ? {} : { client_jwk: [clientJwk(app, made)] };
  }
  if (!method.startsWith("client_secret")) return {};
  const secret = textsOf(plugin.config.client_secret)[1];
  if (secret !== undefined) return { client_secret: [secret] };
  throw new TenantryError("KONG_SECRET_LOST", `The old values of ${key} cannot be put back: their secret is gone.`);
}
