import { connect } from "node:tls";
import { describe, expect, test } from "vitest";
import { createAuthority } from "../../sandbox/authority.ts";
import { describeBug, type SandboxBug } from "../../sandbox/bug.ts";
import { Faults } from "../../sandbox/faults.ts";
import { auth0Host, oktaHost } from "../../sandbox/sandbox.ts";
import { listen } from "../../sandbox/server.ts";
import { startTestSandbox } from "../support/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { showsNoInside } from "./bad-input-api.ts";
import { statusOf, writeRaw } from "./bad-input-raw.ts";

const at = sharedSandbox();

const hosts = ["127.0.0.1", oktaHost, auth0Host, "accounts.google.com", "id.tannberg.example"];

const json = "content-type: application/json\r\n";

/** What is no HTTP, or such as no client sends; `HOST` is filled in. Answered with 400 to 431, or by hanging up. */
const raw: readonly (readonly [string, string | ((host: string) => string)])[] = [
  ["no HTTP", "hello\r\n\r\n"],
  ["another protocol", "SSH-2.0-OpenSSH_9.2\r\n"],
  ["no Host", "GET / HTTP/1.1\r\n\r\n"],
  ["two Hosts", "GET / HTTP/1.1\r\nhost: HOST\r\nhost: evil.example\r\n\r\n"],
  ["an empty Host", "GET / HTTP/1.1\r\nhost:\r\n\r\n"],
  ["a made-up Host", "GET / HTTP/1.1\r\nhost: __proto__\r\n\r\n"],
  ["a header without a name", "GET / HTTP/1.1\r\nhost: HOST\r\n: x\r\n\r\n"],
  ["a header with a blank in its name", "GET / HTTP/1.1\r\nhost: HOST\r\na b: x\r\n\r\n"],
  ["a header with a NUL", "GET / HTTP/1.1\r\nhost: HOST\r\nx: a\0b\r\n\r\n"],
  ["a header of 100 kB", `GET / HTTP/1.1\r\nhost: HOST\r\nx: ${"a".repeat(100_000)}\r\n\r\n`],
  ["5000 headers", `GET / HTTP/1.1\r\nhost: HOST\r\n${"x: a\r\n".repeat(5000)}\r\n`],
  ["a path of 100 kB", `GET /${"a".repeat(100_000)} HTTP/1.1\r\nhost: HOST\r\n\r\n`],
  ["a path with a blank", "GET /a b HTTP/1.1\r\nhost: HOST\r\n\r\n"],
  ["a path with a control character", "GET /a\x01b HTTP/1.1\r\nhost: HOST\r\n\r\n"],
  ["a method of other letters", "GÉT / HTTP/1.1\r\nhost: HOST\r\n\r\n"],
  ["HTTP 9", "GET / HTTP/9.9\r\nhost: HOST\r\n\r\n"],
  ["a length that is no number", `POST / HTTP/1.1\r\nhost: HOST\r\n${json}content-length: x\r\n\r\n{}`],
  ["a negative length", `POST / HTTP/1.1\r\nhost: HOST\r\n${json}content-length: -1\r\n\r\n{}`],
  ["two lengths", `POST / HTTP/1.1\r\nhost: HOST\r\n${json}content-length: 2\r\ncontent-length: 3\r\n\r\n{}x`],
  [
    "a length and chunks",
    `POST / HTTP/1.1\r\nhost: HOST\r\n${json}content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n`,
  ],
  [
    "chunks of no size",
    `POST / HTTP/1.1\r\nhost: HOST\r\n${json}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n`,
  ],
  ["an unknown encoding", `POST / HTTP/1.1\r\nhost: HOST\r\n${json}transfer-encoding: gzip\r\n\r\n{}`],
];

describe.each(hosts)("at %s", (host) => {
  test.each(raw)("%s is refused", async (_name, made) => {
    const text = await writeRaw(
      { port: at.sandbox.port, ca: at.sandbox.ca },
      host,
      String(made).replaceAll("HOST", host),
    );
    const status = statusOf(text);
    expect(status === 0 || (status >= 400 && status < 500), text.slice(0, 200)).toBe(true);
    showsNoInside(text, host);
    // It goes on answering.
    expect((await at.fetch(host, "/")).status).toBeLessThan(500);
  });

  test("absolute, odd and broken addresses get an answer", async () => {
    for (const target of [
      `https://${host}/`,
      `https://evil.example/`,
      "http://",
      "/%",
      "/%%%",
      "//",
      "///",
      "/?%",
      "/?&&==",
      "*",
      "/\\..\\",
      "/;/;",
      "/..;/",
      "/%2e%2e/%2e%2e/etc/passwd",
      "/../../etc/passwd",
      `/${"%2f".repeat(500)}`,
      "/__proto__",
      "/constructor/prototype",
      "/%00",
      "/\u00ff",
    ]) {
      for (const method of ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"]) {
        const request = `${method} ${target} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`;
        const text = await writeRaw({ port: at.sandbox.port, ca: at.sandbox.ca }, host, Buffer.from(request, "latin1"));
        const status = statusOf(text);
        expect(status >= 200 && status < 500, `${method} ${target}: ${text.slice(0, 200)}`).toBe(true);
        showsNoInside(text, target);
        expect(text, target).not.toMatch(/root:|BEGIN .*PRIVATE KEY/);
      }
    }
  });

  test("a client that hangs up within its body is no bug, and changes nothing", async () => {
    const body =
      "POST /api/v1/apps HTTP/1.1\r\nhost: HOST\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    const apps = at.sandbox.okta.apps.length;
    await new Promise<void>((resolve, reject) => {
      const { port, ca } = at.sandbox;
      const socket = connect({ host: "127.0.0.1", port, ca, servername: host === "127.0.0.1" ? "" : host });
      socket.once("error", reject);
      socket.once("secureConnect", () =>
        socket.write(body.replace("HOST", host), () => {
          socket.destroy();
          resolve();
        }),
      );
    });
    expect((await at.fetch(host, "/")).status).toBeLessThan(500);
    expect(at.sandbox.okta.apps.length).toBe(apps);
  });
});

describe("a server of little patience", () => {
  const patience = 200;

  test.each([
    ["half of the headers", "POST / HTTP/1.1\r\nhost: a.example\r\nx: "],
    ["half of the body", "POST / HTTP/1.1\r\nhost: a.example\r\ncontent-length: 100\r\n\r\n{"],
    ["half of a chunk", "POST / HTTP/1.1\r\nhost: a.example\r\ntransfer-encoding: chunked\r\n\r\n5\r\n{"],
  ])("does not wait for ever after %s", async (_name, bytes) => {
    const authority = await createAuthority(Date.now());
    const bugs: SandboxBug[] = [];
    const server = await listen({
      port: 0,
      authority,
      patience,
      faults: new Faults(),
      clock: Date.now,
      onRequest: () => {},
      onBug: (bug) => bugs.push(bug),
      sites: [
        {
          hosts: ["a.example"],
          logsQuery: () => false,
          problem: (status) => ({ status, json: {} }),
          handle: async ({ request, response }) => {
            for await (const _chunk of request);
            response.end("whole");
          },
        },
      ],
    });
    try {
      const text = await writeRaw({ port: server.port, ca: authority.certificate }, "a.example", bytes, 20 * patience);
      expect([0, 408]).toContain(statusOf(text));
      expect(bugs).toEqual([]);
    } finally {
      await server.close();
    }
  });
});

describe("a bug of the sandbox itself", () => {
  test("is told to the developer with its place, and is a bare 500 for whoever asked", async () => {
    const bugs: SandboxBug[] = [];
    const broken = await startTestSandbox({ onBug: (bug) => bugs.push(bug) });
    try {
      const secretive = new Error("inside knowledge");
      Object.defineProperty(broken.sandbox.okta, "apps", {
        get: () => {
          throw secretive;
        },
      });
      const authorization = `SSWS ${broken.sandbox.env.OKTA_API_TOKEN}`;
      const response = await broken.fetch(oktaHost, "/api/v1/apps?limit=1&q=x", { headers: { authorization } });
      const text = await response.text();
      expect([response.status, JSON.parse(text)]).toMatchObject([500, { errorCode: "E0000009" }]);
      expect(text).not.toContain("inside knowledge");
      showsNoInside(text, "a 500");
      expect(bugs).toEqual([{ method: "GET", host: oktaHost, path: "/api/v1/apps", error: secretive }]);
      expect(describeBug(bugs[0] as SandboxBug)).toMatch(
        /^bug in the sandbox: GET acme\.okta\.com\/api\/v1\/apps: Error: inside knowledge at \S*sandbox\/[\w/.-]+\.ts:\d+$/,
      );
    } finally {
      await broken.close();
    }
  });

  test("fails the test whose sandbox had it", async () => {
    const broken = await startTestSandbox();
    Object.defineProperty(broken.sandbox.auth0, "clients", {
      get: () => {
        throw new TypeError("x");
      },
    });
    const authorization = `Bearer ${broken.sandbox.env.AUTH0_API_TOKEN}`;
    await (await broken.fetch(auth0Host, "/api/v2/clients", { headers: { authorization } })).text();
    await expect(broken.close()).rejects.toThrow(
      "bug in the sandbox: GET acme.eu.auth0.com/api/v2/clients: TypeError: x",
    );
  });

  test("is one line, whatever its message", () => {
    const error = new Error("a\nb\r\n  c");
    expect(describeBug({ method: "GET", host: "h", path: "/", error })).not.toContain("\n");
    expect(describeBug({ method: "GET", host: "h", path: "/", error: "text" })).toBe(
      "bug in the sandbox: GET h/: text",
    );
  });
});
