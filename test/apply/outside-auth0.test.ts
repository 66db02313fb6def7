import { rmSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Companies, openCompanies } from "../support/companies.ts";
import type { CommandResult } from "../support/workspace.ts";

// As outside-okta.test.ts, for an Auth0 tenant: there the client id is Auth0's, and clients are found by their
// organization's metadata or by the whole list.

let companies: Companies;
beforeEach(async () => {
  companies = await openCompanies("sqlite");
  for (const other of [
    "alder-voss",
    "bluefin-studios",
    "cobalt-clinics",
    "northwind-rail",
    "ostrava-steel",
    "tannberg",
    "whiterabbit",
  ]) {
    rmSync(join(companies.workspace.root, `tenants/${other}.yaml`));
  }
  await done("apply", "--yes");
});
afterEach(() => companies.close());

const client = (app: string) => `idp/customers/client/fernhill/${app}`;
const record = (app: string) => `app/${app}/record/fernhill/${app}`;
const organization = "idp/customers/organization/fernhill";

async function done(...args: readonly string[]): Promise<CommandResult> {
  const result = await companies.tenantry(...args);
  expect([result.exit, result.out + result.err]).toEqual([0, result.out + result.err]);
  return result;
}
const auth0 = () => companies.workspace.sandbox.auth0;
const clientsOf = (app: string) =>
  [...auth0().clients.values()].filter(({ settings }) => settings.client_metadata?.tenantryKey === `fernhill/${app}`);
const only = (app: string) => {
  const [one, ...others] = clientsOf(app);
  if (one === undefined || others.length > 0) throw new Error(`there is not exactly one client of ${app}`);
  return one;
};

async function planned(...args: readonly string[]): Promise<{ changes: readonly string[]; stops: readonly string[] }> {
  const result = await companies.tenantry("plan", "--json", ...args);
  const { plan, stops } = result.json() as unknown as {
    plan: { changes: readonly { action: string; address: string }[] };
    stops: readonly { acknowledge: string }[];
  };
  return {
    changes: plan.changes.map(({ action, address }) => `${action} ${address}`),
    stops: stops.map(({ acknowledge }) => acknowledge),
  };
}

/** @param listed whether the organization names the clients, so that a look at one tenant needs no list */
async function inOrder(listed = true): Promise<void> {
  await done("verify");
  for (const app of ["portal", "orders"] as const) {
    const rows = await companies.rows(app, "select client_id from sso_connection_active");
    expect(rows).toEqual([{ client_id: only(app).clientId }]);
  }
  if (listed) {
    const names = auth0().organization("fernhill")?.metadata.tenantryClients1?.split(" ") ?? [];
    expect(names).toEqual(expect.arrayContaining([only("orders").clientId, only("portal").clientId]));
  }
  expect((await companies.tenantry("plan", "--exit-code", "--deep")).exit).toBe(0);
  expect((await companies.tenantry("plan", "--exit-code", "--only", "fernhill")).exit).toBe(0);
}

function snapshot(): string {
  return JSON.stringify([
    [...auth0().clients.values()],
    [...auth0().organizations.values()].map((each) => [each, [...each.connections]]),
    [...auth0().connections.values()].map((each) => [each.id, [...each.clients]]),
  ]);
}

/** The commands leave with their code, and change nothing anywhere. */
async function isRefused(code: string, ...commands: readonly (readonly string[])[]): Promise<void> {
  const before = [snapshot(), await companies.rows("portal", "select * from sso_connection")];
  for (const args of commands) {
    const result = await companies.tenantry(...args);
    expect([args, result.exit, result.out + result.err]).toEqual([args, 4, expect.stringContaining(code)]);
  }
  expect([snapshot(), await companies.rows("portal", "select * from sso_connection")]).toEqual(before);
}
const everyWay = [
  ["plan"],
  ["plan", "--only", "fernhill"],
  ["apply", "--yes"],
  ["apply", "--yes", "--only", "fernhill"],
];

const withAcks = (stops: readonly string[]): readonly string[] => stops.flatMap((stop) => ["--ack", stop]);

describe("a client at Auth0", () => {
  it("that was deleted is made again, which needs a word: its client id is another one", async () => {
    const before = only("orders").clientId;
    auth0().removeClient(before);
    const { changes, stops } = await planned();
    expect(changes).toEqual([`create ${client("orders")}`, `update ${record("orders")}`]);
    expect(stops).toEqual([`${record("orders")}:clientId`]);
    const stopped = await companies.tenantry("apply", "--yes");
    expect([stopped.exit, clientsOf("orders")]).toEqual([4, []]);
    await done("apply", "--yes", ...withAcks(stops));
    expect(only("orders").clientId).not.toBe(before);
    await inOrder();
  });

  it("that was deleted and made again by hand with our marker is taken over under its new id, with a word", async () => {
    const old = only("portal");
    auth0().removeClient(old.clientId);
    const made = auth0().addClient({ settings: { ...old.settings, name: "made by hand", callbacks: [] } });
    const { changes, stops } = await planned();
    expect(changes).toEqual([`update ${client("portal")}`, `update ${record("portal")}`]);
    expect(stops).toContain(`${record("portal")}:clientId`);
    await done("apply", "--yes", ...withAcks(stops));
    expect(only("portal").clientId).toBe(made.clientId);
    await inOrder();
    const { connections } = (await companies.tenantry("status", "--json")).json() as unknown as {
      connections: readonly { key: string; registrationId: string }[];
    };
    expect(connections.find(({ key }) => key === "fernhill/portal")?.registrationId).toBe(made.clientId);
  });

  it("whose marker was removed is not ours any more: a new one needs a word, and that one stays as it is", async () => {
    const { clientId } = auth0().edit(only("portal").clientId, ({ settings }) => {
      settings.client_metadata = { keep: "this" };
    });
    const lost = auth0().client(clientId);
    const before = JSON.stringify(lost);
    const { changes, stops } = await planned();
    expect(changes).toEqual([`create ${client("portal")}`, `update ${record("portal")}`]);
    expect(stops).toEqual([`${record("portal")}:clientId`]);
    expect((await companies.tenantry("apply", "--yes")).exit).toBe(4);
    expect(clientsOf("portal")).toEqual([]);
    await done("apply", "--yes", ...withAcks(stops));
    await inOrder();
    expect(JSON.stringify(auth0().client(clientId))).toBe(before);
  });

  it("whose marker stands on two is stopped, and both stay", async () => {
    const { settings } = only("portal");
    auth0().addClient({ settings: { ...settings, name: "copied" } });
    await isRefused("AUTH0_DUPLICATE", ["plan"], ["apply", "--yes"]);
  });

  it("with our name that is not ours stays as it is, also while ours is made again", async () => {
    const { settings, clientId } = only("portal");
    const foreign = auth0().edit("Billing", (edited) => {
      edited.settings.name = settings.name;
    });
    const before = JSON.stringify(foreign);
    expect((await companies.tenantry("plan", "--exit-code")).exit).toBe(0);
    auth0().removeClient(clientId);
    await done("apply", "--yes", "--ack", `${record("portal")}:clientId`);
    await inOrder();
    expect(JSON.stringify(auth0().client(foreign.clientId))).toBe(before);
  });

  it("that was changed in the dashboard is put back, what is hot only with a word", async () => {
    auth0().edit(only("portal").clientId, ({ settings }) => {
      settings.callbacks = [...(settings.callbacks ?? []), "https://evil.example/callback"];
      settings.grant_types = ["authorization_code", "password"];
    });
    const { changes, stops } = await planned();
    expect({ changes, stops }).toEqual({
      changes: [`update ${client("portal")}`],
      stops: [`${client("portal")}:redirectUris`],
    });
    expect((await companies.tenantry("apply", "--yes")).exit).toBe(4);
    await done("apply", "--yes", ...withAcks(stops));
    expect(only("portal").settings.callbacks).toHaveLength(1);
    await inOrder();
  });

  it("whose secret was made anew gets it handed over when it is asked for: Auth0 has no id that would show it", async () => {
    auth0().replaceSecret(only("portal").clientId);
    expect((await companies.tenantry("verify")).exit).toBe(6);
    await done("apply", "--yes", "--hand-over", "fernhill/portal");
    await inOrder();
  });
});

describe("an organization at Auth0", () => {
  it("that was deleted is made again, and the clients are found without it", async () => {
    const before = [only("orders").clientId, only("portal").clientId];
    auth0().removeOrganization("fernhill");
    const { changes, stops } = await planned();
    expect(changes).toEqual([`create ${organization}`]);
    await done("apply", "--yes", ...withAcks(stops));
    expect([only("orders").clientId, only("portal").clientId]).toEqual(before);
    await inOrder();
  });

  it("that lost its list of clients loses none: they are found by the whole list, and none is doubled", async () => {
    const fernhill = auth0().organization("fernhill");
    const before = [only("orders").clientId, only("portal").clientId];
    const { tenantryClients1: _lost, ...rest } = fernhill?.metadata ?? {};
    if (fernhill !== undefined) fernhill.metadata = rest;
    expect((await companies.tenantry("plan", "--exit-code", "--only", "fernhill")).exit).toBe(0);
    await done("apply", "--yes", "--hand-over", "fernhill");
    expect([only("orders").clientId, only("portal").clientId]).toEqual(before);
    await inOrder(false);
  });

  it("that lost our marker, or has another's, is left alone", async () => {
    const fernhill = auth0().organization("fernhill");
    if (fernhill === undefined) throw new Error("there is no organization");
    const { metadata } = fernhill;
    for (const other of [{}, { ...metadata, tenantryEnvironment: "production" }]) {
      fernhill.metadata = other;
      await isRefused("AUTH0_ORGANIZATION_TAKEN", ...everyWay);
    }
  });

  it("that another one of ours stands beside is told, and both stay", async () => {
    const fernhill = auth0().organization("fernhill");
    auth0().addOrganization("fernhill-2", { metadata: { ...fernhill?.metadata } });
    await isRefused("AUTH0_ORGANIZATION_RENAMED", ["plan"], ["apply", "--yes"]);
  });

  it("whose connections were changed in the dashboard gets them back, and wider ones are not left", async () => {
    const fernhill = auth0().organization("fernhill");
    const database = auth0().connection("Username-Password-Authentication");
    if (fernhill === undefined || database === undefined) throw new Error("something is missing");
    auth0().enableConnection(fernhill, database);
    const { changes, stops } = await planned();
    expect(changes).toEqual([`update ${organization}`]);
    await done("apply", "--yes", ...withAcks(stops));
    expect([...(auth0().organization("fernhill")?.connections.keys() ?? [])]).not.toContain(database.id);
    await inOrder();
  });
});
