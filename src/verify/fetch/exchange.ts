import { version } from "../version.ts";
import type { Line, Lines } from "./lines.ts";
import { type Answer, failureOf, type Outcome } from "./outcome.ts";

/** Recognisable in the logs of the identity provider. */
const userAgent = `tenantry-verify/${version}`;

/** Bytes of a body that are read at most. */
const bodyCap = 1_000_000;

/** What is sent. */
export interface Message {
  readonly method: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
}

/**
 * One request and its answer on one line, which is given back or dropped. Bytes are counted as they come; what is compressed
 * is not read. Never throws.
 */
export function exchange(lines: Lines, line: Line, url: URL, message: Message, signal: AbortSignal): Promise<Outcome> {
  return new Promise((resolve) => {
    let settled = false;
    let sentAt = 0;
    let answer: Omit<Answer, "body" | "truncated"> | undefined;
    const chunks: Buffer[] = [];
    let size = 0;

    const settle = (outcome: Outcome, isClean: boolean): void => {
      if (settled) return;
      settled = true;
      signal.removeEventListener("abort", stop);
      if (isClean) lines.give(line);
      else lines.drop(line);
      resolve(outcome);
    };
    const stop = (): void => settle(failureOf(signal.reason), false);
    if (signal.aborted) return stop();
    signal.addEventListener("abort", stop, { once: true });

    line.client.dispatch(
      {
        method: message.method,
        path: `${url.pathname}${url.search}`,
        headers: { accept: "*/*", ...message.headers, "accept-encoding": "identity", "user-agent": userAgent },
        body: message.body ?? null,
      },
      {
        onRequestStart() {
          sentAt = Date.now();
        },
        onResponseStart(_, status, headers) {
          if (status < 200 || settled) return;
          const values = (name: string): readonly string[] => {
            const value = Object.hasOwn(headers, name) ? headers[name] : undefined;
            return value === undefined ? [] : Array.isArray(value) ? value : [value];
          };
          const encoding = values("content-encoding").join(", ").trim().toLowerCase();
          if (encoding !== "" && encoding !== "identity") {
            const detail = /^[a-z0-9, -]{1,40}$/.test(encoding) ? encoding : "unknown";
            settle({ kind: "encoded", detail }, false);
            return;
          }
          answer = {
            kind: "answer",
            status,
            header: (name) => values(name)[0],
            headers: values,
            sentAt,
            answeredAt: Date.now(),
            tls: line.tls,
          };
        },
        onResponseData(_, chunk) {
          if (settled || answer === undefined) return;
          // Copied: a chunk may lie in a larger buffer that would stay in memory with it.
          chunks.push(Buffer.from(chunk.subarray(0, bodyCap - size)));
          size += chunk.length;
          if (size > bodyCap) settle({ ...answer, body: Buffer.concat(chunks), truncated: true }, false);
        },
        onResponseEnd() {
          if (answer === undefined) settle({ kind: "malformed", detail: "NO_HEAD" }, false);
          else settle({ ...answer, body: Buffer.concat(chunks), truncated: false }, true);
        },
        onResponseError(_, error) {
          settle(failureOf(error), false);
        },
      },
    );
  });
}
