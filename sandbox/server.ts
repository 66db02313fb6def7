import { createServer as createSecureServer, type ServerOptions as HttpsOptions } from "node:https";
import { type AddressInfo, createServer, isIP, type ListenOptions, type Server as NetServer } from "node:net";
import { createServer as createOldTlsServer, createSecureContext, type SecureContext } from "node:tls";
import { type AnsweringOptions, answerRequest } from "./answering.ts";
import type { Authority } from "./authority.ts";
import { answerByStream, type NameServer, startNameServer } from "./dns/name-server.ts";
import type { DnsZone } from "./dns/zone.ts";
import { openGate } from "./gate.ts";
import type { Site } from "./site.ts";

export interface SandboxServer {
  readonly port: number;
  close(): Promise<void>;
}

export interface ServerOptions extends AnsweringOptions {
  readonly port: number;
  /** An IP address to listen on besides 127.0.0.1. */
  readonly exposedTo?: string | undefined;
  readonly authority: Authority;
  readonly sites: readonly Site[];
  /** What its DNS says: by UDP on the same port of 127.0.0.1, and by TCP. Absent: it has no DNS. */
  readonly zone?: DnsZone | undefined;
  /** How long a client may take for each step before a request: first byte, CONNECT, handshake, headers. Milliseconds. */
  readonly patience?: number | undefined;
}

const loopback = "127.0.0.1";

/**
 * One server for all sites, on 127.0.0.1 and nowhere else unless told so. It speaks TLS; to a client that does not, it
 * is a CONNECT proxy to itself. The certificate follows the server name of the handshake and is made when the name is
 * first asked for; an unknown name is refused in the handshake, an unknown or differing Host with 421.
 */
export async function listen(options: ServerOptions): Promise<SandboxServer> {
  const { patience = 10_000, exposedTo } = options;
  const sites = new Map(options.sites.flatMap((site) => site.hosts.map((host) => [host, site] as const)));
  const tls = await tlsOptions(options, sites, patience);
  const server = createSecureServer(tls);
  // Which version is spoken is settled before the server name is looked at, so old TLS is a server of its own.
  const old = createOldTlsServer(
    { ...tls, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" },
    (secured) => server.emit("secureConnection", secured),
  );
  // The gate sees a connection first, and hands it on to whom Node had put there.
  const [startTls] = server.listeners("connection");
  server.removeAllListeners("connection");
  const gate = openGate({
    hosts: new Set(sites.keys()),
    patience,
    startDns: (socket) => {
      if (options.zone === undefined) socket.destroy();
      else answerByStream(socket, options.zone);
    },
    startTls: (socket, host) => {
      if (host !== undefined && options.misbehaviours?.speaksOldTls(host) === true) old.emit("connection", socket);
      else startTls?.call(server, socket);
    },
  });
  server.on("connection", gate.admit);
  server.on("request", (request, response) => {
    void answerRequest(request, response, sites, options, () => gate.reset(request.socket));
  });
  const wildcard = exposedTo !== undefined && /^(0\.0\.0\.0|[0:]+)$/.test(exposedTo);
  await bind(server, { host: wildcard ? exposedTo : loopback, port: options.port });
  const { port } = server.address() as AddressInfo;
  const other = createServer(gate.admit);
  let names: NameServer | undefined;
  try {
    if (options.zone !== undefined) names = await startNameServer(port, options.zone);
  } catch (error) {
    server.close();
    throw error;
  }
  try {
    if (exposedTo !== undefined && !wildcard && exposedTo !== loopback) await bind(other, { host: exposedTo, port });
  } catch (error) {
    server.close();
    await names?.close();
    throw error;
  }
  return {
    port,
    close: async () => {
      const closed = [server, other].map((each) => new Promise<void>((resolve) => each.close(() => resolve())));
      server.closeAllConnections();
      gate.close();
      await Promise.all([...closed, names?.close()]);
    },
  };
}

async function tlsOptions(
  { authority, exposedTo, misbehaviours }: ServerOptions,
  sites: ReadonlyMap<string, Site>,
  patience: number,
): Promise<HttpsOptions> {
  // Names by which this machine is addressed share one certificate, also given when a client names no host.
  const addresses = [loopback, ...(exposedTo === undefined || exposedTo === loopback ? [] : [exposedTo])];
  const local = await authority.issue({ dns: ["localhost"], ip: addresses });
  const contexts = new Map<string, Promise<SecureContext>>();
  const contextFor = (host: string): Promise<SecureContext> => {
    const fault = misbehaviours?.certificateOf(host);
    const key = fault === undefined ? host : `${host} ${fault}`;
    let context = contexts.get(key);
    if (context === undefined) {
      const leaf = host === "localhost" ? Promise.resolve(local) : authority.issue({ dns: [host] }, fault);
      context = leaf.then(createSecureContext);
      contexts.set(key, context);
    }
    return context;
  };
  return {
    ...local,
    ALPNProtocols: ["http/1.1"],
    handshakeTimeout: patience,
    headersTimeout: patience,
    requestTimeout: 3 * patience,
    connectionsCheckingInterval: patience / 2,
    SNICallback: (name, done) => {
      const host = name.toLowerCase();
      if (!sites.has(host) || isIP(host) !== 0) done(new Error("unknown server name"));
      else contextFor(host).then((context) => done(null, context), done);
    },
  };
}

function bind(server: NetServer, where: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ ...where, exclusive: true }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}
