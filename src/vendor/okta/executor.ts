import type { Agent } from "node:https";
import { withinDeadline } from "../deadline.ts";
import type { Limiter } from "../limiter.ts";
import { oktaBucket } from "./bucket.ts";
import { TransportFault } from "./transport-fault.ts";
import { watchedAgent } from "./watched-agent.ts";

/** The SDK's own request: node-fetch's options and the address. */
export interface SdkRequest {
  readonly url?: string;
  readonly method?: string;
  readonly headers?: unknown;
  readonly body?: unknown;
}

/** A reply as node-fetch gives it, as far as it is read here. */
interface SdkResponse {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
}

export type SdkFetch = (request: SdkRequest) => Promise<SdkResponse>;

export interface ExecutorOptions {
  readonly agent: Agent;
  readonly limiter: Limiter;
  /** Milliseconds for one whole exchange, the body included. */
  readonly deadline: number;
  /** Bytes of a body, unpacked; a larger one is refused. */
  readonly largestBody: number;
}

/** The only headers that go on from here: no cookies, nothing that could identify a session. */
const keptHeaders = [
  "content-type",
  "date",
  "link",
  "retry-after",
  "x-rate-limit-limit",
  "x-rate-limit-remaining",
  "x-rate-limit-reset",
  "dpop-nonce",
];

const bodiless: ReadonlySet<number> = new Set([204, 205, 304]);

/**
 * Sends a request of the SDK: at our pace, over our agent, without redirects, within time and size limits, and with its
 * body read to the end. A connection that fails throws a `TransportFault`; every answer is handed back as it came.
 */
export function createExecutor(fetch: SdkFetch, options: ExecutorOptions): (request: SdkRequest) => Promise<Response> {
  const { agent, limiter, deadline, largestBody } = options;

  async function answerTo(request: SdkRequest, signal: AbortSignal, through: Agent) {
    const reply = await fetch({ ...request, ...{ agent: through, redirect: "manual", size: largestBody, signal } });
    return { reply, text: await reply.text() };
  }

  async function once(request: SdkRequest, signal: AbortSignal): Promise<Response> {
    const cut = Promise.withResolvers<never>();
    const watched = watchedAgent(agent, () => {
      // Aborted by us, it says so itself.
      if (!signal.aborted) cut.reject(Object.assign(new Error("the answer was cut off"), { code: "ECONNRESET" }));
    });
    try {
      const { reply, text } = await Promise.race([answerTo(request, signal, watched), cut.promise]);
      const kept = keptHeaders.flatMap((name): [string, string][] => {
        const value = reply.headers.get(name);
        return value === null ? [] : [[name, value]];
      });
      return new Response(bodiless.has(reply.status) ? null : text, { status: reply.status, headers: kept });
    } catch (error) {
      throw new TransportFault(error);
    }
  }

  return (request) => {
    const { pathname } = new URL(request.url ?? "");
    // node-fetch stops reading at the size limit but leaves the connection open; the failure aborts it.
    return limiter.run(oktaBucket(pathname), () => withinDeadline(deadline, (signal) => once(request, signal)));
  };
}
