import { lookup } from "node:dns/promises";
import { setMaxListeners } from "node:events";
import { isIP } from "node:net";
import { withinDeadline } from "../../vendor/deadline.ts";
import type { Network } from "../../vendor/network.ts";
import { addressRules, bare } from "./address.ts";
import { permittedAddresses, type Resolve, type Ways } from "./connector.ts";
import { exchange, type Message } from "./exchange.ts";
import { createHostQueue } from "./host-queue.ts";
import { createLines } from "./lines.ts";
import { AddressRefused, type Failure, type Outcome } from "./outcome.ts";
import { proxyUrl } from "./proxy.ts";
import { judgeTarget, type Refusal } from "./target.ts";

/** Milliseconds for a connection, TLS included. */
const connectTimeout = 5_000;

/** Milliseconds for which a name is judged by one look-up: a thousand connections name the same few hosts. */
const judgedFor = 30_000;

/** Requests to one host at a time. */
const perHost = 4;

interface ProbeRequest extends Message {
  readonly url: string;
  /** Dials this one of `addressesOf(url)` and no other. */
  readonly address?: string | undefined;
  /** Gives this one up; the fetcher goes on. */
  readonly signal?: AbortSignal | undefined;
}

/** Asks servers that are not trusted. Follows nothing, decodes nothing, keeps no cookies, knows no proxy by itself. */
export interface Fetcher {
  /** One exchange, when its turn has come. Never throws for what the other side does. */
  send(request: ProbeRequest): Promise<Outcome>;
  /** Why a URL would not be asked, names resolved; undefined when it would be, or when its name does not resolve. */
  refusal(url: string): Promise<Refusal | undefined>;
  /**
   * The addresses of a URL's host, each of which may be asked by itself. Empty when the URL is refused, when its name does
   * not resolve, and when addresses are not chosen here: with `network.connect` and with a proxy.
   */
  addressesOf(url: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface FetcherOptions {
  readonly network: Network;
  readonly allowPrivate: readonly string[];
  /** Milliseconds for one whole exchange, its retry included, from when its turn has come. */
  readonly deadline: number;
  /** Milliseconds from the first request on; then nothing more is begun. Without it there is no such end. */
  readonly budget?: number | undefined;
  /** Exchanges at a time over all hosts; 32 when absent. */
  readonly parallelism?: number | undefined;
  /** URL of an HTTP proxy, `http:` or `https:`, that every connection goes through. It resolves the names. */
  readonly proxy?: string | undefined;
  /** The system's resolver when absent. */
  readonly resolve?: Resolve | undefined;
}

/**
 * A fetcher for one run. Every connection goes to an address that was checked (the whole rules are in `address.ts` and
 * `target.ts`), at most 1 MB of a body is read, and a GET whose transport failed is tried once more. At most four requests are under
 * way at one host, and hosts are taken in turn.
 *
 * @throws TenantryError VERIFY_PROXY_INVALID when the proxy is no URL of one
 */
export async function createFetcher(options: FetcherOptions): Promise<Fetcher> {
  const { network, deadline, budget } = options;
  const proxy = network.connect === undefined && options.proxy !== undefined ? proxyUrl(options.proxy) : undefined;
  const { Client } = await import("undici");
  const resolvesHere = network.connect === undefined && proxy === undefined;
  const rules = addressRules(options.allowPrivate, resolvesHere);
  const resolve = options.resolve ?? ((hostname: string) => lookup(hostname, { all: true }));
  const ways: Ways = { network, rules, resolve, timeout: connectTimeout, proxy };
  const lines = createLines(Client, ways);
  const queue = createHostQueue(perHost, options.parallelism ?? 32);
  const closing = new AbortController();
  setMaxListeners(0, closing.signal);
  const judged = new Map<string, { readonly at: number; readonly addresses: Promise<readonly string[]> }>();
  let budgetTimer: NodeJS.Timeout | undefined;
  let isSpent = false;

  function startBudget(): void {
    if (budget === undefined || budgetTimer !== undefined) return;
    budgetTimer = setTimeout(() => {
      isSpent = true;
      queue.shut();
    }, budget);
    budgetTimer.unref();
  }

  return {
    async send(request) {
      const target = judgeTarget(request.url, rules);
      if (!target.ok) return { kind: "refused", refusal: target.refusal };
      const { url } = target;
      const hostname = bare(url.hostname);
      const to = { hostname, port: url.port === "" ? 443 : Number(url.port), address: request.address };
      startBudget();
      const leave = await queue.enter(hostname, request.signal);
      const isStopped = (): boolean => closing.signal.aborted || request.signal?.aborted === true;
      if (leave === undefined) return isSpent && !isStopped() ? { kind: "budget" } : { kind: "aborted" };
      const exchanges = async (signal: AbortSignal): Promise<Outcome> => {
        const first = await exchange(lines, lines.take(to, false), url, request, signal);
        if (request.method !== "GET" || signal.aborted || isStopped() || !mayRetry(first)) return first;
        return exchange(lines, lines.take(to, true), url, request, signal);
      };
      try {
        const outcome = await withinDeadline(deadline, exchanges, request.signal);
        return outcome.kind !== "answer" && isStopped() ? { kind: "aborted" } : outcome;
      } finally {
        leave();
      }
    },

    async refusal(url) {
      const target = judgeTarget(url, rules);
      if (!target.ok) return target.refusal;
      const hostname = bare(target.url.hostname);
      if (!resolvesHere || isIP(hostname) !== 0) return undefined;
      try {
        await soon(addressesOf(hostname));
        return undefined;
      } catch (error) {
        return error instanceof AddressRefused ? "private" : undefined;
      }
    },

    async addressesOf(url) {
      const target = judgeTarget(url, rules);
      if (!target.ok || !resolvesHere) return [];
      const hostname = bare(target.url.hostname);
      if (isIP(hostname) !== 0) return [hostname];
      return soon(addressesOf(hostname)).catch(() => []);
    },

    async close() {
      clearTimeout(budgetTimer);
      closing.abort();
      queue.shut();
      await lines.close();
    },
  };

  /** Only judges: whatever is dialled is looked up and checked anew. */
  function addressesOf(hostname: string): Promise<readonly string[]> {
    const now = Date.now();
    const known = judged.get(hostname);
    if (known !== undefined && now - known.at < judgedFor) return known.addresses;
    const addresses = permittedAddresses(hostname, rules, resolve);
    judged.set(hostname, { at: now, addresses });
    return addresses;
  }

  /** The same, or a rejection at the deadline or when the fetcher is closed. */
  function soon<T>(work: Promise<T>): Promise<T> {
    const first = (signal: AbortSignal): Promise<T> =>
      new Promise<T>((done, fail) => {
        const late = (): void => fail(signal.reason as Error);
        if (signal.aborted) late();
        signal.addEventListener("abort", late, { once: true });
        work.then(done, fail);
      });
    return withinDeadline(deadline, first, closing.signal);
  }
}

/** The same fetcher for one piece of work that the signal stops. */
export function boundTo(fetcher: Fetcher, signal: AbortSignal | undefined): Fetcher {
  return signal === undefined ? fetcher : { ...fetcher, send: (request) => fetcher.send({ signal, ...request }) };
}

function mayRetry(outcome: Outcome): outcome is Failure {
  return outcome.kind === "transport" || (outcome.kind === "dns" && outcome.detail === "EAI_AGAIN");
}
