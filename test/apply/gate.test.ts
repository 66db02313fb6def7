import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { RecordWrite } from "../../src/app/app.ts";
import { openRecordingWorld } from "../../src/apply/open.ts";
import { proveRecord } from "../../src/apply/prove-record.ts";
import type { RecordingWorld } from "../../src/apply/world.ts";
import { loadContext } from "../../src/cli/context.ts";
import { makeRun, recordingOptions } from "../../src/cli/run.ts";
import type { Digest } from "../../src/desired/connection.ts";
import { plain } from "../../src/plan/paint.ts";
import { Secret } from "../../src/secret/secret.ts";
import type { Evidence } from "../../src/store/evidence.ts";
import { discover } from "../../src/verify/verify.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

describe("the gate before activation", () => {
  let workspace: TestWorkspace;
  let world: RecordingWorld;
  let write: RecordWrite;
  let evidence: Evidence;

  beforeEach(async () => {
    workspace = await openTestWorkspace();
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    const surroundings = { environment: {}, cwd: workspace.root, pid: process.pid };
    const run = makeRun({ out: () => undefined, err: () => undefined, paint: plain }, surroundings);
    const context = loadContext(surroundings, { workspace: workspace.root, env: "sandbox" }, Date.now());
    world = await openRecordingWorld(
      recordingOptions(run, context, { connections: context.connections, access: "manage", whole: true }),
    );
    const [connection] = context.connections;
    if (connection === undefined) throw new Error("the example has no connection");
    const secret = await world.apps.get("portal")?.secretOf(connection.key);
    const proof = await world.store.latestEvidence(connection.key);
    if (secret === undefined || proof === undefined) throw new Error("nothing was proven");
    evidence = proof;
    write = {
      record: connection.record,
      discovery: await discover({ issuer: connection.record.issuer }, world.verifyIo),
      specDigest: connection.specDigest,
      appTenant: connection.appTenant,
      routed: [],
      secret,
    };
  });
  afterEach(async () => {
    await world.close();
    await workspace.close();
  });

  const gate = (changed: Partial<Evidence>): Promise<unknown> => {
    const app = world.apps.get("portal");
    if (app === undefined) throw new Error("the portal is not open");
    return proveRecord(world, app, write, { ...evidence, ...changed });
  };

  it("opens for evidence of exactly this record", async () => {
    await expect(gate({})).resolves.toMatchObject({ verdict: "pass", secretCopy: "record" });
  });

  it.each<[string, () => Partial<Evidence>]>([
    ["of another spec", () => ({ specDigest: "0".repeat(64) as Digest })],
    ["of another client", () => ({ clientId: "another" })],
    ["of another issuer", () => ({ issuer: "https://acme.okta.com" })],
    ["of another token endpoint", () => ({ tokenEndpoint: "https://acme.okta.com/oauth2/v1/token" })],
    ["of another key set", () => ({ jwksUri: "https://acme.okta.com/oauth2/v1/keys" })],
    ["of another secret", () => ({ secretFingerprint: "0".repeat(64) })],
    ["that did not pass", () => ({ verdict: "inconclusive" })],
    ["that is an hour and a second old", () => ({ at: new Date(Date.now() - 3_601_000).toISOString() })],
  ])("stays closed for evidence %s", async (_what, changed) => {
    await expect(gate(changed())).rejects.toMatchObject({ code: "APPLY_GATE_CLOSED", exit: 6 });
  });

  it("stays closed when the record holds another secret than the one that was proven", async () => {
    await world.apps
      .get("portal")
      ?.write({ ...write, secret: { id: "other", value: new Secret("not the proven one") } });
    write = { ...write, secret: { id: "other", value: new Secret("not the proven one") } };
    await expect(gate({})).rejects.toMatchObject({ code: "APPLY_GATE_CLOSED" });
  });
});
