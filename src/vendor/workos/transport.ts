import { randomUUID } from "node:crypto";
import { isJsonObject, textIn } from "../json.ts";
import type { Limiter } from "../limiter.ts";
import type { Network, Sleep } from "../network.ts";
import { openPacedFetch } from "../paced-fetch.ts";
import { TransportFault } from "../transport-fault.ts";
import {
  type CallPurpose,
  type ErrorAnswer,
  failureOfAnswer,
  failureOfFault,
  unexpectedAnswer,
  WorkosFailure,
} from "./failure.ts";

/** The host of the WorkOS API; there is one for all environments. */
export const workosHost = "api.workos.com";

interface WorkosCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path, beginning with `/`. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number | undefined>>;
  readonly body?: unknown;
  /** POST only. `once`: never sent again. `key`: sent again with one idempotency key. `natural`: the same twice. */
  readonly repeat?: "once" | "key" | "natural";
  readonly purpose: CallPurpose;
}

/** Calls to WorkOS, paced, bounded and translated. Only 2xx answers come back; all else throws a `WorkosFailure`. */
export interface WorkosTransport {
  /** The parsed answer; undefined when there is none. */
  send(call: WorkosCall): Promise<unknown>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** The secret key of the environment; asked for by the first call. */
  readonly apiKey: () => string;
  readonly network: Network;
  /** The limiter of the host; share it with everything else that talks to it. */
  readonly limiter: Limiter;
  readonly sleep: Sleep;
  /** Milliseconds for one whole exchange. Default 30,000. */
  readonly deadline?: number | undefined;
}

const largestBody = 16 * 1024 * 1024;

/** Waits before the second and the third try, milliseconds. */
const waits = [500, 2_000];

/**
 * The SDK for Node.js 11, by its raw calls: it has none for `POST /connections`, and its typed ones leave out fields that
 * are read here. Its retries are off, because they wait outside of our limiter.
 */
export async function openTransport(options: TransportOptions): Promise<WorkosTransport> {
  const { apiKey, network, limiter, sleep } = options;
  const { fetch, close } = await openPacedFetch({
    ...{ network, limiter, largestBody },
    bucketOf: () => "all",
    deadline: options.deadline ?? 30_000,
  });
  let client: InstanceType<typeof import("@workos-inc/node").WorkOS> | undefined;
  const sdk = async () => {
    if (client === undefined) {
      const { WorkOS } = await import("@workos-inc/node");
      client = new WorkOS({
        apiKey: apiKey(),
        apiHostname: workosHost,
        maxRetries: 0,
        fetchFn: fetch as unknown as typeof globalThis.fetch,
      });
    }
    return client;
  };

  async function once({ method, path, query = {}, body, purpose }: WorkosCall, key?: string): Promise<unknown> {
    const workos = await sdk();
    const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
    try {
      switch (method) {
        case "GET":
          return (await workos.get<unknown>(path, { query: given })).data;
        case "POST":
          return (await workos.post<unknown>(path, body, key === undefined ? {} : { idempotencyKey: key })).data;
        case "PUT":
          return (await workos.put<unknown>(path, body)).data;
        case "DELETE":
          await workos.delete(path);
          return undefined;
        default:
          return method satisfies never;
      }
    } catch (error) {
      throw translated(purpose, error);
    }
  }

  return {
    async send(call) {
      const key = call.repeat === "key" ? randomUUID() : undefined;
      const mayRepeat = call.method !== "POST" || call.repeat === "key" || call.repeat === "natural";
      for (let attempt = 0; ; attempt++) {
        try {
          return await once(call, key);
        } catch (error) {
          if (!(error instanceof WorkosFailure)) throw error;
          const wait = waits[attempt];
          if (wait === undefined || !error.passing || !(mayRepeat || error.effect === "none")) throw error;
          await sleep(wait);
        }
      }
    },
    close,
  };
}

/** What the SDK throws, by what it carries: an answer's status, or as its cause what the connection failed with. */
function translated(purpose: CallPurpose, error: unknown): unknown {
  const fault = error instanceof TransportFault ? error : error instanceof Error ? error.cause : undefined;
  if (fault instanceof TransportFault) return failureOfFault(purpose, fault);
  const answer = answerIn(fault) ?? answerIn(error);
  if (answer === undefined) return error;
  if (answer.status >= 200 && answer.status < 300) return unexpectedAnswer(purpose, "it is not JSON");
  return failureOfAnswer(purpose, answer);
}

function answerIn(error: unknown): ErrorAnswer | undefined {
  if (!(error instanceof Error)) return undefined;
  const { name, rawStatus, status, code } = error as unknown as Readonly<Record<string, unknown>>;
  // An answer that is no JSON: what its text says is not for people.
  if (name === "ParseError" && typeof rawStatus === "number") return { status: rawStatus };
  if (typeof status !== "number") return undefined;
  const said = status === 401 || status === 429 ? "" : error.message;
  return { status, code: typeof code === "string" ? code : undefined, message: said };
}

/** Everything of a list, page after page. */
export async function readPages(
  transport: WorkosTransport,
  path: string,
  query: Readonly<Record<string, string | undefined>>,
  purpose: CallPurpose,
): Promise<readonly unknown[]> {
  const items: unknown[] = [];
  const seen = new Set<string>();
  for (let after: string | undefined; ; ) {
    const body = await transport.send({ method: "GET", path, query: { ...query, limit: 100, after }, purpose });
    const data = isJsonObject(body) ? body.data : undefined;
    if (!Array.isArray(data)) throw unexpectedAnswer(purpose, "it is no list");
    items.push(...data);
    after = isJsonObject(body) ? textIn(body.list_metadata, "after") : undefined;
    if (after === undefined || after === "" || data.length === 0) return items;
    if (seen.has(after)) throw unexpectedAnswer(purpose, "its pages go round in a circle");
    seen.add(after);
  }
}
