import { get } from "node:https";
import { connect as open } from "node:net";
import { connect } from "node:tls";
import { expect, test } from "vitest";
import { oktaHost, type RequestEntry } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";

const at = sharedSandbox({ onRequest: (entry) => told.push(entry) });
const told: RequestEntry[] = [];

function handshake(servername: string, ca: string | undefined): Promise<{ names: string } | { code: string }> {
  return new Promise((resolve) => {
    const socket = connect({
      host: "127.0.0.1",
      port: at.sandbox.port,
      servername,
      ...(ca === undefined ? {} : { ca }),
    });
    socket.once("secureConnect", () => {
      resolve({ names: String(socket.getPeerCertificate().subjectaltname) });
      socket.destroy();
    });
    socket.once("error", (error: NodeJS.ErrnoException) => resolve({ code: error.code ?? error.message }));
  });
}

test("answers under the real host name with a certificate of its own authority", async () => {
  expect(await handshake(oktaHost, at.sandbox.ca)).toEqual({ names: "DNS:acme.okta.com" });
  expect(await handshake("localhost", at.sandbox.ca)).toEqual({ names: "DNS:localhost, IP Address:127.0.0.1" });
});

test("is not trusted without that authority", async () => {
  expect(await handshake(oktaHost, undefined)).toHaveProperty("code", "UNABLE_TO_VERIFY_LEAF_SIGNATURE");
});

test("refuses an unknown server name in the handshake", async () => {
  expect(await handshake("evil.example", at.sandbox.ca)).toHaveProperty("code");
});

function statusFor(servername: string, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const options = { host: "127.0.0.1", port: at.sandbox.port, servername, ca: at.sandbox.ca, headers: { host } };
    get({ ...options, agent: false }, (response) => resolve(response.resume().statusCode)).once("error", reject);
  });
}

test("refuses a Host that is unknown or not the one of the handshake", async () => {
  expect(await statusFor(oktaHost, oktaHost)).toBe(404);
  expect(await statusFor(oktaHost, `${oktaHost}:${at.sandbox.port}`)).toBe(404);
  expect(await statusFor(oktaHost, "evil.example")).toBe(421);
  expect(await statusFor(oktaHost, "127.0.0.1")).toBe(421);
  expect(await statusFor("localhost", "localhost")).toBe(200);
});

test("answers for itself under 127.0.0.1", async () => {
  const response = await at.fetch("127.0.0.1", "/");
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({
    sandbox: "tenantry",
    hosts: expect.arrayContaining([oktaHost, "accounts.google.com"]),
  });
});

test.skipIf(process.platform !== "linux")("listens on its loopback address only", async () => {
  const code = await new Promise((resolve) => {
    const socket = open(at.sandbox.port, "127.0.0.2");
    socket.once("connect", () => resolve("connected"));
    socket.once("error", (error: NodeJS.ErrnoException) => resolve(error.code));
  });
  expect(code).toBe("ECONNREFUSED");
});

test("tells each request once, without its query and without a credential", async () => {
  told.length = 0;
  const secret = "canary-5d1b";
  await (await at.fetch(oktaHost, `/oauth2/v1/authorize?state=${secret}`)).text();
  await (await at.fetch(oktaHost, "/api/v1/apps?q=x", { headers: { authorization: `SSWS ${secret}` } })).text();
  await expect.poll(() => told.length).toBe(2);
  expect(told.map(({ milliseconds: _milliseconds, ...entry }) => entry)).toEqual([
    { method: "GET", host: oktaHost, path: "/oauth2/v1/authorize", status: 400 },
    { method: "GET", host: oktaHost, path: "/api/v1/apps", status: 401 },
  ]);
  const log = await (await at.fetch("127.0.0.1", "/requests")).text();
  expect(log).not.toContain(secret);
  expect(JSON.parse(log).requests).toContainEqual(expect.objectContaining({ path: "/api/v1/apps", query: "q=x" }));
});
