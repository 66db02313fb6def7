import type { Socket } from "node:net";
import { serverNameOf } from "./client-hello.ts";
import { answerPlain } from "./proxy.ts";

interface GateOptions {
  /** Host names that the proxy knows. */
  readonly hosts: ReadonlySet<string>;
  /** How long a client may take until it speaks TLS or has said its CONNECT, milliseconds. */
  readonly patience: number;
  /**
   * Takes over a connection that begins a TLS handshake; what was read of it already has been put back. `host` is the
   * one that it was opened for, where that is known before the handshake.
   */
  readonly startTls: (socket: Socket, host: string | undefined) => void;
  /** Takes over a connection that asks DNS; what was read of it already has been put back. */
  readonly startDns: (socket: Socket) => void;
}

/** Where every connection comes in. */
export interface Gate {
  /** Sends the connection where its first byte belongs: to TLS, to DNS, or to the proxy. */
  readonly admit: (socket: Socket) => void;
  /** Cuts the connection below this TLS socket with a TCP reset, as a broken network does. */
  readonly reset: (secured: Socket) => void;
  /** Cuts whatever is still open. */
  readonly close: () => void;
}

/** The first byte of a TLS record that holds a handshake (RFC 8446, section 5.1). */
const handshake = 0x16;
/** The first byte of a DNS question by TCP: of the two that say how long it is (RFC 1035, section 4.2.2). */
const shortQuestion = 0;
/** Bytes of a CONNECT with its headers. */
const longestHead = 16 * 1024;

/**
 * TLS, DNS and the proxy on one port. A tunnel is no second connection: after CONNECT the same one goes on with TLS here, so
 * it ends as any connection of the server does.
 */
export function openGate({ hosts, patience, startTls, startDns }: GateOptions): Gate {
  /** By their ends. */
  const open = new Map<string, Socket>();

  const admit = (socket: Socket): void => {
    const key = endsOf(socket);
    open.set(key, socket);
    socket.once("close", () => {
      if (open.get(key) === socket) open.delete(key);
    });
    socket.on("error", () => {});
    const timer = setTimeout(() => socket.destroy(), patience).unref();
    const done = (): void => {
      clearTimeout(timer);
      socket.off("readable", look);
      socket.off("end", gone);
      socket.off("close", done);
    };
    const gone = (): void => {
      done();
      socket.destroy();
    };
    const seen: Buffer[] = [];
    const look = (): void => {
      const chunk: Buffer | null = socket.read();
      if (chunk === null) return;
      seen.push(chunk);
      const all = Buffer.concat(seen);
      if (all[0] === handshake) {
        done();
        socket.unshift(all);
        startTls(socket, serverNameOf(all));
        return;
      }
      if (all[0] === shortQuestion) {
        done();
        socket.unshift(all);
        socket.setTimeout(patience, () => socket.destroy());
        startDns(socket);
        return;
      }
      const end = all.indexOf("\r\n\r\n");
      if (end === -1 && all.length < longestHead) return;
      done();
      const { text, tunnel, host } = answerPlain(all.subarray(0, end === -1 ? 0 : end).toString("latin1"), hosts);
      if (!tunnel) {
        refuse(socket, text);
        return;
      }
      if (end + 4 < all.length) socket.unshift(all.subarray(end + 4));
      socket.write(text, () => startTls(socket, host));
    };
    socket.on("readable", look);
    socket.once("end", gone);
    socket.once("close", done);
  };

  return {
    admit,
    reset: (secured) => {
      const socket = open.get(endsOf(secured));
      if (socket === undefined || socket.destroyed) secured.destroy();
      else socket.resetAndDestroy();
    },
    close: () => {
      for (const socket of open.values()) socket.destroy();
    },
  };
}

/** Both ends of a connection: what tells it from the others that are open. */
function endsOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`;
}

/** Says no and hangs up, but lets the client read it first: what it still sends is thrown away for a moment. */
function refuse(socket: Socket, text: string): void {
  socket.resume();
  socket.end(text);
  const timer = setTimeout(() => socket.destroy(), 1000).unref();
  socket.once("close", () => clearTimeout(timer));
}
