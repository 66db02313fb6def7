import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { ConnectionKey, Registration } from "../../../src/desired/connection.ts";
import { wanted } from "../../idp/okta/bench.ts";
import { type EngineBench, openEngineBench } from "../../live/terraform-engine-bench.ts";
import { failure, fakeTool } from "../bench.ts";

// The engine over a tool that only says what it is told to, and over a real adapter at the sandbox.

const app = "okta_app_oauth.client_whiterabbit__portal";
const assignments = "okta_app_group_assignments.groups_whiterabbit__portal";
const elsewhere = ["https://portal.acme.example/new"];

/** The tenant's working folder, in that of the workspace. */
const workingFolder = ".tenantry/engines/terraform/sandbox/workforce/whiterabbit";

let bench: EngineBench;
let control: string;

/** Notes what it is called with; answers from files beside the log. */
const body = (folder: string) => `
const fs = require("node:fs");
const at = (name) => ${JSON.stringify(folder)} + "/" + name;
const okta = Object.keys(process.env).filter((name) => name.startsWith("OKTA_")).sort().join(" ");
fs.appendFileSync(at("log"), JSON.stringify({ command, args, okta, scopes: process.env.OKTA_API_SCOPES }) + "\\n");
if (command === "init") fs.mkdirSync(".terraform", { recursive: true });
if (command === "state" && args[0] === "list") process.stdout.write(fs.readFileSync(at("state")));
if (command === "plan") fs.writeFileSync(args.find((arg) => arg.startsWith("-out=")).slice(5), "a plan");
if (command === "plan" && fs.existsSync(at("meddle"))) fs.writeFileSync("cdk.tf.json", "{}");
if (command === "show") process.stdout.write(fs.readFileSync(at("show")));
if (command === "apply" && fs.existsSync(at("refuse"))) { console.error(fs.readFileSync(at("refuse"), "utf8")); process.exit(1); }
`;

beforeAll(async () => {
  control = mkdtempSync(join(tmpdir(), "tenantry-fake-"));
  bench = await openEngineBench({
    tool: "terraform",
    path: fakeTool(control, "terraform", body(control)),
    version: "6.12.0",
  });
});
afterAll(async () => {
  await bench.close();
  rmSync(control, { recursive: true, force: true });
});
beforeEach(async () => {
  const { okta } = bench.bench.sandbox;
  for (const each of okta.apps) if (!["Payroll", "Tenantry service"].includes(each.label)) okta.removeApp(each.id);
  for (const name of ["log", "state", "show", "refuse", "meddle"]) rmSync(join(control, name), { force: true });
  await made(wanted());
});

/** Commands that were run since the log was begun, without those that only ask. */
function ran(): readonly string[] {
  return calls()
    .map(({ command, args }) => (command === "state" ? `state ${args[0]}` : command))
    .filter((command) => ["plan", "apply", "state rm"].includes(command));
}

function calls(): readonly { command: string; args: readonly string[]; okta: string; scopes?: string }[] {
  const log = join(control, "log");
  if (!existsSync(log)) return [];
  return readFileSync(log, "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** Makes the client at the sandbox, and has the tool's state hold it. */
async function made(registration: Registration): Promise<void> {
  await (await bench.direct()).apply(registration);
  writeFileSync(join(control, "state"), `${app}\n${assignments}\n`);
  await says("unchanged");
}

/** Has the tool answer a recorded plan, as if it were about the app that is there; with other actions if any. */
async function says(name: string, actions?: readonly string[]): Promise<void> {
  const plan = JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), "utf8"));
  const { id } = await bench.app(wanted().label);
  for (const { address, change } of plan.resource_changes) {
    if (address === app && change.before !== null) change.before.id = change.after.id = id;
    if (address === app && actions !== undefined) change.actions = actions;
  }
  writeFileSync(join(control, "show"), JSON.stringify(plan));
}

describe("the plan that was looked at is the one that is carried out", () => {
  test("once planned, for the same program; another program is planned afresh", async () => {
    await says("callback");
    const engine = await bench.terraform();
    const registration = wanted({ redirectUris: elsewhere });
    const { registrations } = await engine.plan([registration], "single");
    expect(registrations.get(registration.key)?.changes).toMatchObject([{ paths: ["redirectUris"] }]);
    await engine.apply(registration);
    expect(ran()).toEqual(["plan", "apply"]);
    await engine.plan([registration], "single");
    await engine.apply(wanted({ redirectUris: elsewhere, pkce: "off" }));
    expect(ran()).toEqual(["plan", "apply", "plan", "plan", "apply"]);
  });

  test("it serves once: what was applied is planned afresh the next time", async () => {
    await says("callback");
    const engine = await bench.terraform();
    await engine.plan([wanted()], "single");
    await engine.apply(wanted());
    await engine.apply(wanted());
    expect(ran()).toEqual(["plan", "apply", "plan", "apply"]);
  });

  test("a look is fresh each time", async () => {
    const engine = await bench.terraform();
    await engine.plan([wanted()], "single");
    await engine.plan([wanted()], "single");
    expect(ran()).toEqual(["plan", "plan"]);
  });

  test("another run's plan in the same folder is never carried out: it is planned afresh", async () => {
    await says("callback");
    const engine = await bench.terraform();
    await engine.plan([wanted()], "single");
    writeFileSync(join(bench.root, workingFolder, "tenant.tfplan"), "a plan of another run");
    await engine.apply(wanted());
    expect(ran()).toEqual(["plan", "plan", "apply"]);
  });

  test("a plan of another run's program is refused", async () => {
    await says("callback");
    writeFileSync(join(control, "meddle"), "");
    const engine = await bench.terraform();
    expect(await failure(engine.apply(wanted()))).toMatchObject({ code: "ENGINE_PLAN_STALE" });
    expect(ran()).toEqual(["plan"]);
  });

  test("its file is gone when the engine is closed", async () => {
    const engine = await bench.terraform();
    await engine.plan([wanted()], "single");
    const file = join(bench.root, workingFolder, "tenant.tfplan");
    expect(existsSync(file)).toBe(true);
    await engine.close();
    expect(existsSync(file)).toBe(false);
  });
});

test("where the tool has nothing to do it is not started; what it does not see is done by the API", async () => {
  const engine = await bench.terraform();
  const registration = wanted({ redirectUris: elsewhere });
  expect((await engine.plan([registration], "single")).registrations.get(registration.key)?.changes).toMatchObject([
    { paths: ["redirectUris"] },
  ]);
  const result = await engine.apply(registration);
  expect([ran(), result?.fields.redirectUris]).toEqual([["plan"], elsewhere]);
});

test.each([
  ["a client that is not wanted absent would go", ["delete"]],
  ["a client would be replaced", ["delete", "create"]],
])("nothing is done when %s", async (_, actions) => {
  await says("callback", actions);
  const engine = await bench.terraform();
  const address = actions.length === 1 ? "okta_app_oauth.client_whiterabbit__other" : app;
  const show = readFileSync(join(control, "show"), "utf8").replaceAll(app, address);
  writeFileSync(join(control, "show"), show);
  expect((await failure(engine.apply(wanted()))).code).toBe("ENGINE_REPLACE");
  expect(ran()).toEqual(["plan"]);
});

test("a plan that the state has left behind is refused, and nothing else is tried", async () => {
  await says("callback");
  writeFileSync(join(control, "refuse"), "Error: Saved plan is stale\n\nThe given plan file can no longer be applied.");
  const engine = await bench.terraform();
  await engine.plan([wanted()], "single");
  expect((await failure(engine.apply(wanted({ redirectUris: elsewhere })))).code).toBe("ENGINE_PLAN_STALE");
  expect((await bench.app(wanted().label)).settings).toMatchObject({
    oauthClient: { redirect_uris: wanted().redirectUris },
  });
});

describe("of a fleet", () => {
  const other = (tenant: string, more: Partial<Registration> = {}) =>
    wanted({ key: `${tenant}/portal` as ConnectionKey, ...more });

  test("the tool is asked about those only that the lists show to differ, and the plan says so", async () => {
    const direct = await bench.direct();
    const fleet = [wanted(), other("alder"), other("birch")];
    for (const registration of fleet) await direct.apply(registration);
    const engine = await bench.terraform();
    const plan = await engine.plan(fleet, "fleet");
    expect([...plan.registrations.values()].every(({ unchanged }) => unchanged)).toBe(true);
    expect(plan.observation.coverage).toContainEqual({ what: "idp/workforce terraform plans", read: 0, total: 3 });
    expect(calls()).toEqual([]);
    await says("callback");
    const changed = await engine.plan([wanted({ redirectUris: elsewhere }), ...fleet.slice(1)], "fleet");
    expect(changed.observation.coverage).toContainEqual({ what: "idp/workforce terraform plans", read: 1, total: 3 });
    expect(changed.observation.coverage).toContainEqual({ what: "idp/workforce assignments", read: 1, total: 3 });
    expect([...changed.registrations].map(([key, { changes }]) => [key, changes.length])).toEqual([
      ["whiterabbit/portal", 1],
      ["alder/portal", 0],
      ["birch/portal", 0],
    ]);
    expect(ran()).toEqual(["plan"]);
  });

  test("all are asked about when their state is to be brought in step: lists do not show what it lacks", async () => {
    const engine = await bench.terraform({ adopt: true });
    const { observation } = await engine.plan([wanted()], "fleet");
    expect(observation.coverage).toContainEqual({ what: "idp/workforce terraform plans", read: 1, total: 1 });
    expect(ran()).toEqual(["plan"]);
  });

  test("what was never made and is not wanted needs no run", async () => {
    const engine = await bench.terraform();
    const plan = await engine.plan([other("cedar", { state: "absent" }), other("elm", { state: "inactive" })], "deep");
    expect([...plan.registrations.values()]).toEqual([
      { changes: [], unchanged: false },
      { changes: [], unchanged: false },
    ]);
    expect(calls()).toEqual([]);
    expect(await engine.apply(other("elm", { state: "inactive" }))).toBeUndefined();
    expect(calls()).toEqual([]);
  });
});

test("the tool gets its provider's credentials and no others, and only the scopes that this takes", async () => {
  const engine = await bench.terraform({ access: "read" });
  await engine.plan([wanted()], "single");
  const [plan] = calls().filter(({ command }) => command === "plan");
  expect(plan?.okta).toBe("OKTA_API_CLIENT_ID OKTA_API_PRIVATE_KEY OKTA_API_SCOPES");
  expect(plan?.scopes).toBe("okta.apps.read,okta.groups.read");
  // Whoever may only read may be unable to write a lock.
  expect(plan?.args).toContain("-lock=false");
});

test("the run is limited to what it is about", async () => {
  const engine = await bench.terraform();
  await engine.plan([wanted()], "single");
  const [plan] = calls().filter(({ command }) => command === "plan");
  expect(plan?.args.filter((arg) => arg.startsWith("-target="))).toEqual([`-target=${assignments}`, `-target=${app}`]);
});

test("a problem at Okta stops a registration before the tool is asked", async () => {
  const registration = wanted({ assignment: { everyone: false, groups: ["nobody"] } });
  const engine = await bench.terraform();
  const plan = await engine.plan([registration], "single");
  expect([plan.registrations.size, plan.observation.problems.map(({ code }) => code)]).toEqual([
    0,
    ["OKTA_GROUP_MISSING"],
  ]);
  expect((await failure(engine.apply(registration))).code).toBe("OKTA_GROUP_MISSING");
  expect(calls()).toEqual([]);
});
