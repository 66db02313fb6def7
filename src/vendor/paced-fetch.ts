import type { Dispatcher } from "undici";
import { withinDeadline } from "./deadline.ts";
import type { Limiter } from "./limiter.ts";
import type { Network } from "./network.ts";
import { AnswerTooLarge, TransportFault } from "./transport-fault.ts";

/** A fetch as SDKs call it, as far as they do. */
export type PacedFetch = (
  url: string,
  init: { readonly method?: string; readonly headers?: Record<string, string>; readonly body?: string },
) => Promise<Response>;

export interface PacedFetchOptions {
  readonly network: Network;
  readonly limiter: Limiter;
  /** The rate-limit bucket that a call counts against. */
  readonly bucketOf: (method: string, path: string) => string;
  /** Milliseconds for one whole exchange, the body included. */
  readonly deadline: number;
  /** Bytes of a body; a larger one is refused. */
  readonly largestBody: number;
}

/** The only headers that go on from here: no cookies, nothing that could identify a session. */
const keptHeaders = [
  "content-type",
  "etag",
  "location",
  "date",
  "retry-after",
  "x-ratelimit-limit",
  "x-ratelimit-remaining",
  "x-ratelimit-reset",
];

const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * A fetch that goes as the network says, at our pace, without redirects, within time and size limits. It asks for no
 * compression. A connection that fails throws a `TransportFault`; every answer is handed back as it came.
 */
export async function openPacedFetch(
  options: PacedFetchOptions,
): Promise<{ fetch: PacedFetch; close(): Promise<void> }> {
  const { network, limiter, bucketOf, deadline, largestBody } = options;
  const { Agent, buildConnector, request } = await import("undici");
  const { connect } = network;
  const agent = new Agent({
    allowH2: false,
    ...(connect === undefined
      ? {}
      : { connect: redirected(buildConnector({ ca: connect.ca, allowH2: false }), connect) }),
  });

  const once = async (url: string, init: Parameters<PacedFetch>[1], signal: AbortSignal): Promise<Response> => {
    try {
      const reply = await request(url, {
        method: (init.method ?? "GET") as Dispatcher.HttpMethod,
        headers: { ...init.headers },
        body: init.body ?? null,
        dispatcher: agent,
        signal,
      });
      const text = await bounded(reply.body, largestBody);
      const kept = keptHeaders.flatMap((name): [string, string][] => {
        const value = reply.headers[name];
        return typeof value === "string" ? [[name, value]] : [];
      });
      return new Response(bodiless.has(reply.statusCode) ? null : text, { status: reply.statusCode, headers: kept });
    } catch (error) {
      throw new TransportFault(error);
    }
  };

  return {
    fetch: (url, init) =>
      limiter.run(bucketOf(init.method ?? "GET", new URL(url).pathname), () =>
        withinDeadline(deadline, (signal) => once(url, init, signal)),
      ),
    close: () => agent.destroy(),
  };
}

type Connector = ReturnType<typeof import("undici").buildConnector>;

/** Every connection goes to that address with the original server name, and only its CA is trusted. */
function redirected(connector: Connector, to: NonNullable<Network["connect"]>): Connector {
  return (options, callback) =>
    connector({ ...options, hostname: to.host, port: String(to.port), servername: options.hostname }, callback);
}

async function bounded(body: Dispatcher.ResponseData["body"], most: number): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length;
    // Leaving the loop by throwing destroys the body and its connection.
    if (size > most) throw new AnswerTooLarge("the answer is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
