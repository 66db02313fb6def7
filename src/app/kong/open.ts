import type { ConnectionKey, ConnectionRecord, Marker } from "../../desired/connection.ts";
import { textsOf } from "../../desired/json.ts";
import { TenantryError } from "../../errors/failure.ts";
import { Secret } from "../../secret/secret.ts";
import { openKongAdminApi } from "../../vendor/kong/admin-api.ts";
import type { KongApp } from "../../workspace/apps/kong.ts";
import type { AppAdapter } from "../app.ts";
import type { AppOpenOptions } from "../open-options.ts";
import { adminGateway } from "./admin-gateway.ts";
import { disableRecord, type KongWork, removeRecord, restoreRecord, settleRecord, writeRecord } from "./change.ts";
import { deckGateway } from "./deck-gateway.ts";
import { findOwn, observeRecords, placeOf } from "./observe.ts";
import { closingId, type Gateway, ownTag, type Place, pluginId, readTags } from "./plugin.ts";

/** Calls under way at once at one Admin API: it is one process, and often one database. */
const callsAtOnce = 4;

/**
 * The connection records of a Kong gateway: one plugin openid-connect each, written to the Admin API or to a file for decK.
 * Whoever has no record may not come in by it, and a record that is switched off keeps its plugin: the place answers 403.
 */
export async function openKongApp(options: AppOpenOptions<KongApp>): Promise<AppAdapter> {
  const { app, workspace, kept, know } = options;
  const own = { workspace: workspace.name, environment: workspace.environment };
  const gateway = await openGateway(options, ownTag(own));
  const places = new Map<ConnectionKey, Place>();
  const remember = (record: ConnectionRecord): void => {
    places.set(record.key, placeOf(record));
  };
  const markerOf = (key: ConnectionKey): Marker => ({ ...own, key });

  const work: KongWork = {
    ...{ app, gateway, kept },
    // What people meet is asked only where there is a page to ask.
    settled: async () => {
      if (app.adminApi !== undefined && app.start !== undefined) await options.sleep(app.adminApi.propagation);
    },
    privateKey: () =>
      app.clientKey === undefined
        ? undefined
        : options.resolve(app.clientKey.privateKey, `the client key of the app ${app.name}`),
    async find(key) {
      const marker = markerOf(key);
      const place = places.get(key) ?? (await placeOfKey(gateway, marker));
      if (place === undefined) return { marker, place, plugin: undefined, closing: undefined };
      const view = await gateway.look([place], [pluginId(marker), closingId(marker, place)], false);
      return { marker, place, ...findOwn(view, marker, place) };
    },
  };

  return {
    name: app.name,
    gate: "atomic",
    showsSecret: app.secretReference === undefined,
    async observe(wanted, others = true) {
      wanted.forEach(remember);
      return observeRecords({ app, gateway, marker: own, kept }, wanted, others);
    },
    // A gateway has nothing of a tenant that is no plugin.
    writeTenant: async () => {},
    async write(write) {
      remember(write.record);
      await writeRecord(work, write);
    },
    activate: (key) => work.find(key).then(({ plugin }) => expectWritten(key, plugin)),
    settle: (key) => settleRecord(work, key),
    restore: (key) => restoreRecord(work, key),
    disable: (key) => disableRecord(work, key),
    remove: (key) => removeRecord(work, key),
    async secretOf(key) {
      if (app.secretReference !== undefined) return undefined;
      const { plugin, marker } = await work.find(key);
      const [text] = textsOf(plugin?.config.client_secret);
      if (plugin === undefined || text === undefined) return undefined;
      const value = new Secret(text);
      know(value);
      return { id: readTags(marker, plugin.tags)?.secretId ?? "", value };
    },
    close: () => gateway.close(),
  };
}

function openGateway(options: AppOpenOptions<KongApp>, tag: string): Promise<Gateway> | Gateway {
  const { app, workspace, network, limiters, sleep, resolve } = options;
  const { adminApi } = app;
  if (adminApi === undefined) return deckGateway(app, workspace.root, tag);
  const { token, url } = adminApi;
  return openKongAdminApi({
    ...{ base: url, network, sleep },
    limiter: limiters.of(new URL(url).host, { share: 1, concurrency: callsAtOnce }),
    token: () =>
      token === undefined ? undefined : resolve(token, `the token of the Admin API of the app ${app.name}`).reveal(),
  }).then((api) => adminGateway(api, [app.workspace], tag));
}

/** Where the plugins of a connection stand that nobody has looked at yet. */
async function placeOfKey(gateway: Gateway, marker: Marker): Promise<Place | undefined> {
  const view = await gateway.look([], [], true);
  const own = view.ours.filter(({ tags }) => readTags(marker, tags)?.key === marker.key);
  return own.find(({ id }) => id === pluginId(marker)) ?? own[0];
}

function expectWritten(key: ConnectionKey, plugin: unknown): void {
  if (plugin === undefined) throw new TenantryError("KONG_RECORD_MISSING", `The record ${key} is not at the gateway.`);
}
