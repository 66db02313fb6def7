import { generateKeyPairSync } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createAuthority } from "../../../sandbox/authority.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { createLimiter } from "../../../src/vendor/limiter.ts";
import type { OktaCredential } from "../../../src/vendor/okta/credential.ts";
import { type OktaOrg, openOktaOrg } from "../../../src/vendor/okta/org.ts";

const canary = "00canary-Zx81LmQ0";
let server: Server;
let ca: string;
let handler: (request: IncomingMessage, response: ServerResponse) => void;
let seen: { method: string; url: string; host: string }[];

beforeAll(async () => {
  const authority = await createAuthority(Date.now());
  ca = authority.certificate;
  server = createServer(await authority.issue({ dns: ["acme.okta.com"] }), (request, response) => {
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, host: headers.host ?? "" });
    handler(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  seen = [];
  waits = [];
});

function serviceApp(): OktaCredential {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const pem = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  return { clientId: "0oa1tenantryservice0", privateKey: new Secret(pem) };
}

/** Waits that were asked for: one before every repeated call. */
let waits: number[];
const sleep = async (milliseconds: number) => {
  waits.push(milliseconds);
};

function open(change: { deadline?: number; credential?: OktaCredential } = {}): Promise<OktaOrg> {
  return openOktaOrg({
    host: "acme.okta.com",
    credential: { apiToken: new Secret(canary) },
    network: { connect: { host: "127.0.0.1", port: (server.address() as AddressInfo).port, ca } },
    limiter: createLimiter({ clock: Date.now, sleep }),
    clock: Date.now,
    sleep,
    ...change,
  });
}

/** The failure of listing apps while the server answers like that. */
async function failureOf(
  answer: typeof handler,
  work = (org: OktaOrg): Promise<unknown> => org.apps.all((app) => app),
  deadline = 5_000,
) {
  handler = answer;
  const org = await open({ deadline });
  const error: unknown = await work(org).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  org.close();
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
  return error;
}

test("the org is reached by its own name at the address of the network", async () => {
  handler = (_request, response) => response.end("[]");
  const org = await open();
  expect(await org.apps.all((app) => app)).toEqual([]);
  org.close();
  expect(seen).toEqual([{ method: "GET", url: "/api/v1/apps?limit=200", host: "acme.okta.com" }]);
});

test("a redirect is not followed", async () => {
  const error = await failureOf((_request, response) => {
    response.writeHead(302, { location: "https://acme.okta.com/elsewhere" }).end();
  });
  expect(error).toMatchObject({ code: "OKTA_UNEXPECTED_ANSWER", status: 302 });
  expect(seen).toHaveLength(1);
});

test.each([
  ["a page of a proxy", "<html>sign in to the network</html>"],
  ["an object where a list belongs", "{}"],
  ["apps without an id", '[{"label":"x","status":"ACTIVE"}]'],
  ["a list of texts", '["x"]'],
  ["nothing", ""],
])("%s is an unexpected answer", async (_name, body) => {
  const error = await failureOf((_request, response) => response.end(body));
  expect(error).toMatchObject({ code: "OKTA_UNEXPECTED_ANSWER", effect: "none" });
});

test("a create that is answered in an unknown shape may have been done", async () => {
  const error = await failureOf(
    (_request, response) => response.end("<html>"),
    (org) => org.apps.create({}, true),
  );
  expect(error).toMatchObject({ code: "OKTA_UNEXPECTED_ANSWER", effect: "unclear" });
});

test("an answer that would fill the memory is cut off, packed or not", async () => {
  const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024, " "));
  const error = await failureOf((_request, response) => {
    response.writeHead(200, { "content-encoding": "gzip" }).end(bomb);
  });
  expect(error).toMatchObject({ code: "OKTA_UNEXPECTED_ANSWER", message: expect.stringContaining("too large") });
});

test.each<[string, typeof handler]>([
  ["no answer", () => {}],
  ["a body that never ends", (_request, response) => response.writeHead(200).write("[")],
])("%s is a timeout, and a write that ends so may have been done", async (_name, answer) => {
  const read = await failureOf(answer, (org) => org.apps.all((app) => app), 60);
  expect(read).toMatchObject({ code: "OKTA_UNREACHABLE", effect: "none", message: expect.stringContaining("in time") });
  // A busy machine may use up the deadline before the request arrives: tries are counted here, not arrivals there.
  expect(waits).toEqual([500, 2_000]);
  waits = [];
  const write = await failureOf(answer, (org) => org.apps.create({}, true), 60);
  expect(write).toMatchObject({ code: "OKTA_UNREACHABLE", effect: "unclear" });
  expect(waits).toEqual([]);
});

test("an answer that is cut off within its length is a lost connection, at once", async () => {
  const cutOff: typeof handler = (_request, response) => {
    response.writeHead(200, { "content-length": 100 }).write("[", () => response.socket?.destroySoon());
  };
  // Long enough that waiting for the rest would fail the test.
  const read = await failureOf(cutOff, (org) => org.apps.all((app) => app), 600_000);
  expect(read).toMatchObject({ code: "OKTA_UNREACHABLE", effect: "none", message: expect.stringContaining("was cut") });
  expect(seen).toHaveLength(3);
  const write = await failureOf(cutOff, (org) => org.apps.create({}, true), 600_000);
  expect(write).toMatchObject({ code: "OKTA_UNREACHABLE", effect: "unclear" });
  const token = await failureOf(cutOff, async () => {
    const org = await open({ credential: serviceApp() });
    await org.apps.all((app) => app).finally(() => org.close());
  });
  expect(token).toMatchObject({ code: "OKTA_UNREACHABLE", effect: "none" });
});

test("an error page is not quoted", async () => {
  const error = await failureOf((_request, response) => {
    response.writeHead(502, { "set-cookie": "session=cookie-value" }).end("<html>page-of-a-proxy</html>");
  });
  expect(error).toMatchObject({ code: "OKTA_UNAVAILABLE", status: 502 });
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/page-of-a-proxy|cookie-value/);
});

test.each([
  [401, '{"error":"invalid_client"}', "OKTA_CREDENTIALS_REFUSED"],
  [400, '{"error":"invalid_scope"}', "OKTA_PERMISSION_MISSING"],
  [400, '{"error":"consent_required"}', "OKTA_PERMISSION_MISSING"],
  [200, "{}", "OKTA_UNEXPECTED_ANSWER"],
  [200, "<html>", "OKTA_UNEXPECTED_ANSWER"],
  [302, "", "OKTA_UNEXPECTED_ANSWER"],
  [503, "", "OKTA_UNAVAILABLE"],
])("a token reply of %i %s is %s, and no call goes out without a token", async (status, body, code) => {
  handler = (_request, response) => response.writeHead(status).end(body);
  const org = await open({ credential: serviceApp() });
  const results = await Promise.allSettled([org.apps.all((app) => app), org.groups.all(), org.apps.create({}, true)]);
  org.close();
  for (const result of results) expect(result).toMatchObject({ reason: { code, effect: "none" } });
  expect(seen.every(({ url }) => url === "/oauth2/v1/token")).toBe(true);
});

test("calls that start together share one token", async () => {
  handler = (request, response) =>
    response.end(request.url === "/oauth2/v1/token" ? '{"access_token":"a","token_type":"Bearer"}' : "[]");
  const org = await open({ credential: serviceApp() });
  await Promise.all([org.apps.all((app) => app), org.groups.all(), org.apps.startingWith("a")]);
  org.close();
  expect(seen.filter(({ url }) => url === "/oauth2/v1/token")).toHaveLength(1);
});

test("a second read asks again, whatever the SDK could remember", async () => {
  let status = "ACTIVE";
  const self = { href: "https://acme.okta.com/api/v1/apps/0oa1" };
  handler = (_request, response) => response.end(JSON.stringify({ id: "0oa1", label: "x", status, _links: { self } }));
  const org = await open();
  expect((await org.apps.read("0oa1"))?.active).toBe(true);
  status = "INACTIVE";
  expect((await org.apps.read("0oa1"))?.active).toBe(false);
  org.close();
});
