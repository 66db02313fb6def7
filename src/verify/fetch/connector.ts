import { isIP } from "node:net";
import type { buildConnector } from "undici";
import type { Network } from "../../vendor/network.ts";
import { type AddressRules, bare } from "./address.ts";

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
 * A connector that connects only to addresses that were checked. Literal addresses are checked here, because the
 * socket asks no `lookup` for them; names are resolved once, and the checked answer is what is connected to, so a name
 * cannot change its mind in between. With `network.connect` everything goes there, under its own server name.
 */
export function checkedConnector(
  build: typeof buildConnector,
  network: Network,
  rules: AddressRules,
  resolve: Resolve,
  timeout: number,
): buildConnector.connector {
  const { connect } = network;
  const lookup = (
    hostname: string,
    options: { readonly all?: boolean | undefined },
    callback: (error: Error | null, address?: unknown, family?: number) => void,
  ): void => {
    permittedAddresses(hostname, rules, resolve).then(
      (found) => {
        const [first] = found;
        if (options.all === true) callback(null, found);
        else callback(null, first?.address, first?.family);
      },
      (error: Error) => callback(error),
    );
  };
  const base = build(
    connect === undefined
      ? ({ timeout, allowH2: false, maxCachedSessions: 0, lookup } as buildConnector.BuildOptions)
      : { timeout, allowH2: false, maxCachedSessions: 0, ca: connect.ca },
  );
  return (options, callback) => {
    const hostname = bare(options.hostname);
    if (options.protocol !== "https:" || (isIP(hostname) !== 0 && !rules.permits(hostname, hostname))) {
      queueMicrotask(() => callback(new AddressRefused(), null));
      return;
    }
    if (connect === undefined) {
      base(options, callback);
      return;
    }
    const servername = options.servername === undefined || options.servername === "" ? hostname : options.servername;
    base({ ...options, hostname: connect.host, port: String(connect.port), servername }, callback);
  };
}
