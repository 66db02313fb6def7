import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Sandbox, startSandbox } from "../../sandbox/sandbox.ts";
import { fleetMembers, writeFleetTenants, writeFleetWorkspace } from "../../src/cli/fleet-world.ts";
import { runCommand } from "../../src/cli/main.ts";
import { plain } from "../../src/plan/paint.ts";

let root: string;
let sandbox: Sandbox | undefined;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "tenantry-fleet-"));
});
afterEach(async () => {
  await sandbox?.close();
  rmSync(root, { recursive: true, force: true });
});

const folder = () => join(root, ".tenantry", "sandbox");
const fleet = () => join(root, ".tenantry", "fleet");

async function begin(count: number, seed = 1): Promise<Sandbox> {
  sandbox = await startSandbox({ dir: folder(), port: 0, fleet: () => fleetMembers({ count, seed }) });
  writeFleetWorkspace(fleet(), { port: sandbox.port, folder: folder() });
  writeFleetTenants(fleet(), { count, seed });
  return sandbox;
}

async function tenantry(...args: readonly string[]) {
  const out: string[] = [];
  const err: string[] = [];
  const terminal = { out: (text: string) => out.push(text), err: (text: string) => err.push(text), paint: plain };
  const all = [...args, "--workspace", fleet(), "--env", "sandbox"];
  const exit = await runCommand(all, terminal, { environment: {}, cwd: root, pid: process.pid });
  return { exit, out: out.join(""), err: err.join("") };
}

interface SeenPlan {
  readonly changes: readonly { readonly address: string; readonly action: string }[];
  readonly unchanged: number;
}

function planIn(out: string): SeenPlan {
  return (JSON.parse(out) as { plan: SeenPlan }).plan;
}

test("a fleet is at Okta and Auth0 as an apply would have left it: a plan changes nothing there", async () => {
  const { okta, auth0 } = await begin(10);
  expect([...okta.state.apps.values()].filter((app) => app.profile?.tenantryWorkspace === "fleet")).toHaveLength(6);
  expect(okta.group("customer-00000-staff")).toBeDefined();
  expect(auth0.organization("customer-00006")?.metadata.tenantryWorkspace).toBe("fleet");
  expect(await tenantry("migrate", "--yes")).toMatchObject({ exit: 0 });
  const { exit, out, err } = await tenantry("plan", "--json", "--deep");
  expect(err + out).not.toMatch(/^[A-Z]+_/m);
  expect(exit).toBe(0);
  const { changes, unchanged } = planIn(out);
  // 6 apps, 4 clients and 4 organizations; the app's records are still to be made.
  expect(unchanged).toBe(14);
  expect(changes.filter(({ address }) => !address.startsWith("app/portal/"))).toEqual([]);
  expect(new Set(changes.map(({ action }) => action))).toEqual(new Set(["create", "activate"]));
});

test("drift in a fleet shows", async () => {
  const { okta, auth0 } = await begin(10);
  await tenantry("migrate", "--yes");
  const app = okta.apps.find(({ profile }) => profile?.tenantryKey === "customer-00002/portal");
  app?.oauth.redirect_uris.push("https://evil.example/callback");
  auth0.organization("customer-00007")?.connections.clear();
  const { out } = await tenantry("plan", "--json", "--deep");
  const { changes } = planIn(out);
  const there = changes.filter(({ address }) => address.startsWith("idp/"));
  expect(there.map(({ action, address }) => `${action} ${address}`).sort()).toEqual([
    "update idp/customers/organization/customer-00007",
    "update idp/workforce/client/customer-00002/portal",
  ]);
});

test("the same seed makes the same tenants, another makes others", () => {
  const filesOf = (seed: number, at: string): readonly string[] => {
    writeFleetTenants(join(root, at), { count: 12, seed });
    const tenants = join(root, at, "tenants");
    return readdirSync(tenants).map((name) => readFileSync(join(tenants, name), "utf8"));
  };
  expect(filesOf(1, "a")).toEqual(filesOf(1, "b"));
  expect(filesOf(2, "c")).not.toEqual(filesOf(1, "a"));
  expect(fleetMembers({ count: 12, seed: 1 }).map(({ kind }) => kind)).toEqual([
    ...Array<string>(6).fill("okta"),
    ...Array<string>(4).fill("auth0"),
    ...Array<string>(2).fill("okta"),
  ]);
});

test("a world that is kept is not filled again", async () => {
  const data = join(root, "world");
  const options = { dir: folder(), port: 0, data };
  await (await startSandbox({ ...options, fleet: () => fleetMembers({ count: 5, seed: 1 }) })).close();
  sandbox = await startSandbox({ ...options, fleet: () => fleetMembers({ count: 50, seed: 1 }) });
  expect(sandbox.isNew).toBe(false);
  expect(sandbox.okta.groups.filter(({ profile }) => profile.name.startsWith("customer-"))).toHaveLength(5);
});
