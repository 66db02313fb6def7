import { afterAll, beforeAll, expect, test } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import { addressOf } from "../../../src/desired/key.ts";
import type { OktaAdapter } from "../../../src/idp/okta/adapter.ts";
import { newApp } from "../../../src/idp/okta/app-body.ts";
import { registrationFields } from "../../../src/plan/fields.ts";
import { type Bench, startBench, wanted } from "./bench.ts";

let bench: Bench;
let adapter: OktaAdapter;

const fleet = Array.from({ length: 600 }, (_, n) => wanted({ key: `tenant${n}/portal` as ConnectionKey }));

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

test("600 apps (and two of others) are read in four pages and one list of groups, nothing else", async () => {
  const { requests } = bench.sandbox.okta;
  const before = requests.entries.length;
  const { found, problems, undeclared, coverage } = await adapter.observe(fleet, "fleet");
  expect(
    requests.entries
      .slice(before)
      .map(({ method, path }) => `${method} ${path}`)
      .toSorted(),
  ).toEqual([...Array<string>(4).fill("GET /api/v1/apps"), "GET /api/v1/groups"]);
  expect([found.size, problems, undeclared]).toEqual([600, [], []]);
  const { assignment: _unread, ...read } = registrationFields(fleet[599] ?? wanted());
  expect(found.get("tenant599/portal" as ConnectionKey)).toMatchObject({ fields: read, secretId: undefined });
  expect(found.get("tenant599/portal" as ConnectionKey)?.fields).not.toHaveProperty("assignment");
  expect(coverage).toEqual([
    { what: "idp/workforce clients", read: 600, total: 600 },
    { what: "idp/workforce assignments", read: 0, total: 600 },
    { what: "idp/workforce secret ids", read: 0, total: 600 },
  ]);
});

test("access policies take one call more, for all apps", async () => {
  const { requests } = bench.sandbox.okta;
  const strict = fleet.map(({ key }) => wanted({ key, accessPolicy: "Any two factors" }));
  const before = requests.total;
  const { found, problems } = await adapter.observe(strict, "fleet");
  expect([found.size, problems, requests.total - before]).toEqual([600, [], 6]);
  expect([...new Set([...found.values()].map((each) => each.fields.accessPolicy))]).toEqual(["Any two factors"]);
});

test("groups that are to be made, and are missing, take no call of their own", async () => {
  const { requests } = bench.sandbox.okta;
  const made = fleet.map(({ key }) => {
    const name = `${key.slice(0, key.indexOf("/"))}-staff`;
    const address = addressOf.group("workforce", name);
    return wanted({
      key,
      assignment: { everyone: false, groups: [name], create: [name] },
      parts: [{ kind: "group", address, tenant: key.slice(0, key.indexOf("/")), state: "active", name }],
    });
  });
  const before = requests.total;
  const { parts, problems } = await adapter.observe(made, "fleet");
  expect([parts.size, problems, requests.total - before]).toEqual([0, [], 5]);
});

test("what nobody wants any more is told from the whole list only", async () => {
  const some = fleet.slice(0, 598);
  expect((await adapter.observe(some, "fleet")).undeclared.map((each) => each.key)).toEqual([
    "tenant598/portal",
    "tenant599/portal",
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
