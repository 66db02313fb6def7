import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { ConnectionKey } from "../../src/desired/connection.ts";
import type { OktaAdapter } from "../../src/idp/okta/adapter.ts";
import { registrationFields } from "../../src/plan/fields.ts";
import { type Bench, startBench, wanted } from "../idp/okta/bench.ts";
import { type ListingEngine, listingEngine } from "../support/listing-engine.ts";

let bench: Bench;
let adapter: OktaAdapter;
let engine: ListingEngine;

beforeAll(async () => {
  bench = await startBench();
  adapter = await bench.adapter();
  engine = listingEngine(adapter);
});
afterAll(() => bench.close());
beforeEach(() => {
  const { okta } = bench.sandbox;
  for (const app of okta.apps) if (!["Payroll", "Tenantry service"].includes(app.label)) okta.removeApp(app.id);
});

const gateway = wanted({ key: "whiterabbit/gateway" as ConnectionKey });

test.each(["single", "fleet", "deep"] as const)("what was applied leaves nothing to plan (%s)", async (depth) => {
  const registrations = [wanted(), gateway];
  const first = await engine.plan(registrations, depth);
  expect(first.changes.map(({ action, address }) => [action, address])).toEqual([
    ["create", "idp/workforce/client/whiterabbit/portal"],
    ["create", "idp/workforce/client/whiterabbit/gateway"],
  ]);
  for (const registration of registrations) await engine.apply(registration);
  expect(await engine.plan(registrations, depth)).toMatchObject({ changes: [], unchanged: 2 });
});

test("an apply is idempotent: the second one only looks", async () => {
  const first = await engine.apply(wanted());
  const before = bench.sandbox.okta.requests.entries.length;
  const second = await engine.apply(wanted());
  expect(second?.fields).toEqual(first?.fields);
  expect(bench.sandbox.okta.requests.entries.slice(before).every(({ method }) => method === "GET")).toBe(true);
});

test("an update keeps the app, and the plan shows what differs", async () => {
  const first = await engine.apply(wanted());
  const changed = wanted({ redirectUris: ["https://portal.acme.example/new"] });
  const { changes } = await engine.plan([changed], "single");
  expect(changes).toMatchObject([
    {
      action: "update",
      paths: ["redirectUris"],
      hot: ["redirectUris"],
      before: { redirectUris: wanted().redirectUris },
      after: { redirectUris: changed.redirectUris },
    },
  ]);
  const second = await engine.apply(changed);
  expect([second?.id, second?.fields]).toEqual([first?.id, registrationFields(changed)]);
});

test("inactive switches off what is there and makes nothing that is not", async () => {
  expect(await engine.apply(wanted({ state: "inactive" }))).toBeUndefined();
  expect(bench.sandbox.okta.apps).toHaveLength(2);
  await engine.apply(wanted());
  expect((await engine.apply(wanted({ state: "inactive" })))?.active).toBe(false);
  expect((await engine.plan([wanted({ state: "inactive" })], "single")).unchanged).toBe(1);
});

test("absent removes it, and is done when it is gone", async () => {
  await engine.apply(wanted());
  expect(await engine.apply(wanted({ state: "absent" }))).toBeUndefined();
  expect(await engine.apply(wanted({ state: "absent" }))).toBeUndefined();
  expect(bench.sandbox.okta.apps).toHaveLength(2);
});

test("a registration with a problem has no changes, and its apply fails with the problem's code", async () => {
  const registration = wanted({ assignment: { everyone: false, groups: ["nobody"] } });
  const plan = await engine.plan([registration, gateway], "single");
  expect(plan.changes.map((change) => change.key)).toEqual(["whiterabbit/gateway"]);
  expect([plan.unchanged, plan.observation.problems.length]).toEqual([0, 1]);
  await expect(engine.apply(registration)).rejects.toMatchObject({ code: "OKTA_GROUP_MISSING" });
});

test("the secret to hand over is the app's own", async () => {
  const found = await engine.apply(wanted());
  if (found === undefined) throw new Error("nothing was made");
  const secret = bench.sandbox.okta.app(found.id)?.secrets[0];
  const handed = await engine.secretOf(found);
  expect([handed?.id, handed?.secret.reveal()]).toEqual([secret?.id, secret?.value]);
});
