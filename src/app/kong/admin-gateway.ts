import type { Json } from "../../desired/json.ts";
import { TenantryError } from "../../errors/failure.ts";
import { isJsonObject, type JsonObject, objectIn, textIn, textsIn } from "../../vendor/json.ts";
import type { KongAdminApi } from "../../vendor/kong/admin-api.ts";
import type { Gateway, GatewayView, KongPlugin, Place } from "./plugin.ts";

/** More places than this are looked up in lists: then a look costs the same however many there are. */
const mostSingleReads = 3;

/**
 * Plugins at a gateway's Admin API. A look at a few places reads those alone; one at many reads the workspaces' routes,
 * services and plugins.
 *
 * @param workspaces of Kong's in which something of ours may stand besides the places
 * @param tag that everything of ours has
 */
export function adminGateway(api: KongAdminApi, workspaces: readonly string[], tag: string): Gateway {
  return {
    async look(places, ids, all) {
      const rooms = new Map<string, Room>();
      const many = all || places.length > mostSingleReads;
      for (const workspace of new Set([...places.map((place) => place.workspace), ...(all ? workspaces : [])])) {
        const here = places.filter((place) => place.workspace === workspace);
        rooms.set(workspace, many ? await wholeRoom(api, workspace) : await placesOf(api, workspace, here));
      }
      if (!many) await addById(api, rooms, ids);
      return viewOf(rooms, tag);
    },
    async put(plugin) {
      await api.putPlugin(plugin.workspace, plugin.id, await bodyOf(api, plugin));
    },
    remove: ({ workspace, id }) => api.deletePlugin(workspace, id),
    close: () => api.close(),
  };
}

/** What was read of one workspace. */
interface Room {
  readonly workspace: string;
  readonly exists: boolean;
  /** Names of what is there: `route NAME`. */
  readonly places: Set<string>;
  readonly plugins: KongPlugin[];
}

async function wholeRoom(api: KongAdminApi, workspace: string): Promise<Room> {
  const [routes, services, plugins] = await Promise.all([
    api.list(workspace, "routes"),
    api.list(workspace, "services"),
    api.list(workspace, "plugins"),
  ]);
  if (routes === undefined || services === undefined || plugins === undefined) return emptyRoom(workspace);
  const names = new Map<string, string>();
  const places = new Set(["global"]);
  for (const [kind, entities] of [["route", routes] as const, ["service", services] as const]) {
    for (const entity of entities) {
      const id = textIn(entity, "id") ?? "";
      const name = textIn(entity, "name") ?? id;
      names.set(id, name);
      places.add(`${kind} ${name}`).add(`${kind} ${id}`);
    }
  }
  const nameOf = (id: string): string => names.get(id) ?? id;
  return { workspace, exists: true, places, plugins: plugins.map((entity) => pluginOf(workspace, entity, nameOf)) };
}

function emptyRoom(workspace: string): Room {
  return { workspace, exists: false, places: new Set(), plugins: [] };
}

/** The places alone, with what is on them. */
async function placesOf(api: KongAdminApi, workspace: string, places: readonly Place[]): Promise<Room> {
  const room: Room = { workspace, exists: true, places: new Set(), plugins: [] };
  for (const { on } of places) {
    const [kind, name] = partsOf(on);
    if (kind === "global") {
      const plugins = await api.list(workspace, "plugins");
      if (plugins === undefined) return emptyRoom(workspace);
      room.places.add(on);
      const here = plugins
        .map((entity) => pluginOf(workspace, entity, (id) => id))
        .filter((plugin) => plugin.on === on);
      room.plugins.push(...here);
      continue;
    }
    const entity = await api.read(workspace, kind, name);
    if (entity === undefined) continue;
    const id = textIn(entity, "id") ?? "";
    room.places.add(on);
    const plugins = (await api.list(workspace, `${kind}/${encodeURIComponent(id)}/plugins`)) ?? [];
    room.plugins.push(...plugins.map((plugin) => pluginOf(workspace, plugin, (one) => (one === id ? name : one))));
  }
  return room;
}

/** Plugins of ours that stand elsewhere than where they should: they are asked for by their id. */
async function addById(api: KongAdminApi, rooms: Map<string, Room>, ids: readonly string[]): Promise<void> {
  for (const [workspace, room] of rooms) {
    for (const id of ids.filter((one) => !room.plugins.some((plugin) => plugin.id === one))) {
      const entity = await api.read(workspace, "plugins", id);
      if (entity === undefined) continue;
      const names = new Map<string, string>();
      for (const [collection, member] of [["routes", "route"] as const, ["services", "service"] as const]) {
        const at = textIn(objectIn(entity, member), "id");
        if (at === undefined) continue;
        names.set(at, textIn(await api.read(workspace, collection, at), "name") ?? at);
      }
      room.plugins.push(pluginOf(workspace, entity, (one) => names.get(one) ?? one));
    }
  }
}

function viewOf(rooms: ReadonlyMap<string, Room>, tag: string): GatewayView {
  const plugins = [...rooms.values()].flatMap((room) => room.plugins);
  return {
    exists: ({ workspace, on }) => (rooms.get(workspace)?.places.has(on) === true ? "here" : "missing"),
    on: ({ workspace, on }) => plugins.filter((plugin) => plugin.workspace === workspace && plugin.on === on),
    byId: (id) => plugins.find((plugin) => plugin.id === id),
    ours: plugins.filter(({ tags }) => tags.includes(tag)),
  };
}

const readHere = new Set(["id", "name", "instance_name", "enabled", "tags", "config", "route", "service"]);

/** Members that the Admin API sets itself. */
const setByKong = new Set(["created_at", "updated_at"]);

function pluginOf(workspace: string, entity: JsonObject, nameOf: (id: string) => string): KongPlugin {
  const route = textIn(objectIn(entity, "route"), "id");
  const service = textIn(objectIn(entity, "service"), "id");
  const on =
    route !== undefined ? `route ${nameOf(route)}` : service !== undefined ? `service ${nameOf(service)}` : "global";
  const rest = Object.entries(entity).filter(
    ([name, value]) => !readHere.has(name) && !setByKong.has(name) && value !== null,
  );
  return {
    ...{ workspace, on },
    id: textIn(entity, "id") ?? "",
    name: textIn(entity, "name") ?? "",
    instanceName: textIn(entity, "instance_name"),
    enabled: entity.enabled !== false,
    tags: textsIn(entity, "tags"),
    config: (isJsonObject(entity.config) ? entity.config : {}) as KongPlugin["config"],
    narrow: isJsonObject(entity.consumer) || isJsonObject(entity.consumer_group),
    rest: Object.fromEntries(rest) as Readonly<Record<string, Json>>,
  };
}

async function bodyOf(api: KongAdminApi, plugin: KongPlugin): Promise<JsonObject> {
  const [kind, name] = partsOf(plugin.on);
  let at: JsonObject = {};
  if (kind !== "global") {
    const id = textIn(await api.read(plugin.workspace, kind, name), "id");
    if (id === undefined) {
      throw new TenantryError(
        "KONG_TARGET_MISSING",
        `The ${plugin.on} is not in Kong's workspace ${plugin.workspace}.`,
      );
    }
    at = kind === "routes" ? { route: { id } } : { service: { id } };
  }
  return {
    ...plugin.rest,
    name: plugin.name,
    ...(plugin.instanceName === undefined ? {} : { instance_name: plugin.instanceName }),
    ...at,
    enabled: plugin.enabled,
    tags: plugin.tags,
    config: plugin.config,
  };
}

function partsOf(on: string): readonly ["routes" | "services" | "global", string] {
  const gap = on.indexOf(" ");
  const name = on.slice(gap + 1);
  if (on.startsWith("route ")) return ["routes", name];
  return on.startsWith("service ") ? ["services", name] : ["global", ""];
}
