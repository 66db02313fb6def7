import type { IncomingHttpHeaders } from "node:http";
import { request as httpsRequest } from "node:https";

/** How long one call may take in all, in milliseconds. */
const patience = 10_000;

/** Largest answer that is read, in bytes. */
const answerLimit = 1024 * 1024;

/** The address is of no site of this sandbox, and nothing else may be asked. */
class OutsideSandbox extends Error {}

/** What was answered. */
export interface InnerAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What a call sends. */
export interface InnerRequest {
  readonly method?: "GET" | "POST";
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Door {
  readonly port: number;
  readonly ca: string;
  readonly hosts: readonly string[];
}

/**
 * Calls from one site of the sandbox to another, over loopback TLS under their real names, so that faults strike them
 * and the log has them. It reaches no other address, and follows no redirect.
 */
export class InnerCalls {
  #door: Door | undefined;

  /** From now on calls reach the server at this port, which answers for these hosts. */
  open(door: Door): void {
    this.#door = door;
  }

  /** Whether a call to this URL could be made. */
  reaches(url: string): boolean {
    const target = URL.canParse(url) ? new URL(url) : undefined;
    if (target?.protocol !== "https:" || target.port !== "" || target.username !== "") return false;
    return this.#door?.hosts.includes(target.hostname) === true;
  }

  /** Asks. Throws `OutsideSandbox`, or what the connection fails with. */
  ask(url: string, { method = "GET", headers = {}, body }: InnerRequest = {}): Promise<InnerAnswer> {
    const door = this.#door;
    if (door === undefined || !this.reaches(url)) return Promise.reject(new OutsideSandbox(url));
    const { hostname, pathname, search } = new URL(url);
    return new Promise((resolve, reject) => {
      const outgoing = httpsRequest(
        {
          host: "127.0.0.1",
          port: door.port,
          servername: hostname,
          ca: door.ca,
          agent: false,
          method,
          path: pathname + search,
          headers: { host: hostname, accept: "application/json", ...headers },
          signal: AbortSignal.timeout(patience),
        },
        (incoming) => {
          const chunks: Buffer[] = [];
          let length = 0;
          incoming.on("data", (chunk: Buffer) => {
            length += chunk.length;
            if (length > answerLimit) outgoing.destroy(new Error("the answer is too large"));
            else chunks.push(chunk);
          });
          incoming.on("error", reject);
          incoming.on("aborted", () => reject(new Error("the answer was cut")));
          incoming.on("end", () => {
            const text = Buffer.concat(chunks).toString("utf8");
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
          });
        },
      );
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  }
}
