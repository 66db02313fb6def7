import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Auth0Adapter } from "../../../src/idp/auth0/adapter.ts";
import { listingEngine } from "../../support/listing-engine.ts";
import { type Bench, organization, shownFields, shownPart, startBench, wanted } from "./bench.ts";

let bench: Bench;
let adapter: Auth0Adapter;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.reset();
  adapter = await bench.adapter();
});

const ours = () => [...bench.sandbox.auth0.clients.values()].filter(({ settings }) => settings.name === wanted().label);
const posts = (path: RegExp) => bench.sandbox.auth0.requests.count("POST", path);
const creating = { method: "POST", path: "^/api/v2/clients$" } as const;

describe("the reply to a create of a client is lost", () => {
  test.each(["reset-after", "status-after"] as const)(
    "%s: found in the list, taken over, never repeated",
    async (effect) => {
      await adapter.settlePart(organization());
      bench.sandbox.faults.add({ ...creating, effect });
      const before = posts(/clients$/);
      const created = await adapter.create(wanted());
      expect(ours().map(({ clientId }) => clientId)).toEqual([created.id]);
      expect(created.fields).toEqual(shownFields(wanted(), created.id));
      expect(posts(/clients$/) - before).toBe(1);
      expect(bench.slept).toEqual([1_000]);
      expect(bench.sandbox.auth0.organization("fernhill")?.metadata.tenantryClients1).toBe(created.id);
    },
  );

  test.each(["reset-before", "status-before"] as const)(
    "%s: nothing shows it, so it stops as unclear, and the next run makes the only one",
    async (effect) => {
      await adapter.settlePart(organization());
      bench.sandbox.faults.add({ ...creating, effect });
      const before = posts(/clients$/);
      await expect(adapter.create(wanted())).rejects.toMatchObject({ code: "AUTH0_CREATE_UNCLEAR", exit: 7 });
      expect(posts(/clients$/) - before).toBe(1);
      expect(bench.slept).toEqual([1_000, 2_000, 4_000]);
      const created = await (await bench.adapter()).create(wanted());
      expect(ours().map(({ clientId }) => clientId)).toEqual([created.id]);
    },
  );

  test("a refusal of the connection is no lost reply: it is tried again", async () => {
    await adapter.settlePart(organization());
    bench.sandbox.faults.add({ ...creating, effect: "status-before", status: 429 });
    expect((await adapter.create(wanted())).active).toBe(true);
    expect(ours()).toHaveLength(1);
  });

  test("a run that died right after it is finished by the next", async () => {
    await adapter.settlePart(organization());
    bench.sandbox.faults.add({ method: "PATCH", path: "/organizations/", effect: "reset-before", times: 3 });
    await expect(adapter.create(wanted())).rejects.toMatchObject({ code: "AUTH0_UNREACHABLE" });
    expect(ours()).toHaveLength(1);
    const run = await bench.adapter();
    const finished = await listingEngine(run).apply(wanted());
    expect(finished?.fields).toEqual(shownFields(wanted(), finished?.id ?? ""));
    expect(ours()).toHaveLength(1);
  });
});

describe("the reply to a create of an organization is lost", () => {
  test.each(["reset-after", "status-after", "reset-before", "status-before"] as const)(
    "%s: there is one in the end",
    async (effect) => {
      bench.sandbox.faults.add({ method: "POST", path: "/organizations$", effect });
      await adapter.settlePart(organization());
      const { parts } = await adapter.observe([wanted()], "single");
      expect(parts.get(organization().address)?.fields).toEqual(shownPart(organization()));
      expect(bench.sandbox.auth0.organizations.size).toBe(2);
    },
  );

  test.each(["reset-after", "status-after", "reset-before", "status-before"] as const)(
    "%s of an enabled connection: it is enabled once",
    async (effect) => {
      await adapter.settlePart(organization({ enabledConnections: [] }));
      bench.sandbox.faults.add({ method: "POST", path: "/enabled_connections$", effect });
      await adapter.settlePart(organization());
      const { parts } = await adapter.observe([wanted()], "single");
      expect(parts.get(organization().address)?.fields).toEqual(shownPart(organization()));
    },
  );
});

describe("passing faults", () => {
  test.each<[string, string]>([
    ["GET", "^/api/v2/clients/[^/]+$"],
    ["GET", "^/api/v2/organizations/name/"],
    ["PATCH", "^/api/v2/clients/[^/]+$"],
    ["PATCH", "^/api/v2/connections/[^/]+/clients$"],
    ["GET", "/connections$"],
  ])("%s %s is repeated after a cut and after a 503", async (method, path) => {
    await adapter.settlePart(organization());
    const found = await adapter.create(wanted({ enabledConnections: [], postLogoutRedirectUris: [] }));
    bench.slept.length = 0;
    bench.sandbox.faults.add({ method, path, effect: "reset-after" });
    bench.sandbox.faults.add({ method, path, effect: "status-before", status: 503 });
    const run = await bench.adapter();
    await run.observe([wanted()], "single");
    await run.update(wanted(), found);
    const observed = await run.observe([wanted()], "single");
    expect(observed.found.get(wanted().key)?.fields).toEqual(shownFields(wanted(), found.id));
    expect(bench.slept).toEqual([500, 2_000]);
  });

  test("three cuts are too many", async () => {
    bench.sandbox.faults.add({ effect: "reset-before", times: 3 });
    await expect(adapter.observe([wanted()], "single")).rejects.toMatchObject({ code: "AUTH0_UNREACHABLE", exit: 7 });
  });
});

describe("a run that dies at any call, its reply lost", () => {
  const absent = { ...wanted(), state: "absent", parts: [organization({ state: "absent" })] } as const;
  test.each([
    ["made", wanted(), absent],
    ["switched off", wanted({ state: "inactive" }), wanted()],
    ["switched on", wanted(), wanted({ state: "inactive" })],
    ["deleted", absent, wanted()],
  ] as const)("is finished by the next: %s", async (_what, registration, before) => {
    const { faults } = bench.sandbox;
    for (let calls = 0; calls < 40; calls++) {
      bench.reset();
      const setUp = listingEngine(await bench.adapter());
      await setUp.apply(wanted());
      await setUp.apply(before);
      faults.add({ path: "^/api/v2/", effect: "reset-after", skip: calls });
      faults.add({ path: "^/api/v2/", effect: "reset-before", skip: calls, times: 1_000 });
      const died = await listingEngine(await bench.adapter())
        .apply(registration)
        .then(
          () => false,
          () => true,
        );
      faults.clear();
      const engine = listingEngine(await bench.adapter());
      await engine.apply(registration);
      const { changes } = await engine.plan([registration], "single");
      expect([calls, changes]).toEqual([calls, []]);
      expect(ours()).toHaveLength(registration.state === "absent" ? 0 : 1);
      if (!died) return;
    }
    throw new Error("it never got through");
  });
});
