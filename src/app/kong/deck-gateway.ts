import { randomBytes, randomUUID } from "node:crypto";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Document, isMap, isSeq, parseDocument, Scalar, visit, type YAMLMap, type YAMLSeq } from "yaml";
import type { Json } from "../../desired/json.ts";
import { TenantryError } from "../../errors/failure.ts";
import { isJsonObject, type JsonObject, textIn, textsIn } from "../../vendor/json.ts";
import type { KongApp } from "../../workspace/apps/kong.ts";
import type { Gateway, GatewayView, KongPlugin } from "./plugin.ts";

/** What a decK file says in place of a secret; decK fills it in before it reads the YAML. */
const template = /^\$\{\{ env "DECK_[A-Z0-9_]+" \}\}$/;

/**
 * Plugins in a file for decK. Our own are found by their tag and replaced; everything else in the file stays as it is,
 * comments included. The file is replaced whole, so that nobody reads half of it.
 *
 * decK fills in `${{ … }}` in the text, before it is YAML. So no text of a tenant may hold `${{`, and a secret that comes
 * from a variable stands in a literal block, where no quote or sign of it means anything to YAML.
 *
 * @param tag that everything of ours has
 * @see https://developer.konghq.com/deck/reference/environment-variables/
 */
export function deckGateway(app: KongApp, root: string, tag: string): Gateway {
  const { file, selectTags, lookupTags } = app.deck ?? { file: "", selectTags: [] };
  const path = resolve(root, file);
  let turn: Promise<unknown> = Promise.resolve();

  const fault = (why: string, cause?: unknown): TenantryError =>
    new TenantryError("KONG_DECK_UNREADABLE", `The decK file ${file} ${why}.`, { cause });

  const read = async (): Promise<Document> => {
    let text: string | undefined;
    try {
      text = await readFile(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw fault("cannot be read", error);
    }
    const document = parseDocument(text === undefined || text.trim() === "" ? "{}" : text);
    if (document.errors.length > 0 || !isMap(document.contents))
      throw fault("is no YAML before its templates are filled in");
    document.contents.flow = false;
    const set = (name: string, wanted: Json): void => {
      const found = document.get(name, false) as unknown;
      if (found === undefined) document.set(name, document.createNode(wanted));
    };
    set("_format_version", "3.0");
    if (app.workspace !== "default") set("_workspace", app.workspace);
    set("_info", {
      select_tags: selectTags,
      ...(lookupTags === undefined ? {} : { default_lookup_tags: { ...lookupTags } }),
    });
    if ((document.get("_workspace") ?? "default") !== app.workspace)
      throw fault(`is about another workspace than ${app.workspace}`);
    const said = textsIn((document.toJS() as JsonObject)._info, "select_tags");
    if (said.join() !== selectTags.join()) throw fault("has other `select_tags` than `deck.selectTags`");
    if (!isSeq(document.get("plugins", true))) document.set("plugins", document.createNode([]));
    return document;
  };

  const pluginsIn = (document: Document): readonly KongPlugin[] => {
    const list = (document.toJS() as { plugins?: unknown }).plugins;
    return (Array.isArray(list) ? list : []).filter(isJsonObject).map((entity) => pluginOf(app.workspace, entity));
  };

  /** One change at a time: each reads what the one before wrote. */
  const change = (work: (plugins: YAMLSeq, document: Document) => void): Promise<void> => {
    const next = turn.then(async () => {
      const document = await read();
      const plugins = document.get("plugins", true) as YAMLSeq;
      work(plugins, document);
      plugins.flow = false;
      plugins.items.sort((a, b) => compare(orderOf(a), orderOf(b)));
      await replace(document);
    });
    turn = next.catch(() => {});
    return next;
  };

  const replace = async (document: Document): Promise<void> => {
    const beside = `${path}.${randomUUID()}.tmp`;
    try {
      await mkdir(dirname(path), { recursive: true });
      await writeFile(beside, escapeControls(document.toString({ lineWidth: 0 })), { flag: "wx" });
      await rename(beside, path);
    } catch (error) {
      await rm(beside, { force: true });
      throw fault("cannot be written", error);
    }
  };

  return {
    async look(): Promise<GatewayView> {
      await turn;
      const plugins = pluginsIn(await read());
      return {
        exists: () => "unknown",
        on: ({ on }) => plugins.filter((plugin) => plugin.on === on),
        byId: (id) => plugins.find((plugin) => plugin.id === id),
        ours: plugins.filter(({ tags }) => tags.includes(tag)),
      };
    },
    put: (plugin) =>
      change((plugins, document) => {
        const at = plugins.items.findIndex((item) => idOf(item) === plugin.id);
        const entity = entityOf(withSalt(plugin, plugins.items[at]), selectTags);
        refuseTemplates(entity, plugin.id);
        const node = document.createNode(entity);
        quote(node as YAMLMap);
        if (at === -1) plugins.add(node);
        else plugins.items[at] = node;
      }),
    remove: ({ id }) =>
      change((plugins) => {
        plugins.items = plugins.items.filter((item) => idOf(item) !== id);
      }),
    close: async () => {
      await turn;
    },
  };
}

/**
 * decK takes no plugin without the salt of its cache: Kong would make another one at each sync, and end the sessions. It is
 * made once and stays.
 */
function withSalt(plugin: KongPlugin, there: unknown): KongPlugin {
  const { cache_tokens_salt: given } = plugin.config;
  if (plugin.name !== "openid-connect" || (typeof given === "string" && given !== "")) return plugin;
  const kept = isMap(there) ? there.getIn(["config", "cache_tokens_salt"]) : undefined;
  const salt = typeof kept === "string" && kept !== "" ? kept : randomBytes(24).toString("base64url");
  return { ...plugin, config: { ...plugin.config, cache_tokens_salt: salt } };
}

/** decK's reader takes no control character, not even in quotes, and folds odd line ends; all texts of ours are in double quotes. */
function escapeControls(text: string): string {
  return text
    .replaceAll(/[\x7f-\x9f]/g, (sign) => `\\x${sign.charCodeAt(0).toString(16)}`)
    .replaceAll(/[\u2028\u2029\ufeff\ufffe\uffff]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16)}`);
}

function idOf(item: unknown): unknown {
  return isMap(item) ? item.get("id") : undefined;
}

/** Ours by name and place; what others wrote stays in front, as it was. */
function orderOf(item: unknown): string {
  if (!isMap(item)) return "";
  const tags = JSON.stringify(item.get("tags") ?? []);
  if (!tags.includes("tenantry:")) return "";
  return `${String(item.get("route") ?? item.get("service") ?? "")} ${String(item.get("name"))} ${String(item.get("id"))}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const readHere = new Set(["id", "name", "instance_name", "enabled", "tags", "config", "route", "service"]);

function pluginOf(workspace: string, entity: JsonObject): KongPlugin {
  const route = nameIn(entity, "route");
  const service = nameIn(entity, "service");
  return {
    workspace,
    on: route !== undefined ? `route ${route}` : service !== undefined ? `service ${service}` : "global",
    id: textIn(entity, "id") ?? "",
    name: textIn(entity, "name") ?? "",
    instanceName: textIn(entity, "instance_name"),
    enabled: entity.enabled !== false,
    tags: textsIn(entity, "tags"),
    config: (isJsonObject(entity.config) ? entity.config : {}) as KongPlugin["config"],
    narrow: entity.consumer !== undefined || entity.consumer_group !== undefined,
    rest: Object.fromEntries(Object.entries(entity).filter(([name]) => !readHere.has(name))) as KongPlugin["rest"],
  };
}

/** A foreign entity is written by its name, or as an object with a name or an id. */
function nameIn(entity: JsonObject, member: string): string | undefined {
  const value = entity[member];
  return typeof value === "string" ? value : (textIn(value, "name") ?? textIn(value, "id"));
}

function entityOf(plugin: KongPlugin, selectTags: readonly string[]): Readonly<Record<string, Json>> {
  const gap = plugin.on.indexOf(" ");
  return {
    name: plugin.name,
    id: plugin.id,
    ...(plugin.instanceName === undefined ? {} : { instance_name: plugin.instanceName }),
    ...(gap === -1 ? {} : { [plugin.on.slice(0, gap)]: plugin.on.slice(gap + 1) }),
    enabled: plugin.enabled,
    ...plugin.rest,
    config: plugin.config,
    tags: [...new Set([...selectTags, ...plugin.tags])],
  };
}

/** @throws TenantryError KONG_VALUE_REFUSED */
function refuseTemplates(value: Json, id: string, field = ""): void {
  if (typeof value === "string") {
    // The latter is what decK puts in place of templates in comments meanwhile.
    if (
      !(value.includes("${{") || value.includes("__NO_MATCH__")) ||
      (field === "client_secret" && template.test(value))
    )
      return;
    throw new TenantryError(
      "KONG_VALUE_REFUSED",
      `A value of the plugin ${id} holds \`\${{\` or \`__NO_MATCH__\`, which decK would run or fill in as a template.`,
    );
  }
  if (typeof value !== "object" || value === null) return;
  for (const [name, member] of Object.entries(value)) {
    refuseTemplates(name, id);
    refuseTemplates(member as Json, id, Array.isArray(value) ? field : name);
  }
}

/** Every text is quoted, so that none of them is anything else to YAML; a template stands in a block of its own. */
function quote(node: YAMLMap): void {
  visit(node, {
    Scalar(key, scalar) {
      if (typeof scalar.value !== "string") return;
      if (template.test(scalar.value)) scalar.type = Scalar.BLOCK_LITERAL;
      else if (key !== "key" || !/^[a-z0-9_]+$/.test(scalar.value)) scalar.type = Scalar.QUOTE_DOUBLE;
    },
  });
}
