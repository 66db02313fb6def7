import type { IncomingMessage, ServerResponse } from "node:http";
import type { TLSSocket } from "node:tls";
import { send } from "./answer.ts";
import { notedBug, type SandboxBug } from "./bug.ts";
import { captureAnswer, resend } from "./capture.ts";
import type { Faults } from "./faults.ts";
import type { Misbehaviours } from "./misbehave/misbehaviours.ts";
import type { KeptAnswer } from "./reads.ts";
import type { LoggedRequest } from "./request-log.ts";
import type { Site } from "./site.ts";
import { carryOut } from "./strike.ts";

/** A request at one of two moments: when it has come, and when it has been handled. */
export interface RequestMoment {
  readonly when: "before" | "after";
  readonly method: string;
  readonly host: string;
  /** Without the query. */
  readonly path: string;
}

export interface AnsweringOptions {
  readonly faults: Faults;
  /** What is wrong with the providers that are played; nothing when absent. */
  readonly misbehaviours?: Misbehaviours | undefined;
  /** Milliseconds since the epoch, for the `Date` of every answer. */
  readonly clock: () => number;
  readonly onMoment?: ((moment: RequestMoment) => void) | undefined;
  readonly onRequest: (entry: LoggedRequest) => void;
  /** Called when the sandbox itself failed. */
  readonly onBug?: ((bug: SandboxBug) => void) | undefined;
}

/**
 * Answers one request: finds the site of its Host (421 when there is none, or another one than in the handshake), lets
 * faults strike, shows what is stale, and leaves the rest to the site. `reset` cuts its connection.
 */
export async function answerRequest(
  request: IncomingMessage,
  response: ServerResponse,
  sites: ReadonlyMap<string, Site>,
  options: AnsweringOptions,
  reset: () => void,
): Promise<void> {
  const started = performance.now();
  const method = request.method ?? "GET";
  const host = hostName(request.headers.host);
  const { path, query } = splitTarget(request.url ?? "/");
  const site = sites.get(host);
  request.on("error", () => {});
  response.on("error", () => {});
  response.once("close", () => {
    options.onRequest({
      method,
      host,
      path,
      query: site?.logsQuery(path) === true ? query : "",
      status: response.writableFinished ? response.statusCode : 0,
      milliseconds: Math.round(performance.now() - started),
    });
  });
  const serverName = (request.socket as TLSSocket).servername;
  // RFC 9112, section 3.2: Node takes the first of several.
  if (request.rawHeaders.filter((each, index) => index % 2 === 0 && each.toLowerCase() === "host").length > 1) {
    send(response, { status: 400, json: { error: "more than one Host" } });
    return;
  }
  if (site === undefined || (typeof serverName === "string" && serverName.toLowerCase() !== host)) {
    send(response, { status: 421, json: { error: "misdirected request", hosts: [...sites.keys()] } });
    return;
  }
  options.onMoment?.({ when: "before", method, host, path });
  response.setHeader("date", new Date(options.clock()).toUTCString());
  const { faults } = options;
  const freeze = (milliseconds: number): void => faults.reads.freeze(host, milliseconds);
  const strikes = site.faultless === true ? [] : faults.take({ host, method, path });
  for (const strike of strikes) {
    if (await carryOut(strike, { request, response, site, reset, freeze })) return;
  }
  // Frameworks see the origin form only, whatever the client sent.
  const target = query === "" ? path : `${path}?${query}`;
  request.url = target;
  request.headers.host = host;
  const before = faults.reads.stale(host, method, target);
  if (before !== undefined) {
    resend(response, before);
    return;
  }
  if (faults.reads.wants(host, method)) {
    captureAnswer(response, (answer) => {
      if (isData(answer)) faults.reads.keep(host, target, answer);
      resend(response, answer);
    });
  }
  try {
    const asked = { request, response, path, query };
    await (options.misbehaviours?.handle(site, asked) ?? site.handle(asked));
    const error = notedBug(response);
    if (error !== undefined) options.onBug?.({ method, host, path, error });
  } catch (error) {
    // A client that hangs up within its body is no mistake of ours.
    if (!request.destroyed || request.complete) options.onBug?.({ method, host, path, error });
    if (response.headersSent) request.socket.destroy();
    else send(response, site.problem(500));
  }
  options.onMoment?.({ when: "after", method, host, path });
}

/** Whether it is the answer to a question about what is there, rather than a page. */
function isData({ status, headers }: KeptAnswer): boolean {
  return status < 500 && status !== 401 && status !== 429 && /json/.test(String(headers["content-type"] ?? ""));
}

/** The host of a Host header, without the port, in lower case; empty when there is none. */
function hostName(header: string | undefined): string {
  return (header ?? "").replace(/:\d+$/, "").toLowerCase();
}

/** Path and query of a request target in origin form or absolute form (RFC 9112, section 3.2). */
function splitTarget(target: string): { path: string; query: string } {
  const origin = target.replace(/^https?:\/\/[^/?#]*/i, "");
  const mark = origin.indexOf("?");
  const path = mark === -1 ? origin : origin.slice(0, mark);
  return { path: path.startsWith("/") ? path : `/${path}`, query: mark === -1 ? "" : origin.slice(mark + 1) };
}
