import { isJsonObject, parseJson } from "./json.ts";
import type { Limiter } from "./limiter.ts";
import type { Network } from "./network.ts";
import { openPacedFetch, type PacedFetch } from "./paced-fetch.ts";
import { TransportFault } from "./transport-fault.ts";

/** One call of a JSON API. */
export interface JsonCall {
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Path and query below the base, beginning with `/`. */
  readonly path: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Whether the call may be made again when its answer was lost: reads, and writes that are the same twice. */
  readonly repeatable: boolean;
}

/** An answer of any status; `body` is undefined when it is none or no JSON. */
export interface JsonReply {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, string>>;
}

/** Calls to one JSON API, paced by its host's limiter, bounded, without redirects. */
export interface JsonCaller {
  readonly host: string;
  /**
   * The answer, whatever its status. A call that may be repeated is tried three times when the connection fails or the
   * answer is a 5xx.
   *
   * @throws TransportFault when no answer came; `wentOut` says whether the call may have been made
   */
  call(call: JsonCall): Promise<JsonReply>;
  close(): Promise<void>;
}

export interface JsonCallerOptions {
  /** https URL without a slash at its end. */
  readonly base: string;
  readonly network: Network;
  /** The limiter of this host; shared with everything else that talks to it. */
  readonly limiter: Limiter;
  /** Default: one bucket. */
  readonly bucketOf?: ((method: string, path: string) => string) | undefined;
  /** Headers of every call, credentials among them; asked for anew before each. */
  readonly headers: (call: JsonCall, text: string) => Promise<Readonly<Record<string, string>>>;
  readonly sleep: (milliseconds: number) => Promise<void>;
  /** Milliseconds for one whole exchange. Default 30,000. */
  readonly deadline?: number | undefined;
}

const largestBody = 16 * 1024 * 1024;

/** Waits before the second and the third try, milliseconds. */
const waits = [500, 2_000];

/** Opens a caller. Sends nothing yet. */
export async function openJsonCaller(options: JsonCallerOptions): Promise<JsonCaller> {
  const { base, network, limiter, headers, sleep } = options;
  const bucketOf = options.bucketOf ?? (() => "all");
  const { fetch, close } = await openPacedFetch({
    ...{ network, limiter, bucketOf, largestBody },
    deadline: options.deadline ?? 30_000,
  });
  const once = async (call: JsonCall, text: string): Promise<JsonReply> => {
    const reply = await fetch(base + call.path, {
      method: call.method,
      headers: {
        accept: "application/json",
        ...(call.body === undefined ? {} : { "content-type": "application/json" }),
        ...(await headers(call, text)),
        ...call.headers,
      },
      ...(call.body === undefined ? {} : { body: text }),
    });
    return replyOf(reply);
  };
  return {
    host: new URL(base).host,
    close,
    async call(call) {
      const text = call.body === undefined ? "" : JSON.stringify(call.body);
      for (let attempt = 0; ; attempt++) {
        const wait = call.repeatable ? waits[attempt] : undefined;
        try {
          const reply = await once(call, text);
          if (reply.status < 500 || wait === undefined) return reply;
        } catch (error) {
          if (wait === undefined || !(error instanceof TransportFault) || !error.passing) throw error;
        }
        await sleep(wait);
      }
    },
  };
}

async function replyOf(reply: Awaited<ReturnType<PacedFetch>>): Promise<JsonReply> {
  const text = await reply.text();
  return { status: reply.status, body: parseJson(text), headers: Object.fromEntries(reply.headers) };
}

/** The message that an API gives with a refusal, one line, at most so long; undefined when it gives none. */
export function messageIn(body: unknown, ...names: readonly string[]): string | undefined {
  if (!isJsonObject(body)) return undefined;
  for (const name of names.length === 0 ? ["message", "error_description", "error"] : names) {
    const value = body[name];
    if (typeof value === "string" && value !== "") return value.replace(/\s+/g, " ").slice(0, 300);
  }
  return undefined;
}
