import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";
import { type Answer, BodyTooLarge, readBody, send } from "./answer.ts";
import { answerDnsCall } from "./dns/admin.ts";
import type { DnsZone } from "./dns/zone.ts";
import type { ProviderCall } from "./external/admin.ts";
import { type FaultRule, parseFaultRule } from "./fault-rule.ts";
import type { Faults } from "./faults.ts";
import type { Json } from "./json.ts";
import { parseJsonBody } from "./json-body.ts";
import { answerMisbehaviourCall } from "./misbehave/admin.ts";
import type { Misbehaviours } from "./misbehave/misbehaviours.ts";
import type { RequestEntry, RequestLog } from "./request-log.ts";
import { sameText } from "./same-text.ts";
import type { Site } from "./site.ts";

interface AdminOptions {
  /** An IP address by which it is asked besides its usual names. */
  readonly exposedTo?: string | undefined;
  /** All the other sites, which can be made to fail. */
  readonly sites: readonly Site[];
  readonly token: string;
  readonly faults: Faults;
  readonly misbehaviours: Misbehaviours;
  readonly requests: RequestLog;
  /** What the sandbox's DNS says. */
  readonly zone: DnsZone;
  /** Answers what is asked about the customers' providers. */
  readonly answerProviderCall: (call: ProviderCall) => Answer;
  /** Answers what is asked about the apps, below `/apps`. */
  readonly answerAppCall: (method: string, path: string, body: unknown) => Answer;
  /** The page for somebody with a browser; undefined for every other request. */
  readonly page: (request: IncomingMessage, path: string, query: string) => Answer | undefined;
  /** What `GET /` shows. */
  readonly overview: () => Json;
}

/**
 * The sandbox's own API and page, under `127.0.0.1` and `localhost`: `GET /`, `GET /requests`, `GET|POST|DELETE /faults`,
 * `DELETE /faults/<number>`, `GET|POST|DELETE /misbehaviours` with `/<host>/<name>` below it, `/apps`, and
 * `/providers` with what is below them. What changes something needs the bearer token of ready.json.
 */
export function createAdminSite(options: AdminOptions): Site {
  return {
    hosts: hostsOf(options.exposedTo),
    faultless: true,
    logsQuery: () => false,
    problem: (status) => ({ status, json: { error: "failed" } }),
    handle: async ({ request, response, path, query }) =>
      send(response, options.page(request, path, query) ?? (await answer(options, request, path))),
  };
}

/** The names of the sandbox itself, as they stand in a Host header. */
function hostsOf(exposedTo: string | undefined): readonly string[] {
  const other = exposedTo === undefined ? [] : [isIPv6(exposedTo) ? `[${exposedTo}]` : exposedTo];
  return ["127.0.0.1", "localhost", ...other];
}

/** Whether somebody only looked at the sandbox: a page that refreshes itself would fill the log with nothing else. */
export function looksOn({ host, method, status }: RequestEntry, exposedTo?: string): boolean {
  return hostsOf(exposedTo).includes(host) && (method === "GET" || method === "HEAD") && status < 400;
}

async function answer(options: AdminOptions, request: IncomingMessage, path: string): Promise<Answer> {
  const key = `${request.method ?? "GET"} ${path}`;
  switch (key) {
    case "GET /":
      return { status: 200, json: options.overview() };
    case "GET /requests":
      return {
        status: 200,
        json: {
          total: options.requests.total,
          requests: options.requests.entries.map((entry) => ({ ...entry })),
          notes: [...options.requests.notes],
        },
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
      if (/^DELETE \/faults\/\d{1,9}$/.test(key)) {
        return mayChange(options, request) ? removeFault(options, Number(path.slice("/faults/".length))) : unauthorized;
      }
      if (/^\/misbehaviours(\/|$)/.test(path)) {
        return key.startsWith("GET ") || mayChange(options, request) ? misbehave(options, request, path) : unauthorized;
      }
      if (/^\/apps(\/|$)/.test(path)) {
        return key === "GET /apps" || mayChange(options, request) ? changeApp(options, request, path) : unauthorized;
      }
      if (/^\/dns(\/|$)/.test(path)) {
        return key.startsWith("GET ") || mayChange(options, request) ? askDns(options, request, path) : unauthorized;
      }
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

function removeFault(options: AdminOptions, id: number): Answer {
  return options.faults.remove(id) ? { status: 204 } : { status: 404, json: { error: `there is no fault ${id}` } };
}

async function addFault(options: AdminOptions, request: IncomingMessage): Promise<Answer> {
  return withJson(request, (body) => {
    const rule = parseFaultRule(body);
    if (typeof rule === "string") return refuse(rule);
    const misplaced = misplacement(rule, options.sites);
    if (misplaced !== undefined) return refuse(misplaced);
    const id = options.faults.add(rule);
    const added = options.faults.counts().find((count) => count.id === id);
    return { status: 201, json: { ...added, id } };
  });
}

/** Why a rule could never strike, when that is known. */
function misplacement({ host, effect }: FaultRule, sites: readonly Site[]): string | undefined {
  if (host === undefined) return undefined;
  const site = sites.find(({ hosts }) => hosts.includes(host));
  if (site === undefined) return `${host} is none of ${sites.flatMap(({ hosts }) => hosts).join(", ")}`;
  const wantsTokens = effect === "expire-tokens" || effect === "refuse-token";
  return wantsTokens && site.tokens === undefined ? `${host} has no management API and so no tokens` : undefined;
}

async function misbehave(options: AdminOptions, request: IncomingMessage, path: string): Promise<Answer> {
  const { misbehaviours, sites } = options;
  const board = { misbehaviours, hosts: sites.flatMap((site) => site.hosts) };
  const call = { method: request.method ?? "GET", path: path.slice("/misbehaviours".length) };
  return withJson(request, (body) => answerMisbehaviourCall(board, { ...call, body }));
}

async function changeApp(options: AdminOptions, request: IncomingMessage, path: string): Promise<Answer> {
  const method = request.method ?? "GET";
  return withJson(request, (body) => options.answerAppCall(method, path.slice("/apps".length), body));
}

async function askDns({ zone }: AdminOptions, request: IncomingMessage, path: string): Promise<Answer> {
  const call = { method: request.method ?? "GET", path: path.slice("/dns".length) };
  return withJson(request, (body) => answerDnsCall(zone, { ...call, body }));
}

async function changeProvider(options: AdminOptions, request: IncomingMessage, path: string): Promise<Answer> {
  const call = { method: request.method ?? "GET", path: path.slice("/providers".length) };
  return withJson(request, (body) => options.answerProviderCall({ ...call, body }));
}

/** The answer to a request with a body of JSON, or with none at all. */
async function withJson(request: IncomingMessage, answerTo: (body: unknown) => Answer): Promise<Answer> {
  try {
    const body = await readBody(request);
    return answerTo(body.length === 0 ? undefined : parseJsonBody(body));
  } catch (error) {
    if (error instanceof BodyTooLarge) return refuse("the body is too large", 413);
    if (error instanceof SyntaxError) return refuse("the body is no JSON");
    throw error;
  }
}

function refuse(error: string, status = 400): Answer {
  return { status, json: { error } };
}
