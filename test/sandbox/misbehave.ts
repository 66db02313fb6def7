import https from "node:https";
import { connect, type DetailedPeerCertificate } from "node:tls";

/** Where a sandbox listens. */
export interface Door {
  readonly port: number;
  readonly ca: string;
}

/** What one request was answered, as far as two answers can be compared. */
export interface Heard {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** How a request is sent. */
export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Milliseconds. */
  readonly patience?: number;
}

/** Asks a host of the sandbox. Rejects with what the connection fails with. */
export function ask(
  door: Door,
  url: string,
  { method = "GET", headers, body, patience = 5_000 }: Asking = {},
): Promise<Heard> {
  const { hostname, pathname, search } = new URL(url);
  return new Promise((resolve, reject) => {
    const options = {
      ...{ host: "127.0.0.1", port: door.port, servername: hostname, ca: door.ca, agent: false, method },
      path: pathname + search,
      headers: { host: hostname, ...headers },
      signal: AbortSignal.timeout(patience),
    };
    const asking = https.request(options, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on("data", (chunk: Buffer) => chunks.push(chunk));
      incoming.on("error", reject);
      incoming.on("end", () => {
        const { statusCode: status = 0, headers } = incoming;
        resolve({ status, headers, body: Buffer.concat(chunks).toString("latin1") });
      });
    });
    asking.on("error", reject);
    asking.end(body);
  });
}

/** The certificate that a host shows, whatever it is worth, and the version of TLS that was agreed. */
export function handshake(
  door: Door,
  servername: string,
  options: { readonly maxVersion?: "TLSv1.1" } = {},
): Promise<{ readonly certificate: DetailedPeerCertificate; readonly protocol: string | null }> {
  return new Promise((resolve, reject) => {
    const old =
      options.maxVersion === undefined ? {} : ({ minVersion: "TLSv1", ciphers: "DEFAULT:@SECLEVEL=0" } as const);
    const socket = connect(
      { host: "127.0.0.1", port: door.port, servername, rejectUnauthorized: false, ...options, ...old },
      () => {
        resolve({ certificate: socket.getPeerCertificate(true), protocol: socket.getProtocol() });
        socket.destroy();
      },
    );
    socket.on("error", reject);
  });
}
