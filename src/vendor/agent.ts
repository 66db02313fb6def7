import { Agent, type AgentOptions } from "node:https";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import type { Network } from "./network.ts";

/**
 * An agent that reaches hosts as the network says: with `connect`, every connection goes to that address with the
 * original server name, and only its CA is trusted. It ignores proxy settings of the environment.
 */
export function httpsAgent(network: Network): Agent {
  const options = { keepAlive: true } satisfies AgentOptions;
  return network.connect === undefined ? new Agent(options) : new RedirectedAgent(options, network.connect);
}

class RedirectedAgent extends Agent {
  readonly #to: NonNullable<Network["connect"]>;

  constructor(options: AgentOptions, to: NonNullable<Network["connect"]>) {
    super(options);
    this.#to = to;
  }

  override createConnection(options: ConnectionOptions & { host?: string | null }): TLSSocket {
    const { host, port, ca } = this.#to;
    // RFC 6066, section 3: the server name is a host name, never an address.
    return connectTls({ ...options, host, port, ca, servername: options.host ?? "" });
  }
}
