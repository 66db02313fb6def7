import type { IncomingMessage } from "node:http";
import { type Answer, BodyTooLarge, readBody } from "../answer.ts";
import { matchPath } from "../match-path.ts";
import type { Access } from "./access.ts";
import { appRoutes } from "./apps.ts";
import { assignmentRoutes } from "./assignments.ts";
import { serverRoutes } from "./authorization-servers.ts";
import type { Route } from "./call.ts";
import { directoryRoutes } from "./directory.ts";
import { groupRoutes } from "./groups.ts";
import type { OktaOrg } from "./org.ts";
import { OktaProblem, problemOf } from "./problem.ts";
import type { RateLimits } from "./rate-limits.ts";
import { secretRoutes } from "./secrets.ts";

const routes: readonly Route[] = [
  ...appRoutes,
  ...secretRoutes,
  ...assignmentRoutes,
  ...groupRoutes,
  ...directoryRoutes,
  ...serverRoutes,
];

/** Answers `/api/v1/…`: route, credential, rate limit, scope, body, in this order. Never throws. */
export class Management {
  readonly #org: OktaOrg;
  readonly #access: Access;
  readonly #limits: RateLimits;

  constructor(org: OktaOrg, access: Access, limits: RateLimits) {
    this.#org = org;
    this.#access = access;
    this.#limits = limits;
  }

  async answer(request: IncomingMessage, path: string, query: string): Promise<Answer> {
    let headers: Readonly<Record<string, string>> = {};
    try {
      const { route, params } = findRoute(request.method ?? "GET", path);
      const principal = this.#access.identify(request.headers.authorization);
      const limit = this.#limits.take(route.bucket);
      headers = limit.headers;
      if (!limit.allowed) throw problemOf(429);
      this.#access.authorize(principal, route.scope);
      const body = await readJson(request);
      const call = { org: this.#org, principal, params, query: new URLSearchParams(query), body };
      const answer = route.handle(call);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      const problem = error instanceof OktaProblem ? error : problemOf(500);
      const answer = problem.toAnswer();
      return { ...answer, headers: { ...headers, ...answer.headers } };
    }
  }
}

function findRoute(method: string, path: string): { route: Route; params: Readonly<Record<string, string>> } {
  const segments = path.split("/");
  let known = false;
  for (const route of routes) {
    const params = matchPath(route.path.split("/"), segments);
    if (params === undefined) continue;
    known = true;
    if (route.method === method) return { route, params };
  }
  throw problemOf(known ? 405 : 404);
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const text = (await readLimited(request)).toString("utf8");
  if (text === "") return undefined;
  const type = request.headers["content-type"] ?? "";
  if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new OktaProblem(
      415,
      "E0000021",
      "Bad request.  Accept and/or Content-Type headers likely do not match supported values.",
    );
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new OktaProblem(400, "E0000003", "The request body was not well-formed.");
  }
}

async function readLimited(request: IncomingMessage): Promise<Buffer> {
  try {
    return await readBody(request);
  } catch (error) {
    if (error instanceof BodyTooLarge) {
      throw new OktaProblem(413, "E0000003", "The request body is too large.", [], { connection: "close" });
    }
    throw error;
  }
}
