import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { createAuthority } from "../../../sandbox/authority.ts";
import { Secret } from "../../../src/secret/secret.ts";
import type { Auth0Access, Auth0Credential } from "../../../src/vendor/auth0/credential.ts";
import { type Auth0Tenant, openAuth0Tenant } from "../../../src/vendor/auth0/tenant.ts";
import { createLimiter } from "../../../src/vendor/limiter.ts";

const canary = "canary-Zx81LmQ0";
const host = "acme.eu.auth0.com";
let server: Server;
let ca: string;
let handler: (request: IncomingMessage, response: ServerResponse) => void;
let seen: { method: string; url: string; host: string; body: string; headers: IncomingMessage["headers"] }[];
/** Waits that were asked for: one before every repeated call. */
let waits: number[];
let now: number;

beforeAll(async () => {
  const authority = await createAuthority(Date.now());
  ca = authority.certificate;
  server = createServer(await authority.issue({ dns: [host] }), (request, response) => {
    const { method = "", url = "", headers } = request;
    let body = "";
    request.on("data", (chunk) => {
      body += chunk;
    });
    request.on("end", () => {
      seen.push({ method, url, host: headers.host ?? "", body, headers });
      handler(request, response);
    });
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
  now = Date.now();
});

const withSecret: Auth0Credential = { clientId: "Tenantry", clientSecret: new Secret(canary) };

function open(
  change: { deadline?: number; credential?: Auth0Credential; access?: Auth0Access } = {},
): Promise<Auth0Tenant> {
  const sleep = async (milliseconds: number) => {
    waits.push(milliseconds);
  };
  return openAuth0Tenant({
    host,
    credential: { token: new Secret(canary) },
    access: "manage",
    network: { connect: { host: "127.0.0.1", port: (server.address() as AddressInfo).port, ca } },
    limiter: createLimiter({ clock: () => now, sleep }),
    clock: () => now,
    sleep,
    ...change,
  });
}

/** The failure of looking for an organization while the server answers like that. */
async function failureOf(
  answer: typeof handler,
  work = (tenant: Auth0Tenant): Promise<unknown> => tenant.organizations.named("fernhill"),
  deadline = 5_000,
) {
  handler = answer;
  const tenant = await open({ deadline });
  const error: unknown = await work(tenant).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await tenant.close();
  expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(canary);
  return error;
}

const creating = (tenant: Auth0Tenant) => tenant.clients.create({ name: "x" });

test("the Auth0 tenant is reached by its own name at the address of the network, and told nothing of the SDK", async () => {
  handler = (_request, response) => response.writeHead(404).end("{}");
  const tenant = await open();
  expect(await tenant.organizations.named("fern hill/x?")).toBeUndefined();
  await tenant.close();
  expect(seen).toMatchObject([{ method: "GET", url: "/api/v2/organizations/name/fern%20hill%2Fx%3F", host }]);
  expect(seen[0]?.headers.authorization).toBe(`Bearer ${canary}`);
  expect(Object.keys(seen[0]?.headers ?? {})).not.toContain("auth0-client");
});

test("a redirect is not followed", async () => {
  const error = await failureOf((_request, response) => {
    response.writeHead(302, { location: `https://${host}/elsewhere` }).end();
  });
  expect(error).toMatchObject({ code: "AUTH0_UNEXPECTED_ANSWER", status: 302 });
  expect(seen).toHaveLength(1);
});

test.each([
  ["a page of a proxy", "<html>sign in to the network</html>"],
  ["a list where an object belongs", "[]"],
  ["an organization without an id", '{"name":"fernhill"}'],
  ["nothing", ""],
])("%s is an unexpected answer", async (_name, body) => {
  const error = await failureOf((_request, response) => response.end(body), creating);
  expect(error).toMatchObject({ code: "AUTH0_UNEXPECTED_ANSWER", effect: "unclear" });
});

test("an answer that would fill the memory is cut off", async () => {
  const error = await failureOf((_request, response) => {
    response.writeHead(200);
    const more = () => {
      while (response.writable && response.write(" ".repeat(1024 * 1024)));
      if (response.writable) response.once("drain", more);
    };
    more();
  });
  expect(error).toMatchObject({ code: "AUTH0_UNEXPECTED_ANSWER", message: expect.stringContaining("too large") });
});

test.each<[string, typeof handler]>([
  ["no answer", () => {}],
  ["a body that never ends", (_request, response) => response.writeHead(200).write("{")],
])("%s is a timeout, and a write that ends so may have been done", async (_name, answer) => {
  const read = await failureOf(answer, undefined, 60);
  expect(read).toMatchObject({
    code: "AUTH0_UNREACHABLE",
    effect: "none",
    message: expect.stringContaining("in time"),
  });
  expect(waits).toEqual([500, 2_000]);
  waits = [];
  const write = await failureOf(answer, creating, 60);
  expect(write).toMatchObject({ code: "AUTH0_UNREACHABLE", effect: "unclear" });
  expect(waits).toEqual([]);
});

test.each([500, 502, 503, 504])(
  "a create that is answered %i is asked once, whatever the SDK would do",
  async (status) => {
    const error = await failureOf((_request, response) => response.writeHead(status).end("{}"), creating);
    expect(error).toMatchObject({ code: "AUTH0_UNAVAILABLE", effect: "unclear", status });
    expect(seen).toHaveLength(1);
  },
);

test("an error page is not quoted", async () => {
  const error = await failureOf((_request, response) => {
    response.writeHead(502, { "set-cookie": "session=cookie-value" }).end("<html>page-of-a-proxy</html>");
  });
  expect(error).toMatchObject({ code: "AUTH0_UNAVAILABLE", status: 502 });
  expect(inspect(error, { depth: 20, showHidden: true })).not.toMatch(/page-of-a-proxy|cookie-value/);
});

test.each([
  [400, "invalid_body", "AUTH0_REJECTED"],
  [403, "insufficient_scope", "AUTH0_PERMISSION_MISSING"],
  [403, "too_many_entities", "AUTH0_REJECTED"],
  [409, "conflict", "AUTH0_REJECTED"],
])("%i %s is %s, in Auth0's words on one line", async (statusCode, errorCode, code) => {
  const message = "Payload validation error:\n'name'";
  const error = await failureOf(
    (_request, response) => response.writeHead(statusCode).end(JSON.stringify({ statusCode, errorCode, message })),
    creating,
  );
  expect(error).toMatchObject({ code, effect: "none", message: expect.stringContaining("error: 'name'") });
});

test.each([
  [401, '{"error":"access_denied","error_description":"Unauthorized"}', "AUTH0_CREDENTIALS_REFUSED"],
  [
    403,
    '{"error":"access_denied","error_description":"Client has not been granted scopes: read:connections"}',
    "AUTH0_PERMISSION_MISSING",
  ],
  [200, "{}", "AUTH0_UNEXPECTED_ANSWER"],
  [200, "<html>", "AUTH0_UNEXPECTED_ANSWER"],
  [302, "", "AUTH0_UNEXPECTED_ANSWER"],
  [503, "", "AUTH0_UNAVAILABLE"],
])("a token reply of %i %s is %s, and no call goes out without a token", async (status, body, code) => {
  handler = (_request, response) => response.writeHead(status).end(body);
  const tenant = await open({ credential: withSecret });
  const results = await Promise.allSettled([tenant.clients.all(), tenant.organizations.all(), creating(tenant)]);
  await tenant.close();
  for (const result of results) {
    expect(result).toMatchObject({ reason: { code, effect: "none" } });
    expect(inspect(result, { depth: 20, showHidden: true })).not.toContain(canary);
  }
  expect(seen.every(({ url }) => url === "/oauth/token")).toBe(true);
});

test("calls that start together share one token, which is used until shortly before it runs out", async () => {
  handler = (request, response) =>
    response.end(
      request.url === "/oauth/token" ? '{"access_token":"a","expires_in":3600}' : '{"clients":[],"total":0}',
    );
  const tenant = await open({ credential: withSecret });
  const tokens = () => seen.filter(({ url }) => url === "/oauth/token").length;
  await Promise.all([tenant.clients.all(), tenant.clients.all()]);
  now += 3_530_000;
  await tenant.clients.all();
  expect(tokens()).toBe(1);
  now += 20_000;
  await tenant.clients.all();
  expect(tokens()).toBe(2);
  await tenant.close();
  expect(new URLSearchParams(seen[0]?.body).get("audience")).toBe(`https://${host}/api/v2/`);
});

test.each([
  ["manage", null],
  ["read", "read:clients read:connections read:organizations read:organization_connections"],
] as const)("a run that may %s asks for the scopes %s", async (access, scope) => {
  handler = (request, response) =>
    response.end(
      request.url === "/oauth/token" ? '{"access_token":"a","expires_in":3600}' : '{"clients":[],"total":0}',
    );
  const tenant = await open({ credential: withSecret, access });
  await tenant.clients.all();
  await tenant.close();
  expect(new URLSearchParams(seen[0]?.body).get("scope")).toBe(scope);
});
