import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import manifest from "../../../package.json" with { type: "json" };
import { withinDeadline } from "../../vendor/deadline.ts";
import type { Network } from "../../vendor/network.ts";
import { addressRules, bare } from "./address.ts";
import { AddressRefused, checkedConnector, permittedAddresses, type Resolve } from "./connector.ts";
import { type Answer, type Failure, failureOf, type Outcome } from "./outcome.ts";
import { judgeTarget, type Refusal } from "./target.ts";

/** Recognisable in the logs of the identity provider. */
const userAgent = `tenantry-verify/${manifest.version}`;

/** Bytes of a body that are read at most. */
const bodyCap = 1_000_000;

const connectTimeout = 5_000;
const headersTimeout = 5_000;

interface ProbeRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  /** Dials this one of `addressesOf(url)` and no other. */
  readonly address?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks servers that are not trusted. Follows nothing, decodes nothing, keeps no cookies, knows no proxy. */
export interface Fetcher {
  /** One exchange within the deadline. Never throws for what the other side does. */
  send(request: ProbeRequest): Promise<Outcome>;
  /** Why a URL would not be asked, names resolved; undefined when it would be, or when its name does not resolve. */
  refusal(url: string): Promise<Refusal | undefined>;
  close(): Promise<void>;
}

export interface FetcherOptions {
  readonly network: Network;
  readonly allowPrivate: readonly string[];
  /** Milliseconds for one whole exchange, its retry included. */
  readonly deadline: number;
  readonly signal?: AbortSignal | undefined;
  /** The system's resolver when absent. */
  readonly resolve?: Resolve | undefined;
}

/**
 * A fetcher for one run. Every connection goes to an address that was checked (the whole rules are in `address.ts` and
 * `target.ts`), at most 1 MB of a body is read, and a GET whose transport failed is tried once more.
 */
export async function createFetcher(options: FetcherOptions): Promise<Fetcher> {
  const { Agent, buildConnector, request: send } = await import("undici");
  const rules = addressRules(options.allowPrivate);
  const resolve = options.resolve ?? ((hostname: string) => lookup(hostname, { all: true }));
  const dispatcher = new Agent({
    allowH2: false,
    connect: checkedConnector(buildConnector, options.network, rules, resolve, connectTimeout),
    headersTimeout,
    bodyTimeout: headersTimeout,
    // A connection that the other side is about to close must not carry a request that cannot be sent again.
    keepAliveTimeout: 1_000,
    maxHeaderSize: 32_768,
  });

  async function attempt(url: URL, request: ProbeRequest, signal: AbortSignal): Promise<Outcome> {
    const sentAt = Date.now();
    try {
      const response = await send(url, {
        dispatcher,
        method: request.method,
        headers: { accept: "*/*", ...request.headers, "accept-encoding": "identity", "user-agent": userAgent },
        body: request.body ?? null,
        signal,
      });
      const answeredAt = Date.now();
      const { headers } = response;
      const header = (name: string): string | undefined => {
        const value = headers[name];
        return Array.isArray(value) ? value[0] : value;
      };
      const encoding = header("content-encoding")?.trim().toLowerCase() ?? "";
      if (encoding !== "" && encoding !== "identity") {
        response.body.on("error", () => {}).destroy();
        return { kind: "encoded", detail: /^[a-z0-9, -]{1,40}$/.test(encoding) ? encoding : "unknown" };
      }
      const chunks: Buffer[] = [];
      let size = 0;
      let truncated = false;
      for await (const chunk of response.body as AsyncIterable<Buffer>) {
        chunks.push(chunk.subarray(0, bodyCap - size));
        size += chunk.length;
        if (size > bodyCap) {
          truncated = true;
          break;
        }
      }
      return {
        kind: "answer",
        status: response.statusCode,
        header,
        headers: (name) => {
          const value = headers[name];
          return value === undefined ? [] : Array.isArray(value) ? value : [value];
        },
        sentAt,
        answeredAt,
        body: Buffer.concat(chunks),
        truncated,
      } satisfies Answer;
    } catch (error) {
      return options.signal?.aborted === true ? { kind: "aborted" } : failureOf(error);
    }
  }

  return {
    async send(request) {
      const target = judgeTarget(request.url, rules);
      if (!target.ok) return { kind: "refused", refusal: target.refusal };
      const exchange = async (signal: AbortSignal): Promise<Outcome> => {
        const first = await attempt(target.url, request, signal);
        if (request.method !== "GET" || signal.aborted || !mayRetry(first)) return first;
        return attempt(target.url, request, signal);
      };
      return withinDeadline(options.deadline, exchange, options.signal);
    },

    async refusal(url) {
      const target = judgeTarget(url, rules);
      if (!target.ok) return target.refusal;
      const hostname = bare(target.url.hostname);
      if (options.network.connect !== undefined || isIP(hostname) !== 0) return undefined;
      try {
        await permittedAddresses(hostname, rules, resolve);
        return undefined;
      } catch (error) {
        return error instanceof AddressRefused ? "private" : undefined;
      }
    },

    close: () => dispatcher.destroy(),
  };
}

function mayRetry(outcome: Outcome): outcome is Failure {
  return outcome.kind === "transport" || (outcome.kind === "dns" && outcome.detail === "EAI_AGAIN");
}
