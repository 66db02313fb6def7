import type { IncomingMessage } from "node:http";
import { type Answer, BodyTooLarge, readBody, send } from "./answer.ts";
import type { ProviderCall } from "./external/admin.ts";
import { type Faults, parseFaultRule } from "./faults.ts";
import type { Json } from "./json.ts";
import type { RequestLog } from "./request-log.ts";
import { sameText } from "./same-text.ts";
import type { Site } from "./server.ts";

interface AdminOptions {
  readonly token: string;
  readonly faults: Faults;
  readonly requests: RequestLog;
  /** Answers what is asked about the customers' providers. */
  readonly answerProviderCall: (call: ProviderCall) => Answer;
  /** What `GET /` shows. */
  readonly overview: () => Json;
}

/**
 * The sandbox's own API, under `127.0.0.1` and `localhost`: `GET /`, `GET /requests`, `GET|POST|DELETE /faults`, and
 * `/providers` with what is below it. What changes something needs the bearer token of ready.json.
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
      return mayChange(options, request) ? clearFaults(options) : unauthorized;
    case "POST /faults":
      return mayChange(options, request) ? addFault(options, request) : unauthorized;
    case "GET /providers":
      return options.answerProviderCall({ method: "GET", path: "", body: undefined });
    default:
      if (!path.startsWith("/providers/")) return { status: 404, json: { error: "not found" } };
      return mayChange(options, request) ? changeProvider(options, request, path) : unauthorized;
  }
}

const unauthorized: Answer = { status: 401, json: { error: "the bearer token of ready.json is needed" } };

function mayChange(options: AdminOptions, request: IncomingMessage): boolean {
  const [scheme = "", token = ""] = (request.headers.authorization ?? "").split(" ");
  return scheme.toLowerCase() === "bearer" && sameText(token, options.token);
}

function clearFaults(options: AdminOptions): Answer {
  options.faults.clear();
  return { status: 204 };
}

async function addFault(options: AdminOptions, request: IncomingMessage): Promise<Answer> {
  return withJson(request, (body) => {
    const rule = parseFaultRule(body);
    return typeof rule === "string" ? refuse(rule) : { status: 201, json: { id: options.faults.add(rule) } };
  });
}

async function changeProvider(options: AdminOptions, request: IncomingMessage, path: string): Promise<Answer> {
  const call = { method: request.method ?? "GET", path: path.slice("/providers".length) };
  return withJson(request, (body) => options.answerProviderCall({ ...call, body }));
}

/** The answer to a request with a body of JSON, or with none at all. */
async function withJson(request: IncomingMessage, answerTo: (body: unknown) => Answer): Promise<Answer> {
  try {
    const text = (await readBody(request)).toString("utf8");
    return answerTo(text === "" ? undefined : JSON.parse(text));
  } catch (error) {
    if (error instanceof BodyTooLarge) return refuse("the body is too large", 413);
    if (error instanceof SyntaxError) return refuse("the body is no JSON");
    throw error;
  }
}

function refuse(error: string, status = 400): Answer {
  return { status, json: { error } };
}
