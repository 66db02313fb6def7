import { isIP } from "node:net";
import type { buildConnector } from "undici";
import type { Network } from "../../vendor/network.ts";
import { type AddressRules, bare } from "./address.ts";
import { failureOf } from "./outcome.ts";

/** All addresses of a name; rejects when there are none. Passed in, so that tests own the names. */
export type Resolve = (hostname: string) => Promise<readonly { readonly address: string; readonly family: number }[]>;

/** Thrown inside a connection attempt whose address may not be asked. Names no address. */
export class AddressRefused extends Error {
  readonly code = "ADDRESS_REFUSED";
  constructor() {
    super("the address may not be asked");
    this.name = "AddressRefused";
  }
}

/** The addresses of a name when every one of them may be asked; throws `AddressRefused` otherwise. */
export async function permittedAddresses(
  hostname: string,
  rules: AddressRules,
  resolve: Resolve,
): Promise<readonly { readonly address: string; readonly family: number }[]> {
  const found = await resolve(hostname);
  if (found.length === 0 || found.some(({ address }) => !rules.permits(address, hostname))) throw new AddressRefused();
  return found;
}

/**
 * A connector that connects only to addresses that were checked. A name is resolved once, here, and the checked
 * addresses themselves are dialled (IPv4 first), so a name cannot change its mind in between and no form of a literal
 * address gets around the check. With `network.connect` everything goes there, under its own server name.
 */
export function checkedConnector(
  build: typeof buildConnector,
  network: Network,
  rules: AddressRules,
  resolve: Resolve,
  timeout: number,
): buildConnector.connector {
  const { connect } = network;
  const dial = build({
    timeout,
    allowH2: false,
    maxCachedSessions: 0,
    ...(connect === undefined ? {} : { ca: connect.ca }),
  });
  return (options, callback) => {
    const hostname = bare(options.hostname);
    const refuse = (error: Error): void => callback(error, null);
    if (options.protocol !== "https:" || (isIP(hostname) !== 0 && !rules.permits(hostname, hostname))) {
      queueMicrotask(() => refuse(new AddressRefused()));
      return;
    }
    // A literal address has no server name (RFC 6066, section 3); in the sandbox it is one like any other.
    const servername = options.servername || (isIP(hostname) === 0 || connect !== undefined ? hostname : "");
    const next = (addresses: readonly string[]): void => {
      const [address = "", ...others] = addresses;
      dial({ ...options, hostname: address, servername }, (error, socket) => {
        if (error === null) callback(null, socket);
        else if (others.length > 0 && isUnreached(error)) next(others);
        else refuse(error);
      });
    };
    if (connect !== undefined) {
      dial({ ...options, hostname: connect.host, port: String(connect.port), servername }, callback);
    } else if (isIP(hostname) !== 0) {
      next([hostname]);
    } else {
      permittedAddresses(hostname, rules, resolve).then(
        (found) => next([...found].sort((a, b) => a.family - b.family).map(({ address }) => address)),
        refuse,
      );
    }
  };
}

/** Whether the server was not reached at all, so that another of its addresses may do better. */
function isUnreached(error: Error): boolean {
  const { kind } = failureOf(error);
  return kind === "transport" || kind === "timeout";
}
