import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sandbox } from "../../../sandbox/sandbox.ts";
import type { ConnectionKey, GroupPart } from "../../../src/desired/connection.ts";
import { addressOf } from "../../../src/desired/key.ts";
import type { OktaAdapter } from "../../../src/idp/okta/adapter.ts";
import { registrationFields } from "../../../src/plan/fields.ts";
import { listingEngine } from "../../support/listing-engine.ts";
import { type Bench, startBench, wanted } from "./bench.ts";

type FaultEffect = Parameters<Sandbox["faults"]["add"]>[0]["effect"];

const name = "whiterabbit-partners";
const part: GroupPart = {
  kind: "group",
  address: addressOf.group("workforce", name),
  tenant: "whiterabbit",
  state: "active",
  name,
};
const partners = wanted({
  assignment: { everyone: false, groups: ["whiterabbit-staff", name], create: [name] },
  parts: [part],
});
const creating = { method: "POST", path: "^/api/v1/groups$" } as const;
const depths = ["single", "fleet", "deep"] as const;

let bench: Bench;
let adapter: OktaAdapter;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  adapter = await bench.adapter();
  const { okta, faults } = bench.sandbox;
  faults.clear();
  bench.slept.length = 0;
  okta.state.searchIsLate = false;
  for (const app of okta.apps) if (!["Payroll", "Tenantry service"].includes(app.label)) okta.removeApp(app.id);
  for (const group of okta.groups) {
    if (!["Everyone", "whiterabbit-staff", "whiterabbit-admins"].includes(group.profile.name)) {
      okta.removeGroup(group.id);
    }
  }
});

const made = () => bench.sandbox.okta.groups.filter((group) => group.profile.name === name);
const posts = () => bench.sandbox.okta.requests.count("POST", /^\/api\/v1\/groups$/);

describe("a group that the file wants made", () => {
  test.each(depths)("is no problem while it is missing, and is not there (%s)", async (depth) => {
    const { problems, parts } = await adapter.observe([partners], depth);
    expect([problems, parts.size]).toEqual([[], 0]);
    const plan = await listingEngine(adapter).plan([partners], depth);
    expect(plan.changes.map(({ action, address }) => [action, address])).toEqual([
      ["create", "idp/workforce/group/whiterabbit-partners"],
      ["create", "idp/workforce/client/whiterabbit/portal"],
    ]);
  });

  test.each(depths)("is made before the client, assigned, and then there (%s)", async (depth) => {
    bench.sandbox.okta.state.searchIsLate = true;
    const engine = listingEngine(adapter);
    await engine.apply(partners);
    expect(made()).toMatchObject([
      { type: "OKTA_GROUP", profile: { description: "Made by Tenantry for workspace acme, environment sandbox." } },
    ]);
    const { parts, found } = await adapter.observe([partners], depth);
    expect([...parts.values()]).toEqual([{ address: part.address, id: made()[0]?.id, fields: { name } }]);
    expect(found.get(partners.key)?.fields).toMatchObject(
      depth === "fleet" ? { active: true } : registrationFields(partners),
    );
    expect((await engine.plan([partners], depth)).changes).toEqual([]);
  });

  test("is made once for several connections, and settled a second time without a call that changes anything", async () => {
    const gateway = wanted({
      key: "whiterabbit/gateway" as ConnectionKey,
      assignment: partners.assignment,
      parts: [part],
    });
    const engine = listingEngine(adapter);
    expect((await engine.plan([partners, gateway], "single")).changes).toHaveLength(3);
    const before = posts();
    await engine.apply(partners);
    await engine.apply(gateway);
    await adapter.settlePart(part);
    expect([posts() - before, made().length]).toEqual([1, 1]);
  });

  test("stays when nothing wants it any more", async () => {
    await adapter.settlePart(part);
    await adapter.settlePart({ ...part, state: "absent" as never });
    expect(made()).toHaveLength(1);
  });

  test("that a directory has brought meanwhile is used as it is", async () => {
    await adapter.observe([partners], "single");
    bench.sandbox.okta.addGroup(name, "from the directory", "APP_GROUP");
    await adapter.settlePart(part);
    expect(made()).toMatchObject([{ type: "APP_GROUP", profile: { description: "from the directory" } }]);
    expect((await adapter.create(partners)).fields.assignment).toEqual([name, "whiterabbit-staff"]);
  });
});

describe("the name is taken", () => {
  test.each(depths)("by Everyone: said in the plan, and nothing is made (%s)", async (depth) => {
    const everyone = { ...part, name: "Everyone", address: addressOf.group("workforce", "Everyone") };
    const registration = wanted({
      assignment: { everyone: false, groups: ["Everyone"], create: ["Everyone"] },
      parts: [everyone],
    });
    const { problems } = await adapter.observe([registration], depth);
    expect(problems).toMatchObject([{ kind: "missing", field: "groups", subject: "Everyone" }]);
    await expect(adapter.settlePart(everyone)).rejects.toMatchObject({ code: "OKTA_GROUP_MISSING" });
  });

  test.each(depths)("by two groups of directories: said in the plan (%s)", async (depth) => {
    bench.sandbox.okta.addGroup(name, null, "APP_GROUP");
    bench.sandbox.okta.addGroup(name, null, "APP_GROUP");
    const { problems, parts } = await adapter.observe([partners], depth);
    expect(problems).toMatchObject([{ subject: name, message: expect.stringContaining("has 2 groups named") }]);
    expect(parts.size).toBe(0);
    await expect(adapter.settlePart(part)).rejects.toMatchObject({ code: "OKTA_GROUP_MISSING" });
  });

  test("a group made at Okta goes before those of directories", async () => {
    bench.sandbox.okta.addGroup(name, null, "APP_GROUP");
    bench.sandbox.okta.addGroup(name);
    expect((await adapter.observe([partners], "single")).problems).toEqual([]);
  });

  test("by a group that the index does not show yet: it is found without the index", async () => {
    bench.sandbox.okta.state.searchIsLate = true;
    const { id } = bench.sandbox.okta.addGroup(name, "by somebody else");
    await adapter.settlePart(part);
    expect(made().map((group) => group.id)).toEqual([id]);
    expect(bench.slept).toEqual([]);
  });

  test("by something that is not shown: it looks for a while, stops and says so", async () => {
    bench.sandbox.okta.addGroup(name, null, "BUILT_IN").indexed = false;
    await expect(adapter.settlePart(part)).rejects.toMatchObject({
      code: "OKTA_GROUP_MISSING",
      message: expect.stringContaining("is taken, but shows no such group"),
    });
    expect(bench.slept).toEqual([1_000, 2_000, 4_000]);
  });

  test("in another case only, the group is missing", async () => {
    bench.sandbox.okta.addGroup(name.toUpperCase());
    const registration = wanted({ assignment: { everyone: false, groups: [name] } });
    expect((await adapter.observe([registration], "single")).problems).toMatchObject([{ subject: name }]);
  });
});

describe("the reply to a create is lost", () => {
  test.each<FaultEffect>(["reset-after", "status-after"])(
    "%s: the group was made, is found although the index is late, and is not made again",
    async (effect) => {
      bench.sandbox.okta.state.searchIsLate = true;
      bench.sandbox.faults.add({ ...creating, effect });
      const before = posts();
      await adapter.settlePart(part);
      expect([made().length, posts() - before, bench.slept]).toEqual([1, 1, [1_000]]);
      expect((await adapter.create(partners)).fields.assignment).toEqual([name, "whiterabbit-staff"]);
    },
  );

  test.each<FaultEffect>(["reset-before", "status-before"])(
    "%s: nothing was made, three looks show nothing, and one more create makes the only group",
    async (effect) => {
      bench.sandbox.faults.add({ ...creating, effect });
      await adapter.settlePart(part);
      expect([made().length, bench.slept]).toEqual([1, [1_000, 2_000, 4_000]]);
    },
  );

  test("no answer twice: it stops as unclear, and the next run makes the only group", async () => {
    bench.sandbox.faults.add({ ...creating, effect: "reset-before", times: 2 });
    await expect(adapter.settlePart(part)).rejects.toMatchObject({ code: "OKTA_GROUP_UNCLEAR", exit: 7 });
    await adapter.settlePart(part);
    expect(made()).toHaveLength(1);
  });

  test("looking does not work either: it stops as unclear without creating again", async () => {
    bench.sandbox.faults.add({ ...creating, effect: "reset-after" });
    bench.sandbox.faults.add({ method: "GET", path: "^/api/v1/groups$", effect: "reset-before", times: 100, skip: 1 });
    const before = posts();
    await expect(adapter.settlePart(part)).rejects.toMatchObject({ code: "OKTA_GROUP_UNCLEAR" });
    expect(posts() - before).toBe(1);
  });

  test("a group that cannot be read yet is waited for", async () => {
    const fault = { method: "GET", path: "^/api/v1/groups/", effect: "status-before", status: 404 } as const;
    bench.sandbox.faults.add({ ...fault, times: 2 });
    await adapter.settlePart(part);
    expect(bench.slept).toEqual([1_000, 2_000]);
  });
});

describe("everyone", () => {
  const everybody = wanted({ assignment: { everyone: true } });

  test.each(depths)("is found, assigned and seen (%s)", async (depth) => {
    const { id } = await adapter.create(everybody);
    const { found, problems } = await adapter.observe([everybody], depth);
    expect(problems).toEqual([]);
    expect(found.get(everybody.key)?.fields.assignment).toBe(depth === "fleet" ? undefined : "everyone");
    const group = bench.sandbox.okta.group("Everyone");
    expect([...(bench.sandbox.okta.app(id)?.assignments.keys() ?? [])]).toEqual([group?.id]);
  });

  test.each(depths)("a group of that name that somebody has made is not taken for it (%s)", async (depth) => {
    const { id } = bench.sandbox.okta.addGroup("Everyone", "not the built-in one");
    const { problems } = await adapter.observe([everybody], depth);
    const created = await adapter.create(everybody);
    expect(problems).toEqual([]);
    expect(bench.sandbox.okta.app(created.id)?.assignments.has(id)).toBe(false);
  });
});
