import { type AddressInfo, createServer, type Server } from "node:net";
import fc from "fast-check";
import { buildConnector } from "undici";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addressRules, isPublicAddress } from "../../src/verify/fetch/address.ts";
import { checkedConnector, type Resolve } from "../../src/verify/fetch/connector.ts";
import { createFetcher } from "../../src/verify/fetch/fetcher.ts";
import { verifySubject } from "../../src/verify/verify.ts";
import { ioOf, subjectWith } from "./subject.ts";

let listener: Server;
let connections = 0;
let port = 0;
beforeAll(async () => {
  listener = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => listener.listen(0, "127.0.0.1", resolve));
  port = (listener.address() as AddressInfo).port;
});
afterAll(() => listener.close());
beforeEach(() => {
  connections = 0;
});

const at =
  (address: string): Resolve =>
  async () => [{ address, family: address.includes(":") ? 6 : 4 }];

/** Names that resolve to what must not be asked. */
const hostileNames: readonly (readonly [host: string, resolve: Resolve])[] = [
  ["loopback.example", at("127.0.0.1")],
  ["loopback6.example", at("::1")],
  ["metadata.example", at("169.254.169.254")],
  ["private.example", at("10.1.2.3")],
  ["mapped.example", at("::ffff:127.0.0.1")],
  ["nat64.example", at("64:ff9b::7f00:1")],
  ["sixtofour.example", at("2002:7f00:1::")],
  ["unspecified.example", at("0.0.0.0")],
  ["empty.example", async () => []],
  [
    "mixed.example",
    async () => [
      { address: "8.8.8.8", family: 4 },
      { address: "127.0.0.1", family: 4 },
    ],
  ],
  ["odd.example", at("not-an-address")],
];

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
  "file:///etc/passwd",
  "gopher://127.0.0.1/",
  "javascript:alert(1)",
  "data:application/json,{}",
  "unix:/run/docker.sock",
  "",
];

describe("hostile URLs", () => {
  test.each(hostileUrls)("%j is not asked", async (template) => {
    const url = template.replace("PORT", String(port));
    const fetcher = await createFetcher({ network: {}, allowPrivate: [], deadline: 1_000 });
    const outcome = await fetcher.send({ method: "GET", url });
    expect(outcome).toMatchObject({ kind: "refused" });
    expect(JSON.stringify(outcome)).not.toMatch(/\d/);
    await fetcher.close();
    expect(connections).toBe(0);
  });

  test.each(hostileUrls)("%j is no issuer", async (template) => {
    const issuer = template.replace("PORT", String(port));
    const options = { secretProbe: true, wrongSecretControl: true };
    const verification = await verifySubject(subjectWith({ issuer }), ioOf({ network: {} }), options);
    expect(verification.verdict).toBe("fail");
    expect(verification.discovery).toBeUndefined();
    expect(connections).toBe(0);
  });

  test.each(hostileNames)("%s is not asked", async (host, resolve) => {
    const fetcher = await createFetcher({ network: {}, allowPrivate: [], deadline: 1_000, resolve });
    expect(await fetcher.send({ method: "GET", url: `https://${host}/` })).toEqual({
      kind: "refused",
      refusal: "private",
    });
    expect(await fetcher.refusal(`https://${host}/`)).toBe("private");
    await fetcher.close();
    expect(connections).toBe(0);
  });

  test("a literal private address is refused in the sandbox too", async () => {
    const network = { connect: { host: "127.0.0.1", port, ca: "" } };
    const fetcher = await createFetcher({ network, allowPrivate: [], deadline: 1_000 });
    expect(await fetcher.send({ method: "GET", url: "https://169.254.169.254/" })).toMatchObject({ kind: "refused" });
    await fetcher.close();
    expect(connections).toBe(0);
  });
});

describe("the connector by itself", () => {
  /** Connects to the listener's port, past every rule on spelling; whether the socket got there. */
  function dial(hostname: string, allowPrivate: readonly string[], resolve: Resolve): Promise<string> {
    const connect = checkedConnector(buildConnector, {}, addressRules(allowPrivate), resolve, 1_000);
    return new Promise((done) => {
      const options = { hostname, host: hostname, protocol: "https:", port: String(port) };
      connect(options, (...[error]) => done((error as NodeJS.ErrnoException | null)?.code ?? "connected"));
    });
  }

  test.each(["127.0.0.1", "[::1]", "::ffff:127.0.0.1", "0.0.0.0"])("refuses the literal %s", async (hostname) => {
    expect(await dial(hostname, [], at("8.8.8.8"))).toBe("ADDRESS_REFUSED");
    expect(connections).toBe(0);
  });

  test("refuses a name that turned private after it was judged", async () => {
    expect(await dial("turned.example", [], at("127.0.0.1"))).toBe("ADDRESS_REFUSED");
    expect(connections).toBe(0);
  });

  test("resolves a name once, and connects to the address that was checked", async () => {
    let asked = 0;
    const code = await dial("idp.example", ["127.0.0.0/8"], async () => {
      asked += 1;
      return [{ address: "127.0.0.1", family: 4 }];
    });
    expect(code).not.toBe("ADDRESS_REFUSED");
    expect([connections, asked]).toEqual([1, 1]);
  });

  test("refuses anything but https", async () => {
    const connect = checkedConnector(buildConnector, {}, addressRules(["127.0.0.1"]), at("127.0.0.1"), 1_000);
    const code = await new Promise((done) => {
      connect({ hostname: "127.0.0.1", host: "127.0.0.1", protocol: "http:", port: String(port) }, (...[error]) =>
        done((error as NodeJS.ErrnoException | null)?.code),
      );
    });
    expect(code).toBe("ADDRESS_REFUSED");
    expect(connections).toBe(0);
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
    expect(rules.permitsPort("idp.corp.example", 8443)).toBe(false);
    expect(rules.permitsPort("idp.corp.example", 443)).toBe(true);
  });
});
