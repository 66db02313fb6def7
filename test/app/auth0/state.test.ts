import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { AppAdapter } from "../../../src/app/app.ts";
import type { ConnectionKey, Digest } from "../../../src/desired/connection.ts";
import { Secret } from "../../../src/secret/secret.ts";
import { type Bench, ids, key, name, probe, record, startBench, tenant } from "./bench.ts";

// Who comes in by a connection, when, and what becomes of a change that is not finished.

let bench: Bench;
let app: AppAdapter;

beforeAll(async () => {
  bench = await startBench();
});
afterAll(() => bench.close());
beforeEach(async () => {
  bench.reset();
  app = await bench.adapter();
});

const domains = new Map([["fernhill.example", "proven"]]);

function enabled(): readonly string[] {
  return [...(bench.connection()?.clients ?? [])].sort();
}

function organization() {
  return bench.sandbox.auth0.organization("fernhill");
}

/** What the organization says of the connection. */
function membership() {
  const id = bench.connection()?.id ?? "";
  return organization()?.connections.get(id);
}

async function look(wanted = record(), at = app) {
  return at.observe([wanted], false);
}

describe("the gate", () => {
  test("a pending connection is enabled for nothing but the proof, and no domain leads to it", async () => {
    app = await bench.adapter({ probe });
    await app.writeTenant(tenant(), domains);
    await app.write(bench.write());
    expect(enabled()).toEqual([ids.probe]);
    expect(membership()).toBeUndefined();
    expect(bench.options().domain_aliases).toEqual([]);
    expect([await bench.visit(ids.probe), await bench.visit()]).toEqual(["in", "out"]);
    await app.activate(key);
    expect(enabled()).toEqual([ids.portal, ids.probe].sort());
    expect(membership()).toMatchObject({ assign_membership_on_login: true });
    expect(bench.options().domain_aliases).toEqual(["fernhill.example"]);
    expect(await bench.visit()).toBe("in");
    await app.disable(key);
    expect([enabled(), membership(), bench.options().domain_aliases]).toEqual([[], undefined, []]);
    expect([await bench.visit(ids.probe), await bench.visit()]).toEqual(["out", "out"]);
    // Written again it waits like a new one, twice too.
    for (let time = 0; time < 2; time++) await app.write(bench.write({ scopes: ["openid", `scope${time}`] }));
    expect((await look()).records.get(key)?.state).toBe("pending");
    expect([enabled(), membership(), bench.options().domain_aliases]).toEqual([[ids.probe], undefined, []]);
  });

  test("somebody who has enabled a connection that is off shows, and is undone", async () => {
    await bench.live(app);
    await app.disable(key);
    expect((await look()).records.get(key)?.state).toBe("disabled");
    bench.connection()?.clients.add(ids.reports);
    expect((await look(record({ state: "disabled" }))).records.get(key)?.state).toBe("active");
    await app.disable(key);
    expect(await bench.visit(ids.reports)).toBe("out");
  });

  test("an activation that was cut short shows in the next look, and is finished by the next run", async () => {
    await app.writeTenant(tenant(), domains);
    await app.write(bench.write());
    const rule = { host: "acme.eu.auth0.com", method: "PATCH", path: "/clients$" };
    bench.sandbox.faults.add({ ...rule, effect: "status-before", status: 400, times: 1 });
    await expect(app.activate(key)).rejects.toMatchObject({ code: "AUTH0_REJECTED" });
    const { records } = await look(record(), await bench.adapter());
    expect(records.get(key)).toMatchObject({ state: "active", fields: { "auth0.clients": [] } });
    await bench.live(await bench.adapter());
    expect(await bench.visit()).toBe("in");
  });

  test("switching off that was cut short has let nobody in meanwhile, and is finished by the next run", async () => {
    await bench.live(app);
    const rule = { host: "acme.eu.auth0.com", method: "PATCH", path: "/connections/[^/]*$" };
    bench.sandbox.faults.add({ ...rule, effect: "status-before", status: 400, times: 1 });
    await expect(app.disable(key)).rejects.toMatchObject({ code: "AUTH0_REJECTED" });
    expect(await bench.visit()).toBe("out");
    await (await bench.adapter()).disable(key);
    expect((await look()).records.get(key)?.state).toBe("disabled");
  });

  test("what is off is not switched on without being written again", async () => {
    await bench.live(app);
    await app.disable(key);
    await expect(app.activate(key)).rejects.toMatchObject({ code: "AUTH0_CONNECTION_OFF" });
    await expect(app.activate("fernhill/other" as ConnectionKey)).rejects.toMatchObject({
      code: "AUTH0_CONNECTION_GONE",
    });
  });

  test("without its organization nothing is switched on", async () => {
    await app.writeTenant(tenant(), domains);
    await app.write(bench.write());
    bench.sandbox.auth0.removeOrganization("fernhill");
    await expect(app.activate(key)).rejects.toMatchObject({ code: "AUTH0_CONNECTION_GONE" });
    expect(await bench.visit()).toBe("out");
  });
});

describe("applications", () => {
  test("are named or given by their ids; those that nobody names show as drift, and lose the connection", async () => {
    const both = { clients: ["Portal", ids.reports] };
    await bench.live(app, bench.write({}, both));
    expect(enabled()).toEqual([ids.portal, ids.reports].sort());
    expect((await look(record({}, both))).records.get(key)?.fields["auth0.clients"]).toEqual(["Portal", ids.reports]);
    // The file names one of them only.
    const shown = (await look()).records.get(key)?.fields["auth0.clients"];
    expect(shown).toEqual(["Portal", ids.reports]);
    await bench.live(app);
    expect(enabled()).toEqual([ids.portal]);
  });

  test("a registration of this workspace that names the connection keeps it", async () => {
    const own = bench.sandbox.auth0.edit(ids.reports, (client) => {
      client.settings.client_metadata = {
        tenantryWorkspace: "acme",
        tenantryEnvironment: "sandbox",
        tenantryKey: "x/y",
      };
    });
    await bench.live(app);
    bench.connection()?.clients.add(own.clientId);
    expect((await look()).records.get(key)?.fields["auth0.clients"]).toEqual(["Portal"]);
    await bench.live(app, bench.write({ scopes: ["openid"] }));
    expect(enabled()).toEqual([ids.portal, ids.reports].sort());
  });

  test("that are not there, or twice, or the one of the proof stop the connection with their place", async () => {
    bench.sandbox.auth0.addClient({ settings: { ...bench.sandbox.auth0.client(ids.reports)?.settings } as never });
    app = await bench.adapter({ probe });
    const clients = ["Absent", "Reports", "Trials"];
    const { problems } = await look(record({}, { clients }));
    expect(problems?.map(({ code, path, message }) => [code, path, message])).toEqual([
      ["AUTH0_APPLICATION_MISSING", ["auth0", "clients", 0], 'Auth0 (acme.eu.auth0.com) has no application "Absent"'],
      ["AUTH0_APPLICATION_MISSING", ["auth0", "clients", 1], expect.stringContaining("two applications")],
      ["AUTH0_PROBE", ["auth0", "clients", 2], expect.stringContaining("Trials")],
    ]);
    for (const [one, code] of [
      ["Absent", "AUTH0_APPLICATION_MISSING"],
      ["Trials", "AUTH0_PROBE"],
    ]) {
      const write = bench.write({}, { clients: [one ?? ""] });
      await expect(app.write(write)).rejects.toMatchObject({ code });
      expect(bench.connection()).toBeUndefined();
    }
  });
});

describe("a name", () => {
  test("that is taken by another's connection, whatever its strategy, stops it and changes nothing", async () => {
    bench.sandbox.auth0.addConnection(name, "samlp", { options: { signInEndpoint: "https://x.example" } });
    for (const others of [true, false]) {
      const { foreign, records } = await app.observe([record()], others);
      expect([foreign.map((each) => each.key), records.size]).toEqual([[key], 0]);
    }
    await expect(app.write(bench.write())).rejects.toMatchObject({ code: "AUTH0_FOREIGN" });
    expect(bench.options()).toEqual({ signInEndpoint: "https://x.example" });
  });

  test("that was changed in the file is told with the name that it has, and the connection can still be switched off", async () => {
    await bench.live(app);
    const wanted = record({}, { name: "fernhill-media" });
    const next = await bench.adapter();
    const { problems, records } = await look(wanted, next);
    expect(problems).toMatchObject([{ code: "AUTH0_CONNECTION_RENAMED", path: ["auth0", "name"] }]);
    expect(problems?.[0]?.hint).toContain("`auth0: { name: fernhill }`");
    expect(records.get(key)?.state).toBe("active");
    await next.disable(key);
    expect(await bench.visit()).toBe("out");
  });

  test("two connections with one marker stop it", async () => {
    await bench.live(app);
    const settings = bench.connection()?.settings as never;
    bench.sandbox.auth0.addConnection("copied", "oidc", settings);
    await expect((await bench.adapter()).observe([record()], true)).rejects.toMatchObject({ code: "AUTH0_DUPLICATE" });
    await expect((await bench.adapter()).disable(key)).rejects.toMatchObject({ code: "AUTH0_DUPLICATE" });
  });

  test("another strategy than the connection has, or okta for what is no org, is told with its place", async () => {
    const okta = record({}, { strategy: "okta" });
    const fresh = await look(okta);
    expect(fresh.problems).toMatchObject([]);
    const custom = record({ issuer: "https://acme.okta.com/oauth2/default" }, { strategy: "okta" });
    expect((await look(custom)).problems).toMatchObject([
      { code: "AUTH0_CONNECTION_STRATEGY", path: ["auth0", "strategy"] },
    ]);
    const server = bench.write(custom, { strategy: "okta" });
    const issuer = "https://acme.okta.com/oauth2/default";
    await expect(app.write({ ...server, discovery: { ...server.discovery, issuer } })).rejects.toMatchObject({
      code: "AUTH0_CONNECTION_STRATEGY",
    });
    await bench.live(app);
    expect((await look(okta)).problems).toMatchObject([{ code: "AUTH0_CONNECTION_STRATEGY" }]);
    await expect(app.write(bench.write({}, { strategy: "okta" }))).rejects.toMatchObject({
      code: "AUTH0_CONNECTION_STRATEGY",
    });
  });
});

describe("a change that is not finished", () => {
  const changed = () => ({
    ...bench.write({ clientId: "another-client" }),
    specDigest: "cd".repeat(32) as Digest,
    secret: { id: "second", value: new Secret("another secret") },
  });
  const old = () =>
    [...bench.sandbox.auth0.connections.values()].filter((each) => each.name.startsWith("tenantry-old-"));

  test("keeps the old secret at Auth0 beyond a kill, for nobody to come in by, and forgets it in the end", async () => {
    const write = await bench.live(app);
    await app.write(changed());
    expect(old()).toHaveLength(1);
    expect(old()[0]?.clients.size).toBe(0);
    expect(JSON.stringify([...bench.kept.values()])).not.toContain(write.secret?.value.reveal());
    const next = await bench.adapter();
    await next.restore(key);
    expect((await next.secretOf(key))?.value.reveal()).toBe(write.secret?.value.reveal());
    expect(old()).toEqual([]);
    expect(await bench.visit()).toBe("in");
    await next.write(changed());
    await (await bench.adapter()).settle(key);
    expect(old()).toEqual([]);
    // It is no record of anybody's.
    expect((await app.observe([], true)).undeclared).toHaveLength(1);
  });

  test("goes on where there is no room for another connection, and is taken back by the same run", async () => {
    const write = await bench.live(app);
    const id = bench.connection()?.id.replaceAll(/[^A-Za-z0-9]/g, "");
    await app.write({ ...changed(), secret: write.secret });
    expect(old()).toEqual([]);
    await app.restore(key);
    bench.sandbox.auth0.addConnection(`tenantry-old-${id}`, "oidc", { options: {} });
    await expect(app.write(changed())).rejects.toMatchObject({ code: "AUTH0_FOREIGN" });
    expect(bench.options().client_id).toBe("acme-auth0");
  });

  test("whose old values or secret are lost stays as it is and says so", async () => {
    await bench.live(app);
    await app.write(changed());
    const [kept] = bench.kept.values();
    bench.kept.clear();
    const next = await bench.adapter();
    await expect(next.restore(key)).rejects.toMatchObject({ code: "AUTH0_OLD_VALUES_LOST" });
    bench.kept.set(key, kept ?? null);
    bench.sandbox.auth0.removeConnection(old()[0]?.name ?? "");
    await expect(next.restore(key)).rejects.toMatchObject({ code: "AUTH0_OLD_VALUES_LOST" });
    expect(bench.options().client_id).toBe("another-client");
    expect((await look(record(), next)).records.get(key)?.previous).toBeDefined();
  });

  test("a first activation that is not proven shows as unfinished and is shut again", async () => {
    await app.writeTenant(tenant(), domains);
    await app.write(bench.write());
    await app.activate(key, true);
    expect(await bench.visit()).toBe("in");
    const next = await bench.adapter();
    expect((await look(record(), next)).records.get(key)).toMatchObject({ state: "active", previous: {} });
    await next.restore(key);
    expect((await look(record(), next)).records.get(key)).toMatchObject({ state: "pending", previous: undefined });
    expect(await bench.visit()).toBe("out");
  });

  test("a create whose reply was lost is found again, and there is never a second", async () => {
    await app.writeTenant(tenant(), domains);
    const rule = { host: "acme.eu.auth0.com", method: "POST", path: "/connections$", times: 1 };
    bench.sandbox.faults.add({ ...rule, effect: "reset-after" });
    await app.write(bench.write());
    bench.sandbox.auth0.removeConnection(name);
    bench.sandbox.faults.add({ ...rule, effect: "reset-before" });
    await expect(app.write(bench.write())).rejects.toMatchObject({ code: "AUTH0_UNREACHABLE" });
    await (await bench.adapter()).write(bench.write());
    const own = [...bench.sandbox.auth0.connections.values()].filter((each) =>
      JSON.stringify(each.settings.metadata ?? {}).includes(`"${key}"`),
    );
    expect(own.map((each) => each.name)).toEqual([name]);
  });
});

test("without a secret nothing is written", async () => {
  const { secret: _none, ...write } = bench.write();
  await expect(app.write(write)).rejects.toMatchObject({ code: "AUTH0_CONNECTION_SECRET" });
  expect(bench.connection()).toBeUndefined();
});

test("metadata without room stops the write, what others keep there stays", async () => {
  await bench.live(app);
  const connection = bench.connection();
  if (connection === undefined) throw new Error("it is not there");
  const theirs = Object.fromEntries([1, 2, 3, 4].map((number) => [`theirs${number}`, "x"]));
  connection.settings.metadata = { ...(connection.settings.metadata as object), ...theirs } as never;
  await app.write(bench.write({ scopes: ["openid"] })).catch((error) => {
    throw error;
  });
  const five = { ...(connection.settings.metadata as object), theirs5: "x" };
  connection.settings.metadata = five as never;
  await expect(app.write(bench.write({ scopes: ["openid", "email"] }))).rejects.toMatchObject({
    code: "AUTH0_METADATA_FULL",
  });
  expect(bench.connection()?.settings.metadata).toMatchObject(theirs);
});
