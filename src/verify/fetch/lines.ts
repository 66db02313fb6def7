import type { TLSSocket } from "node:tls";
import type { Client } from "undici";
import { connectChecked, type Destination, type Ways } from "./connector.ts";
import type { TlsFacts } from "./outcome.ts";

/** One connection, made when it is first used, and made again when the other side has closed it. */
export interface Line {
  readonly client: Client;
  /** What the handshake of the connection showed that carries the current request. */
  readonly tls: TlsFacts | undefined;
}

/** Connections that are lent to one request at a time. */
export interface Lines {
  /** One that is idle, or a new one. `fresh`: a new one. */
  take(to: Destination, fresh: boolean): Line;
  /** After an answer that was read to its end. */
  give(line: Line): void;
  /** After anything else: what is under way on it ends. */
  drop(line: Line): void;
  close(): Promise<void>;
}

/** Milliseconds that the head, and each further part of a body, may take. */
const silence = 5_000;

interface Kept extends Line {
  readonly name: string;
  readonly stop: AbortController;
  tls: TlsFacts | undefined;
}

export function createLines(Clients: typeof Client, ways: Ways): Lines {
  const all = new Set<Kept>();
  const idle = new Map<string, Kept[]>();

  function open(name: string, to: Destination): Kept {
    const stop = new AbortController();
    const host = to.hostname.includes(":") ? `[${to.hostname}]` : to.hostname;
    const client = new Clients(`https://${host}:${to.port}`, {
      allowH2: false,
      pipelining: 1,
      connect: (_, callback) => {
        connectChecked(to, ways, stop.signal).then(
          (socket) => {
            line.tls = factsOf(socket);
            callback(null, socket);
          },
          (error: Error) => callback(error, null),
        );
      },
      headersTimeout: silence,
      bodyTimeout: silence,
      // A connection that the other side is about to close must not carry a request that cannot be sent again.
      keepAliveTimeout: 1_000,
      keepAliveMaxTimeout: 4_000,
      maxHeaderSize: 32_768,
    });
    const line: Kept = { name, client, stop, tls: undefined };
    client.on("disconnect", () => {
      if (takeOut(line)) void drop(line);
    });
    all.add(line);
    return line;
  }

  /** Whether it was idle. */
  function takeOut(line: Kept): boolean {
    const others = idle.get(line.name);
    const index = others?.indexOf(line) ?? -1;
    if (others === undefined || index < 0) return false;
    others.splice(index, 1);
    if (others.length === 0) idle.delete(line.name);
    return true;
  }

  function drop(line: Kept): Promise<void> {
    all.delete(line);
    takeOut(line);
    line.stop.abort();
    return line.client.destroy();
  }

  return {
    take(to, fresh) {
      const name = `${to.hostname} ${to.port} ${to.address ?? ""}`;
      const known = fresh ? undefined : idle.get(name)?.at(-1);
      if (known === undefined) return open(name, to);
      takeOut(known);
      return known;
    },
    give(line) {
      const kept = line as Kept;
      if (kept.client.destroyed) return;
      const others = idle.get(kept.name) ?? [];
      idle.set(kept.name, others);
      others.push(kept);
    },
    drop(line) {
      void drop(line as Kept);
    },
    async close() {
      await Promise.all([...all].map(drop));
    },
  };
}

function factsOf(socket: TLSSocket): TlsFacts | undefined {
  const certificate = socket.getPeerCertificate();
  const validFrom = Date.parse(certificate.valid_from);
  const validTo = Date.parse(certificate.valid_to);
  if (Number.isNaN(validFrom) || Number.isNaN(validTo)) return undefined;
  return { protocol: socket.getProtocol() ?? "unknown", validFrom, validTo };
}
