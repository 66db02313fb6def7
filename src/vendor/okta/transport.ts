import type { Agent } from "node:https";
import { isJsonObject, parseJson, textIn } from "../json.ts";
import type { Limiter } from "../limiter.ts";
import type { Clock, Sleep } from "../network.ts";
import { coversScope, type OktaAccess, type OktaCredential, oktaScopes } from "./credential.ts";
import { type CallPurpose, type ErrorAnswer, failureOfAnswer, OktaFailure, unexpectedAnswer } from "./failure.ts";
import { openSdk, type SdkSend } from "./sdk.ts";
import { failureOfFault, TransportFault } from "./transport-fault.ts";

interface OktaCall {
  readonly method: "GET" | "POST" | "PUT" | "DELETE";
  /** Path and query, from `/api/v1/…` on. */
  readonly path: string;
  readonly body?: unknown;
  readonly purpose: CallPurpose;
}

interface OktaReply {
  /** Parsed; undefined when there is none. */
  readonly body: unknown;
  readonly headers: Headers;
}

/** Calls to one org, paced, bounded and translated. Only 2xx answers come back; all else throws an `OktaFailure`. */
export interface OktaTransport {
  readonly host: string;
  send(call: OktaCall): Promise<OktaReply>;
  close(): void;
}

export interface TransportOptions {
  readonly host: string;
  readonly credential: OktaCredential;
  /** What the run may do at the org; decides which scopes are asked for. Default `manage`. */
  readonly access?: OktaAccess | undefined;
  readonly agent: Agent;
  readonly limiter: Limiter;
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Milliseconds for one whole exchange. Default 30,000. */
  readonly deadline?: number | undefined;
}

/** 200 apps of a list are under 1 MB. */
const largestBody = 16 * 1024 * 1024;

/** Waits before the second and the third try, milliseconds. */
const waits = [500, 2_000];

export async function openTransport(options: TransportOptions): Promise<OktaTransport> {
  const { host, agent, sleep } = options;
  const open = (scopes: readonly string[]): Promise<SdkSend> =>
    openSdk({ ...options, scopes, deadline: options.deadline ?? 30_000, largestBody });
  const usual = oktaScopes[options.access ?? "manage"];
  const usualSdk = await open(usual);
  const rarer = new Map<string, Promise<SdkSend>>();

  /** The way to send what takes a scope. */
  function sdkFor(scope: string): SdkSend | Promise<SdkSend> {
    if ("apiToken" in options.credential || coversScope(usual, scope)) return usualSdk;
    let sdk = rarer.get(scope);
    if (sdk === undefined) {
      sdk = open([scope]);
      rarer.set(scope, sdk);
    }
    return sdk;
  }

  async function once({ method, path, body, purpose }: OktaCall): Promise<OktaReply> {
    const headers = {
      accept: "application/json",
      ...(body === undefined ? {} : { "content-type": "application/json" }),
    };
    const request = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    let reply: Response;
    try {
      const sdk = await sdkFor(purpose.scope);
      reply = await sdk(`https://${host}${path}`, request);
    } catch (error) {
      throw translated(host, purpose, error);
    }
    const text = await reply.text();
    if (text.trim() === "") return { body: undefined, headers: reply.headers };
    const parsed = parseJson(text);
    if (parsed === undefined) throw unexpectedAnswer(host, purpose, "it is not JSON");
    return { body: parsed, headers: reply.headers };
  }

  return {
    host,
    async send(call) {
      for (let attempt = 0; ; attempt++) {
        try {
          return await once(call);
        } catch (error) {
          const wait = waits[attempt];
          if (wait === undefined || !(error instanceof OktaFailure) || !worthAnotherTry(call, error)) throw error;
          await sleep(wait);
        }
      }
    },
    close: () => agent.destroy(),
  };
}

/** A passing fault of a call that is safe to repeat: idempotent (RFC 9110, section 9.2.2), or certainly not done. */
function worthAnotherTry(call: OktaCall, failure: OktaFailure): boolean {
  return failure.passing && (call.method !== "POST" || failure.effect === "none");
}

/** What the SDK threw, as a failure; what is no answer and no fault of the connection is a bug and stays as it is. */
function translated(host: string, purpose: CallPurpose, error: unknown): unknown {
  if (error instanceof OktaFailure) return error;
  if (error instanceof TransportFault) return failureOfFault(host, purpose, error);
  const answer = errorAnswer(error);
  return answer === undefined ? error : failureOfAnswer(host, purpose, answer);
}

/** The SDK's OktaApiError and HttpError. The latter quotes the whole body in its message, which is left behind. */
function errorAnswer(error: unknown): ErrorAnswer | undefined {
  const { status, errorCauses } = (error ?? {}) as { status?: unknown; errorCauses?: unknown };
  if (typeof status !== "number") return undefined;
  const causes = Array.isArray(errorCauses) ? errorCauses : [];
  return {
    status,
    errorCode: textIn(error, "errorCode"),
    summary: textIn(error, "errorSummary"),
    causes: causes.flatMap((cause) => (isJsonObject(cause) ? (textIn(cause, "errorSummary") ?? []) : [])),
    errorId: textIn(error, "errorId"),
  };
}
