import { type Answer, BodyTooLarge, readBody, send } from "../answer.ts";
import { isObject, type JsonObject, textOf } from "../json.ts";
import { parseJsonBody } from "../json-body.ts";
import { matchPath } from "../match-path.ts";
import { randomToken } from "../random.ts";
import { sameText } from "../same-text.ts";
import type { Site, SiteRequest } from "../site.ts";
import { faultOf, type ShapeName } from "./shapes.ts";
import {
  type ConnectionState,
  connectionView,
  domainView,
  type OrganizationState,
  organizationView,
  type WorkosEnvironment,
} from "./state.ts";

/** One request and its answer, for whoever holds them against WorkOS' own document. */
export interface Exchange {
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly status: number;
  readonly answer: unknown;
}

interface Call {
  readonly environment: WorkosEnvironment;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: JsonObject;
  readonly headers: SiteRequest["request"]["headers"];
}

interface Route {
  readonly method: string;
  readonly path: string;
  readonly shape?: ShapeName;
  readonly run: (call: Call) => Answer;
}

/** `api.workos.com`: organizations, their domains, connections and portal links, with the errors that WorkOS gives. */
export class WorkosApi {
  readonly environment: WorkosEnvironment;
  /** Told of every exchange that was authorized. */
  watch: ((exchange: Exchange) => void) | undefined;
  readonly #key: string;
  readonly #replays = new Map<string, Answer>();

  constructor(environment: WorkosEnvironment, key: string) {
    this.environment = environment;
    this.#key = key;
  }

  get site(): Site {
    return {
      hosts: ["api.workos.com"],
      logsQuery: () => true,
      problem: (status) =>
        refusal(status, { 429: "Too many requests" }[status] ?? "The request could not be completed."),
      handle: (site) => this.#handle(site),
    };
  }

  async #handle({ request, response, path, query }: SiteRequest): Promise<void> {
    const method = request.method ?? "GET";
    if (!sameText(request.headers.authorization ?? "", `Bearer ${this.#key}`)) {
      return send(response, refusal(401, "Could not authorize the request. Maybe your API key is invalid?"));
    }
    let body: unknown;
    try {
      const bytes = await readBody(request);
      body = bytes.length === 0 ? {} : parseJsonBody(bytes);
    } catch (error) {
      if (!(error instanceof BodyTooLarge || error instanceof SyntaxError)) throw error;
      return send(response, refusal(error instanceof BodyTooLarge ? 413 : 400, "The body could not be read."));
    }
    const answer = this.#answer(method, path, new URLSearchParams(query), body, request.headers);
    this.watch?.({ method, path, body, status: answer.status, answer: answer.json });
    send(response, answer);
  }

  #answer(method: string, path: string, query: URLSearchParams, body: unknown, headers: Call["headers"]): Answer {
    for (const route of routes) {
      const params = route.method === method ? matchPath(route.path.split("/"), path.split("/")) : undefined;
      if (params === undefined) continue;
      if (route.path === "/connections" && method === "POST" && !this.environment.makesConnections) break;
      const fault = route.shape === undefined ? undefined : faultOf(route.shape, body);
      if (fault !== undefined || !isObject(body)) return invalid(fault ?? "must be an object");
      const key = method === "POST" ? headers["idempotency-key"] : undefined;
      const replay = typeof key === "string" ? this.#replays.get(key) : undefined;
      if (replay !== undefined) return replay;
      const answer = route.run({ environment: this.environment, params, query, body, headers });
      if (typeof key === "string" && answer.status < 500) this.#replays.set(key, answer);
      return answer;
    }
    if (method === "POST" && path === "/connections") {
      const message =
        "This endpoint is part of the Connections API migration capabilities, which are not enabled for your environment.";
      return refusal(404, message);
    }
    return refusal(404, `Cannot ${method} ${path}`);
  }
}

function refusal(status: number, message: string, code?: string): Answer {
  return { status, json: { message, ...(code === undefined ? {} : { code }) } };
}

/** How WorkOS says that a body is not as it should be. */
function invalid(fault: string): Answer {
  const [field = "", ...words] = fault.split(" ");
  return {
    status: 422,
    json: { message: "Validation failed", code: "validation", errors: [{ field, code: words.join(" ") }] },
  };
}

const missing = (what: string, id: string): Answer => refusal(404, `${what} not found: '${id}'.`, "entity_not_found");

const routes: readonly Route[] = [
  {
    method: "GET",
    path: "/organizations",
    run: ({ environment, query }) => {
      const domains = [...query.getAll("domains"), ...query.getAll("domains[]")].flatMap((text) => text.split(","));
      const search = query.get("search")?.toLowerCase();
      const found = [...environment.organizations.values()]
        .filter((each) => domains.length === 0 || each.domains.some(({ domain }) => domains.includes(domain)))
        .filter((each) => search === undefined || each.name.toLowerCase().includes(search));
      return paged(found, query, organizationView);
    },
  },
  { method: "POST", path: "/organizations", shape: "createOrganization", run: createOrganization },
  {
    method: "GET",
    path: "/organizations/external_id/:id",
    run: ({ environment, params }) => {
      const found = environment.organizationNamed(params.id ?? "");
      return found === undefined
        ? missing("Organization", params.id ?? "")
        : { status: 200, json: organizationView(found) };
    },
  },
  {
    method: "GET",
    path: "/organizations/:id",
    run: ({ environment, params }) => {
      const found = environment.organizations.get(params.id ?? "");
      return found === undefined
        ? missing("Organization", params.id ?? "")
        : { status: 200, json: organizationView(found) };
    },
  },
  { method: "PUT", path: "/organizations/:id", shape: "updateOrganization", run: updateOrganization },
  { method: "POST", path: "/organization_domains", shape: "createDomain", run: createDomain },
  {
    method: "DELETE",
    path: "/organization_domains/:id",
    run: ({ environment, params }) => {
      const owner = [...environment.organizations.values()].find(({ domains }) =>
        domains.some(({ id }) => id === params.id),
      );
      if (owner === undefined) return missing("Organization Domain", params.id ?? "");
      owner.domains = owner.domains.filter(({ id }) => id !== params.id);
      return { status: 204 };
    },
  },
  {
    method: "GET",
    path: "/connections",
    run: ({ environment, query }) => {
      const of = query.get("organization_id");
      const type = query.get("connection_type");
      const found = [...environment.connections.values()]
        .filter(({ organizationId }) => of === null || organizationId === of)
        .filter((each) => type === null || each.type === type);
      return paged(found, query, (each) => connectionView(each, environment.showsDetails));
    },
  },
  { method: "POST", path: "/connections", shape: "createConnection", run: createConnection },
  {
    method: "GET",
    path: "/connections/:id",
    run: ({ environment, params }) => {
      const found = environment.connections.get(params.id ?? "");
      if (found === undefined) return missing("Connection", params.id ?? "");
      return { status: 200, json: connectionView(found, environment.showsDetails) };
    },
  },
  {
    method: "DELETE",
    path: "/connections/:id",
    run: ({ environment, params }) =>
      environment.connections.delete(params.id ?? "") ? { status: 204 } : missing("Connection", params.id ?? ""),
  },
  {
    method: "POST",
    path: "/portal/generate_link",
    shape: "generateLink",
    run: ({ environment, body }) =>
      environment.organizations.has(textOf(body.organization) ?? "")
        ? { status: 201, json: { link: `https://setup.workos.com?token=${randomToken(12)}` } }
        : missing("Organization", textOf(body.organization) ?? ""),
  },
];

/** Lists go by the id of the item before the page (WorkOS API reference, Pagination). Newest first, as WorkOS has them. */
function paged<T extends { readonly id: string; readonly createdAt: string }>(
  items: readonly T[],
  query: URLSearchParams,
  view: (item: T) => JsonObject,
): Answer {
  const limit = Number(query.get("limit") ?? 10);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) return invalid("/limit must be from 1 to 100");
  const newest = [...items].sort((a, b) => (a.createdAt < b.createdAt ? 1 : -1));
  const all = query.get("order") === "asc" ? newest.reverse() : newest;
  const after = query.get("after");
  const start = after === null ? 0 : all.findIndex(({ id }) => id === after) + 1;
  const page = all.slice(start, start + limit);
  const more = start + limit < all.length;
  return {
    status: 200,
    json: {
      object: "list",
      data: page.map(view),
      list_metadata: {
        before: start > 0 ? (page[0]?.id ?? null) : null,
        after: more ? (page.at(-1)?.id ?? null) : null,
      },
    },
  };
}

function createOrganization({ environment, body }: Call): Answer {
  const externalId = textOf(body.external_id) ?? null;
  if (externalId !== null && environment.organizationNamed(externalId) !== undefined) {
    return refusal(
      400,
      `The external_id "${externalId}" has already been assigned to another organization.`,
      "external_id_already_used",
    );
  }
  const taken = takenIn(environment, body, undefined);
  if (taken !== undefined) return taken;
  const metadata = isObject(body.metadata) ? (body.metadata as Record<string, string>) : {};
  const made = environment.addOrganization({ name: String(body.name), externalId, metadata: { ...metadata } });
  made.domains = domainsOf(environment, body, []) ?? [];
  return { status: 201, json: organizationView(made) };
}

/** Everything or nothing, as a real update is. The list of domains that is sent is the whole list. */
function updateOrganization({ environment, params, body }: Call): Answer {
  const found = environment.organizations.get(params.id ?? "");
  if (found === undefined) return missing("Organization", params.id ?? "");
  const taken = takenIn(environment, body, found);
  if (taken !== undefined) return taken;
  found.name = textOf(body.name) ?? found.name;
  if (isObject(body.metadata)) found.metadata = { ...(body.metadata as Record<string, string>) };
  found.domains = domainsOf(environment, body, found.domains) ?? found.domains;
  found.updatedAt = environment.now();
  return { status: 200, json: organizationView(found) };
}

function sentDomains(
  body: JsonObject,
): readonly { readonly domain: string; readonly state: "pending" | "verified" }[] | undefined {
  return Array.isArray(body.domain_data) ? (body.domain_data as never) : undefined;
}

function takenIn(
  environment: WorkosEnvironment,
  body: JsonObject,
  own: OrganizationState | undefined,
): Answer | undefined {
  for (const { domain } of sentDomains(body) ?? []) {
    const owner = environment.ownerOf(domain);
    if (owner !== undefined && owner.id !== own?.id) {
      return refusal(409, `An Organization with the domain ${domain} already exists.`);
    }
  }
  return undefined;
}

function domainsOf(environment: WorkosEnvironment, body: JsonObject, before: OrganizationState["domains"]) {
  return sentDomains(body)?.map(({ domain, state }) => {
    const known = before.find((each) => each.domain === domain.toLowerCase());
    if (known === undefined) return environment.newDomain(domain, state);
    known.state = state;
    return known;
  });
}

function createDomain({ environment, body }: Call): Answer {
  const owner = environment.organizations.get(String(body.organization_id));
  if (owner === undefined) return missing("Organization", String(body.organization_id));
  if (environment.ownerOf(String(body.domain)) !== undefined) {
    return refusal(409, `The domain ${String(body.domain)} already exists.`, "domain_already_exists");
  }
  const made = environment.newDomain(String(body.domain), "pending");
  owner.domains.push(made);
  return { status: 201, json: domainView(owner.id, made) };
}

function createConnection({ environment, body }: Call): Answer {
  const organization = environment.organizations.get(String(body.organization_id));
  if (organization === undefined) return missing("Organization", String(body.organization_id));
  const there = environment.connectionsOf(organization.id);
  const same = there.find(({ externalId }) => externalId !== null && externalId === body.external_id);
  if (same !== undefined) return { status: 200, json: connectionView(same, true) };
  if (there.length > 0) {
    const message = "The organization already has a connection.";
    return refusal(400, message, "connection_already_exists_for_organization");
  }
  const options = body.oidc_options as JsonObject;
  if (textOf(options.client_secret) === undefined) return invalid("/oidc_options/client_secret is required");
  const maps = isObject(body.attribute_maps) ? body.attribute_maps : {};
  const custom = isObject(maps.custom_attributes) ? (maps.custom_attributes as Record<string, string>) : {};
  const unknown = Object.keys(custom).find((name) => !environment.customAttributes.has(name));
  if (unknown !== undefined) return refusal(400, `Unknown custom attribute "${unknown}"`, "custom_attribute_not_found");
  const made: ConnectionState = environment.addConnection({
    organizationId: organization.id,
    name: textOf(body.name) ?? organization.name,
    externalId: textOf(body.external_id) ?? null,
    type: textOf(body.connection_type) ?? "GenericOIDC",
    oidc: {
      discoveryEndpoint: String(options.discovery_endpoint),
      clientId: String(options.client_id),
      clientSecret: String(options.client_secret),
      pkce: options.pkce !== false,
      clientAuth: textOf(options.token_authentication_method) ?? "client_secret_post",
      redirectUri: textOf(options.redirect_uri),
      attributes: { standard: (maps.standard_attributes ?? {}) as Record<string, string>, custom },
    },
  });
  return { status: 201, json: connectionView(made, true) };
}
