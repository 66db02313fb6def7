import { BlockList, isIP } from "node:net";

// Everything outside 2000::/3 is refused for IPv6, so only the special parts inside it are listed. IPv4-mapped
// addresses (::ffff:0:0/96) and NAT64 (64:ff9b::/96) are outside it.
// IANA special-purpose registries: https://www.iana.org/assignments/iana-ipv4-special-registry/,
// https://www.iana.org/assignments/iana-ipv6-special-registry/
const special: readonly (readonly [network: string, prefix: number, family: "ipv4" | "ipv6"])[] = [
  ["0.0.0.0", 8, "ipv4"],
  ["10.0.0.0", 8, "ipv4"],
  ["100.64.0.0", 10, "ipv4"],
  ["127.0.0.0", 8, "ipv4"],
  ["169.254.0.0", 16, "ipv4"],
  ["172.16.0.0", 12, "ipv4"],
  ["192.0.0.0", 24, "ipv4"],
  ["192.0.2.0", 24, "ipv4"],
  ["192.88.99.0", 24, "ipv4"],
  ["192.168.0.0", 16, "ipv4"],
  ["198.18.0.0", 15, "ipv4"],
  ["198.51.100.0", 24, "ipv4"],
  ["203.0.113.0", 24, "ipv4"],
  ["224.0.0.0", 4, "ipv4"],
  ["240.0.0.0", 4, "ipv4"],
  ["2001::", 23, "ipv6"],
  ["2001:db8::", 32, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["3fff::", 20, "ipv6"],
];

const refused = new BlockList();
for (const [network, prefix, family] of special) refused.addSubnet(network, prefix, family);

const globalUnicast = new BlockList();
globalUnicast.addSubnet("2000::", 3, "ipv6");

/** Whether an IP address is one of the public internet. False for text that is no address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !refused.check(address, "ipv4");
    case 6:
      return globalUnicast.check(address, "ipv6") && !refused.check(address, "ipv6");
    default:
      return false;
  }
}

/** What may be probed besides the public internet: the parsed form of `verify.allowPrivate`. */
export interface AddressRules {
  /** Whether a connection to this address, reached by this host name, is allowed. */
  permits(address: string, hostname: string): boolean;
  /** Whether this port may be asked at this host: 443, or one that an entry `host:port` names. */
  permitsPort(hostname: string, port: number): boolean;
}

/**
 * Reads `verify.allowPrivate`: CIDR ranges, single addresses, host names, and `host:port` for a port other than 443.
 * An entry that is none of these allows nothing.
 */
export function addressRules(allowPrivate: readonly string[]): AddressRules {
  const ranges = new BlockList();
  const hosts = new Set<string>();
  const ports = new Set<string>();
  for (const entry of allowPrivate) {
    const text = entry.trim().toLowerCase();
    const [network = "", prefix] = text.split("/");
    const family = isIP(network);
    if (family !== 0) {
      const bits = prefix === undefined ? (family === 4 ? 32 : 128) : Number(prefix);
      if (Number.isInteger(bits) && bits >= 0 && bits <= (family === 4 ? 32 : 128)) {
        ranges.addSubnet(network, bits, family === 4 ? "ipv4" : "ipv6");
      }
      continue;
    }
    const withPort = /^(.+):(\d{1,5})$/.exec(text);
    const host = bare(withPort?.[1] ?? text);
    if (withPort !== null) ports.add(`${host}:${Number(withPort[2])}`);
    hosts.add(host);
  }
  return {
    permits: (address, hostname) =>
      isPublicAddress(address) ||
      hosts.has(bare(hostname).toLowerCase()) ||
      ranges.check(address, isIP(address) === 6 ? "ipv6" : "ipv4"),
    permitsPort: (hostname, port) => port === 443 || ports.has(`${bare(hostname).toLowerCase()}:${port}`),
  };
}

/** A host without the brackets that URLs put around IPv6 addresses. */
export function bare(hostname: string): string {
  return hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
}
