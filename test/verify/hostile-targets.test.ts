import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addressRules, isPublicAddress } from "../../src/verify/fetch/address.ts";
import { connectChecked, type Resolve } from "../../src/verify/fetch/connector.ts";
import { createFetcher } from "../../src/verify/fetch/fetcher.ts";
import { verifySubject } from "../../src/verify/verify.ts";
import { type LoopbackWatch, watchLoopback } from "./loopback-watch.ts";
import { ioOf, subjectWith } from "./subject.ts";

let watch: LoopbackWatch;
beforeAll(async () => {
  watch = await watchLoopback();
});
afterAll(() => watch.close());
beforeEach(() => watch.reset());

const at =
  (address: string): Resolve =>
  async () => [{ address, family: address.includes(":") ? 6 : 4 }];

const hostileUrls = [
  "http://127.0.0.1/",
  "https://127.0.0.1/",
  "https://127.0.0.1:PORT/",
  "https://127.1/",
  "https://127.0.1/",
  "https://127.0.0.1./",
  "https://2130706433/",
  "https://0x7f000001/",
  "https://0x7f.1/",
  "https://0177.0.0.1/",
  "https://017700000001/",
  "https://0/",
  "https://0.0.0.0/",
  "https://10.0.0.1/",
  "https://100.64.0.1/",
  "https://169.254.169.254/latest/meta-data/",
  "https://172.16.0.1/",
  "https://192.168.0.1/",
  "https://192.0.0.8/",
  "https://198.18.0.1/",
  "https://224.0.0.1/",
  "https://255.255.255.255/",
  "https://[::1]/",
  "https://[::1]:PORT/",
  "https://[::]/",
  "https://[::ffff:127.0.0.1]/",
  "https://[::ffff:7f00:1]/",
  "https://[::ffff:8.8.8.8]/",
  "https://[0:0:0:0:0:ffff:127.0.0.1]/",
  "https://[::127.0.0.1]/",
  "https://[fe80::1]/",
  "https://[fc00::1]/",
  "https://[fd00:ec2::254]/",
  "https://[ff02::1]/",
  "https://[64:ff9b::7f00:1]/",
  "https://[2001:db8::1]/",
  "https://[2002:7f00:1::]/",
  // A public address in an odd spelling is refused for its spelling.
  "https://134744072/",
  "https://0x08080808/",
  "https://8.8.2056/",
  "https://010.8.8.8/",
  "https://8.8.8.8./",
  "https://idp.example./",
  "https://localhost/",
  "https://localhost:PORT/",
  "https://localhost./",
  "https://idp.example@127.0.0.1/",
  "https://127.0.0.1@idp.example/",
  "https://@localhost/",
  "https://idp.example:8443/",
  "https://127.0.0.1%2f@idp.example/",
  "https://127%2e0%2e0%2e1/",
  "https://ⓛocalhost/",
  "https://①②⑦.0.0.1/",
  "https:\\\\127.0.0.1\\",
  "https:127.0.0.1/",
  "https:///127.0.0.1/",
  "https://127.0.0.1\t/",
  "https://local\nhost/",
  " https://127.0.0.1/",
  "//127.0.0.1/",
  "https://[fe80::1%25eth0]/",
  "https://[fe80::1%eth0]/",
  "https://[::ffff:0:127.0.0.1]/",
  "https://[64:ff9b:1::a00:1]/",
  "https://[2001:0:7f00:1::]/",
  "https://[fec0::1]/",
  "https://[5f00::1]/",
  "https://[100::1]/",
  "https://[::FFFF:127.0.0.1]/",
  "https://127.00.0.1/",
  "https://0x7F.0x0.0x0.0x1/",
  "https://0300.0250.0.1/",
  "https://3232235521/",
  "https://169.254.43518/",
  "https://１２７.0.0.1/",
  "https://１２７。０。０。１/",
  "https://127。0。0。1/",
  "https://localhoſt/",
  "https://xn--/",
  "https://idp.example\uff0fevil/",
  "https://user:password@idp.example/",
  "https://:@idp.example/",
  "https://idp.example:0/",
  "https://idp.example:22/",
  "https://idp.example:0443/",
  "https://idp.example:443:22/",
  "https://metadata/",
  "https://metadata.google.internal/computeMetadata/v1/",
  "https://%6c%6f%63%61%6c%68%6f%73%74/",
  "https://idp.example\\@127.0.0.1:PORT/",
  "https://127.0.0.1:PORT\\@idp.example/",
  "https://idp.example\u0000.evil.example/",
  "https://idp.example\u00ad/",
  "wss://127.0.0.1:PORT/",
  "ftp://127.0.0.1:PORT/",
  "HTTPS://127.0.0.1:PORT/",
  "file:///etc/passwd",
  "gopher://127.0.0.1/",
  "javascript:alert(1)",
  "data:application/json,{}",
  "unix:/run/docker.sock",
  "",
];

describe("hostile URLs", () => {
  test.each(hostileUrls)("%j is not asked", async (template) => {
    const url = template.replace("PORT", String(watch.port));
    let lookups = 0;
    const resolve: Resolve = async () => {
      lookups += 1;
      return [{ address: "8.8.8.8", family: 4 }];
    };
    const connect = { host: "127.0.0.1", port: watch.port, ca: "" };
    const proxy = `http://127.0.0.1:${watch.port}`;
    for (const ways of [{ network: {} }, { network: { connect } }, { network: {}, proxy }]) {
      const fetcher = await createFetcher({ ...ways, allowPrivate: [], deadline: 1_000, resolve });
      const outcome = await fetcher.send({ method: "GET", url });
      expect(outcome).toMatchObject({ kind: "refused" });
      expect(JSON.stringify(outcome)).not.toMatch(/\d/);
      expect(await fetcher.refusal(url)).toBeDefined();
      expect(await fetcher.addressesOf(url)).toEqual([]);
      await fetcher.close();
    }
    expect([lookups, watch.connections(), watch.sockets()]).toEqual([0, 0, 0]);
  });

  test.each(hostileUrls)("%j is no issuer", async (template) => {
    const issuer = template.replace("PORT", String(watch.port));
    const options = { secretProbe: true, wrongSecretControl: true };
    const verification = await verifySubject(subjectWith({ issuer }), ioOf({ network: {} }), options);
    expect(verification.verdict).toBe("fail");
    expect(verification.discovery).toBeUndefined();
    expect([watch.connections(), watch.sockets()]).toEqual([0, 0]);
  });
});

describe("the connector by itself", () => {
  /** Connects to the listener's port, past every rule on spelling; how that ended. */
  async function dial(hostname: string, allowPrivate: readonly string[], resolve: Resolve, address?: string) {
    const ways = { network: {}, rules: addressRules(allowPrivate), resolve, timeout: 1_000 };
    try {
      await connectChecked({ hostname, port: watch.port, address }, ways, new AbortController().signal);
      return "connected";
    } catch (error) {
      return (error as Error).name;
    }
  }

  test.each(["127.0.0.1", "::1", "::ffff:127.0.0.1", "0.0.0.0"])("refuses the literal %s", async (hostname) => {
    expect(await dial(hostname, [], at("8.8.8.8"))).toBe("AddressRefused");
    expect([watch.connections(), watch.sockets()]).toEqual([0, 0]);
  });

  test("refuses a name that turned private after it was judged", async () => {
    expect(await dial("turned.example", [], at("127.0.0.1"))).toBe("AddressRefused");
    expect([watch.connections(), watch.sockets()]).toEqual([0, 0]);
  });

  test("refuses an address that somebody picked, when it is private", async () => {
    expect(await dial("idp.example", [], at("8.8.8.8"), "127.0.0.1")).toBe("AddressRefused");
    expect([watch.connections(), watch.sockets()]).toEqual([0, 0]);
  });

  test("resolves a name once, and connects to the address that was checked", async () => {
    let asked = 0;
    const ended = await dial("idp.example", ["127.0.0.0/8"], async () => {
      asked += 1;
      return [{ address: "127.0.0.1", family: 4 }];
    });
    expect(ended).not.toBe("AddressRefused");
    expect([watch.connections(), asked]).toEqual([1, 1]);
  });

  test("resolves nothing for an address that was picked", async () => {
    const never: Resolve = async () => {
      throw new Error("asked");
    };
    expect(await dial("idp.example", ["127.0.0.0/8"], never, "127.0.0.1")).not.toBe("AddressRefused");
    expect(watch.connections()).toBe(1);
  });
});

describe("addresses", () => {
  test.each(["8.8.8.8", "1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700:4700::1111", "2a00:1450:4001::1"])(
    "%s is public",
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  test("no address of a special range is public", () => {
    const byte = fc.integer({ min: 0, max: 255 });
    fc.assert(
      fc.property(
        fc.constantFrom("10.", "127.", "0.", "192.168.", "169.254.", "172.20.", "100.100."),
        byte,
        byte,
        byte,
        (head, b, c, d) => {
          const rest = head.split(".").length === 2 ? `${b}.${c}.${d}` : `${c}.${d}`;
          return !isPublicAddress(head + rest) && !isPublicAddress(`::ffff:${head}${rest}`);
        },
      ),
    );
  });

  test("allowPrivate opens ranges, addresses, hosts and ports, and nothing else", () => {
    const rules = addressRules([
      "10.0.0.0/8",
      "192.168.1.5",
      "fd00::/8",
      "idp.corp.example",
      "sso.corp.example:8443",
      "x/y",
    ]);
    expect(rules.permits("10.9.9.9", "any.example")).toBe(true);
    expect(rules.permits("192.168.1.5", "any.example")).toBe(true);
    expect(rules.permits("192.168.1.6", "any.example")).toBe(false);
    expect(rules.permits("fd12::1", "any.example")).toBe(true);
    expect(rules.permits("172.16.0.1", "idp.corp.example")).toBe(true);
    expect(rules.permits("172.16.0.1", "evil.idp.corp.example")).toBe(false);
    expect(rules.permits("::ffff:10.0.0.1", "any.example")).toBe(true);
    expect(rules.permitsPort("sso.corp.example", 8443)).toBe(true);
    expect(addressRules(["[FD00::0:1]:8443"]).permitsPort("[fd00::1]", 8443)).toBe(true);
    expect(addressRules(["[FD00::0:1]:8443"]).permits("fd00::1", "[fd00::1]")).toBe(true);
    expect(addressRules(["[FD00::0:1]:8443"]).permits("fd00::2", "[fd00::2]")).toBe(false);
    expect(rules.permitsPort("idp.corp.example", 8443)).toBe(false);
    expect(rules.permitsPort("idp.corp.example", 443)).toBe(true);
  });
});
