import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

const oldCallback = "https://portal.acme.example/openid/callback/7vk2m9qhx4rw8t3nbcd5";
const newCallback = "https://portal.acme.example/sso/7vk2m9qhx4rw8t3nbcd5";
const acknowledgements = [
  "--ack",
  "idp/workforce/client/whiterabbit/portal:redirectUris",
  "--ack",
  "app/portal/record/whiterabbit/portal:redirectUris",
];

describe("changing a tenant that people sign in with", () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await openTestWorkspace();
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  });
  afterEach(() => workspace.close());

  const app = () => {
    const [only, ...others] = ourApps(workspace.sandbox);
    if (only === undefined || others.length > 0) throw new Error("there is not exactly one client");
    return only;
  };

  it("stops at a hot field until it is acknowledged by name", async () => {
    workspace.edit("tenantry.yaml", "/openid/callback/{id}", "/sso/{id}");
    const stopped = await workspace.tenantry("apply", "--yes");
    expect(stopped.exit).toBe(4);
    expect(stopped.err).toContain("--ack idp/workforce/client/whiterabbit/portal:redirectUris");
    expect(stopped.err).toContain("--ack app/portal/record/whiterabbit/portal:redirectUris");
    expect(app().oauth.redirect_uris).toEqual([oldCallback]);
    expect((await workspace.tenantry("plan")).exit).toBe(4);
  });

  it("keeps the old callback registered until the record with the new one is active", async () => {
    workspace.edit("tenantry.yaml", "/openid/callback/{id}", "/sso/{id}");
    const seen: { registered: readonly string[]; inUse: unknown }[] = [];
    workspace.sandbox.faults.add({
      method: "GET",
      path: "/v1/authorize",
      effect: "delay",
      milliseconds: 0,
      times: 100,
      onHit: () =>
        seen.push({
          registered: [...(app().oauth.redirect_uris ?? [])],
          inUse: workspace.portal("select redirect_uri from sso_connection_active")[0]?.redirect_uri,
        }),
    });
    expect((await workspace.tenantry("apply", "--yes", ...acknowledgements)).exit).toBe(0);
    expect(seen.length).toBeGreaterThan(0);
    for (const { registered, inUse } of seen) expect(registered).toContain(inUse);
    expect(seen[0]).toEqual({ registered: [newCallback, oldCallback], inUse: oldCallback });
    expect(app().oauth.redirect_uris).toEqual([newCallback]);
    expect(workspace.portal("select redirect_uri from sso_connection_active")).toEqual([{ redirect_uri: newCallback }]);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("leaves the old record working when the proof of the change fails", async () => {
    const before = workspace.portal("select * from sso_connection");
    workspace.edit("tenants/whiterabbit.yaml", "clientAuth: client_secret_basic", "clientAuth: client_secret_post");
    workspace.sandbox.faults.add({
      method: "POST",
      path: "/oauth2/default/v1/token",
      effect: "status-before",
      status: 500,
      times: 50,
    });
    const ack = ["--ack", "idp/workforce/client/whiterabbit/portal:clientAuth"];
    expect((await workspace.tenantry("plan")).out).toContain("fail for about a second");
    const failed = await workspace.tenantry("apply", "--yes", ...ack);
    expect(failed.exit).toBe(7);
    expect(failed.out).toContain("APPLY_PROOF_INCONCLUSIVE");
    workspace.sandbox.faults.clear();
    expect(workspace.portal("select * from sso_connection")).toEqual(before);
    expect(app().authMethod).toBe("client_secret_basic");
    expect((await workspace.tenantry("verify")).exit).toBe(0);
    expect((await workspace.tenantry("apply", "--yes", ...ack)).exit).toBe(0);
    expect(app().authMethod).toBe("client_secret_post");
    expect((await workspace.tenantry("verify")).exit).toBe(0);
  });

  it("puts the old record back when the record cannot be read back as it was proven", async () => {
    const before = workspace.portal("select * from sso_connection");
    workspace.edit("tenants/whiterabbit.yaml", "displayName: name", "displayName: nickname");
    // Somebody's trigger spoils what is handed over; the old values are not touched by it.
    workspace.changePortal(
      "create trigger spoil after update of claims on sso_connection when new.claims like '%nickname%' begin " +
        "update sso_connection set scopes = '[\"openid\"]' where key = new.key; end",
    );
    const failed = await workspace.tenantry("apply", "--yes");
    expect(failed).toMatchObject({ exit: 6 });
    expect(failed.out).toContain("APPLY_RECORD_DIFFERS");
    expect(workspace.portal("select * from sso_connection")).toEqual(before);
    expect(workspace.portal("select * from sso_connection_previous")).toEqual([]);
    workspace.changePortal("drop trigger spoil");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
  });

  it("switches a suspended tenant off on both sides, app first, and on again", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: suspended");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(workspace.portal("select * from sso_connection_active")).toEqual([]);
    expect(workspace.portal("select state from sso_connection")).toEqual([{ state: "disabled" }]);
    expect(app().status).toBe("INACTIVE");
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
    const skipped = await workspace.tenantry("verify");
    expect(skipped.out).toContain("whiterabbit/portal: its record is disabled");

    workspace.edit("tenants/whiterabbit.yaml", "status: suspended", "status: active");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(app().status).toBe("ACTIVE");
    expect(workspace.portal("select state from sso_connection")).toEqual([{ state: "active" }]);
    expect((await workspace.tenantry("verify")).exit).toBe(0);
  });

  it("off-boards: off at once, deleted only after the grace, acknowledged, and the slug is never used again", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: offboarded\ndeleteAfter: 2999-01-01");
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(app().status).toBe("INACTIVE");
    workspace.edit("tenants/whiterabbit.yaml", "2999-01-01", "2020-01-01");
    const stopped = await workspace.tenantry("apply", "--yes");
    expect(stopped).toMatchObject({ exit: 4 });
    const deletes = [
      "--ack",
      "idp/workforce/client/whiterabbit/portal:delete",
      "--ack",
      "app/portal/record/whiterabbit/portal:delete",
    ];
    expect((await workspace.tenantry("apply", "--yes", ...deletes)).exit).toBe(0);
    expect(ourApps(workspace.sandbox)).toEqual([]);
    expect(workspace.portal("select state, client_secret from sso_connection")).toEqual([
      { state: "tombstone", client_secret: null },
    ]);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);

    workspace.edit("tenants/whiterabbit.yaml", /status: offboarded\ndeleteAfter: .*/, "status: active");
    const retired = await workspace.tenantry("apply", "--yes");
    expect(retired).toMatchObject({ exit: 4 });
    expect(retired.err).toContain("PLAN_RETIRED");
    expect(ourApps(workspace.sandbox)).toEqual([]);
  });

  it("refuses a draft whose client exists, and names the ways", async () => {
    workspace.edit("tenants/whiterabbit.yaml", "status: active", "status: draft");
    const refused = await workspace.tenantry("plan");
    expect(refused).toMatchObject({ exit: 2 });
    expect(refused.err).toContain("PLAN_DRAFT_EXISTS");
    expect(refused.err).toContain("status: suspended");
  });

  it("refuses when a file with a live tenant has gone, and deletes nothing", async () => {
    const other = workspace
      .read("tenants/whiterabbit.yaml")
      .replace("tenant: whiterabbit", "tenant: tannberg")
      .replace(/^id: .*/m, "id: 2n4v6x8b3m5k7j9h2g4f")
      .replace("domains: [whiterabbit.example]", "domains: [tannberg.example]");
    workspace.write("tenants/tannberg.yaml", other);
    const { rmSync } = await import("node:fs");
    rmSync(`${workspace.root}/tenants/whiterabbit.yaml`);
    const refused = await workspace.tenantry("plan");
    expect(refused).toMatchObject({ exit: 2 });
    expect(refused.err).toContain("PLAN_UNDECLARED");
    expect(refused.err).toContain("status: offboarded");
    expect(refused.err).toContain("the client of whiterabbit/portal at workforce exists");
    expect(refused.err).toContain("the active record of whiterabbit/portal in portal exists");
    expect(app().status).toBe("ACTIVE");
  });
});
