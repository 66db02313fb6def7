import { createServer as createHttp, type IncomingMessage, type Server } from "node:http";
import { createServer as createHttps } from "node:https";
import { type AddressInfo, connect, type Socket } from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { TenantryError } from "../../src/errors/failure.ts";
import { createFetcher, type Fetcher } from "../../src/verify/fetch/fetcher.ts";
import { placeOf } from "../../src/verify/fetch/proxy.ts";
import { verifySubject } from "../../src/verify/verify.ts";
import { type Provider, startProvider } from "./provider.ts";
import { check, ioOf, subjectWith } from "./subject.ts";

const trusted = getCACertificates("default");
let provider: Provider;
let impostor: Provider;
beforeAll(async () => {
  provider = await startProvider();
  impostor = await startProvider();
  setDefaultCACertificates([...trusted, provider.authority.ca]);
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  await provider.close();
  await impostor.close();
});

/** A proxy on loopback that leads every name to one port. */
interface Proxy {
  readonly url: string;
  readonly asked: { readonly target: string; readonly headers: IncomingMessage["headers"] }[];
  /** All that was sent through it, before TLS is undone. */
  readonly bytes: Buffer[];
  close(): Promise<void>;
}

async function startProxy(
  port: number,
  refuse?: number | "silence",
  tls?: { readonly cert: string; readonly key: string },
): Promise<Proxy> {
  const asked: Proxy["asked"] = [];
  const bytes: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server: Server = tls === undefined ? createHttp() : createHttps(tls);
  server.on("connect", (request: IncomingMessage, socket: Socket) => {
    asked.push({ target: request.url ?? "", headers: request.headers });
    sockets.add(socket.on("error", () => {}));
    if (refuse === "silence") return;
    if (refuse !== undefined) {
      socket.end(`HTTP/1.1 ${refuse} No\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const there = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.on("data", (chunk) => bytes.push(chunk));
      socket.pipe(there).pipe(socket);
    });
    sockets.add(there.on("error", () => socket.destroy()));
    socket.on("close", () => there.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const own = (server.address() as AddressInfo).port;
  return {
    url: `${tls === undefined ? "http" : "https"}://127.0.0.1:${own}`,
    asked,
    bytes,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
    },
  };
}

const closing: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const one of closing.splice(0).reverse()) await one.close();
});
beforeEach(() => provider.behave({ other: () => ({ status: 204 }) }));

const kept = <T extends { close(): Promise<void> }>(one: T): T => {
  closing.push(one);
  return one;
};
const through = async (proxy: string, deadline = 2_000): Promise<Fetcher> =>
  kept(
    await createFetcher({
      network: {},
      allowPrivate: [],
      deadline,
      proxy,
      resolve: async () => {
        throw new Error("a name was resolved here");
      },
    }),
  );

describe("a proxy that was named", () => {
  test("resolves the name, and sees nothing but TLS", async () => {
    const proxy = kept(await startProxy(provider.port));
    const fetcher = await through(proxy.url);
    const outcome = await fetcher.send({ method: "POST", url: "https://idp.example/x", body: "client_secret=canary" });
    expect(outcome).toMatchObject({ kind: "answer", status: 204, tls: { protocol: "TLSv1.3" } });
    expect(proxy.asked.map(({ target }) => target)).toEqual(["idp.example:443"]);
    expect(proxy.asked[0]?.headers["proxy-authorization"]).toBeUndefined();
    // 22: a TLS handshake record (RFC 8446, section 5.1).
    expect(proxy.bytes[0]?.[0]).toBe(22);
    expect(Buffer.concat(proxy.bytes).includes("canary")).toBe(false);
    expect(await fetcher.refusal("https://idp.example/")).toBeUndefined();
  });

  test("is told who asks when its URL says so, and the server is not", async () => {
    const proxy = kept(await startProxy(provider.port));
    const fetcher = await through(proxy.url.replace("//", "//user%40corp:p%3Aw@"));
    expect(await fetcher.send({ method: "GET", url: "https://idp.example/x" })).toMatchObject({ kind: "answer" });
    const sent = Buffer.from("user@corp:p:w").toString("base64");
    expect(proxy.asked[0]?.headers["proxy-authorization"]).toBe(`Basic ${sent}`);
    expect(provider.seen[0]?.headers["proxy-authorization"]).toBeUndefined();
  });

  test("may be asked over https itself", async () => {
    const { cert, key } = await provider.authority.issue(["localhost"]);
    const proxy = kept(await startProxy(provider.port, undefined, { cert, key }));
    const fetcher = await through(proxy.url.replace("127.0.0.1", "localhost"));
    expect(await fetcher.send({ method: "GET", url: "https://idp.example/x" })).toMatchObject({ kind: "answer" });
  });

  test("that leads to somebody else is found out by the certificate, and gets no secret", async () => {
    const proxy = kept(await startProxy(impostor.port));
    const fetcher = await through(proxy.url);
    const outcome = await fetcher.send({ method: "POST", url: "https://idp.example/token", body: "canary" });
    expect(outcome).toMatchObject({ kind: "tls" });
    expect(impostor.seen).toEqual([]);
  });

  test.each([407, 502, 403, 302, 503])("that answers %i is named as the cause, after one try", async (status) => {
    const proxy = kept(await startProxy(provider.port, status));
    const fetcher = await through(proxy.url);
    expect(await fetcher.send({ method: "GET", url: "https://idp.example/x" })).toEqual({
      kind: "proxy",
      detail: String(status),
    });
    expect(proxy.asked).toHaveLength(1);
  });

  test("that is not there, or says nothing, is named as the cause", async () => {
    const proxy = await startProxy(provider.port);
    await proxy.close();
    const send = async (url: string) => (await through(url, 300)).send({ method: "GET", url: "https://idp.example/x" });
    expect(await send(proxy.url)).toEqual({ kind: "proxy", detail: "unreached" });
    const mute = kept(await startProxy(provider.port, "silence"));
    expect(await send(mute.url)).toEqual({ kind: "timeout", detail: "deadline" });
  });

  test("gets no private address to lead to, whatever is allowed by range", async () => {
    const proxy = kept(await startProxy(provider.port));
    const fetcher = await through(proxy.url);
    for (const host of ["127.0.0.1", "[::1]", "169.254.169.254", "10.0.0.1", "localhost", "metadata.google.internal"]) {
      expect(await fetcher.send({ method: "GET", url: `https://${host}/` })).toMatchObject({ kind: "refused" });
    }
    expect(proxy.asked).toEqual([]);
  });

  test("stands in what a verification says of where it ran, and a failure of it is inconclusive", async () => {
    const proxy = kept(await startProxy(provider.port, 407));
    const settings = { ...ioOf({ network: {} }).settings, proxy: proxy.url.replace("//", "//user:canary@") };
    const ranFrom = placeOf("runner.example", { network: {}, settings });
    expect(ranFrom).toBe(`runner.example through ${new URL(proxy.url).host}`);
    const io = { ...ioOf({ network: {} }), settings, ranFrom };
    const verification = await verifySubject(subjectWith(), io, { secretProbe: true, wrongSecretControl: true });
    expect(check(verification, "D1")).toMatchObject({ verdict: "inconclusive", code: "VERIFY_PROXY_FAILED" });
    expect(JSON.stringify(verification)).not.toContain("canary");
  });
});

test.each([
  "",
  "proxy.example:3128",
  "socks5://proxy.example",
  "ftp://proxy.example",
  "http://",
  "http://p.example/x",
  "http://p.example/?a",
  "http://%zz@p.example",
])("%j is no proxy, and its message does not repeat it", async (proxy) => {
  const error = await createFetcher({ network: {}, allowPrivate: [], deadline: 1, proxy }).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(TenantryError);
  expect((error as TenantryError).code).toBe("VERIFY_PROXY_INVALID");
  if (proxy !== "") expect((error as TenantryError).message).not.toContain(proxy);
});

test("where everything goes to the sandbox, no proxy stands in between", async () => {
  const proxy = kept(await startProxy(impostor.port));
  const fetcher = kept(
    await createFetcher({ network: provider.network, allowPrivate: [], deadline: 2_000, proxy: proxy.url }),
  );
  expect(await fetcher.send({ method: "GET", url: "https://idp.example/x" })).toMatchObject({ kind: "answer" });
  expect(proxy.asked).toEqual([]);
  expect(placeOf("runner.example", { network: provider.network, settings: { proxy: proxy.url } })).toBe(
    "runner.example",
  );
});
