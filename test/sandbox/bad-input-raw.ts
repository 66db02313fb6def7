import { connect, type TLSSocket } from "node:tls";

/** Where the sandbox, or a server like it, listens. */
interface Place {
  readonly port: number;
  readonly ca: string;
}

/**
 * Writes these bytes over TLS under this server name and gives what comes back until the server hangs up, or until the
 * first answer is whole. Throws when neither happens within the patience (milliseconds).
 */
export function writeRaw(at: Place, host: string, bytes: string | Uint8Array, patience = 10_000): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({
      host: "127.0.0.1",
      port: at.port,
      servername: /^[\d.]+$/.test(host) ? "" : host,
      ca: at.ca,
    });
    let text = "";
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`nothing but ${JSON.stringify(text)} within ${patience} ms`));
    }, patience);
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(text);
    };
    socket.setEncoding("latin1");
    socket.once("secureConnect", () => socket.write(bytes));
    socket.on("data", (chunk: string) => {
      text += chunk;
      const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(text) ?? [];
      const body = text.indexOf("\r\n\r\n");
      if (length !== undefined && body !== -1 && text.length - body - 4 >= Number(length)) done();
    });
    socket.once("close", done);
    socket.once("error", done);
  });
}

/** The status of an answer as it came; 0 when there was none. */
export function statusOf(text: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0);
}
