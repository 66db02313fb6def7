import { request as plainRequest } from "node:http";
import { request as secureRequest } from "node:https";
import { isIP, type Socket } from "node:net";
import { checkServerIdentity, connect, type TLSSocket } from "node:tls";
import { bare } from "./address.ts";
import { ProxyFailed } from "./outcome.ts";

/** Where a TLS connection goes, and as whom the other side must show itself. */
export interface Dial {
  /** The host of the URL: the certificate must be for it. Without brackets. */
  readonly hostname: string;
  /** What is dialled: a checked address. */
  readonly address: string;
  readonly port: number;
  /** Milliseconds until the handshake is done. */
  readonly timeout: number;
  /** PEM of the only authorities that are trusted; the system's when absent. */
  readonly ca?: string | readonly string[] | undefined;
  /** A connection that leads to the host already; it is used instead of a new one. */
  readonly through?: Socket | undefined;
}

/**
 * A TLS connection to this address, handshake done. HTTP/1.1 only, TLS 1.2 at least; nothing stays open after a failure.
 *
 * @throws what Node says of the failure (ETIMEDOUT when it took too long), or the signal's reason
 */
export function dialTls(dial: Dial, signal: AbortSignal): Promise<TLSSocket> {
  const { hostname, address, port, ca, through } = dial;
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const socket = connect({
      ...(through === undefined ? { host: address, port } : { socket: through }),
      // A literal address has no server name (RFC 6066, section 3).
      servername: isIP(hostname) === 0 ? hostname : "",
      checkServerIdentity: (_, certificate) => checkServerIdentity(hostname, certificate),
      ALPNProtocols: ["http/1.1"],
      minVersion: "TLSv1.2",
      ...(ca === undefined ? {} : { ca: typeof ca === "string" ? ca : [...ca] }),
    });
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
    const fail = (error: unknown): void => {
      done();
      socket.on("error", () => {}).destroy();
      through?.destroy();
      reject(error);
    };
    const stop = (): void => fail(signal.reason);
    const timer = setTimeout(() => fail(Object.assign(new Error("too slow"), { code: "ETIMEDOUT" })), dial.timeout);
    signal.addEventListener("abort", stop, { once: true });
    socket.setNoDelay(true);
    socket.once("error", fail).once("secureConnect", () => {
      done();
      socket.off("error", fail);
      resolve(socket);
    });
  });
}

/**
 * A connection to a host and port through an HTTP proxy (CONNECT: RFC 9110, section 9.3.6). The proxy resolves the name.
 * User information in the proxy's URL goes to the proxy, and nowhere else.
 *
 * @throws ProxyFailed, or the signal's reason
 */
export function dialProxy(proxy: URL, host: string, timeout: number, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const ask = proxy.protocol === "https:" ? secureRequest : plainRequest;
  const user = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const authorization = `Basic ${Buffer.from(user).toString("base64")}`;
  const hostname = bare(proxy.hostname);
  return new Promise((resolve, reject) => {
    const request = ask({
      host: hostname,
      // Otherwise Node takes the Host header's, which is that of the target.
      ...(proxy.protocol === "https:" ? { servername: isIP(hostname) === 0 ? hostname : "" } : {}),
      port: proxy.port === "" ? (proxy.protocol === "https:" ? 443 : 80) : proxy.port,
      method: "CONNECT",
      path: host,
      headers: { host, ...(user === ":" ? {} : { "proxy-authorization": authorization }) },
      agent: false,
    });
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener("abort", stop);
    };
    const fail = (error: unknown): void => {
      done();
      request.on("error", () => {}).destroy();
      reject(error);
    };
    const stop = (): void => fail(signal.reason);
    const timer = setTimeout(() => fail(new ProxyFailed("timeout")), timeout);
    signal.addEventListener("abort", stop, { once: true });
    request
      .once("error", () => fail(new ProxyFailed("unreached")))
      .once("response", (response) => fail(new ProxyFailed(String(response.statusCode))))
      .once("connect", (response, socket, head) => {
        if (response.statusCode !== 200) {
          socket.destroy();
          fail(new ProxyFailed(String(response.statusCode)));
          return;
        }
        done();
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      })
      .end();
  });
}
