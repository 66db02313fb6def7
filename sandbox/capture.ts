import type { ServerResponse } from "node:http";
import type { KeptAnswer } from "./reads.ts";

/** Swallows whatever is written to the response; when it would end, `then` runs with a response as new. */
export function replaceAnswer(response: ServerResponse, then: () => void): void {
  captureAnswer(response, () => {
    response.statusCode = 200;
    then();
  });
}

/** Keeps whatever is written to the response; when it would end, `then` gets it, with a response without headers. */
export function captureAnswer(response: ServerResponse, then: (answer: KeptAnswer) => void): void {
  const { write, end, writeHead, flushHeaders } = response;
  const chunks: Buffer[] = [];
  const take = (chunk: unknown, encoding: unknown): void => {
    if (typeof chunk === "string") chunks.push(Buffer.from(chunk, encodingOf(encoding)));
    else if (chunk instanceof Uint8Array) chunks.push(Buffer.from(chunk));
  };
  const capturing = {
    write: (chunk: unknown, encoding?: unknown) => {
      take(chunk, encoding);
      return true;
    },
    writeHead: (status: number, ...rest: readonly unknown[]) => {
      response.statusCode = status;
      const headers = rest.find((value) => typeof value === "object" && value !== null) ?? {};
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      return response;
    },
    flushHeaders: () => {},
    end: (chunk?: unknown, encoding?: unknown) => {
      take(chunk, encoding);
      Object.assign(response, { write, end, writeHead, flushHeaders });
      const headers = Object.fromEntries(
        Object.entries(response.getHeaders()).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
      );
      for (const name of response.getHeaderNames()) response.removeHeader(name);
      then({ status: response.statusCode, headers, body: Buffer.concat(chunks) });
      return response;
    },
  };
  Object.assign(response, capturing);
}

function encodingOf(value: unknown): BufferEncoding {
  return typeof value === "string" && Buffer.isEncoding(value) ? value : "utf8";
}

/** Sends a kept answer as it was. */
export function resend(response: ServerResponse, { status, headers, body }: KeptAnswer): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(body);
}
