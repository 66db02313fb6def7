import fc from "fast-check";
import { expect, test } from "vitest";
import { auth0Host } from "../../../sandbox/sandbox.ts";
import { startTestSandbox } from "../../support/sandbox.ts";
import { seededRuns } from "../../support/seed.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { call, code, managementRequest, problem, token } from "./auth0-caller.ts";

const at = sharedSandbox();

const rateHeaders = (headers: { get(name: string): string | null }) =>
  ["limit", "remaining", "reset"].map((name) => Number(headers.get(`x-ratelimit-${name}`)));

test("a fault strikes this host alone, in the shape of its API", async () => {
  at.sandbox.faults.add({
    host: auth0Host,
    method: "GET",
    path: "^/api/v2/clients$",
    effect: "status-before",
    status: 503,
  });
  expect(await problem(at, "GET", "/clients")).toEqual([503, undefined, "Service Unavailable"]);
  expect((await call(at, "GET", "/clients")).status).toBe(200);
  at.sandbox.faults.add({ host: auth0Host, effect: "status-before", status: 429 });
  const limited = await call(at, "GET", "/clients");
  expect(limited).toMatchObject({ status: 429, json: { error: "Too Many Requests", errorCode: "too_many_requests" } });
  const [, remaining, reset] = rateHeaders(limited.headers);
  expect(remaining).toBe(0);
  expect(reset).toBeGreaterThan(Date.now() / 1000);
});

test("a reply that is lost has had its effect; a call that is cut before has not", async () => {
  const named = (name: string) => [...at.sandbox.auth0.clients.values()].filter((each) => each.settings.name === name);
  const path = "^/api/v2/clients$";
  at.sandbox.faults.add({ host: auth0Host, method: "POST", path, effect: "reset-after" });
  await expect(call(at, "POST", "/clients", { name: "lost" })).rejects.toThrow();
  expect(named("lost")).toHaveLength(1);
  at.sandbox.faults.add({ host: auth0Host, method: "POST", path, effect: "reset-before" });
  await expect(call(at, "POST", "/clients", { name: "cut" })).rejects.toThrow();
  expect(named("cut")).toHaveLength(0);
  at.sandbox.faults.add({ host: auth0Host, path: "^/oauth/token$", effect: "status-after", status: 502 });
  expect((await token(at, managementRequest(at))).status).toBe(502);
});

test("the log counts calls, keeps their queries, and none of the sign-in half", async () => {
  at.sandbox.auth0.requests.clear();
  await call(at, "GET", "/clients?per_page=5");
  await at.fetch(auth0Host, "/authorize?client_id=nobody&state=hush");
  const entries = at.sandbox.auth0.requests.entries.filter(({ host }) => host === auth0Host);
  expect(entries.map(({ path, query }) => [path, query])).toEqual([
    ["/api/v2/clients", "per_page=5"],
    ["/authorize", ""],
  ]);
  expect(at.sandbox.auth0.requests.count("GET", /^\/api\/v2\/clients$/)).toBe(1);
});

test("every reply says what is left; with a plan's limits a bucket runs empty and fills again", async () => {
  const generous = rateHeaders((await call(at, "GET", "/clients")).headers);
  expect(generous[0]).toBeGreaterThan(1000);
  let now = Date.parse("2026-03-01T00:00:00Z");
  const limited = await startTestSandbox({ rateLimits: { auth0: "enterprise" }, clock: () => now });
  try {
    const list = () => call(limited, "GET", "/organizations");
    for (let left = 9; left >= 0; left -= 1) {
      const { status, headers } = await list();
      expect(status).toBe(200);
      expect(rateHeaders(headers)).toEqual([10, left, now / 1000 + 1]);
    }
    const refused = await list();
    expect(refused).toMatchObject({ status: 429, json: { errorCode: "too_many_requests" } });
    expect((await call(limited, "GET", "/clients")).status).toBe(200);
    // 100 calls in a minute: one more every 0.6 seconds.
    now += 600;
    expect((await list()).status).toBe(200);
    expect((await list()).status).toBe(429);
    now += 60_000;
    expect(rateHeaders((await list()).headers)[1]).toBe(9);
  } finally {
    await limited.close();
  }
});

test.each([
  ["an unknown path", "GET", "/nothing", "404 undefined"],
  ["another method", "PUT", "/clients/x", "404 undefined"],
  ["path traversal", "GET", "/clients/..%2f..%2fenv", "404 inexistent_client"],
  ["an id of garbage", "GET", "/clients/%00%ff'--", "404 inexistent_client"],
  ["an id named like a property", "GET", "/connections/__proto__", "404 inexistent_connection"],
  ["an empty id", "GET", "/clients/", "404 undefined"],
])("%s is answered in the vendor's shape", async (_name, method, path, expected) => {
  expect(await code(at, method, path)).toBe(expected);
});

test("a malformed body, another content type and a body that is too large are refused", async () => {
  expect(await problem(at, "POST", "/clients", "{no")).toEqual([400, undefined, "Invalid request payload JSON format"]);
  expect(await problem(at, "POST", "/clients")).toMatchObject([
    400,
    "invalid_body",
    expect.stringContaining("type object"),
  ]);
  expect((await call(at, "POST", "/clients", JSON.stringify({ name: "x".repeat(1024 * 1024) }))).status).toBe(413);
  const headers = { authorization: `Bearer ${at.sandbox.env.AUTH0_API_TOKEN}` };
  const response = await at.fetch(auth0Host, "/api/v2/clients", { method: "POST", body: "x", headers });
  expect(response.status).toBe(415);
  for (const path of ["/", "/nothing", "/api/v2", "/oauth/nothing", "/.well-known/other", "/u/login"]) {
    expect((await at.fetch(auth0Host, path)).status, path).toBe(404);
  }
});

test("whatever is sent, the answer comes, is the vendor's, and shows no inside", async () => {
  const authorization = `Bearer ${at.sandbox.env.AUTH0_API_TOKEN}`;
  const segment = fc.oneof(
    fc.constantFrom("api", "v2", "clients", "organizations", "connections", "name", "enabled_connections", "..", "u"),
    fc.constantFrom("oauth", "token", "authorize", "login", "oidc", "logout", "userinfo", "credentials"),
    fc.string({ maxLength: 8 }).map(encodeURIComponent),
  );
  const request = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH"),
    path: fc
      .tuple(fc.constantFrom("", "/api/v2"), fc.array(segment, { maxLength: 5 }))
      .map(([base, segments]) => `${base}/${segments.join("/")}`),
    query: fc.string({ maxLength: 20 }).map(encodeURIComponent),
    type: fc.constantFrom("application/json", "application/x-www-form-urlencoded", "text/plain"),
    body: fc.oneof(fc.json(), fc.string()),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, type, body }) => {
      const response = await at.fetch(auth0Host, `${path}?${query}`, {
        method,
        headers: { authorization, "content-type": type },
        ...(method === "GET" ? {} : { body }),
      });
      const text = await response.text();
      expect(response.status).toBeLessThan(500);
      expect(text).not.toMatch(/node_modules|\bat .*\.(ts|js):\d/);
    }),
    seededRuns("AUTH0_FAULTS_SEED", 150),
  );
});

test("whatever body a client is made or changed with, the answer is a client or a refusal", async () => {
  const { client_id } = (await call(at, "POST", "/clients", { name: "target" })).json;
  const name = fc.constantFrom(
    "name",
    "callbacks",
    "grant_types",
    "client_metadata",
    "jwt_configuration",
    "refresh_token",
  );
  const other = fc.constantFrom("token_endpoint_auth_method", "client_authentication_methods", "__proto__", "toString");
  const body = fc.dictionary(fc.oneof(name, other), fc.jsonValue({ maxDepth: 3 }));
  await fc.assert(
    fc.asyncProperty(body, fc.boolean(), async (sent, create) => {
      const reply = await call(at, create ? "POST" : "PATCH", create ? "/clients" : `/clients/${client_id}`, sent);
      expect([200, 201, 400]).toContain(reply.status);
      const query = `client_id=${client_id}&redirect_uri=https://a.example&response_type=code&scope=openid&prompt=none`;
      expect((await at.fetch(auth0Host, `/authorize?${query}`)).status).toBeLessThan(500);
    }),
    seededRuns("AUTH0_FAULTS_SEED", 100),
  );
});

test("a value that brings a `toString` of its own is refused like any other of its kind", async () => {
  for (const sent of [
    { name: "x", grant_types: [{ toString: {} }] },
    { name: "x", app_type: { toString: {} } },
  ]) {
    const reply = await call(at, "POST", "/clients", sent);
    expect(reply).toMatchObject({ status: 400, json: { errorCode: "invalid_body" } });
  }
});
