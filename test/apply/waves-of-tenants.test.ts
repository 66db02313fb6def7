import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Address } from "../../src/desired/connection.ts";
import { openStore } from "../../src/store/open.ts";
import { openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

const tenants = ["aaa", "bbb", "ccc", "ddd", "whiterabbit"] as const;

let workspace: TestWorkspace;
beforeEach(async () => {
  workspace = await openTestWorkspace();
  for (const slug of tenants.slice(0, -1)) workspace.addTenant(slug);
});
afterEach(() => workspace.close());

/** The steps that ended, in the order in which they did: `aaa register`… */
function ended(err: string): readonly string[] {
  return [...err.matchAll(/^(\w+)\/portal {2}([a-z-]+) {2}done$/gm)].map(([, tenant, step]) => `${tenant} ${step}`);
}

const live = () => workspace.portal("select key from sso_connection_active order by key").map(({ key }) => key);

describe("an apply of several tenants", () => {
  it("takes the first alone to the end, then the others side by side", async () => {
    const { err, exit } = await workspace.tenantry("apply", "--yes");
    expect(exit, err).toBe(0);
    const steps = ended(err);
    expect(steps.slice(0, 5)).toEqual(
      ["register", "prove-idp", "hand-over", "prove-app", "activate"].map((step) => `aaa ${step}`),
    );
    const second = steps.findIndex((step) => step.endsWith(" activate") && !step.startsWith("aaa"));
    const begunBefore = new Set(steps.slice(5, second).map((step) => step.split(" ")[0]));
    expect(begunBefore.size).toBeGreaterThan(1);
    expect(live()).toHaveLength(tenants.length);
  });

  it("goes one by one when asked to", async () => {
    const { err, exit } = await workspace.tenantry("apply", "--yes", "--parallelism", "1");
    expect(exit, err).toBe(0);
    const order = ended(err).map((step) => step.split(" ")[0]);
    expect([...new Set(order)]).toEqual(tenants);
    expect(order).toEqual([...order].sort());
  });

  it.each(["0", "100", "1.5", "many", ""])("refuses %j as a number of connections", async (number) => {
    const { err, exit } = await workspace.tenantry("apply", "--yes", "--parallelism", number);
    expect(exit).toBe(2);
    expect(err).toContain("It is a whole number from 1 to 99.");
  });

  it("stops behind a first one that fails, asks nothing for the others, and goes on from there", async () => {
    // The callback is refused: a proof that fails.
    workspace.sandbox.faults.add({ path: "/v1/authorize", effect: "status-before", status: 400, times: 1_000 });
    const failed = await workspace.tenantry("apply", "--yes");
    expect([6, 7]).toContain(failed.exit);
    expect(ourApps(workspace.sandbox, "aaa")).toHaveLength(1);
    expect(ourApps(workspace.sandbox, "bbb")).toHaveLength(0);
    for (const slug of tenants.slice(1)) {
      expect(failed.out).toContain(
        `${`${slug}/portal`.padEnd("whiterabbit/portal".length)}  not attempted: ` +
          "aaa/portal failed first at the same identity provider and app",
      );
    }
    expect(failed.out).toContain(
      "1 failed, 4 not attempted; what worked goes on working. To go on, mend what failed, then run the same command " +
        "again: it goes on from what is there.",
    );
    expect(live()).toEqual([]);
    workspace.sandbox.faults.clear();
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(live()).toHaveLength(tenants.length);
    expect((await workspace.tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("passes by a connection that another run holds", async () => {
    const url = `sqlite:${join(workspace.root, ".tenantry/sandbox/store.db")}`;
    const owner = { workspace: "acme", environment: "sandbox" };
    const store = await openStore({ url, owner, clock: Date.now });
    try {
      const holder = { name: "somebody", host: "elsewhere.example", pid: 4711 };
      await store.lock("idp/workforce/client/aaa/portal" as Address, holder);
      const { out, exit } = await workspace.tenantry("apply", "--yes");
      expect(exit).toBe(4);
      expect(out).toMatch(/^aaa\/portal +failed {2}STORE_LOCKED$/m);
      expect(out).toContain("is locked by somebody on elsewhere.example (pid 4711)");
      expect(live()).toEqual(tenants.slice(1).map((slug) => `${slug}/portal`));
    } finally {
      await store.close();
    }
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect(live()).toHaveLength(tenants.length);
  });

  it("closes every door although the identity provider fails at each", async () => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    for (const slug of tenants) workspace.edit(`tenants/${slug}.yaml`, "status: active", "status: suspended");
    workspace.sandbox.faults.add({
      path: "/lifecycle/deactivate$",
      effect: "status-before",
      status: 503,
      times: 1_000,
    });
    const { out, exit } = await workspace.tenantry("apply", "--yes", "--ack", "plan:tenants", "--ack", "plan:quarter");
    expect(exit).toBe(5);
    expect(out.match(/ {2}failed {2}/g)).toHaveLength(tenants.length);
    expect(live()).toEqual([]);
    workspace.sandbox.faults.clear();
    expect((await workspace.tenantry("apply", "--yes", "--ack", "plan:tenants")).exit).toBe(0);
    expect(workspace.sandbox.okta.apps.filter(({ status }) => status === "ACTIVE")).not.toContainEqual(
      expect.objectContaining({ label: expect.stringContaining("/portal") }),
    );
  });
});
