import { afterEach, expect, test } from "vitest";
import { oktaHost } from "../../sandbox/sandbox.ts";
import { sharedSandbox } from "../support/shared-sandbox.ts";
import { call, webApp } from "./okta-caller.ts";

const at = sharedSandbox();
afterEach(() => at.sandbox.faults.clear());

const create = { host: oktaHost, method: "POST", path: "^/api/v1/apps$" };

function apps(label: string): number {
  return at.sandbox.okta.apps.filter((app) => app.label === label).length;
}

test("a reset before the effect cuts the connection and nothing happened", async () => {
  at.sandbox.faults.add({ ...create, effect: "reset-before" });
  await expect(call(at, "POST", "/api/v1/apps", webApp("before"))).rejects.toThrow("fetch failed");
  expect(apps("before")).toBe(0);
  expect((await call(at, "POST", "/api/v1/apps", webApp("before"))).status).toBe(200);
});

test("a reset after the effect loses the reply only", async () => {
  at.sandbox.faults.add({ ...create, effect: "reset-after" });
  await expect(call(at, "POST", "/api/v1/apps", webApp("after"))).rejects.toThrow("fetch failed");
  expect(apps("after")).toBe(1);
});

test("a status before the effect answers in the vendor's shape, after it with the state changed", async () => {
  at.sandbox.faults.add({ ...create, effect: "status-before", status: 503 });
  const before = await call(at, "POST", "/api/v1/apps", webApp("status"));
  expect(before).toMatchObject({ status: 503, json: { errorCode: expect.stringMatching(/^E\d+$/) } });
  expect(apps("status")).toBe(0);
  at.sandbox.faults.add({ ...create, effect: "status-after" });
  const after = await call(at, "POST", "/api/v1/apps", webApp("status"));
  expect(after).toMatchObject({ status: 500, json: { errorCode: "E0000009" } });
  expect(JSON.stringify(after.json)).not.toContain("client_secret");
  expect(apps("status")).toBe(1);
});

test("a 429 as a fault tells when to come again", async () => {
  at.sandbox.faults.add({ effect: "status-before", status: 429 });
  const { status, headers } = await call(at, "GET", "/api/v1/apps");
  expect(status).toBe(429);
  expect(Number(headers.get("x-rate-limit-reset"))).toBeGreaterThan(0);
});

test("faults reach the sign-in half too", async () => {
  at.sandbox.faults.add({ path: "/keys$", effect: "reset-after" });
  await expect(at.fetch(oktaHost, "/oauth2/v1/keys")).rejects.toThrow("fetch failed");
  expect((await at.fetch(oktaHost, "/oauth2/v1/keys")).status).toBe(200);
});

test("a delay only takes time", async () => {
  at.sandbox.faults.add({ effect: "delay", milliseconds: 60 });
  const started = performance.now();
  expect((await call(at, "GET", "/api/v1/groups")).status).toBe(200);
  expect(performance.now() - started).toBeGreaterThan(50);
});

test("a truncated answer says its whole length and ends before, with the state changed", async () => {
  at.sandbox.faults.add({ ...create, effect: "truncate" });
  const response = await at.fetch(oktaHost, "/api/v1/apps", {
    method: "POST",
    body: JSON.stringify(webApp("half")),
    headers: { "content-type": "application/json", authorization: `SSWS ${at.sandbox.env.OKTA_API_TOKEN}` },
  });
  expect(response.status).toBe(200);
  expect(Number(response.headers.get("content-length"))).toBeGreaterThan(500);
  await expect(response.text()).rejects.toThrow();
  expect(apps("half")).toBe(1);
});

test("an answer without a body cannot be truncated, and is lost", async () => {
  const { json } = await call(at, "POST", "/api/v1/apps", webApp("empty"));
  const { id } = json as { readonly id: string };
  await call(at, "POST", `/api/v1/apps/${id}/lifecycle/deactivate`);
  at.sandbox.faults.add({ method: "DELETE", effect: "truncate", bytes: 10 });
  await expect(call(at, "DELETE", `/api/v1/apps/${id}`)).rejects.toThrow("fetch failed");
  expect(apps("empty")).toBe(0);
});

test("stale reads show what was there before, for a while, and what was not read as it is", async () => {
  const read = async (path: string): Promise<number> => {
    const { json } = await call(at, "GET", path);
    return (json as unknown as readonly unknown[]).length;
  };
  const [known, other] = ["/api/v1/apps?q=late", "/api/v1/apps?q=late&limit=50"];
  at.sandbox.faults.add({ ...create, effect: "stale", milliseconds: 600_000 });
  expect(await read(known)).toBe(0);
  expect((await call(at, "POST", "/api/v1/apps", webApp("late"))).status).toBe(200);
  expect(apps("late")).toBe(1);
  expect(await read(known)).toBe(0);
  expect(await read(other)).toBe(1);
  at.sandbox.faults.clear();
  expect(await read(known)).toBe(1);
});

test("stale reads end when their time is over", async () => {
  at.sandbox.faults.add({ ...create, effect: "stale", milliseconds: 40 });
  const list = async () => (await call(at, "GET", "/api/v1/apps?q=soon")).json as unknown as readonly unknown[];
  expect(await list()).toHaveLength(0);
  await call(at, "POST", "/api/v1/apps", webApp("soon"));
  await expect.poll(list, { interval: 5, timeout: 10_000 }).toHaveLength(1);
});

test("skip lets the first matches pass, times says how many are struck, and each hit is told", async () => {
  let told = 0;
  at.sandbox.faults.add({
    method: "GET",
    path: "^/api/v1/groups$",
    effect: "status-before",
    skip: 1,
    times: 2,
    onHit: () => {
      told += 1;
    },
  });
  const answers: number[] = [];
  for (let index = 0; index < 4; index += 1) answers.push((await call(at, "GET", "/api/v1/groups")).status);
  expect(answers).toEqual([200, 500, 500, 200]);
  expect(told).toBe(2);
  expect(at.sandbox.faults.counts()).toMatchObject([{ passed: 1, hits: 2, remaining: 0 }]);
});

test("the admin API adds, counts and clears faults for who has the token", async () => {
  const rule = JSON.stringify({ method: "GET", path: "^/api/v1/groups$", effect: "reset-before" });
  const headers = { authorization: `Bearer ${at.sandbox.adminToken}` };
  const refused = await at.fetch("127.0.0.1", "/faults", { method: "POST", body: rule });
  expect(refused.status).toBe(401);
  expect((await at.fetch("127.0.0.1", "/faults", { method: "POST", body: rule, headers })).status).toBe(201);
  await expect(call(at, "GET", "/api/v1/groups")).rejects.toThrow();
  expect(await (await at.fetch("127.0.0.1", "/faults")).json()).toMatchObject({ faults: [{ hits: 1 }] });
  expect((await at.fetch("127.0.0.1", "/faults", { method: "DELETE" })).status).toBe(401);
  expect((await at.fetch("127.0.0.1", "/faults", { method: "DELETE", headers })).status).toBe(204);
  expect(at.sandbox.faults.counts()).toEqual([]);
});

test.each([
  ["no JSON", "nonsense", "JSON"],
  ["no effect", "{}", "effect"],
  ["an unknown key", '{"effect":"delay","when":1}', "when"],
  ["a broken pattern", '{"effect":"delay","path":"("}', "path"],
  ["an impossible status", '{"effect":"status-before","status":99}', "status"],
  ["a negative number", '{"effect":"delay","times":-1}', "times"],
])("the admin API refuses a fault with %s", async (_name, body, word) => {
  const headers = { authorization: `Bearer ${at.sandbox.adminToken}` };
  const response = await at.fetch("127.0.0.1", "/faults", { method: "POST", body, headers });
  expect(response.status).toBe(400);
  expect(((await response.json()) as { error: string }).error).toContain(word);
});
