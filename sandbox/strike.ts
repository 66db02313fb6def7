import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { send } from "./answer.ts";
import { captureAnswer, replaceAnswer } from "./capture.ts";
import type { Strike } from "./faults.ts";
import type { KeptAnswer } from "./reads.ts";
import type { Site } from "./site.ts";

/** The request that is struck. */
export interface StruckRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly site: Site;
  /** Cuts the connection of the request with a TCP reset. */
  readonly reset: () => void;
  /** From now on, for so many milliseconds, the site shows what it showed last. */
  readonly freeze: (milliseconds: number) => void;
}

/** Carries out what comes before the effect and prepares what comes after it. True when the request ends here. */
export async function carryOut(strike: Strike, struck: StruckRequest): Promise<boolean> {
  const { request, response, site, reset } = struck;
  const { told } = strike;
  switch (strike.effect) {
    case "delay":
      told();
      await delay(strike.milliseconds ?? 0, undefined, { ref: false });
      return false;
    case "reset-before":
      told();
      reset();
      return true;
    case "status-before":
      told();
      send(response, site.problem(strike.status));
      return true;
    case "rate-limit":
      told();
      send(response, site.problem(429, strike.until));
      return true;
    case "refuse-token":
      told();
      send(response, site.tokens?.refusal() ?? site.problem(401));
      return true;
    case "expire-tokens":
      told();
      site.tokens?.expire();
      return false;
    case "stale":
      struck.freeze(strike.milliseconds ?? 0);
      told();
      return false;
    case "reset-after":
      replaceAnswer(response, () => {
        told();
        reset();
      });
      return false;
    case "status-after":
      replaceAnswer(response, () => {
        told();
        send(response, site.problem(strike.status));
      });
      return false;
    case "truncate":
      captureAnswer(response, (answer) => {
        told();
        truncate(request, response, answer, strike.bytes);
      });
      return false;
    case "drip":
      captureAnswer(response, (answer) => {
        told();
        void drip(response, answer, strike.bytes ?? 16, strike.milliseconds ?? 100);
      });
      return false;
    default:
      return strike.effect satisfies never;
  }
}

/** Sends the head of the answer with the length of all of it. */
function sendHead(response: ServerResponse, { status, headers, body }: KeptAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) {
    if (name !== "transfer-encoding") response.setHeader(name, value);
  }
  response.setHeader("content-length", body.length);
}

/** Sends the beginning of the answer under the length of all of it, then cuts the connection; at once without a body. */
function truncate(
  request: IncomingMessage,
  response: ServerResponse,
  answer: KeptAnswer,
  bytes = Math.floor(answer.body.length / 2),
): void {
  const { body } = answer;
  if (body.length === 0) {
    request.socket.destroy();
    return;
  }
  sendHead(response, answer);
  response.write(body.subarray(0, Math.min(bytes, body.length - 1)), () => request.socket.destroySoon());
}

/** How long a body drips at most, milliseconds: the pieces grow when there would be too many of them. */
const longestDrip = 60_000;

/** Sends the body in pieces with pauses between them, until it is sent or nobody listens any more. */
export async function drip(response: ServerResponse, answer: KeptAnswer, bytes: number, pause: number): Promise<void> {
  const { body } = answer;
  const size = Math.max(bytes, Math.ceil((body.length * pause) / longestDrip));
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  sendHead(response, answer);
  if (body.length === 0) {
    response.end();
    return;
  }
  try {
    for (let at = 0; at < body.length; at += size) {
      if (at > 0) await delay(pause, undefined, { ref: false, signal: gone.signal });
      response.write(body.subarray(at, at + size));
    }
  } catch {
    return;
  }
  response.end();
}
