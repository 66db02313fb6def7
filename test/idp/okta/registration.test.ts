import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import type { OktaAdapter } from "../../../src/idp/okta/adapter.ts";
import { registrationFields } from "../../../src/plan/fields.ts";
import { listingEngine } from "../../support/listing-engine.ts";
import { type Bench, startBench, wanted } from "./bench.ts";

let bench: Bench;
let adapter: OktaAdapter;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());

// Each test has the org as it was seeded, and a run of its own.
beforeEach(async () => {
  adapter = await bench.adapter();
  const { okta, faults } = bench.sandbox;
  faults.clear();
  bench.slept.length = 0;
  for (const app of okta.apps) if (!["Payroll", "Tenantry service"].includes(app.label)) okta.removeApp(app.id);
});

const single = async (registration = wanted()) =>
  (await adapter.observe([registration], "single")).found.get(registration.key);

/** The management calls since then, as `METHOD /path`, ids shortened. */
async function callsOf<T>(work: () => Promise<T>): Promise<{ result: T; calls: readonly string[] }> {
  const { requests } = bench.sandbox.okta;
  const before = requests.entries.length;
  const result = await work();
  const calls = requests.entries
    .slice(before)
    .map(({ method, path }) => `${method} ${path.replaceAll(/0oa\w{17}/g, "APP").replaceAll(/00g\w{17}/g, "GROUP")}`);
  return { result, calls };
}

describe("create", () => {
  test("makes what is observed afterwards, in the words of what is wanted", async () => {
    const created = await adapter.create(wanted());
    const observed = await single();
    expect(created.fields).toEqual(registrationFields(wanted()));
    expect(observed).toEqual({ ...created, secretId: bench.sandbox.okta.app(created.id)?.secrets[0]?.id });
    expect(created.active).toBe(true);
  });

  test.each([
    ["everyone", { assignment: { everyone: true } }],
    ["several groups", { assignment: { everyone: false, groups: ["whiterabbit-staff", "whiterabbit-admins"] } }],
    ["no group", { assignment: { everyone: false, groups: [] } }],
    ["inactive", { state: "inactive" }],
    ["refresh tokens", { grantTypes: ["authorization_code", "refresh_token"] }],
    ["client_secret_post without PKCE", { clientAuth: "client_secret_post", pkce: "off" }],
    ["no secret", { clientAuth: "none" }],
    ["no sign-out page", { postLogoutRedirectUris: [] }],
    [
      "two callbacks in this order",
      { redirectUris: ["https://portal.acme.example/b", "https://portal.acme.example/a"] },
    ],
  ] as const)("%s is observed as wanted", async (_name, change) => {
    const registration = wanted(change);
    await adapter.create(registration);
    expect((await single(registration))?.fields).toEqual(registrationFields(registration));
  });

  test("takes one look, one create and one assignment", async () => {
    await adapter.observe([wanted()], "single");
    const { calls } = await callsOf(() => adapter.create(wanted()));
    expect(calls).toEqual(["GET /api/v1/apps", "POST /api/v1/apps", "PUT /api/v1/apps/APP/groups/GROUP"]);
  });

  test("a second create takes over what is there and changes nothing", async () => {
    const first = await adapter.create(wanted());
    const { result, calls } = await callsOf(() => adapter.create(wanted()));
    expect(result).toEqual(first);
    expect(calls).toEqual(["GET /api/v1/apps", "GET /api/v1/apps/APP/groups"]);
  });

  test("an app of ours under another label is taken over, as its client id collides", async () => {
    const first = await adapter.create(wanted());
    bench.sandbox.okta.edit(first.id, (app) => {
      app.label = "renamed by hand";
    });
    const second = await adapter.create(wanted());
    expect(second).toEqual(first);
    expect(bench.sandbox.okta.apps).toHaveLength(3);
  });

  test("a missing group stops it before anything is made", async () => {
    const registration = wanted({ assignment: { everyone: false, groups: ["whiterabbit-staff", "nobody"] } });
    await expect(adapter.create(registration)).rejects.toMatchObject({ code: "OKTA_GROUP_MISSING" });
    expect(await single(registration)).toBeUndefined();
    const { problems } = await adapter.observe([registration], "single");
    expect(problems).toMatchObject([
      { kind: "missing", field: "groups", subject: "nobody", code: "OKTA_GROUP_MISSING" },
    ]);
  });

  test("Everyone is not reached by naming it as a group", async () => {
    const registration = wanted({ assignment: { everyone: false, groups: ["Everyone"] } });
    await expect(adapter.create(registration)).rejects.toMatchObject({ code: "OKTA_GROUP_MISSING" });
  });

  test("what Okta refuses is told in its words", async () => {
    const registration = wanted({ redirectUris: ["https://portal.acme.example/callback#fragment"] });
    await expect(adapter.create(registration)).rejects.toMatchObject({
      code: "OKTA_REJECTED",
      message: expect.stringContaining("must not contain a fragment"),
    });
  });
});

describe("an app under another label", () => {
  const list = "GET /api/v1/apps?limit=200";
  const search = "GET /api/v1/apps?q";

  /** Lists and searches by label since then; every other call is left out. */
  async function looksOf<T>(work: () => Promise<T>): Promise<{ result: T; looks: readonly string[] }> {
    const { requests } = bench.sandbox.okta;
    const before = requests.entries.length;
    const result = await work();
    const looks = requests.entries
      .slice(before)
      .filter(({ method, path }) => method === "GET" && path === "/api/v1/apps")
      .map(({ query }) => (/(^|[?&])q=/.test(query) ? search : list));
    return { result, looks };
  }

  /** An adapter of a run that begins now, and an app of ours that somebody has renamed before it. */
  async function renamed(registration = wanted(), name = "renamed by hand"): Promise<{ run: OktaAdapter; id: string }> {
    const { id } = await adapter.create(registration);
    bench.sandbox.okta.edit(id, (app) => {
      app.label = name;
    });
    return { run: await bench.adapter(), id };
  }

  test("is found, switched off, and its label shows as a difference that an update mends", async () => {
    const { run, id } = await renamed();
    const found = (await run.observe([wanted()], "single")).found.get(wanted().key);
    expect(found).toMatchObject({ id, active: true });
    expect(found?.fields).toEqual({ ...registrationFields(wanted()), label: "renamed by hand" });
    const engine = listingEngine(run);
    expect((await engine.plan([wanted()], "single")).changes).toMatchObject([{ action: "update", paths: ["label"] }]);
    expect((await engine.apply(wanted({ state: "inactive" })))?.active).toBe(false);
    expect(bench.sandbox.okta.app(id)).toMatchObject({ status: "INACTIVE", label: wanted().label });
    await engine.apply(wanted());
    expect((await engine.plan([wanted()], "single")).changes).toEqual([]);
    expect(bench.sandbox.okta.apps).toHaveLength(3);
  });

  test("is found with a client id that we would not choose, and no second one is made", async () => {
    const { run, id } = await renamed(wanted({ clientId: "0oaChosenByOthers" }));
    expect((await run.create(wanted())).id).toBe(id);
    expect(bench.sandbox.okta.apps).toHaveLength(3);
  });

  test("takes one list a run, however many are not found by their label and however often", async () => {
    const { run, id } = await renamed();
    const others = ["a/portal", "b/portal"].map((key) => wanted({ key: key as ConnectionKey }));
    const { result, looks } = await looksOf(async () => {
      const { found } = await run.observe([wanted(), ...others], "single");
      for (const other of others) await run.create(other);
      await run.observe([wanted(), ...others], "single");
      return found;
    });
    expect([...result.values()].map((found) => found.id)).toEqual([id]);
    expect(looks.filter((look) => look === list)).toHaveLength(1);
    expect(looks.filter((look) => look === search)).toHaveLength(8);
  });

  test.each(["fleet", "deep"] as const)("takes no list of its own after a %s look", async (depth) => {
    const { run, id } = await renamed();
    await run.observe([wanted()], depth);
    const { result, looks } = await looksOf(() => run.observe([wanted()], "single"));
    expect(result.found.get(wanted().key)?.id).toBe(id);
    expect(looks).toEqual([search]);
  });

  test("one that is found by its label takes no list", async () => {
    await adapter.create(wanted());
    const run = await bench.adapter();
    expect((await looksOf(() => run.observe([wanted()], "single"))).looks).toEqual([search]);
  });

  test("a list that failed is tried again by the next look", async () => {
    const { run, id } = await renamed();
    const fault = { method: "GET", path: "^/api/v1/apps$", effect: "status-before", status: 500, skip: 1 } as const;
    bench.sandbox.faults.add({ ...fault, times: 3 });
    await expect(run.observe([wanted()], "single")).rejects.toMatchObject({ code: "OKTA_UNAVAILABLE" });
    bench.sandbox.faults.clear();
    expect((await run.observe([wanted()], "single")).found.get(wanted().key)?.id).toBe(id);
  });

  test("is found when this run made it and it was renamed meanwhile", async () => {
    const run = await bench.adapter();
    await run.observe([wanted()], "single");
    const { id } = await run.create(wanted());
    bench.sandbox.okta.edit(id, (app) => {
      app.label = "renamed by hand";
    });
    const { result, looks } = await looksOf(() => run.observe([wanted()], "single"));
    expect(result.found.get(wanted().key)?.id).toBe(id);
    expect(looks).toEqual([search]);
  });

  test("is missing when it is gone since the list, and not ours when it has lost its marker since", async () => {
    const { run, id } = await renamed();
    await run.observe([wanted()], "fleet");
    bench.sandbox.okta.edit(id, (app) => {
      app.profile = { owner: "somebody" };
    });
    const lost = await run.observe([wanted()], "single");
    expect([lost.found.size, lost.problems]).toMatchObject([0, [{ kind: "foreign", subject: id }]]);
    bench.sandbox.okta.removeApp(id);
    const gone = await run.observe([wanted()], "single");
    expect([gone.found.size, gone.problems]).toEqual([0, []]);
  });

  test("without our marker, but with our client id, is a problem", async () => {
    const { run, id } = await renamed();
    bench.sandbox.okta.edit(id, (app) => {
      app.profile = undefined;
    });
    const { problems } = await run.observe([wanted()], "single");
    expect(problems).toMatchObject([{ kind: "foreign", subject: id, code: "OKTA_CLIENT_ID_TAKEN" }]);
  });

  test("beside another with the same marker is a problem, under its label or not", async () => {
    const { run, id } = await renamed();
    const second = await adapter.create(wanted({ key: "zebra/portal" as ConnectionKey }));
    bench.sandbox.okta.edit(second.id, (app) => {
      app.profile = bench.sandbox.okta.app(id)?.profile;
    });
    expect((await run.observe([wanted()], "single")).problems).toMatchObject([{ kind: "duplicate" }]);
    bench.sandbox.okta.edit(id, (app) => {
      app.label = wanted().label;
    });
    expect((await run.observe([wanted()], "single")).problems).toMatchObject([{ kind: "duplicate" }]);
  });

  test("a key longer than a label may be is found by what the label holds of it", async () => {
    const key = `${"t".repeat(50)}/${"p".repeat(40)}/${"s".repeat(40)}` as ConnectionKey;
    const registration = wanted({ key, label: key.slice(0, 100) });
    const { id } = await adapter.create(registration);
    const run = await bench.adapter();
    const { result, looks } = await looksOf(() => run.observe([registration], "single"));
    expect(result.found.get(key)?.id).toBe(id);
    expect(looks).toEqual([search]);
  });
});

describe("whose app it is", () => {
  /** Somebody else's app, made from ours: same label, the marker changed. */
  async function foreign(profile: Record<string, string> | undefined): Promise<string> {
    const { id } = await adapter.create(wanted({ clientId: "0oaSomebodyElse" }));
    bench.sandbox.okta.edit(id, (app) => {
      app.profile = profile;
    });
    return id;
  }

  test.each([
    ["no marker", undefined],
    [
      "another environment",
      { tenantryEnvironment: "production", tenantryKey: "whiterabbit/portal", tenantryWorkspace: "acme" },
    ],
    [
      "another workspace",
      { tenantryEnvironment: "sandbox", tenantryKey: "whiterabbit/portal", tenantryWorkspace: "other" },
    ],
    ["another key", { tenantryEnvironment: "sandbox", tenantryKey: "whiterabbit/gateway", tenantryWorkspace: "acme" }],
  ])("an app with the same label and %s stays as it is, byte for byte", async (_name, profile) => {
    const id = await foreign(profile);
    const before = await bench.raw(id);
    expect(await single()).toBeUndefined();
    const created = await adapter.create(wanted());
    const found = await single();
    expect(found?.id).toBe(created.id);
    await adapter.update(wanted({ pkce: "off" }), created);
    await adapter.remove(created);
    expect(await bench.raw(id)).toBe(before);
  });

  test.each(["single", "fleet"] as const)(
    "our client id at somebody else's app is a problem (%s), and no app is made",
    async (depth) => {
      const { id } = await adapter.create(wanted());
      bench.sandbox.okta.edit(id, (app) => {
        app.profile = undefined;
      });
      const before = await bench.raw(id);
      const { problems, found } = await adapter.observe([wanted()], depth);
      expect(problems).toMatchObject([{ kind: "foreign", subject: id, code: "OKTA_CLIENT_ID_TAKEN" }]);
      expect(found.size).toBe(0);
      await expect(adapter.create(wanted())).rejects.toMatchObject({ code: "OKTA_CLIENT_ID_TAKEN" });
      expect(await bench.raw(id)).toBe(before);
      expect(bench.sandbox.okta.apps).toHaveLength(3);
    },
  );

  test("a client id taken by an app under quite another label is found out by the collision", async () => {
    const { id } = await adapter.create(wanted());
    bench.sandbox.okta.edit(id, (app) => {
      app.profile = undefined;
      app.label = "Somebody's app";
    });
    await expect(adapter.create(wanted())).rejects.toMatchObject({
      code: "OKTA_CLIENT_ID_TAKEN",
      message: expect.stringContaining(id),
    });
    expect(bench.sandbox.okta.apps).toHaveLength(3);
  });

  test.each(["single", "fleet"] as const)(
    "two apps with one marker are a problem (%s), and neither is touched",
    async (depth) => {
      const first = await adapter.create(wanted());
      const other = await adapter.create(wanted({ key: "whiterabbit/portal2" as ConnectionKey }));
      bench.sandbox.okta.edit(other.id, (app) => {
        app.profile = bench.sandbox.okta.app(first.id)?.profile;
      });
      const { problems, found } = await adapter.observe([wanted()], depth);
      expect(problems).toMatchObject([{ kind: "duplicate", code: "OKTA_DUPLICATE" }]);
      expect(found.size).toBe(0);
      await expect(adapter.create(wanted())).rejects.toMatchObject({ code: "OKTA_DUPLICATE" });
    },
  );

  test("an app that has lost its marker since it was observed is neither changed nor deleted", async () => {
    const found = await adapter.create(wanted());
    bench.sandbox.okta.edit(found.id, (app) => {
      app.profile = { owner: "somebody" };
    });
    const before = await bench.raw(found.id);
    await expect(adapter.update(wanted({ pkce: "off" }), found)).rejects.toMatchObject({ code: "OKTA_FOREIGN" });
    await expect(adapter.remove(found)).rejects.toMatchObject({ code: "OKTA_FOREIGN" });
    expect(await bench.raw(found.id)).toBe(before);
  });
});

describe("update", () => {
  test("is in place: id, client id, secret and what others added stay", async () => {
    const found = await adapter.create(wanted());
    const before = bench.sandbox.okta.edit(found.id, (app) => {
      app.profile = { ...app.profile, costCenter: "4711" };
      app.settings = { ...app.settings, notes: { admin: "call us first", enduser: null } };
      app.oauth = { ...app.oauth, client_uri: "https://whiterabbit.example" };
    });
    const secret = before.secrets[0]?.value;
    const changed = wanted({
      label: "whiterabbit/portal Whiterabbit Foods Ltd (sandbox)",
      redirectUris: ["https://portal.acme.example/new"],
      clientId: "anotherWouldBreakTheCustomer",
    });
    const updated = await adapter.update(changed, found);
    const observed = await single();
    expect(observed?.fields).toEqual(updated.fields);
    expect(observed?.fields).toEqual({ ...registrationFields(changed), clientId: wanted().clientId });
    const after = bench.sandbox.okta.app(found.id);
    expect(after).toMatchObject({
      id: found.id,
      clientId: wanted().clientId,
      profile: { costCenter: "4711", tenantryKey: "whiterabbit/portal" },
      settings: { notes: { admin: "call us first" } },
      oauth: { client_uri: "https://whiterabbit.example" },
    });
    expect(after?.secrets.map((each) => each.value)).toEqual([secret]);
  });

  test("puts back what was changed by hand although no compared field shows it", async () => {
    const found = await adapter.create(wanted());
    bench.sandbox.okta.edit(found.id, (app) => {
      app.oauth = { ...app.oauth, wildcard_redirect: "SUBDOMAIN", consent_method: "REQUIRED" };
      app.settings = { ...app.settings, implicitAssignment: true };
    });
    expect((await single())?.fields.assignment).toBe("everyone");
    await adapter.update(wanted(), found);
    expect(bench.sandbox.okta.app(found.id)?.oauth).toMatchObject({
      wildcard_redirect: "DISABLED",
      consent_method: "TRUSTED",
    });
    expect((await single())?.fields).toEqual(registrationFields(wanted()));
  });

  test("does not undo a secret that was rotated", async () => {
    const found = await adapter.create(wanted());
    const rotated = bench.sandbox.okta.replaceSecret(found.id);
    await adapter.update(wanted({ pkce: "off" }), found);
    expect((await adapter.secretOf(found))?.secret.reveal()).toBe(rotated);
  });

  test("changes only the groups that differ, new ones first", async () => {
    const found = await adapter.create(wanted());
    bench.sandbox.okta.addGroup("whiterabbit-guests");
    const groups = ["whiterabbit-admins", "whiterabbit-guests"];
    const changed = wanted({ assignment: { everyone: false, groups } });
    await adapter.observe([changed], "single");
    const { result, calls } = await callsOf(() => adapter.update(changed, found));
    expect(result.fields.assignment).toEqual(groups);
    expect(calls.slice(2)).toEqual([
      "PUT /api/v1/apps/APP/groups/GROUP",
      "PUT /api/v1/apps/APP/groups/GROUP",
      "DELETE /api/v1/apps/APP/groups/GROUP",
    ]);
    expect((await single(changed))?.fields).toEqual(registrationFields(changed));
  });

  test("takes away a group that was assigned by hand, which the observation shows by name", async () => {
    const found = await adapter.create(wanted());
    const { okta } = bench.sandbox;
    const app = okta.app(found.id);
    const everyone = okta.group("Everyone");
    const stranger = okta.addGroup("strangers");
    if (app === undefined || everyone === undefined) throw new Error("the org lacks what it was seeded with");
    okta.assign(app, stranger);
    okta.assign(app, everyone);
    expect((await single())?.fields.assignment).toEqual(["Everyone", "strangers", "whiterabbit-staff"]);
    await adapter.update(wanted(), found);
    expect((await single())?.fields.assignment).toEqual(["whiterabbit-staff"]);
  });

  test("switches off and on, and a second time does nothing", async () => {
    const found = await adapter.create(wanted());
    const off = await adapter.update(wanted({ state: "inactive" }), found);
    expect([off.active, (await single())?.active]).toEqual([false, false]);
    const { calls } = await callsOf(() => adapter.update(wanted({ state: "inactive" }), off));
    expect(calls.toSorted()).toEqual(["GET /api/v1/apps/APP", "GET /api/v1/apps/APP/groups"]);
    const on = await adapter.update(wanted(), off);
    expect([on.active, (await single())?.active]).toEqual([true, true]);
    expect(on.fields).toEqual(registrationFields(wanted()));
  });

  test("switching off works although a group is gone", async () => {
    const found = await adapter.create(wanted({ assignment: { everyone: false, groups: ["whiterabbit-admins"] } }));
    const off = wanted({ state: "inactive", assignment: { everyone: false, groups: ["gone"] } });
    expect((await adapter.observe([off], "single")).problems).toEqual([]);
    expect((await adapter.update(off, found)).active).toBe(false);
  });

  test("an app that is gone is said to be gone", async () => {
    const found = await adapter.create(wanted());
    bench.sandbox.okta.removeApp(found.id);
    await expect(adapter.update(wanted(), found)).rejects.toMatchObject({ code: "OKTA_NOT_FOUND" });
  });
});

describe("remove", () => {
  test("switches off, deletes, and a second time is done already", async () => {
    const found = await adapter.create(wanted());
    const { calls } = await callsOf(() => adapter.remove(found));
    expect(calls).toEqual([
      "GET /api/v1/apps/APP",
      "POST /api/v1/apps/APP/lifecycle/deactivate",
      "DELETE /api/v1/apps/APP",
    ]);
    await adapter.remove(found);
    expect(await single()).toBeUndefined();
  });
});

describe("secrets", () => {
  test("the newest active one is handed over, and its id is observed", async () => {
    const found = await adapter.create(wanted());
    const app = bench.sandbox.okta.app(found.id);
    if (app === undefined) throw new Error("the app was not made");
    expect(await adapter.secretOf(found)).toMatchObject({ id: app.secrets[0]?.id });
    const second = bench.sandbox.okta.addSecret(app);
    expect((await single())?.secretId).toBe(second.id);
    expect((await adapter.secretOf(found))?.secret.reveal()).toBe(second.value);
    second.status = "INACTIVE";
    expect((await single())?.secretId).toBe(app.secrets[0]?.id);
  });

  test("a client without a secret has none to hand over", async () => {
    const found = await adapter.create(wanted({ clientAuth: "none" }));
    expect(await adapter.secretOf(found)).toBeUndefined();
    expect(await single(wanted({ clientAuth: "none" }))).toMatchObject({ secretId: undefined });
  });

  test("an app whose secrets are all inactive is said so", async () => {
    const found = await adapter.create(wanted());
    bench.sandbox.okta.edit(found.id, (app) => {
      for (const secret of app.secrets) secret.status = "INACTIVE";
    });
    await expect(adapter.secretOf(found)).rejects.toMatchObject({ code: "OKTA_SECRET_MISSING" });
  });
});
