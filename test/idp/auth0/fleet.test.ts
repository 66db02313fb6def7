import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fernhillConnection } from "../../../sandbox/sandbox.ts";
import type { ConnectionKey, Registration } from "../../../src/desired/connection.ts";
import { newClient } from "../../../src/idp/auth0/client-body.ts";
import { writeMetadata } from "../../../src/idp/auth0/organization-metadata.ts";
import { type Bench, organization, scope, shownFields, startBench, wanted } from "./bench.ts";

let bench: Bench;
beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(() => bench.reset());

const fleetOf = (size: number) =>
  Array.from({ length: size }, (_, n) => wanted({ key: `tenant${n}/portal` as ConnectionKey }));

/** Puts clients and organizations there as the adapter would make them, without its calls. */
function seed(registrations: readonly Registration[]): readonly string[] {
  const { auth0 } = bench.sandbox;
  const connection = auth0.connection(fernhillConnection);
  if (connection === undefined) throw new Error("the seed has changed");
  return registrations.map((registration) => {
    const settings = newClient(registration) as Parameters<typeof auth0.addClient>[0]["settings"];
    const { clientId } = auth0.addClient({ settings });
    connection.clients.add(clientId);
    const tenant = registration.key.slice(0, registration.key.indexOf("/"));
    const metadata = { ...writeMetadata({}, scope, { tenant, clientIds: [clientId], making: [] }) };
    const { displayName } = organization();
    const made = auth0.addOrganization(tenant, { displayName, metadata });
    auth0.enableConnection(made, connection, { assign_membership_on_login: true });
    return clientId;
  });
}

test("400 tenants are read by lists, with under 15 calls, and coverage says what was not read", async () => {
  const fleet = fleetOf(400);
  const ids = seed(fleet);
  const adapter = await bench.adapter({ access: "read" });
  const { result, calls } = await bench.callsOf(() => adapter.observe(fleet, "fleet"));
  expect(calls.toSorted()).toEqual([
    ...Array.from({ length: 5 }, () => "GET clients"),
    "GET connections",
    // One more than 400 is there: somebody else's.
    ...Array.from({ length: 5 }, () => "GET organizations"),
    "POST /oauth/token",
  ]);
  expect([result.found.size, result.parts.size, result.problems, result.undeclared]).toEqual([400, 400, [], []]);
  const { enabledConnections: _unread, ...fields } = shownFields(fleet[399] ?? wanted(), ids[399] ?? "");
  expect(result.found.get("tenant399/portal" as ConnectionKey)?.fields).toEqual(fields);
  expect(result.parts.get(fleet[399]?.parts[0]?.address ?? organization().address)?.fields).toEqual({
    name: "tenant399",
    displayName: "Fernhill Media",
    active: true,
  });
  expect(result.coverage).toEqual([
    { what: "idp/customers clients", read: 400, total: 400 },
    { what: "idp/customers enabled connections", read: 0, total: 400 },
    { what: "idp/customers secret ids (Auth0 has none; verify proves the secret)", read: 0, total: 400 },
  ]);
});

test("a deep look reads the enabled connections of each client and each organization", async () => {
  const fleet = fleetOf(3);
  const ids = seed(fleet);
  const adapter = await bench.adapter({ access: "read" });
  const { found, parts, coverage } = await adapter.observe(fleet, "deep");
  expect([...found.values()].map((each) => each.fields)).toEqual(
    fleet.map((registration, n) => shownFields(registration, ids[n] ?? "")),
  );
  expect([...parts.values()].map((each) => each.fields.enabledConnections)).toEqual([
    [fernhillConnection],
    [fernhillConnection],
    [fernhillConnection],
  ]);
  expect(coverage[1]).toEqual({ what: "idp/customers enabled connections", read: 3, total: 3 });
});

describe("more clients than Auth0 lists", () => {
  /** Clients of others that fill the list, so that ours come behind them. */
  function crowd(): void {
    const { auth0 } = bench.sandbox;
    for (let n = 0; n < 1_000; n++) auth0.addClient({ settings: { name: `other ${n}`, grant_types: [] } });
  }

  test("ours are found by their organizations", async () => {
    crowd();
    const fleet = fleetOf(3);
    const ids = seed(fleet);
    for (const depth of ["single", "fleet", "deep"] as const) {
      const { found, problems } = await (await bench.adapter()).observe(fleet, depth);
      expect([problems, [...found.values()].map((each) => each.id)]).toEqual([[], ids]);
    }
  });

  test("a new one is noted before it is made, and the note goes with it", async () => {
    crowd();
    const adapter = await bench.adapter();
    await adapter.settlePart(organization());
    const notes: unknown[] = [];
    bench.sandbox.faults.add({
      method: "POST",
      path: "clients$",
      effect: "delay",
      milliseconds: 0,
      onHit: () => notes.push(bench.sandbox.auth0.organization("fernhill")?.metadata.tenantryMaking1),
    });
    const created = await adapter.create(wanted());
    expect(notes).toEqual(["fernhill/portal"]);
    expect(bench.sandbox.auth0.organization("fernhill")?.metadata).toEqual({
      tenantryClients1: created.id,
      tenantryEnvironment: "sandbox",
      tenantryTenant: "fernhill",
      tenantryWorkspace: "acme",
    });
    expect((await (await bench.adapter()).create(wanted())).id).toBe(created.id);
  });

  test("one that was refused leaves no note", async () => {
    crowd();
    const adapter = await bench.adapter();
    await adapter.settlePart(organization());
    bench.sandbox.faults.add({ method: "POST", path: "clients$", effect: "status-before", status: 400 });
    await expect(adapter.create(wanted())).rejects.toMatchObject({ code: "AUTH0_REJECTED" });
    expect(bench.sandbox.auth0.organization("fernhill")?.metadata).not.toHaveProperty("tenantryMaking1");
  });

  test("one whose reply was lost is never made again", async () => {
    crowd();
    const adapter = await bench.adapter();
    await adapter.settlePart(organization());
    bench.sandbox.faults.add({ method: "POST", path: "clients$", effect: "reset-after" });
    const unclear = { code: "AUTH0_CREATE_UNCLEAR", exit: 7 };
    await expect(adapter.create(wanted())).rejects.toMatchObject(unclear);
    for (let run = 0; run < 2; run++) {
      await expect((await bench.adapter()).create(wanted())).rejects.toMatchObject({
        ...unclear,
        hint: expect.stringContaining("tenantryMaking1"),
      });
    }
    const ours = [...bench.sandbox.auth0.clients.values()].filter(({ settings }) => settings.name === wanted().label);
    expect(ours).toHaveLength(1);
  });
});

test("more organizations than pages by offset reach are read by checkpoint", async () => {
  const { auth0 } = bench.sandbox;
  for (let n = 0; n < 1_000; n++) auth0.addOrganization(`other-${n}`);
  const fleet = fleetOf(2);
  seed(fleet);
  const adapter = await bench.adapter();
  const { parts } = await adapter.observe(fleet, "fleet");
  expect(parts.size).toBe(2);
});
