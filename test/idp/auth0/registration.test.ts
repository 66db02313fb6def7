import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConnectionKey } from "../../../src/desired/connection.ts";
import type { Auth0Adapter } from "../../../src/idp/auth0/adapter.ts";
import { listingEngine } from "../../support/listing-engine.ts";
import { type Bench, clientKey, organization, shownFields, shownPart, startBench, wanted } from "./bench.ts";

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

/** The registration with its organization, as an engine makes it. */
async function make(registration = wanted(), by = adapter) {
  for (const part of registration.parts) await by.settlePart(part);
  return by.create(registration);
}
const single = async (registration = wanted(), by = adapter) =>
  (await by.observe([registration], "single")).found.get(registration.key);
const partOf = async (registration = wanted(), by = adapter) =>
  (await by.observe([registration], "single")).parts.get(organization().address);

describe("create", () => {
  test("makes what is observed afterwards, in the words of what is wanted", async () => {
    const created = await make();
    expect(created.fields).toEqual(shownFields(wanted(), created.id));
    expect(await single()).toEqual(created);
    expect((await partOf())?.fields).toEqual(shownPart(organization()));
  });
});

describe("what is wanted is what is observed", () => {
  const second = "corp-saml";
  test.each([
    ["inactive", { state: "inactive" }],
    ["refresh tokens", { grantTypes: ["authorization_code", "refresh_token"] }],
    ["client_secret_basic", { clientAuth: "client_secret_basic" }],
    ["no secret", { clientAuth: "none" }],
    ["no sign-out page", { postLogoutRedirectUris: [] }],
    ["two connections", { enabledConnections: [second, "fernhill-oidc"] }],
    ["no connection", { enabledConnections: [] }],
    [
      "two callbacks in this order",
      { redirectUris: ["https://portal.acme.example/b", "https://portal.acme.example/a"] },
    ],
    ["a key", { clientAuth: "private_key_jwt", clientKey: clientKey("portal-2026-11") }],
  ] as const)("%s, made or changed to", async (_name, change) => {
    bench.sandbox.auth0.addConnection(second, "samlp");
    const registration = wanted(change);
    // What is switched off needs its organization, which an earlier run made.
    for (const part of wanted().parts) await adapter.settlePart(part);
    const created = await make(registration);
    expect(created.fields).toEqual(shownFields(registration, created.id));
    expect(await single(registration)).toEqual(created);

    const other = wanted({ ...change, key: "fernhill/orders" as ConnectionKey });
    const before = await make(wanted({ key: other.key }));
    for (const part of wanted().parts) await adapter.settlePart(part);
    const after = await adapter.update(other, before);
    expect(after.fields).toEqual(shownFields(other, before.id));
    expect(await single(other)).toEqual(after);
    expect((await adapter.update(wanted({ key: other.key }), after)).fields).toEqual(before.fields);
  });
});

describe("an engine", () => {
  const apply = async (registration = wanted()) => listingEngine(await bench.adapter()).apply(registration);

  test("makes organization and client, and a second time reads only", async () => {
    const first = await apply();
    const { result, calls } = await bench.callsOf(() => apply());
    expect(result).toEqual(first);
    expect(calls.filter((call) => !call.startsWith("GET") && call !== "POST /oauth/token")).toEqual([]);
  });

  test("switches off and on again, with what somebody set in between kept", async () => {
    const first = await apply();
    const { auth0 } = bench.sandbox;
    const connection = auth0.connection("fernhill-oidc");
    const [enabled] = auth0.organization("fernhill")?.connections.values() ?? [];
    if (enabled === undefined) throw new Error("nothing is enabled");
    enabled.show_as_button = false;
    const off = await apply(wanted({ state: "inactive" }));
    expect(off?.fields).toEqual({ ...first?.fields, active: false });
    expect(auth0.client(first?.id ?? "")?.settings.grant_types).toEqual([]);
    expect(auth0.organization("fernhill")?.connections.size).toBe(0);
    expect((await partOf(wanted({ state: "inactive" })))?.fields).toEqual({
      ...shownPart(organization()),
      active: false,
    });
    // A second switch-off finds nothing to do and forgets nothing.
    const { calls } = await bench.callsOf(() => apply(wanted({ state: "inactive" })));
    expect(calls.filter((call) => !call.startsWith("GET") && call !== "POST /oauth/token")).toEqual([]);

    expect(await apply()).toEqual(first);
    expect(auth0.client(first?.id ?? "")?.settings.grant_types).toEqual(["authorization_code"]);
    expect(auth0.organization("fernhill")?.connections.get(connection?.id ?? "")).toMatchObject({
      assign_membership_on_login: true,
      show_as_button: false,
    });
    expect(Object.keys(auth0.organization("fernhill")?.metadata ?? {})).not.toContain("tenantryKeptConnections1");
  });

  test("a connection that somebody enabled while it was off is seen, and taken away again", async () => {
    await apply();
    await apply(wanted({ state: "inactive" }));
    const { auth0 } = bench.sandbox;
    const fernhill = auth0.organization("fernhill");
    const connection = auth0.connection("Username-Password-Authentication");
    if (fernhill === undefined || connection === undefined) throw new Error("the seed has changed");
    auth0.enableConnection(fernhill, connection);
    expect((await partOf(wanted({ state: "inactive" })))?.fields.active).toBe(true);
    await apply(wanted({ state: "inactive" }));
    expect(fernhill.connections.size).toBe(0);
    // Both are kept; the file says which one comes back, and the plan shows the other.
    expect((await partOf(wanted()))?.fields.enabledConnections).toEqual([
      "Username-Password-Authentication",
      "fernhill-oidc",
    ]);
  });

  test("deletes the client, and the organization with the last one", async () => {
    const orders = wanted({ key: "fernhill/orders" as ConnectionKey });
    await apply();
    await apply(orders);
    // The tenant's organization is wanted absent once none of its connections needs it.
    await apply({ ...wanted(), state: "absent", parts: [organization({ state: "absent" })] });
    expect(bench.sandbox.auth0.organization("fernhill")?.connections.size).toBe(1);
    expect(await single(orders)).toBeDefined();
    await apply({ ...orders, state: "absent", parts: [organization({ state: "absent" })] });
    expect(bench.sandbox.auth0.organization("fernhill")).toBeUndefined();
    expect([...bench.sandbox.auth0.clients.values()].map(({ settings }) => settings.name)).toEqual([
      "All Applications",
      "Tenantry",
      "Billing",
      "Proofs",
    ]);
  });
});

describe("enabled connections", () => {
  test("those that Auth0 enables for a new client are taken away, others keep theirs", async () => {
    const { auth0 } = bench.sandbox;
    const database = auth0.connection("Username-Password-Authentication");
    const created = await make();
    database?.clients.add(created.id);
    const billing = [...(database?.clients ?? [])].filter((id) => id !== created.id);
    expect((await single())?.fields.enabledConnections).toEqual(["Username-Password-Authentication", "fernhill-oidc"]);
    // As a create finds it, when it takes over what was made by a run that died.
    const taken = await adapter.create(wanted());
    expect(taken.fields).toEqual(created.fields);
    expect([...(database?.clients ?? [])]).toEqual(billing);
  });

  test("one that is not there stops it before anything is made", async () => {
    const registration = wanted({ enabledConnections: ["fernhill-oidc", "nobody"] });
    for (const part of wanted().parts) await adapter.settlePart(part);
    await expect(adapter.create(registration)).rejects.toMatchObject({ code: "AUTH0_CONNECTION_MISSING", exit: 2 });
    expect(await single(registration)).toBeUndefined();
    const { problems } = await adapter.observe([registration], "single");
    expect(problems).toMatchObject([
      { kind: "missing", field: "enabledConnections", subject: "nobody", code: "AUTH0_CONNECTION_MISSING" },
    ]);
    await expect(adapter.settlePart(organization({ enabledConnections: ["nobody"] }))).rejects.toMatchObject({
      code: "AUTH0_CONNECTION_MISSING",
    });
  });

  test("one that is gone does not keep a client from being switched off", async () => {
    const created = await make();
    bench.sandbox.auth0.addConnection("gone", "oidc");
    const registration = wanted({ enabledConnections: ["fernhill-oidc", "gone"] });
    await adapter.update(registration, created);
    bench.sandbox.auth0.removeConnection("gone");
    const off = await adapter.update({ ...registration, state: "inactive" }, created);
    expect(off.active).toBe(false);
  });
});

describe("the organization", () => {
  test("of somebody else stops the connection and is left alone", async () => {
    bench.sandbox.auth0.addOrganization("fernhill", { displayName: "Theirs", metadata: { owner: "sales" } });
    const before = await bench.api("GET", "organizations/name/fernhill");
    const clients = bench.sandbox.auth0.clients.size;
    const { problems, parts } = await adapter.observe([wanted()], "single");
    expect(problems).toMatchObject([{ kind: "foreign", code: "AUTH0_ORGANIZATION_TAKEN", subject: "fernhill" }]);
    expect(parts.size).toBe(0);
    for (const state of ["active", "inactive"] as const) {
      await expect(adapter.settlePart(organization({ state }))).rejects.toMatchObject({
        code: "AUTH0_ORGANIZATION_TAKEN",
        exit: 4,
      });
    }
    await adapter.settlePart(organization({ state: "absent" }));
    await expect(adapter.create(wanted())).rejects.toMatchObject({ code: "AUTH0_ORGANIZATION_TAKEN" });
    expect(await bench.api("GET", "organizations/name/fernhill")).toBe(before);
    expect(bench.sandbox.auth0.clients.size).toBe(clients);
  });

  test("keeps what others keep in its metadata", async () => {
    await make();
    const fernhill = bench.sandbox.auth0.organization("fernhill");
    if (fernhill === undefined) throw new Error("it was not made");
    fernhill.metadata.crm = "A-4711";
    const orders = await make(wanted({ key: "fernhill/orders" as ConnectionKey }));
    await adapter.settlePart(organization({ state: "inactive" }));
    await adapter.settlePart(organization({ displayName: "Fernhill" }));
    await adapter.remove(orders);
    expect(fernhill.displayName).toBe("Fernhill");
    expect(Object.keys(fernhill.metadata).sort()).toEqual([
      "crm",
      "tenantryClients1",
      "tenantryEnvironment",
      "tenantryTenant",
      "tenantryWorkspace",
    ]);
  });

  test("without room in its metadata says so and changes nothing", async () => {
    await make();
    const fernhill = bench.sandbox.auth0.organization("fernhill");
    if (fernhill === undefined) throw new Error("it was not made");
    for (let n = 0; n < 6; n++) fernhill.metadata[`crm${n}`] = "x";
    const before = await bench.api("GET", "organizations/name/fernhill");
    await expect(adapter.settlePart(organization({ state: "inactive" }))).rejects.toMatchObject({
      code: "AUTH0_METADATA_FULL",
    });
    expect(await bench.api("GET", "organizations/name/fernhill")).toBe(before);
    expect(fernhill.connections.size).toBe(1);
  });

  test("that lost a client's id gets it back with the next change", async () => {
    const created = await make();
    const fernhill = bench.sandbox.auth0.organization("fernhill");
    if (fernhill === undefined) throw new Error("it was not made");
    delete fernhill.metadata.tenantryClients1;
    const run = await bench.adapter();
    expect((await single(wanted(), run))?.id).toBe(created.id);
    await run.update(wanted({ postLogoutRedirectUris: [] }), created);
    expect(fernhill.metadata.tenantryClients1).toBe(created.id);
  });

  test("is named twice in the list of a tenant with two clients, each found with one look", async () => {
    const orders = wanted({ key: "fernhill/orders" as ConnectionKey });
    await make();
    await make(orders);
    const run = await bench.adapter();
    const { result, calls } = await bench.callsOf(() => run.observe([wanted(), orders], "single"));
    expect(result.found.size).toBe(2);
    expect(calls.toSorted()).toEqual([
      "GET clients/CLIENT",
      "GET clients/CLIENT",
      "GET clients/CLIENT/connections",
      "GET clients/CLIENT/connections",
      "GET organizations/name/fernhill",
      "GET organizations/org/enabled_connections",
      "POST /oauth/token",
    ]);
  });
});

describe("update", () => {
  test("changes what differs and nothing else, byte for byte", async () => {
    const created = await make();
    await bench.api("PATCH", `clients/${created.id}`, {
      description: "by hand",
      logo_uri: "https://portal.acme.example/logo.svg",
      web_origins: ["https://portal.acme.example"],
      client_metadata: { crm: "A-4711" },
    });
    const before = JSON.parse(await bench.api("GET", `clients/${created.id}`));
    const { calls } = await bench.callsOf(() => adapter.update(wanted({ label: "fernhill/portal renamed" }), created));
    expect(calls).toEqual(["GET clients/CLIENT", "GET clients/CLIENT/connections", "PATCH clients/CLIENT"]);
    const after = JSON.parse(await bench.api("GET", `clients/${created.id}`));
    expect(after).toEqual({ ...before, name: "fernhill/portal renamed" });
  });

  test("puts back the settings that all clients share, which show by their names", async () => {
    const created = await make();
    const before = JSON.parse(await bench.api("GET", `clients/${created.id}`));
    await bench.api("PATCH", `clients/${created.id}`, {
      app_type: "spa",
      oidc_conformant: false,
      organization_usage: "require",
      jwt_configuration: { alg: "HS256", lifetime_in_seconds: 60 },
    });
    expect((await single())?.fields.settings).toEqual([
      "app_type",
      "jwt_configuration",
      "oidc_conformant",
      "organization_usage",
    ]);
    await adapter.update(wanted(), created);
    expect((await single())?.fields.settings).toBe("as registered");
    const after = JSON.parse(await bench.api("GET", `clients/${created.id}`));
    const lifetime = { ...before.jwt_configuration, lifetime_in_seconds: 60 };
    expect(after).toEqual({ ...before, jwt_configuration: { ...lifetime, alg: "RS256" } });
  });

  test("refresh tokens rotate and end; lifetimes that somebody set stay", async () => {
    const registration = wanted({ grantTypes: ["authorization_code", "refresh_token"] });
    const created = await make(registration);
    const { auth0 } = bench.sandbox;
    const client = auth0.client(created.id);
    expect(client?.settings.refresh_token).toMatchObject({
      rotation_type: "rotating",
      expiration_type: "expiring",
      infinite_token_lifetime: false,
    });
    await bench.api("PATCH", `clients/${created.id}`, {
      refresh_token: {
        ...(client?.settings.refresh_token as object),
        token_lifetime: 86_400,
        idle_token_lifetime: 3_600,
      },
    });
    expect((await single(registration))?.fields.settings).toBe("as registered");
    await adapter.update(wanted({ ...registration, label: "other" }), created);
    expect(client?.settings.refresh_token).toMatchObject({ token_lifetime: 86_400, idle_token_lifetime: 3_600 });
  });

  test("a client that lost its marker is not changed, nor deleted", async () => {
    const created = await make();
    await bench.api("PATCH", `clients/${created.id}`, { client_metadata: { tenantryEnvironment: "production" } });
    const before = await bench.api("GET", `clients/${created.id}`);
    await expect(adapter.update(wanted({ label: "x" }), created)).rejects.toMatchObject({ code: "AUTH0_FOREIGN" });
    await expect(adapter.remove(created)).rejects.toMatchObject({ code: "AUTH0_FOREIGN", exit: 4 });
    expect(await bench.api("GET", `clients/${created.id}`)).toBe(before);
  });

  test("a client that is gone says so; a deleted one is deleted already", async () => {
    const created = await make();
    bench.sandbox.auth0.removeClient(created.id);
    await expect(adapter.update(wanted(), created)).rejects.toMatchObject({ code: "AUTH0_NOT_FOUND" });
    await adapter.remove(created);
    expect(bench.sandbox.auth0.organization("fernhill")?.metadata).not.toHaveProperty("tenantryClients1");
  });
});

describe("client key", () => {
  const byKey = (kid = "portal-2026-11") => wanted({ clientAuth: "private_key_jwt", clientKey: clientKey(kid) });

  test("changed: the new one is registered, the old one is gone", async () => {
    const created = await make(byKey());
    const next = byKey("portal-2027-01");
    const { result, calls } = await bench.callsOf(() => adapter.update(next, created));
    expect(result.fields).toEqual(shownFields(next, created.id));
    expect(calls.filter((call) => !call.startsWith("GET"))).toEqual([
      "POST clients/CLIENT/credentials",
      "PATCH clients/CLIENT",
      "DELETE clients/CLIENT/credentials/cred",
    ]);
    const credentials = bench.sandbox.auth0.client(created.id)?.credentials.values() ?? [];
    expect([...credentials].map(({ kid }) => kid)).toEqual(["portal-2027-01"]);
  });

  test("another key under the same id is not taken for the old one", async () => {
    const created = await make(byKey());
    const { auth0 } = bench.sandbox;
    const [before] = [...(auth0.client(created.id)?.credentials.values() ?? [])];
    const [after] = [
      ...((await adapter.update(byKey(), created)) && (auth0.client(created.id)?.credentials.values() ?? [])),
    ];
    expect(after?.publicKey?.n).not.toBe(before?.publicKey?.n);
  });

  test("that somebody else attached shows, and goes with the next change", async () => {
    const registration = byKey();
    const created = await make(registration);
    const { n, e } = clientKey("intruder-0001");
    const { createPublicKey } = await import("node:crypto");
    const pem = createPublicKey({ key: { kty: "RSA", n: n ?? "", e: e ?? "" }, format: "jwk" })
      .export({ type: "spki", format: "pem" })
      .toString();
    const body = { credential_type: "public_key", kid: "intruder-0001", alg: "RS256", pem };
    const made = JSON.parse(await bench.api("POST", `clients/${created.id}/credentials`, body)) as { id: string };
    const own = [...(bench.sandbox.auth0.client(created.id)?.credentials.keys() ?? [])].filter((id) => id !== made.id);
    await bench.api("PATCH", `clients/${created.id}`, {
      client_authentication_methods: { private_key_jwt: { credentials: [...own, made.id].map((id) => ({ id })) } },
    });
    expect((await single(registration))?.fields.clientKey).toContain(made.id);
    const mended = await adapter.update(registration, created);
    expect(mended.fields).toEqual(created.fields);
    expect([...(bench.sandbox.auth0.client(created.id)?.credentials.keys() ?? [])]).toEqual(own);
  });

  test("whose id Auth0 does not take stops before anything is made", async () => {
    for (const part of wanted().parts) await adapter.settlePart(part);
    await expect(adapter.create(byKey("short"))).rejects.toMatchObject({ code: "AUTH0_KEY_ID", exit: 2 });
    expect(await single(byKey("short"))).toBeUndefined();
  });

  test("a create of the key whose reply was lost is found by its name", async () => {
    bench.sandbox.faults.add({ method: "POST", path: "/credentials$", effect: "reset-after" });
    const created = await make(byKey());
    expect(created.fields.clientKey).toMatch(/^portal-2026-11 /);
    expect(bench.sandbox.auth0.client(created.id)?.credentials.size).toBe(1);
  });
});

describe("secret", () => {
  test("is read at the hand-over only", async () => {
    const created = await make();
    const secret = await adapter.secretOf(created);
    expect(secret?.secret.reveal()).toBe(bench.sandbox.auth0.client(created.id)?.secret);
    expect(secret?.id).toBe(created.id);
    expect(created.secretId).toBeUndefined();
    expect(await adapter.secretOf({ ...created, fields: { ...created.fields, clientAuth: "none" } })).toBeUndefined();
  });

  test("no look, create or update asks for it or lets it through", async () => {
    const seen: string[] = [];
    const { requests } = bench.sandbox.auth0;
    const before = requests.entries.length;
    const created = await make();
    await adapter.update(wanted({ label: "other" }), created);
    for (const depth of ["single", "fleet", "deep"] as const) {
      seen.push(JSON.stringify([...(await adapter.observe([wanted()], depth)).found]));
    }
    const secret = bench.sandbox.auth0.client(created.id)?.secret ?? "";
    expect(secret).not.toBe("");
    expect(seen.join()).not.toContain(secret);
    const reads = requests.entries.slice(before).filter(({ method, path }) => method === "GET" && /clients/.test(path));
    expect(reads.length).toBeGreaterThan(0);
    expect(reads.every(({ query }) => /include_fields=true/.test(query) && !/client_secret/.test(query))).toBe(true);
  });
});

test("two clients with one marker stop the connection", async () => {
  const created = await make();
  const twin = bench.sandbox.auth0.client(created.id);
  if (twin === undefined) throw new Error("it was not made");
  bench.sandbox.auth0.addClient({ settings: structuredClone(twin.settings) });
  const fleet = await adapter.observe([wanted()], "fleet");
  expect(fleet.problems).toMatchObject([{ kind: "duplicate", code: "AUTH0_DUPLICATE" }]);
  const fernhill = bench.sandbox.auth0.organization("fernhill");
  delete fernhill?.metadata.tenantryClients1;
  const run = await bench.adapter();
  await expect(run.create(wanted())).rejects.toMatchObject({ code: "AUTH0_DUPLICATE", exit: 4 });
});
