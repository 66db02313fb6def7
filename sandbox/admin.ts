import type { IncomingMessage } from "node:http";
import { type Answer, BodyTooLarge, readBody, send } from "./answer.ts";
import { type Faults, parseFaultRule } from "./faults.ts";
import type { Json } from "./json.ts";
import { sameText } from "./okta/access.ts";
import type { RequestLog } from "./request-log.ts";
import type { Site } from "./server.ts";

interface AdminOptions {
  readonly token: string;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** What `GET /` shows. */
  readonly overview: () => Json;
}

/**
 * The sandbox's own API, under `127.0.0.1` and `localhost`: `GET /`, `GET /requests`, `GET|POST|DELETE /faults`. What
 * changes something needs the bearer token of ready.json.
 */
export function createAdminSite(options: AdminOptions): Site {
  return {
    hosts: ["127.0.0.1", "localhost"],
    logsQuery: () => false,
    problem: (status) => ({ status, json: { error: "failed" } }),
    handle: async ({ request, response, path }) => send(response, await answer(options, request, path)),
  };
}

async function answer(options: AdminOptions, request: IncomingMessage, path: string): Promise<Answer> {
  const key = `${request.method ?? "GET"} ${path}`;
  switch (key) {
    case "GET /":
      return { status: 200, json: options.overview() };
    case "GET /requests":
      return {
        status: 200,
        json: { total: options.requests.total, requests: options.requests.entries.map((entry) => ({ ...entry })) },
      };
    case "GET /faults":
      return { status: 200, json: { faults: options.faults.counts().map((count) => ({ ...count }) as Json) } };
    case "DELETE /faults":
    case "POST /faults": {
      const [scheme = "", token = ""] = (request.headers.authorization ?? "").split(" ");
      if (scheme.toLowerCase() !== "bearer" || !sameText(token, options.token)) {
        return { status: 401, json: { error: "the bearer token of ready.json is needed" } };
      }
      return key === "POST /faults" ? addFault(options, request) : clearFaults(options);
    }
    default:
      return { status: 404, json: { error: "not found" } };
  }
}

function clearFaults(options: AdminOptions): Answer {
  options.faults.clear();
  return { status: 204 };
}

async function addFault(options: AdminOptions, request: IncomingMessage): Promise<Answer> {
  const refuse = (error: string, status = 400): Answer => ({ status, json: { error } });
  try {
    const rule = parseFaultRule(JSON.parse((await readBody(request)).toString("utf8")));
    return typeof rule === "string" ? refuse(rule) : { status: 201, json: { id: options.faults.add(rule) } };
  } catch (error) {
    if (error instanceof BodyTooLarge) return refuse("the body is too large", 413);
    if (error instanceof SyntaxError) return refuse("the body is no JSON");
    throw error;
  }
}
