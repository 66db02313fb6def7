import { isIP } from "node:net";
import { getCACertificates, type TLSSocket } from "node:tls";
import type { Network } from "../../vendor/network.ts";
import type { AddressRules } from "./address.ts";
import { dialProxy, dialTls } from "./dial.ts";
import { AddressRefused, failureOf } from "./outcome.ts";

/** An address of a name. */
export interface Resolved {
  readonly address: string;
  readonly family: number;
}

/** All addresses of a name; rejects when there are none. Passed in, so that tests own the names. */
export type Resolve = (hostname: string) => Promise<readonly Resolved[]>;

/** What connections are made by. */
export interface Ways {
  readonly network: Network;
  readonly rules: AddressRules;
  readonly resolve: Resolve;
  /** Milliseconds for one attempt, TLS included. */
  readonly timeout: number;
  /** Through this proxy; it resolves the names. */
  readonly proxy?: URL | undefined;
}

/** Where a connection shall lead. */
export interface Destination {
  /** Without brackets. */
  readonly hostname: string;
  readonly port: number;
  /** Only this address of it. */
  readonly address?: string | undefined;
}

/** The addresses of a name when every one of them may be asked; throws `AddressRefused` otherwise. */
export async function permittedAddresses(
  hostname: string,
  rules: AddressRules,
  resolve: Resolve,
): Promise<readonly string[]> {
  const found = await resolve(hostname);
  if (found.length === 0 || found.some(({ address }) => !rules.permits(address, hostname))) throw new AddressRefused();
  // IPv4 first. Whoever has both is reached either way, and a machine without a way to IPv6 is not kept waiting.
  return [...found].sort((a, b) => isIP(a.address) - isIP(b.address)).map(({ address }) => address);
}

/**
 * Connects only to addresses that were checked. A name is resolved once, here, and the checked addresses themselves are
 * dialled, one after the other, so a name cannot change its mind in between and no form of a literal address gets around the
 * check. With `network.connect` everything goes there, and with a proxy through it, under its own server name.
 *
 * @throws AddressRefused; ProxyFailed; what Node says of a name, a connection or a handshake that failed
 */
export async function connectChecked(to: Destination, ways: Ways, signal: AbortSignal): Promise<TLSSocket> {
  const { hostname, port } = to;
  const { network, rules, timeout, proxy } = ways;
  const literal = isIP(hostname) !== 0;
  if (literal ? !rules.permits(hostname, hostname) : !rules.permitsName(hostname)) throw new AddressRefused();
  if (network.connect !== undefined) {
    const { host, port: there, ca } = network.connect;
    return dialTls({ hostname, address: host, port: there, timeout, ca }, signal);
  }
  if (proxy !== undefined) {
    const host = isIP(hostname) === 6 ? `[${hostname}]` : hostname;
    const through = await dialProxy(proxy, `${host}:${port}`, timeout, signal);
    return dialTls({ hostname, address: hostname, port, timeout, through, ca: trusted(network) }, signal);
  }
  if (to.address !== undefined && !rules.permits(to.address, hostname)) throw new AddressRefused();
  const addresses =
    to.address !== undefined
      ? [to.address]
      : literal
        ? [hostname]
        : await permittedAddresses(hostname, rules, ways.resolve);
  let last: unknown;
  for (const address of addresses) {
    try {
      return await dialTls({ hostname, address, port, timeout, ca: trusted(network) }, signal);
    } catch (error) {
      last = error;
      if (signal.aborted || !isUnreached(error)) break;
    }
  }
  throw last;
}

/** Whom to trust where a run trusts more than the system does. */
function trusted({ ca }: Network): readonly string[] | undefined {
  return ca === undefined ? undefined : [...getCACertificates("default"), ca];
}

/** Whether the server was not reached at all, so that another of its addresses may do better. */
function isUnreached(error: unknown): boolean {
  const { kind } = failureOf(error);
  return kind === "transport" || kind === "timeout";
}
