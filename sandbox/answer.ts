import type { IncomingMessage, ServerResponse } from "node:http";
import type { Json } from "./json.ts";

/** What a route answers. A header given as a list becomes one line per item. */
export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** JSON unless `html` is given; neither means an empty body. */
  readonly json?: Json;
  readonly html?: string;
}

/** Headers of what nobody may keep: tokens, and what is said about them (RFC 6749, section 5.1). */
export const noStore = { "cache-control": "no-store", pragma: "no-cache" } as const;

/** Largest request body that is read, in bytes. */
const bodyLimit = 1024 * 1024;

/** The body was larger than the limit. */
export class BodyTooLarge extends Error {}

/** Sends the answer; does nothing when an answer has begun already. */
export function send(response: ServerResponse, answer: Answer): void {
  if (response.headersSent || response.writableEnded) return;
  response.statusCode = answer.status;
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    response.setHeader(name, typeof value === "string" ? value : [...value]);
  }
  if (answer.html !== undefined) {
    response.setHeader("content-type", "text/html; charset=utf-8");
    response.end(answer.html);
  } else if (answer.json !== undefined) {
    if (!response.hasHeader("content-type")) response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answer.json));
  } else {
    response.end();
  }
}

/** The whole body, at most `limit` bytes. Throws `BodyTooLarge`; the rest is then read and forgotten. */
export async function readBody(request: IncomingMessage, limit = bodyLimit): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > limit) break;
    chunks.push(chunk);
  }
  if (length <= limit) return Buffer.concat(chunks);
  // What still comes is let go by: a client that is cut off while it writes may never read the answer.
  request.resume();
  throw new BodyTooLarge(`more than ${limit} bytes`);
}
