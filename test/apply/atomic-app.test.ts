import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { applyPlan } from "../../src/apply/apply.ts";
import { planWorld } from "../../src/apply/make-plan.ts";
import { openRecordingWorld } from "../../src/apply/open.ts";
import type { ConnectionOutcome } from "../../src/apply/outcome.ts";
import { readStatus } from "../../src/apply/status.ts";
import { verifyConnections } from "../../src/apply/verify-connections.ts";
import type { RecordingWorld } from "../../src/apply/world.ts";
import { loadContext } from "../../src/cli/context.ts";
import { makeRun, recordingOptions } from "../../src/cli/run.ts";
import type { Connection } from "../../src/desired/connection.ts";
import { placeholderCallback } from "../../src/desired/key.ts";
import { plain } from "../../src/plan/paint.ts";
import { renderPlanText } from "../../src/plan/render-text.ts";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";
import { MemoryApp } from "./memory-app.ts";

const step = { when: "before", text: "make the connection in the dashboard", command: "broker portal" } as const;

let workspace: TestWorkspace;
let world: RecordingWorld;
let connection: Connection;
let app: MemoryApp;

beforeEach(async () => {
  workspace = await openTestWorkspace();
  const surroundings = { environment: {}, cwd: workspace.root, pid: process.pid };
  const run = makeRun({ out: () => undefined, err: () => undefined, paint: plain }, surroundings);
  const context = loadContext(surroundings, { workspace: workspace.root, env: "sandbox" }, Date.now());
  const opened = await openRecordingWorld(
    recordingOptions(run, context, { connections: context.connections, access: "manage", whole: true }),
  );
  const found = context.connections.find(({ key }) => key === "whiterabbit/portal");
  if (found === undefined) throw new Error("the example has no connection");
  connection = { ...found, startUrl: undefined, record: { ...found.record, kind: "kong" } };
  app = new MemoryApp("portal");
  world = { ...opened, apps: new Map([["portal", app]]), close: () => opened.close() };
});
afterEach(async () => {
  await world.close();
  await workspace.close();
});

const request = () => ({ tenants: [], connections: [connection], only: [connection.key], deep: false, handOver: [] });

async function apply(): Promise<ConnectionOutcome | undefined> {
  return (await applyPlan(world, await planWorld(world, request()))).outcomes[0];
}

/** The connection as it is at an app that hands callbacks out. */
function handingOut(): void {
  const redirectUri = placeholderCallback(connection.key);
  connection = {
    ...connection,
    callback: "afterRecord",
    registration: { ...connection.registration, redirectUris: [redirectUri] },
    record: { ...connection.record, redirectUri },
  };
}

const registered = (): readonly string[] => ourApps(workspace.sandbox)[0]?.oauth.redirect_uris ?? [];

describe("an app that is live with one write and never shows its secret", () => {
  it("is written only after the identity provider's half is proven, with that copy of the secret", async () => {
    const outcome = await apply();
    expect(outcome).toMatchObject({ outcome: "active", evidence: { verdict: "pass", secretCopy: "idp" } });
    expect(app.calls).toEqual([`write ${connection.record.redirectUri}`, "settle"]);
    expect((await planWorld(world, request())).plan.changes).toEqual([]);
  });

  it("is proven again by the identity provider's copy, and says that it shows none", async () => {
    await apply();
    const proofs = [];
    for await (const proof of verifyConnections(world, {
      connections: [connection],
      secretProbe: true,
      wrongSecretControl: true,
    })) {
      proofs.push(proof);
    }
    expect(proofs).toMatchObject([{ verdict: "pass", evidence: { secretCopy: "idp" } }]);
    expect(JSON.stringify(proofs)).toContain("does not show its copy of the secret");
  });

  it("is as it was when what is read back is another, and shut when nothing was there before", async () => {
    app.reads = (record) => ({ ...record, fields: { ...record.fields, clientId: "another" } });
    expect(await apply()).toMatchObject({ outcome: "failed", error: { code: "APPLY_RECORD_DIFFERS" } });
    expect([...app.off]).toEqual([connection.key]);
    app.reads = (record) => record;
    expect(await apply()).toMatchObject({ outcome: "active" });
    expect([...app.off]).toEqual([]);
  });
});

describe("an app that hands the callback out with the record", () => {
  it("is registered with a placeholder, asked, patched, proven and only then written", async () => {
    handingOut();
    const { plan } = await planWorld(world, request());
    const client = plan.changes.find(({ address }) => address === connection.registration.address);
    expect(client).toMatchObject({ action: "create", knownAfter: ["redirectUris"] });
    expect(JSON.stringify(plan)).not.toContain("callback.invalid");
    const outcome = await apply();
    expect(outcome, JSON.stringify(outcome)).toMatchObject({ outcome: "active", evidence: { verdict: "pass" } });
    expect(registered()).toEqual([app.callback]);
    expect(app.calls).toEqual([`hand out ${placeholderCallback(connection.key)}`, `write ${app.callback}`, "settle"]);
    const after = await planWorld(world, request());
    expect(after.plan.changes).toEqual([]);
    expect((await readStatus(world, [connection]))[0]).toMatchObject({ record: "active", redirectUri: app.callback });
  });

  it("waits for a person, says what is to be done, and goes on by itself once it is", async () => {
    handingOut();
    app.steps = [step];
    expect(await apply()).toEqual({ key: connection.key, outcome: "waiting", steps: [step] });
    expect(await readStatus(world, [connection])).toMatchObject([{ record: null, redirectUri: null, handOff: [step] }]);
    const { plan } = await planWorld(world, request());
    expect(renderPlanText(plan, [])).toMatch(/By hand, for whiterabbit\/portal: make the connection/);
    app.steps = [];
    expect(await apply()).toMatchObject({ outcome: "active" });
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
    expect(registered()).toEqual([app.callback]);
  });

  it("is shut when the client is not proven with the callback that was handed out", async () => {
    handingOut();
    app.callback = "https://broker.example/sso/oidc/other/callback";
    const engine = world.engines.get("workforce");
    if (engine === undefined) throw new Error("the identity provider is not open");
    const engines = new Map(world.engines).set("workforce", {
      ...engine,
      // The patch is lost.
      apply: (registration) => engine.apply({ ...registration, redirectUris: [placeholderCallback(connection.key)] }),
    });
    const outcome = (await applyPlan({ ...world, engines }, await planWorld(world, request()))).outcomes[0];
    expect(outcome).toMatchObject({ outcome: "failed", error: { code: "APPLY_PROOF_FAILED" } });
    expect([...app.off]).toEqual([connection.key]);
  });
});
