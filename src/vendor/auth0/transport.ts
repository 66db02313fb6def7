import { isJsonObject, parseJson, textIn } from "../json.ts";
import type { Limiter } from "../limiter.ts";
import type { Clock, Network, Sleep } from "../network.ts";
import { openPacedFetch } from "../paced-fetch.ts";
import { TransportFault } from "../transport-fault.ts";
import { auth0Bucket } from "./bucket.ts";
import type { Auth0Access, Auth0Credential } from "./credential.ts";
import { Auth0Failure, type CallPurpose, failureOfAnswer, unexpectedAnswer } from "./failure.ts";
import { failureOfFault } from "./fault.ts";
import { tokenSource } from "./token.ts";

interface Auth0Call {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** Path and query below `/api/v2/`. */
  readonly path: string;
  readonly body?: unknown;
  readonly purpose: CallPurpose;
}

/** Calls to one Auth0 tenant, paced, bounded and translated. Only 2xx answers come back; all else throws an `Auth0Failure`. */
export interface Auth0Transport {
  readonly host: string;
  /** The parsed answer; undefined when there is none. */
  send(call: Auth0Call): Promise<unknown>;
  close(): Promise<void>;
}

export interface TransportOptions {
  /** Host name of the Auth0 tenant, such as `acme.eu.auth0.com`. */
  readonly host: string;
  readonly credential: Auth0Credential;
  /** What the run may do; decides which scopes are asked for. */
  readonly access: Auth0Access;
  /** Scopes that a run that only looks asks for; `readScopes` when absent. */
  readonly readScopes?: readonly string[] | undefined;
  readonly network: Network;
  /** The limiter of this host; share it with everything else that talks to it. */
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Milliseconds for one whole exchange. Default 30,000. */
  readonly deadline?: number | undefined;
}

/** 100 clients of a list, with the fields that are asked for, are far under 1 MB. */
const largestBody = 16 * 1024 * 1024;

/** Waits before the second and the third try, milliseconds. */
const waits = [500, 2_000];

/**
 * Auth0's SDK for Node.js 7.1, by its raw call, which puts in the token. Its retries are off: they
 * would repeat a create after a 500. Its own token requests are not used, because they cannot name scopes; no telemetry
 * header is sent.
 */
export async function openTransport(options: TransportOptions): Promise<Auth0Transport> {
  const { host, credential, sleep } = options;
  const { fetch, close } = await openPacedFetch({
    ...options,
    bucketOf: auth0Bucket,
    deadline: options.deadline ?? 30_000,
    largestBody,
  });
  const { ManagementClient } = await import("auth0");
  const token = tokenSource({ ...options, fetch });
  const client = new ManagementClient({
    domain: host,
    token: () => token.get(),
    fetch: fetch as unknown as typeof globalThis.fetch,
    maxRetries: 0,
    telemetry: false,
  });

  async function once({ method, path, body, purpose }: Auth0Call): Promise<unknown> {
    const headers = {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    let reply: Response;
    try {
      reply = await client.fetch(`https://${host}/api/v2/${path}`, request);
    } catch (error) {
      throw error instanceof TransportFault ? failureOfFault(host, purpose, error) : error;
    }
    const text = await reply.text();
    const parsed = parseJson(text);
    if (!reply.ok) throw failureOfAnswer(host, purpose, errorAnswer(reply.status, parsed, credential));
    if (text.trim() === "") return undefined;
    if (parsed === undefined) throw unexpectedAnswer(host, purpose, "it is not JSON");
    return parsed;
  }

  return {
    host,
    async send(call) {
      let renewed = false;
      for (let attempt = 0; ; ) {
        try {
          return await once(call);
        } catch (error) {
          if (!(error instanceof Auth0Failure)) throw error;
          // A token may be revoked before it runs out; a refused call was not made.
          if (error.status === 401 && !renewed && token.forget()) {
            renewed = true;
            continue;
          }
          const wait = waits[attempt++];
          if (wait === undefined || !worthAnotherTry(call, error)) throw error;
          await sleep(wait);
        }
      }
    },
    close,
  };
}

/** A passing fault of a call that is safe to repeat: idempotent as we use them, or certainly not done. */
function worthAnotherTry(call: Auth0Call, failure: Auth0Failure): boolean {
  return failure.passing && (call.method !== "POST" || failure.effect === "none");
}

function errorAnswer(status: number, body: unknown, credential: Auth0Credential) {
  const message = isJsonObject(body) ? (textIn(body, "message") ?? textIn(body, "error")) : undefined;
  const mendCredentials = "token" in credential ? renewToken : undefined;
  return { status, errorCode: textIn(body, "errorCode"), message, mendCredentials };
}

const renewToken =
  "Get a new Management API token of this Auth0 tenant, which lives for a day at most; or name a machine-to-machine application by `credentials: { clientId, clientSecret }`, whose tokens are renewed by themselves.";
