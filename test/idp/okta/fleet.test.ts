import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import type { OktaAdapter } from "../../../src/idp/okta/adapter.ts";
import { newApp } from "../../../src/idp/okta/app-body.ts";
import { registrationFields } from "../../../src/plan/fields.ts";
import { type Bench, startBench, wanted } from "./bench.ts";

let bench: Bench;
let adapter: OktaAdapter;

const fleet = Array.from({ length: 250 }, (_, n) => wanted({ key: `tenant${n}/portal` as ConnectionKey }));

beforeAll(async () => {
  bench = await startBench();
  adapter = await bench.adapter();
  const headers = {
    authorization: `SSWS ${bench.sandbox.env.OKTA_API_TOKEN}`,
    "content-type": "application/json",
  };
  for (const registration of fleet) {
    const body = JSON.stringify(newApp(registration, "acme.okta.com"));
    await bench.test.fetch("acme.okta.com", "/api/v1/apps", { method: "POST", headers, body });
  }
});
afterAll(() => bench.close());

test("250 apps are read in two pages and one list of groups, nothing else", async () => {
  const { requests } = bench.sandbox.okta;
  const before = requests.entries.length;
  const { found, problems, undeclared, coverage } = await adapter.observe(fleet, "fleet");
  expect(
    requests.entries
      .slice(before)
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  ).toEqual(["GET /api/v1/apps", "GET /api/v1/apps", "GET /api/v1/groups"]);
  expect([found.size, problems, undeclared]).toEqual([250, [], []]);
  const { assignment: _unread, ...read } = registrationFields(fleet[249] ?? wanted());
  expect(found.get("tenant249/portal" as ConnectionKey)).toMatchObject({ fields: read, secretId: undefined });
  expect(found.get("tenant249/portal" as ConnectionKey)?.fields).not.toHaveProperty("assignment");
  expect(coverage).toEqual([
    { what: "idp/workforce clients", read: 250, total: 250 },
    { what: "idp/workforce assignments", read: 0, total: 250 },
    { what: "idp/workforce secret ids", read: 0, total: 250 },
  ]);
});

test("what nobody wants any more is told from the whole list only", async () => {
  const some = fleet.slice(0, 248);
  expect((await adapter.observe(some, "fleet")).undeclared.map((each) => each.key)).toEqual([
    "tenant248/portal",
    "tenant249/portal",
  ]);
  expect((await adapter.observe(fleet.slice(0, 1), "single")).undeclared).toEqual([]);
});

test("a deep look reads assignments and secrets of each", async () => {
  const some = fleet.slice(0, 3);
  const { found, coverage } = await adapter.observe(some, "deep");
  expect([...found.values()].map((each) => [each.fields.assignment, each.secretId?.slice(0, 3)])).toEqual([
    [[], "ocs"],
    [[], "ocs"],
    [[], "ocs"],
  ]);
  expect(coverage.every(({ read, total }) => read === 3 && total === 3)).toBe(true);
});

test("tenant1/portal is not mistaken for tenant1/portal2 or tenant10/portal", async () => {
  const registration = fleet[1] ?? wanted();
  await adapter.create(wanted({ key: "tenant1/portal2" as ConnectionKey }));
  const { found } = await adapter.observe([registration], "single");
  expect([...found.values()].map((each) => each.fields.label)).toEqual([registration.label]);
});
