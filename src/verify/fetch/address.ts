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

/** What a host that is named in `verify.allowPrivate` may not lead to either: only an entry with the address itself does. */
const neverByName = new BlockList();
for (const [network, prefix, family] of [
  ["0.0.0.0", 8, "ipv4"],
  // Metadata services of clouds: the usual one, Alibaba's, Oracle's, that of AWS in IPv6.
  ["169.254.0.0", 16, "ipv4"],
  ["100.100.100.200", 32, "ipv4"],
  ["192.0.0.192", 32, "ipv4"],
  ["fd00:ec2::", 32, "ipv6"],
  ["224.0.0.0", 4, "ipv4"],
  ["240.0.0.0", 4, "ipv4"],
  ["::", 128, "ipv6"],
  ["64:ff9b::", 96, "ipv6"],
  ["64:ff9b:1::", 48, "ipv6"],
  ["2002::", 16, "ipv6"],
  ["fe80::", 10, "ipv6"],
  ["ff00::", 8, "ipv6"],
] as const) {
  neverByName.addSubnet(network, prefix, family);
}

/**
 * Names that no public server has: RFC 6761 and 6762, RFC 8375, ICANN's `.internal` (where clouds keep their metadata
 * services), and names without a dot, which a resolver completes by the domain of this machine.
 */
const privateName = /^[^.]+$|(?:^|\.)(?:localhost|localdomain|local|internal|intranet|lan|home\.arpa)$/;

/** Whether an IP address is one of the public internet. False for text that is no address, and for one with a zone. */
export function isPublicAddress(address: string): boolean {
  switch (familyOf(address)) {
    case "ipv4":
      return !refused.check(address, "ipv4");
    case "ipv6":
      return globalUnicast.check(address, "ipv6") && !refused.check(address, "ipv6");
    default:
      return false;
  }
}

/** What may be probed besides the public internet: the parsed form of `verify.allowPrivate`. */
export interface AddressRules {
  /** Whether a connection to this address, reached by this host name, is allowed. */
  permits(address: string, hostname: string): boolean;
  /** Whether a name may be resolved and asked at all. */
  permitsName(hostname: string): boolean;
  /** Whether this port may be asked at this host: 443, or one that an entry `host:port` names. */
  permitsPort(hostname: string, port: number): boolean;
}

/**
 * Reads `verify.allowPrivate`: CIDR ranges, single addresses, host names, and `host:port` for a port other than 443.
 * An entry that is none of these allows nothing. A host that is named may be at any private address but those of metadata
 * services, link-local and multicast ones.
 *
 * @param resolvesHere whether names become addresses here, where these are judged; otherwise a range opens no name
 */
export function addressRules(allowPrivate: readonly string[], resolvesHere = true): AddressRules {
  const ranges = new BlockList();
  let hasRanges = false;
  const hosts = new Set<string>();
  const ports = new Set<string>();
  for (const entry of allowPrivate) {
    const text = entry.trim().toLowerCase();
    const [network = "", prefix] = text.split("/");
    const family = familyOf(network);
    if (family !== undefined) {
      const most = family === "ipv4" ? 32 : 128;
      const bits = prefix === undefined ? most : Number(prefix);
      if (!Number.isInteger(bits) || bits < 0 || bits > most || prefix === "") continue;
      ranges.addSubnet(network, bits, family);
      hasRanges = true;
      continue;
    }
    const withPort = /^(.+):(\d{1,5})$/.exec(text);
    const host = plainHost(withPort?.[1] ?? text);
    if (withPort !== null) ports.add(`${host} ${Number(withPort[2])}`);
    hosts.add(host);
  }
  const names = (hostname: string): boolean => hosts.has(plainHost(hostname));
  return {
    permits(address, hostname) {
      const family = familyOf(address);
      if (family === undefined) return false;
      if (isPublicAddress(address) || ranges.check(address, family)) return true;
      return names(hostname) && (bare(hostname) === address || !neverByName.check(address, family));
    },
    permitsName: (hostname) =>
      !privateName.test(hostname.toLowerCase()) || names(hostname) || (hasRanges && resolvesHere),
    permitsPort: (hostname, port) => port === 443 || ports.has(`${plainHost(hostname)} ${port}`),
  };
}

/** A host without the brackets that URLs put around IPv6 addresses. */
export function bare(hostname: string): string {
  return hostname.startsWith("[") && hostname.endsWith("]") ? hostname.slice(1, -1) : hostname;
}

/** A host as URLs spell it, without brackets. */
function plainHost(host: string): string {
  const inner = bare(host);
  const url = `https://${isIP(inner) === 6 ? `[${inner}]` : inner}`;
  return URL.canParse(url) ? bare(new URL(url).hostname) : inner.toLowerCase();
}

/** Undefined for text that is no address, and for one with a zone (`fe80::1%eth0`). */
function familyOf(address: string): "ipv4" | "ipv6" | undefined {
  if (address.includes("%")) return undefined;
  const family = isIP(address);
  return family === 4 ? "ipv4" : family === 6 ? "ipv6" : undefined;
}
