import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startTestSandbox } from "../support/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { type Api, apis, openOkta, writes } from "./bad-input-api.ts";

// Every field of every body of both management APIs, once with each wrong type. What Okta takes all the same is held
// to its OpenAPI document, as all its answers are.

describe.each(apis)("%s", (_vendor, open) => {
  const at = sharedSandbox();
  let api: Api;

  beforeAll(async () => {
    api = await open(at);
  });
  afterAll(() => api?.close());

  test("a field of the wrong type is answered at every call, in whatever field", async () => {
    let sent = 0;
    for (const route of api.routes.filter(({ method }) => writes.includes(method))) {
      const base = await api.body(route.method, route.path);
      for (const [place, value] of wrongTypes(base)) {
        // A PATCH says only what changes; the others are whole.
        const body = route.method === "PATCH" ? only(place, value) : replaced(base, place, value);
        const what = `${route.method} ${route.path} with ${place.join(".")} = ${String(JSON.stringify(value)).slice(0, 60)}`;
        sent += 1;
        await api.try({ method: route.method, path: api.resolve(route.path), body: JSON.stringify(body) }, what);
      }
    }
    expect(sent).toBeGreaterThan(500);
  });
});

test.each([
  ["/api/v1/apps", { visibility: { autoLaunch: "x" } }, "E0000003"],
  ["/api/v1/apps", { accessibility: [] }, "E0000003"],
  ["/api/v1/apps", { settings: { notes: { admin: 7 } } }, "E0000003"],
  ["/api/v1/apps", { settings: { emOptInStatus: "PERHAPS" } }, "E0000001"],
  ["/api/v1/policies/:policyId/rules", { name: "a", conditions: { network: { connection: "MOON" } } }, "E0000001"],
  [
    "/api/v1/policies/:policyId/rules",
    { name: "a", conditions: { network: {}, people: { groups: { include: [7] } } } },
    "E0000003",
  ],
])("Okta refuses a wrong type before a wrong word: %s with %j is %s", async (path, body, errorCode) => {
  const at = await startTestSandbox();
  const api = await openOkta(at);
  const whole = { ...((await api.body("POST", path)) as object), ...body };
  const got = await api.try({ method: "POST", path: api.resolve(path), body: JSON.stringify(whole) });
  expect([got.status, JSON.parse(got.text)], got.text).toMatchObject([400, { errorCode }]);
  api.close();
  await at.close();
});

type Place = readonly (string | number)[];

/** Every place in a JSON value with values of other types for it. */
function wrongTypes(base: unknown): readonly (readonly [Place, unknown])[] {
  const found: (readonly [Place, unknown])[] = [];
  const visit = (value: unknown, place: Place): void => {
    if (place.length > 0) for (const other of othersThan(value)) found.push([place, other]);
    if (place.length >= 5 || typeof value !== "object" || value === null) return;
    for (const [key, each] of Object.entries(value)) {
      // What hypermedia says of an object is not read again.
      if (!key.startsWith("_")) visit(each, [...place, Array.isArray(value) ? Number(key) : key]);
    }
  };
  visit(base, []);
  return found;
}

function othersThan(value: unknown): readonly unknown[] {
  if (typeof value === "string") return [null, 7, [null], { a: 1 }, "", "x".repeat(5000)];
  if (typeof value === "boolean") return [null, "x", [], {}];
  if (typeof value === "number") return [null, "x", -1, 1.5, []];
  return Array.isArray(value) ? [null, "x", {}, [null], [[]], [7]] : [null, "x", 7, []];
}

function replaced(base: unknown, [key, ...rest]: Place, value: unknown): unknown {
  if (key === undefined) return value;
  const copy: Record<string, unknown> | unknown[] = Array.isArray(base) ? [...base] : { ...(base as object) };
  const inside = copy as Record<string | number, unknown>;
  inside[key] = replaced(inside[key], rest, value);
  return copy;
}

function only(place: Place, value: unknown): unknown {
  return place.reduceRight<unknown>((inner, key) => (typeof key === "number" ? [inner] : { [key]: inner }), value);
}
