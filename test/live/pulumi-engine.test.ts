import { afterAll, afterEach, beforeAll, expect } from "vitest";
import { fernhillConnection } from "../../sandbox/sandbox.ts";
import type { ConnectionKey, Registration } from "../../src/desired/connection.ts";
import { directEngine } from "../../src/engine/direct.ts";
import { type Bench, clientKey, organization, startBench, wanted } from "../idp/auth0/bench.ts";
import { hasPulumi, live, objectsOf, openPulumi, type PulumiBench, type PulumiBenchOptions } from "./pulumi-bench.ts";

// The engine with the real Pulumi CLI and its real plugin, against the sandbox.

let bench: Bench;
const requests: string[] = [];
const opened: PulumiBench[] = [];

beforeAll(async () => {
  if (hasPulumi) bench = await startBench({ onRequest: ({ method, path }) => requests.push(`${method} ${path}`) });
});
afterAll(() => bench?.close());
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
  bench?.reset();
});

async function open(options: PulumiBenchOptions = {}): Promise<PulumiBench> {
  const one = await openPulumi(bench, options);
  opened.push(one);
  return one;
}

const orders = wanted({
  key: "fernhill/orders" as ConnectionKey,
  label: "fernhill/orders Fernhill Media (sandbox)",
  redirectUris: ["https://orders.acme.example/sso/fernhill/default"],
  postLogoutRedirectUris: [],
  grantTypes: ["authorization_code", "refresh_token"],
});

function off(registration: Registration): Registration {
  return { ...registration, state: "inactive", parts: [organization({ state: "inactive", enabledConnections: [] })] };
}

live("what was applied leaves nothing to plan, and no secret on this machine", async () => {
  const one = await open();
  const first = await one.engine.plan([wanted(), orders], "single");
  expect(one.changes(first).map(({ action, address }) => `${action} ${address}`)).toEqual([
    "create idp/customers/client/fernhill/portal",
    "create idp/customers/client/fernhill/orders",
    "create idp/customers/organization/fernhill",
  ]);
  expect(first.observation.problems).toEqual([]);
  const portal = await one.engine.apply(wanted());
  const second = await one.engine.apply(orders);
  expect(second?.id).not.toBe(portal?.id);
  const again = await one.engine.plan([wanted(), orders], "single");
  expect(one.changes(again)).toEqual([]);
  expect(again.observation.problems).toEqual([]);
  if (portal === undefined) throw new Error("there is no client");
  const secret = (await one.engine.secretOf(portal))?.secret.reveal() ?? "none";
  const management = bench.sandbox.env.AUTH0_MANAGEMENT_SECRET ?? "none";
  const written = one.written();
  expect(written).toContain(portal.id);
  expect(written.includes(secret)).toBe(false);
  expect(written.includes(management)).toBe(false);
});

live("a callback changed by hand shows as drift and is mended; the client id stays", async () => {
  const one = await open();
  const made = await one.engine.apply(wanted());
  await bench.api("PATCH", `clients/${made?.id}`, {
    callbacks: ["https://elsewhere.example/cb"],
    cross_origin_authentication: true,
    description: "noted by hand",
  });
  const plan = await one.engine.plan([wanted()], "single");
  expect(one.changes(plan)).toEqual([
    {
      address: "idp/customers/client/fernhill/portal",
      tenant: "fernhill",
      key: "fernhill/portal",
      action: "update",
      before: { redirectUris: ["https://elsewhere.example/cb"], settings: ["cross_origin_authentication"] },
      after: { redirectUris: wanted().redirectUris, settings: "as registered" },
      paths: ["redirectUris", "settings"],
      hot: ["redirectUris"],
      knownAfter: [],
    },
  ]);
  const mended = await one.engine.apply(wanted());
  expect(mended?.id).toBe(made?.id);
  expect(mended?.fields).toEqual(made?.fields);
  expect(await bench.api("GET", `clients/${made?.id}`)).toContain("noted by hand");
  expect(one.changes(await one.engine.plan([wanted()], "single"))).toEqual([]);
});

live("connections that somebody has taken away or enabled by hand are seen and set right", async () => {
  const one = await open();
  const made = await one.engine.apply(wanted());
  const { connections, organizations } = bench.sandbox.auth0;
  const own = [...connections.values()].find(({ name }) => name === fernhillConnection);
  const other = [...connections.values()].find(({ name }) => name !== fernhillConnection);
  const [first] = [...organizations.values()].filter(({ name }) => name === "fernhill");
  await bench.api("PATCH", `connections/${own?.id}/clients`, [{ client_id: made?.id, status: false }]);
  await bench.api("PATCH", `connections/${other?.id}/clients`, [{ client_id: made?.id, status: true }]);
  await bench.api("DELETE", `organizations/${first?.id}/enabled_connections/${own?.id}`);
  await bench.api("POST", `organizations/${first?.id}/enabled_connections`, { connection_id: other?.id });
  const plan = await one.engine.plan([wanted()], "single");
  expect(
    one.changes(plan).map((change) => ("paths" in change ? [change.address, change.before, change.after] : change)),
  ).toEqual([
    [
      "idp/customers/client/fernhill/portal",
      { enabledConnections: [other?.name] },
      { enabledConnections: [fernhillConnection] },
    ],
    [
      "idp/customers/organization/fernhill",
      { enabledConnections: [other?.name], membership: `not by ${other?.name}` },
      { enabledConnections: [fernhillConnection], membership: "on sign-in" },
    ],
  ]);
  await one.engine.apply(wanted());
  expect(one.changes(await one.engine.plan([wanted()], "single"))).toEqual([]);
});

live("suspended and back, then off-boarded: nothing is left", async () => {
  const one = await open();
  const made = await one.engine.apply(wanted());
  await one.engine.apply(orders);
  const before = await objectsOf(bench, "fernhill");
  for (const registration of [wanted(), orders])
    expect((await one.engine.apply(off(registration)))?.active).toBe(false);
  const plan = await one.engine.plan([off(wanted()), off(orders)], "single");
  expect(one.changes(plan)).toEqual([]);
  await one.engine.apply(wanted());
  await one.engine.apply(orders);
  expect(await objectsOf(bench, "fernhill")).toEqual(before);
  const gone = (registration: Registration, last: boolean): Registration => ({
    ...registration,
    state: "absent",
    parts: [organization(last ? { state: "absent", enabledConnections: [] } : {})],
  });
  const removal = await one.engine.plan([gone(wanted(), false)], "single");
  expect(one.changes(removal)).toMatchObject([{ action: "delete", before: { clientId: made?.id } }]);
  expect(await one.engine.apply(gone(wanted(), false))).toBeUndefined();
  expect(Object.keys((await objectsOf(bench, "fernhill")).clients as object)).toEqual(["fernhill/orders"]);
  expect(one.changes(await one.engine.plan([orders], "single"))).toEqual([]);
  expect(await one.engine.apply(gone(orders, true))).toBeUndefined();
  expect(await objectsOf(bench, "fernhill")).toEqual({ clients: {} });
  expect(await one.engine.apply(gone(orders, true))).toBeUndefined();
});

/** What the two engines leave differently at a client, with the reason. Nothing else may differ. */
const documented = [
  {
    member: "description",
    pulumi: "",
    direct: undefined,
    why: "without one the provider writes `Managed by Pulumi`; an empty text shows the same as none",
  },
] as const;

type Clients = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The objects without the documented differences, which must be just so. */
function alike(objects: Readonly<Record<string, unknown>>, engine: "pulumi" | "direct") {
  const clients = Object.entries(objects.clients as Clients).map(([key, client]) => {
    for (const { member, [engine]: expected } of documented) expect(client[member]).toBe(expected);
    const left = Object.entries(client).filter(([name]) => !documented.some(({ member }) => member === name));
    return [key, Object.fromEntries(left)];
  });
  return { ...objects, clients: Object.fromEntries(clients) };
}

const twoWays = { ...wanted(), grantTypes: ["authorization_code", "refresh_token"] as const };

const signed = clientKey("portal-2026-11");
const byKey = { ...wanted(), clientAuth: "private_key_jwt", clientKey: signed } as const;

const courses: Readonly<Record<string, readonly Registration[]>> = {
  "a new client": [wanted()],
  "a second client of the tenant": [wanted(), orders],
  "refresh tokens asked for later": [wanted(), twoWays],
  "another callback, name and sign-out address": [
    wanted(),
    {
      ...wanted(),
      label: "fernhill/portal Fernhill Media AG (sandbox)",
      redirectUris: ["https://portal.acme.example/cb/1", "https://portal.acme.example/cb/2"],
      postLogoutRedirectUris: [],
    },
  ],
  "another way to prove itself": [wanted(), { ...wanted(), clientAuth: "client_secret_basic" }],
  "a key in place of a secret": [wanted(), byKey],
  "a key from the first day": [byKey],
  "a secret in place of a key": [byKey, wanted()],
  "switched off": [wanted(), off(wanted())],
  "off and on again": [wanted(), off(wanted()), wanted()],
  "nobody comes in by any connection": [
    wanted(),
    { ...wanted(), enabledConnections: [], parts: [organization({ enabledConnections: [] })] },
  ],
  "another name of the organization for people": [
    wanted(),
    { ...wanted(), parts: [organization({ displayName: "Fernhill Media AG" })] },
  ],
};

for (const [name, course] of Object.entries(courses)) {
  live(`parity with direct: ${name}`, async () => {
    const direct = directEngine(await bench.adapter());
    for (const registration of course) await direct.apply(registration);
    const byDirect = alike(await objectsOf(bench, "fernhill"), "direct");
    bench.reset();
    const one = await open();
    for (const registration of course) await one.engine.apply(registration);
    expect(alike(await objectsOf(bench, "fernhill"), "pulumi")).toEqual(byDirect);
    expect(one.changes(await one.engine.plan(course.slice(-1), "single"))).toEqual([]);
  });
}

live("what direct has made is not taken silently; adopted, it keeps its id and the next plan is empty", async () => {
  const direct = directEngine(await bench.adapter());
  const made = await direct.apply(wanted());
  const before = await objectsOf(bench, "fernhill");
  const plain = await open();
  const held = await plain.engine.plan([wanted()], "single");
  expect(held.observation.problems).toMatchObject([
    { key: "fernhill/portal", kind: "state", code: "ENGINE_NOT_IN_STATE", subject: made?.id },
  ]);
  expect(plain.changes(held)).toEqual([]);
  await expect(plain.engine.apply(wanted())).rejects.toMatchObject({ code: "ENGINE_NOT_IN_STATE" });

  const one = await open({ adopt: true, root: plain.root });
  const plan = await one.engine.plan([wanted()], "single");
  expect(one.changes(plan)).toEqual([
    expect.objectContaining({
      address: "idp/customers/client/fernhill/portal",
      action: "update",
      before: { engine: "none" },
      after: { engine: "pulumi" },
      hot: [],
    }),
    expect.objectContaining({
      address: "idp/customers/organization/fernhill",
      action: "update",
      before: { engine: "none" },
      after: { engine: "pulumi" },
    }),
  ]);
  expect((await one.engine.apply(wanted()))?.id).toBe(made?.id);
  expect(await objectsOf(bench, "fernhill")).toEqual(before);
  expect(plain.changes(await plain.engine.plan([wanted()], "single"))).toEqual([]);
});

live("a client that differs is adopted and changed in one go, and nothing of others is touched", async () => {
  const direct = directEngine(await bench.adapter());
  const made = await direct.apply(wanted());
  await bench.api("PATCH", `clients/${made?.id}`, {
    client_metadata: { owner: "team-a" },
    description: "theirs",
    web_origins: ["https://widget.acme.example"],
  });
  const changed = { ...wanted(), redirectUris: ["https://portal.acme.example/cb/2"] };
  const one = await open({ adopt: true });
  expect(one.changes(await one.engine.plan([changed], "single"))[0]).toMatchObject({
    action: "update",
    paths: ["engine", "redirectUris"],
    hot: ["redirectUris"],
  });
  expect((await one.engine.apply(changed))?.id).toBe(made?.id);
  const raw = JSON.parse(await bench.api("GET", `clients/${made?.id}`));
  expect(raw).toMatchObject({
    callbacks: ["https://portal.acme.example/cb/2"],
    description: "theirs",
    web_origins: ["https://widget.acme.example"],
    client_metadata: { owner: "team-a", tenantryKey: "fernhill/portal" },
  });
  expect(one.changes(await one.engine.plan([changed], "single"))).toEqual([]);
});

live("what somebody has deleted stops, and is made anew once it may leave the state", async () => {
  const plain = await open();
  const made = await plain.engine.apply(wanted());
  await bench.api("DELETE", `clients/${made?.id}`);
  const plan = await plain.engine.plan([wanted()], "single");
  expect(plan.observation.problems).toMatchObject([{ kind: "state", code: "ENGINE_STATE_GONE", subject: made?.id }]);
  const one = await open({ adopt: true, root: plain.root });
  expect(one.changes(await one.engine.plan([wanted()], "single"))).toMatchObject([{ action: "create" }]);
  const anew = await one.engine.apply(wanted());
  expect(anew?.id).not.toBe(made?.id);
  expect(one.changes(await plain.engine.plan([wanted()], "single"))).toEqual([]);
});

live("a client that direct has made in the place of one that is gone is taken over", async () => {
  const plain = await open();
  const made = await plain.engine.apply(wanted());
  await bench.api("DELETE", `clients/${made?.id}`);
  const other = await directEngine(await bench.adapter()).apply(wanted());
  const one = await open({ adopt: true, root: plain.root });
  expect(one.changes(await one.engine.plan([wanted()], "single"))).toMatchObject([
    { action: "update", before: { engine: "none" }, after: { engine: "pulumi" } },
  ]);
  expect((await one.engine.apply(wanted()))?.id).toBe(other?.id);
  const later = await open({ root: plain.root });
  const plan = await later.engine.plan([wanted()], "single");
  expect(later.changes(plan)).toEqual([]);
  expect(plan.observation.problems).toEqual([]);
});

live("an organization that somebody has deleted stops too, and is made anew with its client kept", async () => {
  const plain = await open();
  const made = await plain.engine.apply(wanted());
  const [there] = [...bench.sandbox.auth0.organizations.values()].filter(({ name }) => name === "fernhill");
  await bench.api("DELETE", `organizations/${there?.id}`);
  const later = await open({ root: plain.root });
  const plan = await later.engine.plan([wanted()], "single");
  expect(plan.observation.problems).toMatchObject([{ code: "ENGINE_STATE_GONE", subject: there?.id }]);
  const one = await open({ adopt: true, root: plain.root });
  expect(one.changes(await one.engine.plan([wanted()], "single"))).toMatchObject([
    { action: "create", address: "idp/customers/organization/fernhill" },
  ]);
  expect((await one.engine.apply(wanted()))?.id).toBe(made?.id);
  expect(one.changes(await plain.engine.plan([wanted()], "single"))).toEqual([]);
});

live("a client goes although somebody has deleted its organization, or put another client in its place", async () => {
  const one = await open();
  const clientsBefore = bench.sandbox.auth0.clients.size;
  await one.engine.apply(wanted());
  const [there] = [...bench.sandbox.auth0.organizations.values()].filter(({ name }) => name === "fernhill");
  await bench.api("DELETE", `organizations/${there?.id}`);
  const later = await open({ root: one.root });
  expect(await later.engine.apply(wanted({ state: "absent" }))).toBeUndefined();
  expect(bench.sandbox.auth0.clients.size).toBe(clientsBefore);

  const made = await one.engine.apply(wanted());
  await bench.api("DELETE", `clients/${made?.id}`);
  await directEngine(await bench.adapter()).apply(wanted());
  const adopting = await open({ adopt: true, root: one.root });
  expect(await adopting.engine.apply(wanted({ state: "absent" }))).toBeUndefined();
  expect(bench.sandbox.auth0.clients.size).toBe(clientsBefore);
});

live("several tenants at once, each in a stack and a folder of its own", async () => {
  const one = await open({ pulumi: { parallelism: 3 } });
  const tenants = ["amber", "birch", "cedar"].map((tenant) => wanted({ key: `${tenant}/portal` as ConnectionKey }));
  const made = await Promise.all(tenants.map((registration) => one.engine.apply(registration)));
  expect(new Set(made.map((client) => client?.id)).size).toBe(3);
  expect(one.changes(await one.engine.plan(tenants, "deep"))).toEqual([]);
  const { coverage } = (await one.engine.plan(tenants, "fleet")).observation;
  expect(coverage).toContainEqual({ what: "idp/customers pulumi plans", read: 0, total: 3 });
});

live("new ways in come before old ones go, and off is off before anything else", async () => {
  const one = await open();
  const { connections } = bench.sandbox.auth0;
  const other = [...connections.values()].find(({ name }) => name !== fernhillConnection)?.name ?? "";
  await one.engine.apply(wanted());
  const writes = async (registration: Registration): Promise<readonly string[]> => {
    requests.length = 0;
    await one.engine.apply(registration);
    return requests
      .filter((request) => request.includes("/api/v2/") && !request.startsWith("GET "))
      .map((request) => request.replace("/api/v2/", "").replaceAll(/(?<=\/)(con_\w+|org_\w+|\w{32})/g, "ID"));
  };
  const calls = await writes(wanted({ enabledConnections: [other] }));
  // Pulumi does at once what does not depend on each other.
  expect([calls.slice(0, 2).sort(), calls.slice(2).sort()]).toEqual([
    ["PATCH connections/ID/clients", "POST organizations/ID/connections"],
    ["DELETE organizations/ID/connections/ID", "PATCH connections/ID/clients"],
  ]);
  await one.engine.apply(wanted());
  expect((await writes(off(wanted())))[0]).toBe("PATCH clients/ID");
});
