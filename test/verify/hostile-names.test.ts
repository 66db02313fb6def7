import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Resolve } from "../../src/verify/fetch/connector.ts";
import { createFetcher, type Fetcher } from "../../src/verify/fetch/fetcher.ts";
import { type LoopbackWatch, watchLoopback } from "./loopback-watch.ts";

// Names whose addresses must not be asked. Nothing of this opens a socket.

let watch: LoopbackWatch;
beforeAll(async () => {
  watch = await watchLoopback();
});
afterAll(() => watch.close());
beforeEach(() => watch.reset());

/** A resolver that gives these addresses for whatever it is asked. */
const gives =
  (...addresses: readonly string[]): Resolve =>
  async () =>
    addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));

const open = (resolve: Resolve, allowPrivate: readonly string[] = []): Promise<Fetcher> =>
  createFetcher({ network: {}, allowPrivate, deadline: 1_000, resolve });

const answers: readonly (readonly [what: string, ...addresses: readonly string[]])[] = [
  ["this network", "0.0.0.0"],
  ["this network, another address", "0.1.2.3"],
  ["private, ten", "10.0.0.1"],
  ["private, ten, the last", "10.255.255.255"],
  ["shared address space", "100.64.0.1"],
  ["shared address space, the last", "100.127.255.255"],
  ["a cloud's metadata in shared space", "100.100.100.200"],
  ["loopback", "127.0.0.1"],
  ["loopback, another address", "127.255.255.254"],
  ["link-local", "169.254.0.1"],
  ["metadata", "169.254.169.254"],
  ["container credentials", "169.254.170.2"],
  ["private, 172.16", "172.16.0.1"],
  ["private, 172.31", "172.31.255.255"],
  ["protocol assignments", "192.0.0.1"],
  ["another cloud's metadata", "192.0.0.192"],
  ["documentation one", "192.0.2.1"],
  ["6to4 relay", "192.88.99.1"],
  ["private, 192.168", "192.168.1.1"],
  ["benchmarking", "198.18.0.1"],
  ["benchmarking, the last", "198.19.255.255"],
  ["documentation two", "198.51.100.1"],
  ["documentation three", "203.0.113.1"],
  ["multicast", "224.0.0.1"],
  ["multicast, the last", "239.255.255.255"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["loopback in IPv6", "::1"],
  ["unspecified in IPv6", "::"],
  ["IPv4-mapped loopback", "::ffff:127.0.0.1"],
  ["IPv4-mapped loopback in hexadecimal", "::ffff:7f00:1"],
  ["IPv4-mapped, although public", "::ffff:8.8.8.8"],
  ["IPv4-compatible loopback", "::127.0.0.1"],
  ["IPv4-translated", "::ffff:0:127.0.0.1"],
  ["NAT64", "64:ff9b::7f00:1"],
  ["local NAT64", "64:ff9b:1::a00:1"],
  ["discard only", "100::1"],
  ["Teredo", "2001:0:7f00:1::"],
  ["ORCHID", "2001:20::1"],
  ["documentation in IPv6", "2001:db8::1"],
  ["6to4 around loopback", "2002:7f00:1::"],
  ["6to4 around metadata", "2002:a9fe:a9fe::"],
  ["documentation in IPv6, the new one", "3fff::1"],
  ["segment routing", "5f00::1"],
  ["unique local", "fc00::1"],
  ["unique local, AWS metadata", "fd00:ec2::254"],
  ["link-local in IPv6", "fe80::1"],
  ["link-local with a zone", "fe80::1%eth0"],
  ["public with a zone", "2606:4700:4700::1111%lo"],
  ["site-local", "fec0::1"],
  ["multicast in IPv6", "ff02::1"],
  ["outside every block that was given out", "4000::1"],
  ["no address at all"],
  ["what is no address", "not-an-address"],
  ["an empty address", ""],
  ["a name in place of an address", "localhost"],
  ["an address in decimal", "2130706433"],
  ["an address in octal", "0177.0.0.1"],
  ["public, then private", "8.8.8.8", "10.0.0.1"],
  ["private, then public", "10.0.0.1", "8.8.8.8"],
  ["public in IPv4, loopback in IPv6", "8.8.8.8", "::1"],
  ["public in IPv6, private in IPv4", "2606:4700:4700::1111", "192.168.0.1"],
  ["many public, the last metadata", "8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "169.254.169.254"],
  ["public and mapped", "8.8.8.8", "::ffff:10.0.0.1"],
];

describe("what a name leads to", () => {
  test.each(answers)("%s is not asked", async (_, ...addresses) => {
    const fetcher = await open(gives(...addresses));
    const url = "https://chain.of.names.example/path";
    const outcome = await fetcher.send({ method: "GET", url });
    // The same words for each: nothing tells which address it was, or whether anything is there.
    expect(outcome).toEqual({ kind: "refused", refusal: "private" });
    expect(await fetcher.refusal(url)).toBe("private");
    expect(await fetcher.addressesOf(url)).toEqual([]);
    await fetcher.close();
    expect([watch.connections(), watch.sockets()]).toEqual([0, 0]);
  });

  test("a name that is public when it is judged and private when it is dialled is not asked", async () => {
    const turns = ["8.8.8.8", "127.0.0.1", "::1"];
    const fetcher = await open(async () => {
      const address = turns.shift() ?? "169.254.169.254";
      return [{ address, family: address.includes(":") ? 6 : 4 }];
    });
    for (let round = 0; round < 4; round += 1) {
      expect(await fetcher.refusal("https://rebinding.example/")).toBeUndefined();
      expect(await fetcher.send({ method: "GET", url: "https://rebinding.example/" })).toMatchObject({
        kind: "refused",
        refusal: "private",
      });
    }
    await fetcher.close();
    expect([watch.connections(), watch.sockets()]).toEqual([0, 0]);
  });

  test("a name that is public when its addresses are listed cannot lead one to a private address", async () => {
    const fetcher = await open(gives("8.8.8.8"));
    expect(await fetcher.addressesOf("https://idp.example/")).toEqual(["8.8.8.8"]);
    for (const address of ["127.0.0.1", "::1", "::ffff:127.0.0.1", "169.254.169.254", "localhost", ""]) {
      expect(await fetcher.send({ method: "GET", url: "https://idp.example/", address })).toMatchObject({
        kind: "refused",
      });
    }
    await fetcher.close();
    expect([watch.connections(), watch.sockets()]).toEqual([0, 0]);
  });

  test("a name that does not resolve opens nothing, and says so alike for every name", async () => {
    const fetcher = await open(async () => {
      throw Object.assign(new Error("no such name: 10.0.0.1"), { code: "ENOTFOUND" });
    });
    expect(await fetcher.send({ method: "GET", url: "https://gone.example/" })).toEqual({
      kind: "dns",
      detail: "ENOTFOUND",
    });
    expect(await fetcher.refusal("https://gone.example/")).toBeUndefined();
    await fetcher.close();
    expect(watch.sockets()).toBe(0);
  });

  test("a resolver that never answers is given up at the deadline", async () => {
    const fetcher = await createFetcher({
      network: {},
      allowPrivate: [],
      deadline: 50,
      resolve: () => new Promise(() => {}),
    });
    expect(await fetcher.send({ method: "GET", url: "https://slow.example/" })).toEqual({
      kind: "timeout",
      detail: "deadline",
    });
    expect(await fetcher.refusal("https://slow.example/")).toBeUndefined();
    await fetcher.close();
    expect(watch.sockets()).toBe(0);
  });
});

/** Names that lead to this machine, its network or its cloud wherever they are resolved. */
const privateNames = [
  "localhost",
  "idp.localhost",
  "localhost.localdomain",
  "jenkins",
  "kubernetes",
  "metadata",
  "instance-data",
  "metadata.google.internal",
  "instance-data.ec2.internal",
  "host.docker.internal",
  "printer.local",
  "kubernetes.default.svc.cluster.local",
  "router.lan",
  "nas.home.arpa",
  "wiki.intranet",
];

describe("names that no public server has", () => {
  test.each(privateNames)("%s is not even looked up", async (host) => {
    let lookups = 0;
    const fetcher = await open(async () => {
      lookups += 1;
      return [{ address: "8.8.8.8", family: 4 }];
    });
    const refused = { kind: "refused", refusal: "private" };
    expect(await fetcher.send({ method: "GET", url: `https://${host}/` })).toEqual(refused);
    expect(await fetcher.refusal(`https://${host}/`)).toBe("private");
    await fetcher.close();
    expect([lookups, watch.connections(), watch.sockets()]).toEqual([0, 0, 0]);
  });

  test.each(privateNames)("%s is not asked in the sandbox, nor through a proxy", async (host) => {
    const { port } = watch;
    const connect = { host: "127.0.0.1", port, ca: "" };
    for (const ways of [{ network: { connect } }, { network: {}, proxy: `http://127.0.0.1:${port}` }]) {
      const fetcher = await createFetcher({ ...ways, allowPrivate: ["10.0.0.0/8"], deadline: 1_000 });
      expect(await fetcher.send({ method: "GET", url: `https://${host}/` })).toMatchObject({ kind: "refused" });
      await fetcher.close();
    }
    expect([watch.connections(), watch.sockets()]).toEqual([0, 0]);
  });
});

describe("what verify.allowPrivate opens", () => {
  const send = async (allowPrivate: readonly string[], host: string, ...addresses: readonly string[]) => {
    const fetcher = await open(gives(...addresses), allowPrivate);
    const outcome = await fetcher.send({ method: "GET", url: `https://${host}/` });
    await fetcher.close();
    return outcome.kind;
  };

  test("a host that is named may be private", async () => {
    expect(await send(["idp.corp.example"], "idp.corp.example", "127.0.0.1")).not.toBe("refused");
    expect(watch.sockets()).toBeGreaterThan(0);
    expect(await send(["jenkins"], "jenkins", "127.0.0.1")).not.toBe("refused");
  });

  test.each([
    ["metadata", "169.254.169.254"],
    ["metadata in IPv6", "fd00:ec2::254"],
    ["this network", "0.0.0.0"],
    ["multicast", "224.0.0.1"],
    ["link-local", "fe80::1"],
  ])("a host that is named may not turn into %s", async (_, address) => {
    expect(await send(["idp.corp.example"], "idp.corp.example", address)).toBe("refused");
    expect(watch.sockets()).toBe(0);
  });

  test("a range opens its addresses, whatever the name, and no other", async () => {
    expect(await send(["127.0.0.0/8"], "idp.corp.example", "127.0.0.1")).not.toBe("refused");
    expect(await send(["127.0.0.0/8"], "jenkins", "127.0.0.1")).not.toBe("refused");
    watch.reset();
    expect(await send(["10.0.0.0/8"], "idp.corp.example", "127.0.0.1")).toBe("refused");
    expect(await send(["10.0.0.0/8"], "idp.corp.example", "10.0.0.1", "127.0.0.1")).toBe("refused");
    expect(watch.sockets()).toBe(0);
  });
});
