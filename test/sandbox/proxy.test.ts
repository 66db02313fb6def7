import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createAuthority } from "../../sandbox/authority.ts";
import { Faults } from "../../sandbox/faults.ts";
import { auth0Host, oktaHost } from "../../sandbox/sandbox.ts";
import { listen, type SandboxServer } from "../../sandbox/server.ts";
import { startTestSandbox } from "../support/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";

const at = sharedSandbox();

const known = `https://${oktaHost}/.well-known/okta-organization`;
const unknown = "https://cdn.auth0.com/";
/** Why the proxy says no, in its reason phrase. */
const no = "Not a host of the sandbox";

/** Runs a program with nothing but the proxy and the authority in its environment. */
async function run(command: string, args: readonly string[]): Promise<{ exit: number | null; said: string }> {
  const { proxy, ca } = JSON.parse(readFileSync(join(at.dir, "ready.json"), "utf8"));
  const child = spawn(command, [...args], {
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      HTTPS_PROXY: proxy,
      SSL_CERT_FILE: ca,
      NODE_EXTRA_CA_CERTS: ca,
      NODE_USE_ENV_PROXY: "1",
    },
  });
  const said: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => said.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => said.push(chunk));
  const [exit] = (await once(child, "close")) as [number | null];
  return { exit, said: Buffer.concat(said).toString("utf8") };
}

const has = (command: string, ...args: string[]): boolean => spawnSync(command, args).status === 0;

describe("clients in processes of their own reach the sandbox under the vendors' names", () => {
  const pastProxy = { said: expect.stringContaining(no) as string };

  test("Node.js: fetch, https, and undici with a ProxyAgent", async () => {
    const undici = createRequire(import.meta.url).resolve("undici");
    const script = `
      const { ProxyAgent, fetch: other } = require(${JSON.stringify(undici)});
      const { get } = require("node:https");
      const byHttps = (url) => new Promise((done, failed) => get(url, (r) => done(r.resume().statusCode)).on("error", failed));
      const why = (error) => [error.message, error.cause?.message, error.cause?.cause?.message].join(" ");
      (async () => {
        const known = ${JSON.stringify(known)}, unknown = ${JSON.stringify(unknown)};
        const { proxy } = JSON.parse(process.argv[1]);
        const dispatcher = new ProxyAgent({ uri: proxy, requestTls: { ca: require("node:fs").readFileSync(process.env.SSL_CERT_FILE) } });
        console.log((await fetch(known)).status, await byHttps(known), (await other(known, { dispatcher })).status);
        for (const refused of [() => byHttps(unknown), () => fetch(unknown), () => other(unknown, { dispatcher })]) {
          await refused().then(() => console.log("reached"), (error) => console.log("no:", why(error)));
        }
        await dispatcher.close();
      })();`;
    const { exit, said } = await run(process.execPath, [
      "-e",
      script,
      readFileSync(join(at.dir, "ready.json"), "utf8"),
    ]);
    expect(exit, said).toBe(0);
    const [reached, byHttps, ...others] = said.trim().split("\n");
    expect(reached).toBe("200 200 200");
    expect(byHttps).toContain(no);
    expect(others.map((line) => /^no: .*(403|${no})/.test(line) || line)).toEqual([true, true]);
  });

  test.skipIf(!has("curl", "--version"))("curl", async () => {
    const { exit, said } = await run("curl", ["-sS", known, `https://${auth0Host}/.well-known/openid-configuration`]);
    expect(exit, said).toBe(0);
    expect(said).toContain(`"https://${oktaHost}"`);
    expect(said).toContain(`"https://${auth0Host}/"`);
    expect(await run("curl", ["-sS", unknown])).toMatchObject({ exit: 56, said: expect.stringContaining("403") });
    // Refused by TLS, not by the proxy: it trusts nobody else's certificate.
    expect(await run("curl", ["-sS", "--cacert", "/dev/null", known])).not.toMatchObject({ exit: 0 });
  });

  test.skipIf(!has("python3", "-c", "import ssl"))("Python", async () => {
    const script = `import urllib.request\nprint(urllib.request.urlopen("${known}").status)\nurllib.request.urlopen("${unknown}")`;
    const { said } = await run("python3", ["-c", script]);
    expect(said).toMatch(/^200$/m);
    expect({ said }).toMatchObject(pastProxy);
  });

  test.skipIf(!has("go", "version"))("Go", async () => {
    const folder = mkdtempSync(join(tmpdir(), "tenantry-go-"));
    try {
      const program = `package main
import ("fmt"; "net/http")
func main() {
  for _, url := range []string{"${known}", "${unknown}"} {
    answer, err := http.Get(url)
    if err != nil { fmt.Println(err) } else { fmt.Println(answer.Status) }
  }
}`;
      writeFileSync(join(folder, "main.go"), program);
      const { exit, said } = await run("go", ["run", join(folder, "main.go")]);
      expect(exit, said).toBe(0);
      expect(said).toMatch(/^200 OK\n/);
      expect({ said }).toMatchObject(pastProxy);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
});

/** A raw connection to the port. */
function dial(port = at.sandbox.port): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1", () => resolve(socket)).once("error", reject);
  });
}

/** Everything that is said until the other side hangs up. */
async function whole(socket: Socket): Promise<string> {
  const said: Buffer[] = [];
  socket.on("data", (chunk) => said.push(chunk));
  socket.on("error", () => {});
  // `once` of node:events would reject when the other side resets the connection.
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return Buffer.concat(said).toString("utf8");
}

test.each([
  ["CONNECT cdn.auth0.com:443 HTTP/1.1", 403],
  ["CONNECT 169.254.169.254:443 HTTP/1.1", 403],
  [`CONNECT ${oktaHost}:80 HTTP/1.1`, 403],
  [`CONNECT ${oktaHost}:8443 HTTP/1.1`, 403],
  [`CONNECT ${oktaHost} HTTP/1.1`, 400],
  ["CONNECT [::1]:443 HTTP/1.1", 403],
  [`CONNECT ${oktaHost}:443 HTTP/2.0`, 400],
  [`GET http://${oktaHost}/api/v1/apps HTTP/1.1`, 405],
  ["GET / HTTP/1.1", 405],
  ["DELETE /faults HTTP/1.1", 405],
  ["EHLO mail.example", 400],
  ["CONNECT to a name that is too long:443 HTTP/1.1", 400, `CONNECT ${"x".repeat(3000)}:443 HTTP/1.1`],
])("%s is refused at once, with the reason, and the connection ends", async (name, status, line = name) => {
  const socket = await dial();
  socket.end(`${line}\r\nhost: x\r\n\r\n`);
  const said = await whole(socket);
  expect(said).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  expect(said).toContain("\r\nconnection: close\r\n");
  expect(said.split("\r\n\r\n")[1]).toMatch(/^.{10,300}\.\n$/);
});

/** What a request over TLS on this connection is answered. */
async function over(socket: Socket, servername = oktaHost): Promise<string> {
  const secured = connectTls({ socket, servername, ca: at.sandbox.ca });
  secured.write(`GET /.well-known/okta-organization HTTP/1.1\r\nhost: ${servername}\r\nconnection: close\r\n\r\n`);
  return whole(secured);
}

test("a CONNECT that comes byte by byte, in capitals, with headers, makes a tunnel", async () => {
  const socket = await dial();
  socket.setNoDelay(true);
  for (const byte of `CONNECT ${oktaHost.toUpperCase()}:443 HTTP/1.0\r\nproxy-authorization: Basic eDp5\r\n\r\n`) {
    await new Promise<unknown>((sent) => socket.write(byte, sent));
  }
  const [said] = (await once(socket, "data")) as [Buffer];
  expect(said.toString()).toBe("HTTP/1.1 200 Connection established\r\n\r\n");
  expect(await over(socket)).toMatch(/^HTTP\/1\.1 200 OK/);
});

test("a client that does not wait for the 200 loses nothing, however its bytes are cut", async () => {
  for (const [cut, host] of [1, 5, 60, 120, 517].flatMap((cut) => [
    [cut, oktaHost] as const,
    [cut, auth0Host] as const,
  ])) {
    const socket = await dial();
    // What TLS would send at once, caught before it leaves.
    const hello = await clientHello(host);
    const all = Buffer.concat([Buffer.from(`CONNECT ${host}:443 HTTP/1.1\r\nhost: ${host}:443\r\n\r\n`), hello]);
    socket.write(all.subarray(0, all.length - cut));
    socket.write(all.subarray(all.length - cut));
    const said: Buffer[] = [];
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      said.push(chunk);
      const text = Buffer.concat(said);
      // The 200, then a TLS record with the server's side of the handshake.
      const end = text.indexOf("\r\n\r\n");
      if (end !== -1 && text.length > end + 5) {
        expect(text[end + 4]).toBe(0x16);
        break;
      }
    }
    expect(Buffer.concat(said).toString("latin1")).toMatch(/^HTTP\/1\.1 200 /);
    socket.destroy();
  }
});

/** The first bytes of a TLS client. */
async function clientHello(servername: string): Promise<Buffer> {
  const { createServer } = await import("node:net");
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const client = connectTls({ host: "127.0.0.1", port, servername });
  client.on("error", () => {});
  const [socket] = (await once(server, "connection")) as [Socket];
  const [hello] = (await once(socket, "data")) as [Buffer];
  client.destroy();
  socket.destroy();
  server.close();
  return hello;
}

test("a hundred tunnels at once each carry their own", async () => {
  const hosts = Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? oktaHost : auth0Host));
  const answers = await Promise.all(
    hosts.map(async (host) => {
      const socket = await dial();
      socket.write(`CONNECT ${host}:443 HTTP/1.1\r\n\r\n`);
      await once(socket, "data");
      return over(socket, host);
    }),
  );
  expect(answers.map((said) => said.slice(0, 12))).toEqual(
    hosts.map((host) => (host === oktaHost ? "HTTP/1.1 200" : "HTTP/1.1 404")),
  );
});

describe("who is slow or goes away", () => {
  const patience = 150;
  let server: SandboxServer;
  beforeAll(async () => {
    const authority = await createAuthority(Date.now());
    const options = { faults: new Faults(), clock: Date.now, onRequest: () => {} };
    const site = {
      hosts: [oktaHost],
      handle: async () => {},
      problem: () => ({ status: 500 }),
      logsQuery: () => false,
    };
    server = await listen({ ...options, port: 0, authority, sites: [site], patience });
  });
  afterAll(() => server.close());

  test.each([
    ["says nothing", ""],
    ["begins a request and stops", "CONN"],
    ["begins headers and stops", `CONNECT ${oktaHost}:443 HTTP/1.1\r\nhost: `],
    ["begins TLS and stops", "\u0016\u0003\u0001"],
    ["opens a tunnel and stops", `CONNECT ${oktaHost}:443 HTTP/1.1\r\n\r\n`],
    ["opens a tunnel, begins TLS and stops", `CONNECT ${oktaHost}:443 HTTP/1.1\r\n\r\n\u0016\u0003\u0001`],
  ])("is cut off when it %s", async (_name, text) => {
    const socket = await dial(server.port);
    const started = performance.now();
    socket.write(Buffer.from(text, "latin1"));
    await whole(socket);
    expect(performance.now() - started).toBeGreaterThan(patience - 50);
  });

  test("is cut off although it sends a byte from time to time", async () => {
    const socket = await dial(server.port);
    const timer = setInterval(() => socket.write("x"), patience / 10);
    await whole(socket);
    clearInterval(timer);
  });

  test("is refused when its headers do not end", async () => {
    const socket = await dial(server.port);
    socket.write(`CONNECT ${oktaHost}:443 HTTP/1.1\r\n${"x: y\r\n".repeat(4000)}`);
    expect(await whole(socket)).toMatch(/^HTTP\/1\.1 400 /);
  });

  test("leaves nothing behind when it hangs up half-way", async () => {
    for (const text of ["", "CONNECT", `CONNECT ${oktaHost}:443 HTTP/1.1\r\n\r\n`]) {
      const socket = await dial(server.port);
      socket.write(text);
      socket.end();
      await whole(socket);
    }
  });
});

test("closing the sandbox ends every connection, whatever it is doing", async () => {
  const other = await startTestSandbox();
  const { port, ca } = other.sandbox;
  const idle = await dial(port);
  const connecting = await dial(port);
  connecting.write("CONNECT ");
  const tunnel = await dial(port);
  tunnel.write(`CONNECT ${oktaHost}:443 HTTP/1.1\r\n\r\n`);
  await once(tunnel, "data");
  const waiting = await dial(port);
  waiting.write(`CONNECT ${oktaHost}:443 HTTP/1.1\r\n\r\n`);
  await once(waiting, "data");
  const secured = connectTls({ socket: waiting, servername: oktaHost, ca });
  secured.on("error", () => {});
  await once(secured, "secureConnect");
  const ended = [idle, connecting, tunnel, secured].map((socket) => whole(socket as Socket));
  await other.close();
  await Promise.all(ended);
  await expect(dial(port)).rejects.toThrow("ECONNREFUSED");
});
