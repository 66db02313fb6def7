import { describe, expect, test } from "vitest";
import type { Address, ConnectionKey } from "../../src/desired/connection.ts";
import type { Change } from "../../src/plan/change.ts";
import { acknowledgedInVain, type GuardInput, guard } from "../../src/plan/guard.ts";
import type { Acknowledgement } from "../../src/tenant/tenant.ts";
import { planOf, registrationUpdate, tenants } from "./changes.ts";

function stops(changes: readonly Change[], more: Partial<GuardInput> = {}): readonly string[] {
  const input: GuardInput = {
    plan: planOf(changes),
    settings: { maxTenants: 3, maxShare: 0.1 },
    tenants: 9,
    acknowledged: [],
    entries: new Map(),
    ...more,
  };
  return guard(input).map(({ acknowledge }) => acknowledge);
}

/** So many tenants' sign-in changes, in a way that no hot field stands in. */
const changed = (count: number): readonly Change[] =>
  tenants(count).map((tenant) =>
    registrationUpdate(tenant, { postLogoutRedirectUris: [] }, { postLogoutRedirectUris: ["a"] }),
  );

describe("how many tenants one change may touch", () => {
  test.each([
    [1, 1, []],
    [9, 1, []],
    [9, 2, ["plan:tenants"]],
    [9, 9, ["plan:tenants"]],
    [10, 1, []],
    [10, 3, []],
    [10, 4, ["plan:tenants", "plan:quarter"]],
    [30, 3, []],
    [30, 4, ["plan:tenants"]],
    [30, 7, ["plan:tenants"]],
    [30, 8, ["plan:tenants", "plan:quarter"]],
    [40, 4, []],
    [40, 5, ["plan:tenants"]],
    [40, 10, ["plan:tenants"]],
    [40, 11, ["plan:tenants", "plan:quarter"]],
    [100, 10, []],
    [100, 11, ["plan:tenants"]],
  ] as const)("of %i tenants %i", (all, count, expected) => {
    expect(stops(changed(count), { tenants: all })).toEqual(expected);
  });

  test("follows the workspace's own numbers", () => {
    expect(stops(changed(5), { tenants: 20, settings: { maxTenants: 5, maxShare: 0.1 } })).toEqual([]);
    expect(stops(changed(29), { tenants: 100, settings: { maxTenants: 1, maxShare: 0.29 } })).toEqual([]);
    expect(stops(changed(30), { tenants: 100, settings: { maxTenants: 1, maxShare: 0.29 } })).toEqual([
      "plan:tenants",
      "plan:quarter",
    ]);
  });

  test("takes one acknowledgement for the limit and another for the quarter", () => {
    const more = { tenants: 10 };
    expect(stops(changed(4), { ...more, acknowledged: ["plan:tenants"] })).toEqual(["plan:quarter"]);
    expect(stops(changed(4), { ...more, acknowledged: ["plan:quarter"] })).toEqual(["plan:tenants"]);
    expect(stops(changed(4), { ...more, acknowledged: ["plan:quarter", "plan:tenants"] })).toEqual([]);
  });

  test("counts a tenant once, however many of its objects change", () => {
    const [one = ""] = tenants(1);
    const twice = [
      ...changed(1),
      {
        ...registrationUpdate(one, { status: "active" }, { status: "suspended" }),
        address: "app/portal/tenant/x" as Address,
      },
    ];
    expect(stops(twice)).toEqual([]);
  });

  test("does not count what nobody signs in by: new tenants, names, labels, what is finished, switched on or taken over", () => {
    const all = tenants(9);
    const of = (tenant: string) => ({
      address: `app/portal/record/${tenant}/portal` as Address,
      tenant,
      key: `${tenant}/portal` as ConnectionKey,
    });
    expect(stops(all.map((tenant) => ({ ...of(tenant), action: "create", after: {}, knownAfter: [] })))).toEqual([]);
    expect(stops(all.map((tenant) => ({ ...of(tenant), action: "activate" })))).toEqual([]);
    for (const path of ["label", "name", "unfinished", "engine"]) {
      expect(stops(all.map((tenant) => registrationUpdate(tenant, { [path]: "a" }, { [path]: "b" })))).toEqual([]);
    }
    const started = all.flatMap((tenant): Change[] => [
      registrationUpdate(tenant, { pkce: "off" }, { pkce: "S256" }),
      { ...of(tenant), action: "activate" },
    ]);
    expect(stops(started)).toEqual([]);
  });

  test("counts deletes and replaces", () => {
    const deletes = tenants(2).map((tenant): Change => {
      const { address, key } = registrationUpdate(tenant, {}, {});
      return { address, key, tenant, action: "delete", before: {} };
    });
    expect(stops(deletes)).toEqual([
      "plan:tenants",
      "idp/workforce/client/tenant-001/portal:delete",
      "idp/workforce/client/tenant-002/portal:delete",
    ]);
  });
});

describe("deletes and replaces", () => {
  const { address, key, tenant } = registrationUpdate("whiterabbit", {}, {});
  const gone: Change = { address, key, tenant, action: "delete", before: {} };
  const replaced: Change = {
    address,
    key,
    tenant,
    action: "replace",
    before: {},
    after: {},
    because: ["type"],
    hot: [],
  };

  test("are acknowledged one by one, each by its own word", () => {
    expect(stops([gone])).toEqual([`${address}:delete`]);
    expect(stops([replaced])).toEqual([`${address}:replace`]);
    expect(stops([gone], { acknowledged: [`${address}:delete`] })).toEqual([]);
    expect(stops([replaced], { acknowledged: [`${address}:delete`] })).toEqual([`${address}:replace`]);
    expect(stops([gone], { acknowledged: ["delete", address, "plan:tenants"] })).toEqual([`${address}:delete`]);
  });

  test("are not acknowledged by an entry in a file", () => {
    const entry = { address, field: "delete", from: "", to: "", reason: "gone" };
    expect(stops([gone], { entries: new Map([[tenant, [entry]]]) })).toEqual([`${address}:delete`]);
  });
});

describe("hot fields", () => {
  const change = registrationUpdate(
    "whiterabbit",
    { assignment: ["staff"], redirectUris: ["https://a.example/cb"] },
    { assignment: ["staff", "all people"], redirectUris: ["https://b.example/cb"] },
    ["assignment", "redirectUris"],
  );
  const groups = `${change.address}:assignment`;
  const callbacks = `${change.address}:redirectUris`;
  const entry: Acknowledgement = {
    address: change.address,
    field: "assignment",
    from: "staff",
    to: 'staff "all people"',
    reason: "everybody may come in",
  };
  const withEntry = (...entries: readonly Acknowledgement[]) =>
    stops([change], { entries: new Map([["whiterabbit", entries]]) });

  test("stop one by one until each is named", () => {
    expect(stops([change])).toEqual([groups, callbacks]);
    expect(stops([change], { acknowledged: [groups] })).toEqual([callbacks]);
    expect(stops([change], { acknowledged: [groups, callbacks] })).toEqual([]);
    expect(stops([change], { acknowledged: ["assignment", change.address, `${groups} `] })).toEqual([
      groups,
      callbacks,
    ]);
  });

  test("tell the entry that would acknowledge them, and are acknowledged by it", () => {
    const told = guard({
      plan: planOf([change]),
      settings: { maxTenants: 3, maxShare: 0.1 },
      tenants: 1,
      acknowledged: [],
      entries: new Map(),
    }).flatMap(({ entry: one }) => (one === undefined ? [] : [one]));
    expect(told[0]).toEqual({ ...entry, reason: "why this change is right" });
    expect(withEntry(...told)).toEqual([]);
  });

  test("are acknowledged by an entry with the very values", () => expect(withEntry(entry)).toEqual([callbacks]));

  test.each([
    ["another old value", { from: "contractors" }],
    ["another new value", { to: "staff all people" }],
    ["the values turned round", { from: entry.to, to: entry.from }],
    ["another field", { field: "roles" }],
    ["another address", { address: "idp/workforce/client/redqueen/portal" }],
  ])("are not acknowledged by an entry with %s", (_what, part) => {
    expect(withEntry({ ...entry, ...part })).toEqual([groups, callbacks]);
  });

  test("are not acknowledged by an entry in another tenant's file", () => {
    expect(stops([change], { entries: new Map([["redqueen", [entry]]]) })).toEqual([groups, callbacks]);
  });

  test("a list of two groups is not acknowledged as one group of two words", () => {
    const one = registrationUpdate("whiterabbit", { assignment: [] }, { assignment: ["a b"] }, ["assignment"]);
    const two = registrationUpdate("whiterabbit", { assignment: [] }, { assignment: ["a", "b"] }, ["assignment"]);
    const told = (of: Change) =>
      guard({
        plan: planOf([of]),
        settings: { maxTenants: 3, maxShare: 0.1 },
        tenants: 1,
        acknowledged: [],
        entries: new Map(),
      })[0]?.entry?.to;
    expect(told(one)).not.toBe(told(two));
  });

  test("stop with their code and a message that names address and field", () => {
    const input = {
      plan: planOf([change]),
      settings: { maxTenants: 3, maxShare: 0.1 },
      tenants: 1,
      acknowledged: [],
      entries: new Map(),
    };
    expect(guard(input)[0]).toMatchObject({
      code: "PLAN_GUARD_HOT",
      message: "idp/workforce/client/whiterabbit/portal changes the hot field assignment",
    });
  });
});

describe("an acknowledgement that fits no stop", () => {
  const change = registrationUpdate("whiterabbit", { pkce: "S256" }, { pkce: "off" }, ["clientAuth"]);
  const stop = `${change.address}:clientAuth`;
  const vain = (acknowledged: readonly string[], more: Partial<GuardInput> = {}) =>
    acknowledgedInVain({
      plan: planOf([change]),
      settings: { maxTenants: 3, maxShare: 0.1 },
      tenants: 9,
      acknowledged,
      entries: new Map(),
      ...more,
    });

  test("is told, once, and one that fits is not", () => {
    expect(vain([stop])).toEqual([]);
    const others = [`${stop} `, "plan:tenants", `${change.address}:delete`, "clientAuth", ""];
    expect(vain([stop, ...others, ...others])).toEqual(others);
  });

  test("fits also where an entry of the file says the same", () => {
    const [told] = guard({
      plan: planOf([change]),
      settings: { maxTenants: 3, maxShare: 0.1 },
      tenants: 9,
      acknowledged: [],
      entries: new Map(),
    });
    if (told?.entry === undefined) throw new Error("there is no entry");
    expect(vain([stop], { entries: new Map([["whiterabbit", [told.entry]]]) })).toEqual([]);
  });
});
