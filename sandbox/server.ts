import { createServer as createSecureServer, type Server } from "node:https";
import { type AddressInfo, createServer, isIP, type ListenOptions, type Server as NetServer } from "node:net";
import { createSecureContext, type SecureContext } from "node:tls";
import { type AnsweringOptions, answerRequest } from "./answering.ts";
import type { Authority } from "./authority.ts";
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
  const server = await createTlsServer(options, sites, patience);
  // The gate sees a connection first, and hands it on to whom Node had put there.
  const [startTls] = server.listeners("connection");
  server.removeAllListeners("connection");
  const gate = openGate({
    hosts: new Set(sites.keys()),
    patience,
    startTls: (socket) => startTls?.call(server, socket),
  });
  server.on("connection", gate.admit);
  server.on("request", (request, response) => {
    void answerRequest(request, response, sites, options, () => gate.reset(request.socket));
  });
  const wildcard = exposedTo !== undefined && /^(0\.0\.0\.0|[0:]+)$/.test(exposedTo);
  await bind(server, { host: wildcard ? exposedTo : loopback, port: options.port });
  const { port } = server.address() as AddressInfo;
  const other = createServer(gate.admit);
  try {
    if (exposedTo !== undefined && !wildcard && exposedTo !== loopback) await bind(other, { host: exposedTo, port });
  } catch (error) {
    server.close();
    throw error;
  }
  return {
    port,
    close: async () => {
      const closed = [server, other].map((each) => new Promise<void>((resolve) => each.close(() => resolve())));
      server.closeAllConnections();
      gate.close();
      await Promise.all(closed);
    },
  };
}

async function createTlsServer(
  { authority, exposedTo }: ServerOptions,
  sites: ReadonlyMap<string, Site>,
  patience: number,
): Promise<Server> {
  // Names by which this machine is addressed share one certificate, also given when a client names no host.
  const addresses = [loopback, ...(exposedTo === undefined || exposedTo === loopback ? [] : [exposedTo])];
  const local = await authority.issue({ dns: ["localhost"], ip: addresses });
  const contexts = new Map<string, Promise<SecureContext>>();
  const contextFor = (host: string): Promise<SecureContext> => {
    let context = contexts.get(host);
    if (context === undefined) {
      const leaf = host === "localhost" ? Promise.resolve(local) : authority.issue({ dns: [host] });
      context = leaf.then(createSecureContext);
      contexts.set(host, context);
    }
    return context;
  };
  return createSecureServer({
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
  });
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
