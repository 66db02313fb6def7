import { Agent, request as send } from "node:https";
import type { Sandbox } from "../../sandbox/sandbox.ts";

/** An answer of the sandbox. */
export interface Answered {
  readonly status: number;
  /** Null for an empty body; a text that is no JSON as it is. */
  readonly json: unknown;
  /** The cursor of the next page, from the `Link` header. */
  readonly after: string | undefined;
}

/** Sends requests with an administrator's credential to one host of a sandbox. */
export interface Caller {
  call(method: string, target: string, body: unknown): Promise<Answered>;
  close(): void;
}

export function createCaller(sandbox: Sandbox, host: string, credential: string): Caller {
  const agent = new Agent({ keepAlive: true, ca: sandbox.ca, servername: host });
  return {
    call: (method, target, body) =>
      new Promise((resolve, reject) => {
        const text = body === null ? undefined : typeof body === "string" ? body : JSON.stringify(body);
        const headers: Record<string, string> = { host, authorization: credential, accept: "application/json" };
        if (text !== undefined) {
          headers["content-type"] = "application/json";
          headers["content-length"] = String(Buffer.byteLength(text));
        }
        const options = { agent, host: sandbox.host, port: sandbox.port, method, path: target, headers };
        const outgoing = send(options, (response) => {
          const chunks: Buffer[] = [];
          response.on("data", (chunk: Buffer) => chunks.push(chunk));
          response.on("error", reject);
          response.on("end", () =>
            resolve({
              status: response.statusCode ?? 0,
              json: parse(Buffer.concat(chunks).toString("utf8")),
              after: cursorOf(response.headers.link),
            }),
          );
        });
        outgoing.on("error", reject);
        outgoing.end(text);
      }),
    close: () => agent.destroy(),
  };
}

function cursorOf(link: string | readonly string[] | undefined): string | undefined {
  const next = [link ?? []]
    .flat()
    .flatMap((line) => line.split(/,\s*(?=<)/))
    .find((each) => each.includes('rel="next"'));
  const after = next === undefined ? undefined : /[?&]after=([^&>]+)/.exec(next)?.[1];
  return after === undefined ? undefined : decodeURIComponent(after);
}

function parse(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
