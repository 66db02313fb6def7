import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import type { OktaAdapter } from "../../../src/idp/okta/adapter.ts";
import { registrationFields } from "../../../src/plan/fields.ts";
import { type Bench, startBench, wanted } from "./bench.ts";

type FaultEffect = Parameters<Sandbox["faults"]["add"]>[0]["effect"];

let bench: Bench;
let adapter: OktaAdapter;

beforeAll(async () => {
  bench = await startBench();
  adapter = await bench.adapter();
});
afterAll(() => bench.close());
beforeEach(() => {
  const { okta, faults } = bench.sandbox;
  faults.clear();
  bench.slept.length = 0;
  for (const app of okta.apps) if (!["Payroll", "Tenantry service"].includes(app.label)) okta.removeApp(app.id);
});

const ours = () => bench.sandbox.okta.apps.filter((app) => app.label === wanted().label);
const posts = () => bench.sandbox.okta.requests.count("POST", /^\/api\/v1\/apps$/);
const creating = { method: "POST", path: "^/api/v1/apps$" } as const;

describe("the reply to a create is lost", () => {
  test.each<[FaultEffect, string]>([
    ["reset-after", "the connection is cut after the app was made"],
    ["status-after", "status 500 after the app was made"],
  ])("%s: %s, and the app is found and taken over", async (effect) => {
    bench.sandbox.faults.add({ ...creating, effect });
    const before = posts();
    const created = await adapter.create(wanted());
    expect(ours().map((app) => app.id)).toEqual([created.id]);
    expect(created.fields).toEqual(registrationFields(wanted()));
    expect(posts() - before).toBe(1);
    expect(bench.slept).toEqual([1_000]);
  });

  test.each<FaultEffect>(["reset-before", "status-before"])(
    "%s: nothing was made, three looks show nothing, and one more create makes the only app",
    async (effect) => {
      bench.sandbox.faults.add({ ...creating, effect });
      const before = posts();
      const created = await adapter.create(wanted());
      expect(ours().map((app) => app.id)).toEqual([created.id]);
      expect(posts() - before).toBe(2);
      expect(bench.slept).toEqual([1_000, 2_000, 4_000]);
    },
  );

  test("the index is late: the second create is refused by the client id, and the whole list shows the app", async () => {
    bench.sandbox.faults.add({
      ...creating,
      effect: "reset-after",
      onHit: () => {
        // As if the app were there, but not yet under its label in the index.
        bench.sandbox.okta.edit(wanted().clientId, (app) => {
          app.label = "not yet in the index";
        });
      },
    });
    const created = await adapter.create(wanted());
    expect(ours().map((app) => app.id)).toEqual([created.id]);
    expect(bench.sandbox.okta.apps).toHaveLength(3);
  });

  test("no answer twice: it stops as unclear, and the next run makes the only app", async () => {
    bench.sandbox.faults.add({ ...creating, effect: "reset-before", times: 2 });
    await expect(adapter.create(wanted())).rejects.toMatchObject({ code: "OKTA_CREATE_UNCLEAR", exit: 7 });
    expect(ours()).toHaveLength(0);
    await adapter.create(wanted());
    expect(ours()).toHaveLength(1);
  });

  test("looking does not work either: it stops as unclear without creating again", async () => {
    await adapter.observe([wanted()], "single");
    bench.sandbox.faults.add({ ...creating, effect: "reset-after" });
    bench.sandbox.faults.add({ method: "GET", path: "^/api/v1/apps$", effect: "reset-before", times: 100, skip: 1 });
    const before = posts();
    await expect(adapter.create(wanted())).rejects.toMatchObject({ code: "OKTA_CREATE_UNCLEAR" });
    expect(posts() - before).toBe(1);
    bench.sandbox.faults.clear();
    const created = await adapter.create(wanted());
    expect(ours().map((app) => app.id)).toEqual([created.id]);
  });

  test("a run that died between create and assignment is finished by the next", async () => {
    bench.sandbox.faults.add({ method: "PUT", path: "/groups/", effect: "status-before", status: 500 });
    await expect(adapter.create(wanted())).rejects.toMatchObject({ code: "OKTA_UNAVAILABLE" });
    const half = await adapter.observe([wanted()], "single");
    expect(half.found.get(wanted().key)?.fields.assignment).toEqual([]);
    expect((await adapter.create(wanted())).fields).toEqual(registrationFields(wanted()));
    expect(ours()).toHaveLength(1);
  });
});

describe("passing faults", () => {
  test.each<[string, string]>([
    ["GET", "^/api/v1/apps$"],
    ["PUT", "^/api/v1/apps/[^/]+$"],
    ["PUT", "/groups/"],
    ["GET", "/groups$"],
  ])("%s %s is repeated after a cut and after a 503", async (method, path) => {
    const found = await adapter.create(wanted({ assignment: { everyone: false, groups: [] }, pkce: "off" }));
    bench.sandbox.faults.add({ method, path, effect: "reset-after" });
    bench.sandbox.faults.add({ method, path, effect: "status-before", status: 503 });
    await adapter.update(wanted(), found);
    const observed = await adapter.observe([wanted()], "single");
    expect(observed.found.get(wanted().key)?.fields).toEqual(registrationFields(wanted()));
    expect(bench.slept).toEqual([500, 2_000]);
  });

  test("a switch whose reply was lost is asked about, not repeated", async () => {
    const found = await adapter.create(wanted());
    bench.sandbox.faults.add({ method: "POST", path: "/lifecycle/", effect: "reset-after" });
    const before = bench.sandbox.okta.requests.count("POST", /lifecycle/);
    await adapter.update(wanted({ state: "inactive" }), found);
    expect(bench.sandbox.okta.app(found.id)?.status).toBe("INACTIVE");
    expect(bench.sandbox.okta.requests.count("POST", /lifecycle/) - before).toBe(1);
  });

  test("a delete whose reply was lost is done", async () => {
    const found = await adapter.create(wanted());
    bench.sandbox.faults.add({ method: "DELETE", effect: "reset-after" });
    await adapter.remove(found);
    expect(ours()).toHaveLength(0);
  });

  test("three cuts are too many", async () => {
    bench.sandbox.faults.add({ effect: "reset-before", times: 3 });
    await expect(adapter.observe([wanted()], "single")).rejects.toMatchObject({ code: "OKTA_UNREACHABLE", exit: 7 });
  });
});
