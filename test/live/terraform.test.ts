import { existsSync } from "node:fs";
import { afterEach, expect, test } from "vitest";
import type { Plan } from "../../src/plan/plan.ts";
import { type CommandResult, ourApps } from "../support/workspace.ts";
import { describeWithProvider, type LiveWorkspace, openLiveWorkspace } from "./terraform-bench.ts";

const file = "tenants/whiterabbit.yaml";

// The whole of Tenantry, from the tenants' files to the application's table, with the real provider for its Okta org.
describeWithProvider("the example by Terraform or OpenTofu", (pair) => {
  let live: LiveWorkspace;
  afterEach(() => live.close());

  test("all its tenants: planned as `direct` would, proven, and nothing to do afterwards", {
    timeout: 120_000,
  }, async () => {
    live = await openLiveWorkspace(pair, { whole: true });
    const [own, tool] = [await live.with("direct", "plan", "--json"), await live.tenantry("plan", "--json")];
    expect(planOf(tool).changes).toEqual(planOf(own).changes);
    expect(planOf(tool).engines).toMatchObject({ workforce: "terraform", customers: "direct" });
    expect(planOf(tool).coverage).toContainEqual({ what: "idp/workforce terraform plans", read: 1, total: 1 });
    const applied = await live.tenantry("apply", "--yes");
    expect(applied.exit, applied.out + applied.err).toBe(0);
    const again = await live.tenantry("plan", "--exit-code");
    expect([again.exit, again.out]).toEqual([0, expect.stringContaining("nothing to do")]);
    // `direct` sees nothing to do either, and a deep look at everything neither.
    expect((await live.with("direct", "plan", "--deep", "--exit-code")).exit).toBe(0);
    expect(existsSync(live.folder("whiterabbit"))).toBe(true);
  });

  test("changed in its file, suspended and back, off-boarded: the client id stays, and nothing is left", {
    timeout: 180_000,
  }, async () => {
    live = await openLiveWorkspace(pair);
    await apply();
    const [{ id, clientId } = { id: "", clientId: "" }] = ourApps(live.sandbox);
    live.edit("tenantry.yaml", "/openid/callback/{id}", "/openid/back/{id}");
    await apply();
    expect(ourApps(live.sandbox)).toMatchObject([{ id, clientId, status: "ACTIVE" }]);
    live.edit(file, "status: active", "status: suspended");
    await apply();
    expect(ourApps(live.sandbox)).toMatchObject([{ id, clientId, status: "INACTIVE" }]);
    live.edit(file, "status: suspended", "status: active");
    await apply();
    expect(ourApps(live.sandbox)).toMatchObject([{ id, clientId, status: "ACTIVE" }]);
    live.edit(file, "status: active", "status: offboarded\ndeleteAfter: 2020-01-31");
    await apply();
    expect(ourApps(live.sandbox)).toEqual([]);
    expect((await live.tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  test("moved to another identity provider and back: no client is left behind", { timeout: 180_000 }, async () => {
    live = await openLiveWorkspace(pair, { whole: true });
    live.sandbox.auth0.addConnection("whiterabbit-oidc", "oidc");
    live.edit(file, "clientAuth: client_secret_basic", "clientAuth: client_secret_post");
    await apply("--only", "whiterabbit");
    const atOkta = "  idp: workforce\n  groups: [whiterabbit-staff]\n";
    const atAuth0 = "  idp: customers\n  enabledConnections: [whiterabbit-oidc]\n";
    live.edit(file, atOkta, atAuth0);
    await apply("--only", "whiterabbit");
    expect(ourApps(live.sandbox)).toEqual([]);
    live.edit(file, atAuth0, atOkta);
    await apply("--only", "whiterabbit");
    expect(ourApps(live.sandbox)).toHaveLength(1);
    expect((await live.tenantry("plan", "--only", "whiterabbit", "--exit-code")).exit).toBe(0);
  });

  test("made by `direct`, it is held with the way out, taken over, and nothing changes for anybody", {
    timeout: 120_000,
  }, async () => {
    live = await openLiveWorkspace(pair);
    await live.with("direct", "apply", "--yes");
    const before = ourApps(live.sandbox);
    const held = await live.tenantry("plan");
    expect([held.exit, held.err]).toEqual([4, expect.stringContaining("ENGINE_NOT_IN_STATE")]);
    expect(held.err).toContain("--adopt-into");
    const plan = await live.tenantry("plan", "--adopt-into", "terraform");
    expect(plan.out).toContain("engine  none -> terraform");
    const adopted = await live.tenantry("apply", "--yes", "--adopt-into", "terraform");
    expect(adopted.exit, adopted.out + adopted.err).toBe(0);
    expect(ourApps(live.sandbox).map(({ id, clientId }) => [id, clientId])).toEqual(
      before.map(({ id, clientId }) => [id, clientId]),
    );
    expect((await live.tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  test("a saved plan is applied when it still holds, and refused when somebody has changed something since", {
    timeout: 120_000,
  }, async () => {
    live = await openLiveWorkspace(pair);
    await live.tenantry("plan", "--out", `${live.root}/saved.json`);
    const applied = await live.tenantry("apply", "--yes", "--plan", `${live.root}/saved.json`);
    expect(applied.exit, applied.out + applied.err).toBe(0);
    live.edit("tenantry.yaml", "postLogout: [/]", "postLogout: [/, /bye]");
    await live.tenantry("plan", "--out", `${live.root}/saved.json`);
    const [app] = ourApps(live.sandbox);
    if (app === undefined) throw new Error("there is no app");
    app.oauth = { ...app.oauth, consent_method: "REQUIRED" };
    const refused = await live.tenantry("apply", "--yes", "--plan", `${live.root}/saved.json`);
    expect([refused.exit, refused.err]).toEqual([4, expect.stringContaining("PLAN_")]);
  });

  /** Applies, with what the guards want acknowledged. */
  async function apply(...args: readonly string[]): Promise<void> {
    const plan = (await live.tenantry("plan", "--json", ...args)).json() as unknown as {
      readonly stops: readonly { readonly acknowledge: string }[];
    };
    const acks = plan.stops.flatMap(({ acknowledge }) => ["--ack", acknowledge]);
    const result = await live.tenantry("apply", "--yes", ...acks, ...args);
    expect(result.exit, result.out + result.err).toBe(0);
  }
});

function planOf(result: CommandResult): Plan {
  return (result.json() as unknown as { readonly plan: Plan }).plan;
}
