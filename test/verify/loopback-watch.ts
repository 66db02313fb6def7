import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { type AddressInfo, createServer, type Server } from "node:net";

/** Whoever connects to loopback, and every socket that this process opens at all. */
export interface LoopbackWatch {
  /** A port that is listened to on 127.0.0.1 and ::1. */
  readonly port: number;
  /** Connections that came in, on that port and, where this user may listen there, on 443. */
  connections(): number;
  /** Sockets that were opened from here, wherever to. */
  sockets(): number;
  reset(): void;
  close(): Promise<void>;
}

/** Listens on both loopback addresses, on a port of its own and on 443 where that is allowed. */
export async function watchLoopback(): Promise<LoopbackWatch> {
  let connections = 0;
  let sockets = 0;
  const servers: Server[] = [];
  const count = (): void => {
    sockets += 1;
  };
  subscribe("net.client.socket", count);

  async function listen(host: string, port: number): Promise<number | undefined> {
    const server = createServer((socket) => {
      connections += 1;
      socket.on("error", () => {}).destroy();
    });
    const isListening = await new Promise<boolean>((resolve) => {
      server.once("error", () => resolve(false)).listen(port, host, () => resolve(true));
    });
    if (!isListening) return undefined;
    servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  const port = await listen("127.0.0.1", 0);
  if (port === undefined) throw new Error("nothing can be listened to on loopback");
  await listen("::1", port);
  await listen("127.0.0.1", 443);
  await listen("::1", 443);
  return {
    port,
    connections: () => connections,
    sockets: () => sockets,
    reset() {
      connections = 0;
      sockets = 0;
    },
    async close() {
      unsubscribe("net.client.socket", count);
      await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}
