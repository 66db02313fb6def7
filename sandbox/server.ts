import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import { type AddressInfo, isIP } from "node:net";
import { createSecureContext, type SecureContext, type TLSSocket } from "node:tls";
import { type Answer, send } from "./answer.ts";
import type { Authority } from "./authority.ts";
import type { FaultRule, Faults } from "./faults.ts";
import type { KeptAnswer } from "./reads.ts";
import type { LoggedRequest } from "./request-log.ts";

/** A request with what the server already knows of it. */
export interface SiteRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path as sent, without the query, still percent-encoded. */
  readonly path: string;
  /** Query as sent, without the question mark. */
  readonly query: string;
}

/** What one or more host names answer. */
export interface Site {
  readonly hosts: readonly string[];
  /** Answers the request, and never throws. */
  handle(request: SiteRequest): Promise<void>;
  /** How this site says that something failed with this status. */
  problem(status: number): Answer;
  /** Whether the query of this path may be kept in the log: only where it can hold no credential. */
  logsQuery(path: string): boolean;
}

export interface SandboxServer {
  readonly port: number;
  close(): Promise<void>;
}

/** A request at one of two moments: when it has come, and when it has been handled. */
export interface RequestMoment {
  readonly when: "before" | "after";
  readonly method: string;
  readonly host: string;
  /** Without the query. */
  readonly path: string;
}

interface ServerOptions {
  readonly port: number;
  readonly authority: Authority;
  readonly sites: readonly Site[];
  readonly faults: Faults;
  /** Milliseconds since the epoch, for the `Date` of every answer. */
  readonly clock: () => number;
  readonly onMoment?: ((moment: RequestMoment) => void) | undefined;
  readonly onRequest: (entry: LoggedRequest) => void;
}

/** Names by which this machine itself is addressed; they share one certificate, also given when a client names no host. */
const localNames = { dns: ["localhost"], ip: ["127.0.0.1"] };

/**
 * One TLS server on 127.0.0.1 for all sites. The certificate follows the server name of the handshake and is made
 * when the name is first asked for; an unknown name is refused in the handshake, an unknown or differing Host with 421.
 */
export async function listen(options: ServerOptions): Promise<SandboxServer> {
  const sites = new Map(options.sites.flatMap((site) => site.hosts.map((host) => [host, site] as const)));
  const local = await options.authority.issue(localNames);
  const contexts = new Map<string, Promise<SecureContext>>();
  const contextFor = (host: string): Promise<SecureContext> => {
    let context = contexts.get(host);
    if (context === undefined) {
      const leaf = host === "localhost" ? Promise.resolve(local) : options.authority.issue({ dns: [host] });
      context = leaf.then(createSecureContext);
      contexts.set(host, context);
    }
    return context;
  };
  const server = createServer({
    ...local,
    ALPNProtocols: ["http/1.1"],
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    SNICallback: (name, done) => {
      const host = name.toLowerCase();
      if (!sites.has(host) || isIP(host) !== 0) done(new Error("unknown server name"));
      else contextFor(host).then((context) => done(null, context), done);
    },
  });
  server.on("request", (request, response) => {
    void handle(request, response, sites, options);
  });
  await bind(server, options.port);
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function bind(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: "127.0.0.1", port, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  sites: ReadonlyMap<string, Site>,
  options: ServerOptions,
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
  if (site === undefined || (typeof serverName === "string" && serverName.toLowerCase() !== host)) {
    send(response, { status: 421, json: { error: "misdirected request", hosts: [...sites.keys()] } });
    return;
  }
  options.onMoment?.({ when: "before", method, host, path });
  response.setHeader("date", new Date(options.clock()).toUTCString());
  const { faults } = options;
  const fault = faults.take({ host, method, path });
  if (fault?.effect === "stale") faults.reads.freeze(host, fault.milliseconds ?? 0);
  const hit = (): void => fault?.onHit?.({ host, method, path });
  if (fault !== undefined && (await strikes(fault, hit, request, response, site))) return;
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
    await site.handle({ request, response, path, query });
  } catch {
    send(response, site.problem(500));
  }
  options.onMoment?.({ when: "after", method, host, path });
}

/** Carries out what comes before the effect and prepares what comes after it. True when the request ends here. */
async function strikes(
  fault: FaultRule,
  hit: () => void,
  request: IncomingMessage,
  response: ServerResponse,
  site: Site,
): Promise<boolean> {
  switch (fault.effect) {
    case "delay":
      hit();
      await new Promise((resolve) => setTimeout(resolve, fault.milliseconds ?? 0).unref());
      return false;
    case "reset-before":
      hit();
      request.socket.destroy();
      return true;
    case "status-before":
      hit();
      send(response, site.problem(fault.status ?? 500));
      return true;
    case "reset-after":
      replaceAnswer(response, () => {
        hit();
        request.socket.destroy();
      });
      return false;
    case "status-after":
      replaceAnswer(response, () => {
        hit();
        send(response, site.problem(fault.status ?? 500));
      });
      return false;
    case "truncate":
      captureAnswer(response, (answer) => {
        hit();
        truncate(request, response, answer, fault.bytes);
      });
      return false;
    case "stale":
      hit();
      return false;
    default:
      return fault.effect satisfies never;
  }
}

/** Swallows whatever is written to the response; when it would end, `then` runs with a response as new. */
function replaceAnswer(response: ServerResponse, then: () => void): void {
  captureAnswer(response, () => {
    response.statusCode = 200;
    then();
  });
}

/** Keeps whatever is written to the response; when it would end, `then` gets it, with a response without headers. */
function captureAnswer(response: ServerResponse, then: (answer: KeptAnswer) => void): void {
  const { write, end, writeHead, flushHeaders } = response;
  const chunks: Buffer[] = [];
  const take = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === "string") chunks.push(Buffer.from(chunk, encodingOf(encoding)));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const capturing = {
    write: (chunk: unknown, encoding?: unknown) => {
      take(chunk, encoding);
      return true;
    },
    writeHead: (status: number, ...rest: readonly unknown[]) => {
      response.statusCode = status;
      const headers = rest.find((value) => typeof value === "object" && value !== null) ?? {};
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      return response;
    },
    flushHeaders: () => {},
    end: (chunk?: unknown, encoding?: unknown) => {
      take(chunk, encoding);
      Object.assign(response, { write, end, writeHead, flushHeaders });
      const headers = Object.fromEntries(
        Object.entries(response.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      );
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      then({ status: response.statusCode, headers, body: Buffer.concat(chunks) });
      return response;
    },
  };
  Object.assign(response, capturing);
}

function encodingOf(value: unknown): BufferEncoding {
  return typeof value === "string" && Buffer.isEncoding(value) ? value : "utf8";
}

function resend(response: ServerResponse, { status, headers, body }: KeptAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}

/** Whether it is the answer to a question about what is there, rather than a page. */
function isData({ status, headers }: KeptAnswer): boolean {
  return status < 500 && status !== 401 && status !== 429 && /json/.test(String(headers["content-type"] ?? ""));
}

/** Sends the beginning of the answer under the length of all of it, then cuts the connection; at once without a body. */
function truncate(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers, body }: KeptAnswer,
  bytes = Math.floor(body.length / 2),
): void {
  if (body.length === 0) {
    request.socket.destroy();
    return;
  }
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name !== "transfer-encoding") response.setHeader(name, value);
  }
  response.setHeader("content-length", body.length);
  response.write(body.subarray(0, Math.min(bytes, body.length - 1)), () => request.socket.destroySoon());
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
