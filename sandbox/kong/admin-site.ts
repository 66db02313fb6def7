import { randomUUID, timingSafeEqual } from "node:crypto";
import { type Answer, readBody, send } from "../answer.ts";
import type { Json } from "../json.ts";
import { parseJsonBody } from "../json-body.ts";
import type { Site, SiteRequest } from "../site.ts";
import { kongAdminHost } from "./hosts.ts";
import { configFaults, filledIn } from "./plugin-schema.ts";
import type { KongState, KongWorkspace, Members, StoredPlugin } from "./state.ts";

const collections = ["routes", "services", "plugins"] as const;
type Collection = (typeof collections)[number];

const pluginMembers = new Set([
  ...["id", "name", "instance_name", "config", "enabled", "protocols", "route", "service", "consumer"],
  ...["consumer_group", "tags", "ordering", "condition", "partials"],
]);

/** A refusal, in the form of Kong's errors. */
class Refusal extends Error {
  readonly status: number;
  readonly body: Json;

  constructor(status: number, body: { readonly message: string; readonly [name: string]: Json }) {
    super(body.message);
    this.status = status;
    this.body = body;
  }
}

/**
 * The Admin API of a Kong gateway, as far as plugins need it: reads of routes, services and plugins, and writes of plugins,
 * which are validated as the published schema says.
 *
 * @see https://developer.konghq.com/api/gateway/admin-ee/
 */
export function adminSite(state: KongState, token: string, clock: () => number): Site {
  return {
    hosts: [kongAdminHost],
    logsQuery: () => true,
    problem: (status) => ({
      status,
      json: { message: status === 429 ? "API rate limit exceeded" : "An unexpected error occurred" },
    }),
    async handle(site) {
      send(site.response, await answer(site, state, token, clock));
    },
  };
}

async function answer(site: SiteRequest, state: KongState, token: string, clock: () => number): Promise<Answer> {
  try {
    if (!isToken(site.request.headers["kong-admin-token"], token)) {
      return { status: 401, json: { message: "Invalid RBAC credentials" } };
    }
    return await route(site, state, clock);
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, json: error.body };
    throw error;
  }
}

function isToken(given: unknown, token: string): boolean {
  const [a, b] = [Buffer.from(typeof given === "string" ? given : ""), Buffer.from(token)];
  return a.length === b.length && timingSafeEqual(a, b);
}

const notFound: Answer = { status: 404, json: { message: "Not found" } };

async function route({ request, path, query }: SiteRequest, state: KongState, clock: () => number): Promise<Answer> {
  const segments = path.split("/").slice(1).map(decodeURIComponent);
  const workspaceName = collections.some((name) => name === segments[0]) ? "default" : (segments.shift() ?? "");
  const workspace = state.workspaces.get(workspaceName);
  if (workspace === undefined) return { status: 404, json: { message: `Workspace '${workspaceName}' not found` } };
  const [first = "", one, second, other, ...more] = segments;
  const collection = collections.find((name) => name === first);
  if (collection === undefined || more.length > 0) return notFound;
  const method = request.method ?? "GET";
  const search = new URLSearchParams(query);
  if (one === undefined) {
    if (method === "GET") return page([...workspace[collection].values()], search);
    if (method === "POST" && collection === "plugins") {
      return { status: 201, json: put(workspace, randomUUID(), await bodyOf(request), clock()) as unknown as Json };
    }
    return notFound;
  }
  const found = find(workspace, collection, one);
  if (second !== undefined) {
    if (second !== "plugins" || collection === "plugins" || found === undefined) return notFound;
    const member = collection === "routes" ? "route" : "service";
    const there = [...workspace.plugins.values()].filter((plugin) => plugin[member]?.id === found.id);
    if (other === undefined && method === "GET") return page(there, search);
    if (other !== undefined && method === "PUT") {
      const body = { ...(await bodyOf(request)), [member]: { id: found.id } };
      return { status: 200, json: put(workspace, other, body, clock()) as unknown as Json };
    }
    return notFound;
  }
  if (method === "GET") return found === undefined ? notFound : { status: 200, json: found as unknown as Json };
  if (collection !== "plugins") return notFound;
  if (method === "PUT")
    return { status: 200, json: put(workspace, one, await bodyOf(request), clock()) as unknown as Json };
  if (method === "DELETE") {
    workspace.plugins.delete(one);
    return { status: 204 };
  }
  return notFound;
}

function find(workspace: KongWorkspace, collection: Collection, nameOrId: string): { readonly id: string } | undefined {
  const all = workspace[collection];
  const byId = all.get(nameOrId);
  if (byId !== undefined || collection === "plugins") return byId;
  return [...all.values()].find(({ name }) => name === nameOrId);
}

function page(all: readonly { readonly id: string }[], search: URLSearchParams): Answer {
  const size = Number(search.get("size") ?? "100");
  if (!Number.isInteger(size) || size < 1 || size > 1_000) {
    throw new Refusal(400, { code: 7, name: "invalid size", message: "invalid size (must be from 1 to 1000)" });
  }
  const wanted = (search.get("tags") ?? "").split(",").filter((tag) => tag !== "");
  const tagged = all.filter((one) => wanted.every((tag) => ((one as Partial<StoredPlugin>).tags ?? []).includes(tag)));
  const from = Number(Buffer.from(search.get("offset") ?? "", "base64url").toString() || "0");
  const data = tagged.slice(from, from + size) as unknown as Json;
  const next = from + size < tagged.length ? Buffer.from(String(from + size)).toString("base64url") : null;
  return {
    status: 200,
    json: { data, next: next === null ? null : `?offset=${next}`, ...(next === null ? {} : { offset: next }) },
  };
}

async function bodyOf(request: SiteRequest["request"]): Promise<Members> {
  let body: unknown;
  try {
    body = parseJsonBody(await readBody(request));
  } catch {
    throw new Refusal(400, { message: "Cannot parse JSON body" });
  }
  if (typeof body !== "object" || body === null || Array.isArray(body)) {
    throw new Refusal(400, { message: "Cannot parse JSON body" });
  }
  return body as Members;
}

function violation(fields: Readonly<Record<string, Json>>): Refusal {
  const words = Object.entries(fields).flatMap(([name, what]) =>
    typeof what === "string"
      ? [`${name}: ${what}`]
      : Object.entries(what as Members).map(([field, why]) => `${name}.${field}: ${String(why)}`),
  );
  return new Refusal(400, {
    code: 2,
    name: "schema violation",
    message: `schema violation (${words.join("; ")})`,
    fields,
  });
}

/** Creates or replaces a plugin, as Kong's entity schema and the plugin's own allow. */
function put(workspace: KongWorkspace, id: string, body: Members, now: number): StoredPlugin {
  if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw violation({ id: "expected a valid UUID" });
  const unknown = Object.keys(body).filter((name) => !pluginMembers.has(name));
  if (unknown.length > 0) throw violation(Object.fromEntries(unknown.map((name) => [name, "unknown field"])));
  const name = typeof body.name === "string" ? body.name : "";
  const config = (body.config ?? {}) as Members;
  const faults = configFaults(name, config);
  if (faults === undefined)
    throw violation({ name: `plugin '${name}' not enabled; add it to the 'plugins' configuration property` });
  if (Object.keys(faults).length > 0) throw violation({ config: faults });
  const tags = Array.isArray(body.tags) ? (body.tags as readonly string[]) : null;
  const badTag = tags?.find((tag) => !/^[\x20-\x7e\u0080-\u{10ffff}]+$/u.test(tag) || /[,/]/.test(tag));
  if (badTag !== undefined)
    throw violation({ tags: `invalid tag '${badTag}': expected printable ascii (except \`,\` and \`/\`)` });
  const foreign = (member: "route" | "service" | "consumer"): { readonly id: string } | null => {
    const value = body[member];
    if (value === undefined || value === null) return null;
    const key = (value as Members).id;
    const exists = member === "consumer" || workspace[`${member}s`].has(String(key));
    if (typeof key === "string" && exists) return { id: key };
    throw new Refusal(400, {
      ...{ code: 4, name: "foreign key violation" },
      message: `the foreign key '{id="${String(key)}"}' does not reference an existing '${member}s' entity.`,
    });
  };
  const before = workspace.plugins.get(id);
  const stored: StoredPlugin = {
    ...{ id, name, tags, enabled: body.enabled !== false },
    instance_name: typeof body.instance_name === "string" ? body.instance_name : null,
    route: foreign("route"),
    service: foreign("service"),
    consumer: foreign("consumer"),
    protocols: (body.protocols as readonly string[] | undefined) ?? ["grpc", "grpcs", "http", "https"],
    ordering: body.ordering ?? null,
    config: filledIn(name, config),
    created_at: before?.created_at ?? Math.floor(now / 1_000),
    updated_at: Math.floor(now / 1_000),
  };
  for (const other of workspace.plugins.values()) {
    if (other.id === id) continue;
    const same =
      other.name === name &&
      (["route", "service", "consumer"] as const).every((member) => other[member]?.id === stored[member]?.id);
    if (same) throw unique(`{consumer=null,name="${name}",route=${JSON.stringify(stored.route)}}`);
    if (stored.instance_name !== null && other.instance_name === stored.instance_name) {
      throw unique(`{instance_name="${stored.instance_name}"}`);
    }
  }
  workspace.plugins.set(id, stored);
  return stored;
}

function unique(what: string): Refusal {
  const message = `UNIQUE violation detected on '${what}'`;
  return new Refusal(409, { code: 5, name: "unique constraint violation", message });
}
