import type { IncomingMessage } from "node:http";
import { type Answer, BodyTooLarge, readBody } from "../answer.ts";
import { isJsonType, parseJsonBody } from "../json-body.ts";
import { matchPath } from "../match-path.ts";
import type { Auth0Access } from "./access.ts";
import { assignedRoleRoutes } from "./assigned-roles.ts";
import { type Route, requireScope } from "./call.ts";
import { clientGrantRoutes } from "./client-grants.ts";
import { clientRoutes } from "./clients.ts";
import { connectionKeyRoutes } from "./connection-keys.ts";
import { provisioningRoutes } from "./connection-provisioning.ts";
import { connectionRoutes } from "./connections.ts";
import { credentialRoutes } from "./credentials.ts";
import { discoveryDomainRoutes } from "./discovery-domains.ts";
import { enabledConnectionRoutes } from "./enabled-connections.ts";
import { memberRoutes } from "./members.ts";
import { organizationClientGrantRoutes } from "./organization-client-grants.ts";
import { organizationClientRoutes } from "./organization-clients.ts";
import { organizationRoutes } from "./organizations.ts";
import { permissionRoutes } from "./permissions.ts";
import { Auth0Problem, invalidQuery, problemOf } from "./problem.ts";
import type { Auth0RateLimits } from "./rate-limits.ts";
import { resourceServerRoutes } from "./resource-servers.ts";
import { roleRoutes } from "./roles.ts";
import type { Auth0Tenant } from "./tenant.ts";
import { userRoutes } from "./users.ts";

/** What the paths of the management API begin with. */
export const managementBase = "/api/v2";

export const routes: readonly (Route & { readonly segments: readonly string[] })[] = [
  ...clientRoutes,
  ...credentialRoutes,
  ...connectionRoutes,
  ...connectionKeyRoutes,
  ...provisioningRoutes,
  ...organizationRoutes,
  ...enabledConnectionRoutes,
  ...memberRoutes,
  ...discoveryDomainRoutes,
  ...organizationClientRoutes,
  ...organizationClientGrantRoutes,
  ...clientGrantRoutes,
  ...resourceServerRoutes,
  ...roleRoutes,
  ...permissionRoutes,
  ...assignedRoleRoutes,
  ...userRoutes,
].map((route) => ({ ...route, segments: route.path.split("/") }));

/** Answers `/api/v2/…`: route, credential, rate limit, scope, query, body, in this order. Throws only when the sandbox itself fails. */
export class Auth0Management {
  readonly #tenant: Auth0Tenant;
  readonly #access: Auth0Access;
  readonly #limits: Auth0RateLimits;

  constructor(tenant: Auth0Tenant, access: Auth0Access, limits: Auth0RateLimits) {
    this.#tenant = tenant;
    this.#access = access;
    this.#limits = limits;
  }

  async answer(request: IncomingMessage, path: string, query: string): Promise<Answer> {
    let headers: Readonly<Record<string, string>> = {};
    try {
      const { route, params } = findRoute(request.method ?? "GET", path.slice(managementBase.length));
      const principal = this.#access.identify(request.headers.authorization);
      const limit = this.#limits.take(route.bucket);
      headers = limit.headers;
      if (!limit.allowed) throw problemOf(429);
      requireScope(principal, route.scopes);
      const sent = new URLSearchParams(query);
      checkQuery(route, sent);
      const body = await readJson(request);
      const answer = await route.handle({ tenant: this.#tenant, principal, params, query: sent, body });
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof Auth0Problem)) throw error;
      const answer = error.toAnswer();
      return { ...answer, headers: { ...headers, ...answer.headers } };
    }
  }
}

/** Auth0 knows no 405 here: a path with another method is not found. */
function findRoute(method: string, path: string): { route: Route; params: Readonly<Record<string, string>> } {
  const segments = path.split("/");
  for (const route of routes) {
    const params = route.method === method ? matchPath(route.segments, segments) : undefined;
    if (params !== undefined) return { route, params };
  }
  throw problemOf(404);
}

function checkQuery(route: Route, query: URLSearchParams): void {
  const known = route.query;
  if (known === undefined) return;
  const unknown = [...query.keys()].filter((name) => !known.includes(name));
  if (unknown.length > 0) throw invalidQuery(`'Additional properties not allowed: ${unknown.join(",")}'`);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readLimited(request);
  if (body.length === 0) return undefined;
  if (!isJsonType(request.headers["content-type"])) throw problemOf(415);
  try {
    return parseJsonBody(body);
  } catch {
    throw new Auth0Problem(400, "Invalid request payload JSON format");
  }
}

async function readLimited(request: IncomingMessage): Promise<Buffer> {
  try {
    return await readBody(request);
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error;
    throw new Auth0Problem(413, "Payload content length greater than maximum allowed: 1048576", undefined, {
      connection: "close",
    });
  }
}
