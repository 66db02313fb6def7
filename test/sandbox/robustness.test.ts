import fc from "fast-check";
import { expect, test } from "vitest";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { seededRuns } from "../support/seed.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

const at = sharedSandbox();

test.each([
  ["an unknown path", "GET", "/api/v1/nothing", 404, "E0000008"],
  ["the wrong method", "DELETE", "/api/v1/users", 405, "E0000022"],
  ["path traversal", "GET", "/api/v1/apps/..%2f..%2fenv", 404, "E0000007"],
  ["an id of garbage", "GET", "/api/v1/apps/%00%ff'--", 404, "E0000007"],
  ["an id named like a property", "GET", "/api/v1/groups/__proto__", 404, "E0000007"],
  ["an empty id", "GET", "/api/v1/apps/", 404, "E0000008"],
])("%s is answered in the vendor's shape", async (_name, method, path, status, errorCode) => {
  expect(await call(at, method, path)).toMatchObject({ status, json: { errorCode, errorCauses: [] } });
});

test("a malformed body, another content type and a body that is too large are refused", async () => {
  const malformed = await call(at, "POST", "/api/v1/apps", "{not json");
  expect(malformed).toMatchObject({ status: 400, json: { errorCode: "E0000003" } });
  const authorization = `SSWS ${at.sandbox.env.OKTA_API_TOKEN}`;
  const text = await at.fetch(oktaHost, "/api/v1/apps", { method: "POST", body: "x", headers: { authorization } });
  expect(text.status).toBe(415);
  const large = JSON.stringify(webApp("x", { root: { profile: { filling: "x".repeat(1024 * 1024) } } }));
  expect(await call(at, "POST", "/api/v1/apps", large)).toMatchObject({ status: 413 });
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const body = `code=${"x".repeat(100_000)}`;
  expect((await at.fetch(oktaHost, "/oauth2/v1/token", { method: "POST", body, headers: form })).status).toBe(413);
  expect((await call(at, "GET", "/api/v1/groups")).status).toBe(200);
});

test("whatever is sent, the answer comes, is the vendor's, and shows no inside", async () => {
  const authorization = `SSWS ${at.sandbox.env.OKTA_API_TOKEN}`;
  const segment = fc.oneof(
    fc.constantFrom("api", "v1", "apps", "groups", "oauth2", "token", "authorize", "..", "lifecycle", "signin", "org"),
    fc.string({ maxLength: 8 }).map(encodeURIComponent),
  );
  const request = fc.record({
    method: fc.constantFrom("GET", "POST", "PUT", "DELETE", "PATCH"),
    path: fc.array(segment, { maxLength: 6 }).map((segments) => `/${segments.join("/")}`),
    query: fc.string({ maxLength: 20 }).map(encodeURIComponent),
    type: fc.constantFrom("application/json", "application/x-www-form-urlencoded", "text/plain"),
    body: fc.oneof(fc.json(), fc.string()),
  });
  await fc.assert(
    fc.asyncProperty(request, async ({ method, path, query, type, body }) => {
      const response = await at.fetch(oktaHost, `${path}?${query}`, {
        method,
        headers: { authorization, "content-type": type },
        ...(method === "GET" ? {} : { body }),
      });
      const text = await response.text();
      expect(response.status).toBeLessThan(500);
      expect(text).not.toMatch(/node_modules|\bat .*\.(ts|js):\d/);
    }),
    seededRuns("ROBUSTNESS_SEED", 150),
  );
});

test.each(["application_type", "refresh_token"])(
  "an object with a `toString` of its own as %s is refused",
  async (field) => {
    const value: unknown = field === "refresh_token" ? { rotation_type: { toString: {} } } : { toString: {} };
    const app = webApp("x", { oauth: { grant_types: ["authorization_code", "refresh_token"], [field]: value } });
    expect(await call(at, "POST", "/api/v1/apps", app)).toMatchObject({
      status: 400,
      json: { errorCode: expect.stringMatching(/^E000000[13]$/) },
    });
  },
);
