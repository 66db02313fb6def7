import type { IncomingMessage } from "node:http";
import { type Answer, BodyTooLarge, readBody } from "../answer.ts";
import { isJsonType, parseJsonBody } from "../json-body.ts";
import { matchPath } from "../match-path.ts";
import type { Access } from "./access.ts";
import { appUserRoutes } from "./app-users.ts";
import { appRoutes } from "./apps.ts";
import { assignmentRoutes } from "./assignments.ts";
import { serverRoutes } from "./authorization-servers.ts";
import type { Route } from "./call.ts";
import { grantRoutes } from "./grants.ts";
import { groupRoutes } from "./groups.ts";
import type { OktaOrg } from "./org.ts";
import { policyRoutes } from "./policies.ts";
import { policyRuleRoutes } from "./policy-rules.ts";
import { OktaProblem, problemOf } from "./problem.ts";
import type { RateLimits } from "./rate-limits.ts";
import { schemaRoutes } from "./schemas.ts";
import { secretRoutes } from "./secrets.ts";
import { userCredentialRoutes } from "./user-credentials.ts";
import { userLifecycleRoutes } from "./user-lifecycle.ts";
import { userLinkRoutes } from "./user-links.ts";
import { userRoutes } from "./users.ts";

export const routes: readonly Route[] = [
  ...appRoutes,
  ...secretRoutes,
  ...assignmentRoutes,
  ...appUserRoutes,
  ...grantRoutes,
  ...groupRoutes,
  ...userRoutes,
  ...userLifecycleRoutes,
  ...userCredentialRoutes,
  ...userLinkRoutes,
  ...policyRoutes,
  ...policyRuleRoutes,
  ...schemaRoutes,
  ...serverRoutes,
];

/** Answers `/api/v1/…`: how many are under way, route, credential, rate limit, scope, body, in this order. Throws only when the sandbox itself fails. */
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
    const full = this.#limits.enter();
    if (full !== undefined) return { ...problemOf(429).toAnswer(), headers: full };
    try {
      return await this.#answerOne(request, path, query);
    } finally {
      this.#limits.leave();
    }
  }

  async #answerOne(request: IncomingMessage, path: string, query: string): Promise<Answer> {
    let headers: Readonly<Record<string, string>> = {};
    try {
      const { route, params } = findRoute(request.method ?? "GET", path);
      const principal = this.#access.identify(request.headers.authorization);
      const limit = this.#limits.take(route.bucket, principal.kind === "token" ? "token" : principal.clientId);
      headers = limit.headers;
      if (!limit.allowed) throw problemOf(429);
      this.#access.authorize(principal, route.scope);
      const body = route.body === "form" ? await readForm(request) : await readJson(request);
      const call = { org: this.#org, principal, params, query: new URLSearchParams(query), body };
      const answer = route.handle(call);
      return { ...answer, headers: { ...headers, ...answer.headers } };
    } catch (error) {
      if (!(error instanceof OktaProblem)) throw error;
      const answer = error.toAnswer();
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
  const body = await readLimited(request);
  if (body.length === 0) return undefined;
  if (!isJsonType(request.headers["content-type"])) {
    throw new OktaProblem(
      415,
      "E0000021",
      "Bad request.  Accept and/or Content-Type headers likely do not match supported values.",
    );
  }
  try {
    return parseJsonBody(body);
  } catch {
    throw new OktaProblem(400, "E0000003", "The request body was not well-formed.");
  }
}

/** A picture or the like: only that it is a form is looked at. */
async function readForm(request: IncomingMessage): Promise<undefined> {
  const bytes = await readLimited(request);
  if (bytes.length > 0 && /^multipart\/form-data\s*;.*boundary=/i.test(request.headers["content-type"] ?? "")) return;
  throw new OktaProblem(400, "E0000028", "The request is missing a required parameter.");
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
