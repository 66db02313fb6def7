import { connect, type TLSSocket } from "node:tls";
import { afterEach, expect, test } from "vitest";
import { auth0Host, oktaHost } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { managementRequest, token } from "./auth0/auth0-caller.ts";
import { call, webApp } from "./okta-caller.ts";

let now = Date.parse("2026-03-01T00:00:00.250Z");
const at = sharedSandbox({ clock: () => now });
afterEach(() => at.sandbox.faults.clear());

const auth0 = (path: string, authorization = `Bearer ${at.sandbox.env.AUTH0_API_TOKEN}`, host = auth0Host) =>
  at.fetch(host, path, { headers: { authorization } });

test.each([
  ["Okta", oktaHost, "x-rate-limit", { errorCode: "E0000047" }],
  ["Auth0", auth0Host, "x-ratelimit", { statusCode: 429, errorCode: "too_many_requests" }],
])("a storm of 429 at %s lasts as long as its headers say, to the second", async (_name, host, prefix, body) => {
  const started = now;
  const path = host === oktaHost ? "/api/v1/groups" : "/api/v2/clients";
  const authorization = host === oktaHost ? `SSWS ${at.sandbox.env.OKTA_API_TOKEN}` : undefined;
  const ask = () => auth0(path, authorization, host);
  at.sandbox.faults.add({ host, effect: "rate-limit", milliseconds: 3000 });
  let reset = 0;
  for (const moment of [0, 1000, 2999]) {
    now = started + moment;
    const response = await ask();
    expect(response.status).toBe(429);
    expect(await response.json()).toMatchObject(body);
    expect(response.headers.get(`${prefix}-remaining`)).toBe("0");
    expect(Number(response.headers.get(`${prefix}-limit`))).toBeGreaterThan(0);
    reset = Number(response.headers.get(`${prefix}-reset`));
    expect(reset).toBe(Math.ceil((started + 3000) / 1000));
  }
  now = reset * 1000;
  const after = await ask();
  expect(after.status).toBe(200);
  await after.body?.cancel();
});

test("a storm can last for so many requests instead, and does nothing to the state", async () => {
  const before = at.sandbox.okta.apps.length;
  at.sandbox.faults.add({ host: oktaHost, method: "POST", effect: "rate-limit", times: 3 });
  const statuses: number[] = [];
  for (let index = 0; index < 4; index += 1) {
    statuses.push((await call(at, "POST", "/api/v1/apps", webApp(`storm ${index}`))).status);
  }
  expect(statuses).toEqual([429, 429, 429, 200]);
  expect(at.sandbox.okta.apps).toHaveLength(before + 1);
});

test("a drip sends the whole answer, in pieces of so many bytes", async () => {
  const whole = await (await at.fetch(oktaHost, "/.well-known/okta-organization")).text();
  at.sandbox.faults.add({ host: oktaHost, effect: "drip", bytes: 20, milliseconds: 2 });
  const response = await at.fetch(oktaHost, "/.well-known/okta-organization");
  expect(Number(response.headers.get("content-length"))).toBe(Buffer.byteLength(whole));
  const pieces: Uint8Array[] = [];
  for await (const piece of response.body ?? []) pieces.push(piece as Uint8Array);
  expect(pieces.length).toBeGreaterThan(whole.length / 20 / 3);
  expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(whole.length);
  expect(Buffer.concat(pieces).toString()).toBe(whole);
});

test("a drip is bounded: a long body comes in larger pieces, and nobody who has gone is waited for", async () => {
  at.sandbox.faults.add({ host: oktaHost, effect: "drip", bytes: 1, milliseconds: 600_000 });
  const response = await at.fetch(oktaHost, "/.well-known/okta-organization");
  const reader = response.body?.getReader();
  const { value } = (await reader?.read()) ?? {};
  // One minute at most: all of it at once, where one pause is longer than that.
  expect((value as Uint8Array).length).toBe(Number(response.headers.get("content-length")));
  await reader?.cancel();
});

/** The system's code of how a connection of its own ended after one request. */
function endOf(path: string): Promise<string> {
  return new Promise((resolve) => {
    const { host, port, ca } = at.sandbox;
    const socket: TLSSocket = connect({ host, port, ca, servername: oktaHost }, () => {
      socket.write(`GET ${path} HTTP/1.1\r\nhost: ${oktaHost}\r\n\r\n`);
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? "unknown"));
    socket.on("end", () => resolve("end"));
    socket.resume();
  });
}

test.each(["reset-before", "reset-after"] as const)("%s is a TCP reset", async (effect) => {
  at.sandbox.faults.add({ host: oktaHost, effect });
  expect(await endOf("/.well-known/okta-organization")).toBe("ECONNRESET");
});

test("a delay is beside another fault", async () => {
  at.sandbox.faults.add({ host: oktaHost, effect: "status-before", status: 502 });
  at.sandbox.faults.add({ host: oktaHost, effect: "delay", milliseconds: [40, 50], seed: 1 });
  const started = performance.now();
  expect((await call(at, "GET", "/api/v1/groups")).status).toBe(502);
  expect(performance.now() - started).toBeGreaterThan(35);
});

test("at Auth0 tokens that were issued so far are over, in its words, and a new one is good", async () => {
  const issue = async (): Promise<string> => (await token(at, managementRequest(at))).json.access_token;
  const [first, second] = [await issue(), await issue()];
  const ask = async (bearer: string) => (await auth0("/api/v2/clients", `Bearer ${bearer}`)).status;
  expect([await ask(first), await ask(second)]).toEqual([200, 200]);
  at.sandbox.faults.add({ host: auth0Host, path: "^/api/v2/", effect: "expire-tokens" });
  const refused = await auth0("/api/v2/clients", `Bearer ${first}`);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ message: "Expired token received for JSON Web Token validation" });
  expect([await ask(second), await ask(await issue())]).toEqual([401, 200]);
  expect((await auth0("/api/v2/clients")).status).toBe(200);
});

test("one request's token can count as over, and is good again", async () => {
  at.sandbox.faults.add({ host: oktaHost, path: "^/api/v1/", effect: "refuse-token" });
  const refused = await call(at, "GET", "/api/v1/groups");
  expect(refused).toMatchObject({
    status: 401,
    json: { errorCode: "E0000011", errorSummary: "Invalid token provided" },
  });
  expect(refused.headers.get("www-authenticate")).toContain("invalid_token");
  expect((await call(at, "GET", "/api/v1/groups")).status).toBe(200);
});

test("the admin API goes on whatever strikes", async () => {
  at.sandbox.faults.add({ effect: "reset-before", times: "all" });
  await expect(call(at, "GET", "/api/v1/groups")).rejects.toThrow();
  const headers = { authorization: `Bearer ${at.sandbox.adminToken}` };
  const ask = (path: string, method = "GET", body?: string) =>
    at.fetch("127.0.0.1", path, { method, headers, ...(body === undefined ? {} : { body }) });
  const added = await ask("/faults", "POST", '{"effect": "delay", "milliseconds": [1, 2], "probability": 0.5}');
  const fault = (await added.json()) as { readonly id: number; readonly seed: number };
  expect(fault).toMatchObject({ effect: "delay", hits: 0, remaining: null, seed: expect.any(Number) });
  expect((await ask(`/faults/${fault.id}`, "DELETE")).status).toBe(204);
  expect((await ask(`/faults/${fault.id}`, "DELETE")).status).toBe(404);
  expect(at.sandbox.faults.counts()).toHaveLength(1);
  expect((await at.fetch("127.0.0.1", `/faults/${fault.id}`, { method: "DELETE" })).status).toBe(401);
});

test.each([
  [
    '{"effect": "delay", "milliseconds": 1, "host": "acme.okta.example"}',
    /^acme\.okta\.example is none of acme\.okta\.com, /,
  ],
  ['{"effect": "delay", "milliseconds": 1, "host": "127.0.0.1"}', /is none of/],
  ['{"effect": "expire-tokens", "host": "accounts.google.com"}', /^accounts\.google\.com has no management API/],
])("the admin API refuses a rule that could never strike: %s", async (body, reason) => {
  const headers = { authorization: `Bearer ${at.sandbox.adminToken}` };
  const response = await at.fetch("127.0.0.1", "/faults", { method: "POST", body, headers });
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: string }).error).toMatch(reason);
});
