import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { onTestFinished } from "vitest";

/** A state at a URL, as the backend `http` of Terraform and OpenTofu wants it. */
export interface StateServer {
  readonly url: string;
  /** Settings of the backend: no second tries. */
  readonly backend: object;
  state: string | undefined;
  lock: string | undefined;
  /** Answers requests of these methods with a status instead. */
  readonly refuse: Map<string, number>;
  close(): Promise<void>;
}

export async function startStateServer(): Promise<StateServer> {
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const method = request.method ?? "";
      const status = held.refuse.get(method) ?? answer(method, body);
      const locked = status === 423 && method === "LOCK";
      const read = status === 200 && method === "GET";
      response.writeHead(status).end(locked ? held.lock : read ? held.state : undefined);
    });
  });
  const answer = (method: string, body: string): number => {
    if (method === "GET") return held.state === undefined ? 404 : 200;
    if (method === "POST") held.state = body;
    if (method === "LOCK") {
      if (held.lock !== undefined) return 423;
      held.lock = body;
    }
    if (method === "UNLOCK") held.lock = undefined;
    return 200;
  };
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/acme`;
  const held: StateServer = {
    url,
    backend: { http: { address: url, lock_address: url, unlock_address: url, retry_max: 0 } },
    state: undefined,
    lock: undefined,
    refuse: new Map(),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
  onTestFinished(() => void server.close());
  return held;
}
