import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Companies, openCompanies } from "../support/companies.ts";

// What is in the way of one customer is that customer's business. Switching another one off never waits for it.

let companies: Companies;
beforeEach(async () => {
  companies = await openCompanies("sqlite");
  expect((await companies.tenantry("apply", "--yes")).exit).toBe(0);
});
afterEach(() => companies.close());

const states = async () =>
  Object.fromEntries(
    (await companies.rows("portal", "select key, state from sso_connection")).map(({ key, state }) => [key, state]),
  );
const suspend = (slug: string) =>
  companies.workspace.edit(`tenants/${slug}.yaml`, "status: active", "status: suspended");
const wordOf = (out: string, key: string) => new RegExp(`^${key} +(off|failed|active)\\b`, "m").exec(out)?.[1];

describe("a customer's issuer that cannot be read", () => {
  const issuer = "https://id.tannberg.example/realms/staff";
  const down = () =>
    companies.workspace.sandbox.faults.add({
      ...{ host: "id.tannberg.example", path: ".", effect: "status-before", status: 503, times: 500 },
    });

  it("leaves a plan of everything else, and is said with its mend", async () => {
    const before = (await companies.tenantry("plan", "--json")).json() as unknown as Printed;
    down();
    suspend("whiterabbit");
    companies.workspace.edit("tenants/tannberg.yaml", "member }", "viewer }");
    const plan = await companies.tenantry("plan");
    expect(plan.exit).toBe(5);
    expect(plan.out).toContain("~ update   app/portal/record/whiterabbit/portal");
    expect(plan.out).toContain(`Not read: discovery of ${issuer}\n  (VERIFY_DISCOVERY_UNAVAILABLE), 1 of 1\n`);
    expect(plan.err).toMatch(/^VERIFY_DISCOVERY_UNAVAILABLE {2}https:\/\/id\.tannberg\.example.*\n {2}mend: \S/m);
    const json = await companies.tenantry("plan", "--json");
    expect(json.exit).toBe(5);
    const printed = json.json() as unknown as Printed;
    expect(printed.notRead).toMatchObject([{ key: "tannberg/portal", code: "VERIFY_DISCOVERY_UNAVAILABLE", exit: 5 }]);
    expect(printed.plan.changes.some(({ tenant }) => tenant === "tannberg")).toBe(false);
    expect(before.notRead).toEqual([]);
    // Its record and its tenant's row are no longer called unchanged; nor are the four that a suspension changes.
    const changed = printed.plan.changes.length;
    expect(printed.plan.unchanged).toBe(before.plan.unchanged - 2 - changed);
  });

  it("is what an apply reports of its connections alone; the others are done", async () => {
    down();
    suspend("whiterabbit");
    const applied = await companies.tenantry("apply", "--yes");
    expect(applied.exit).toBe(5);
    expect(wordOf(applied.out, "whiterabbit/portal")).toBe("off");
    expect(wordOf(applied.out, "tannberg/portal")).toBe("failed");
    expect(applied.out).toContain("VERIFY_DISCOVERY_UNAVAILABLE");
    expect(await states()).toMatchObject({ "whiterabbit/portal": "disabled", "tannberg/portal": "active" });
    const nothingLeft = await companies.tenantry("apply", "--yes");
    expect(nothingLeft.exit).toBe(5);
    expect(nothingLeft.out).not.toContain("Nothing to do");
    companies.workspace.sandbox.faults.clear();
    expect((await companies.tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("never keeps that customer itself from being switched off", async () => {
    down();
    suspend("tannberg");
    expect((await companies.tenantry("apply", "--yes")).exit).toBe(0);
    expect(await states()).toMatchObject({ "tannberg/portal": "disabled" });
  });

  it("fails at once when nothing but its connections was asked for", async () => {
    down();
    for (const args of [["plan"], ["apply", "--yes"]]) {
      const result = await companies.tenantry(...args, "--only", "tannberg");
      expect([result.exit, result.out]).toEqual([5, ""]);
      expect(result.err).toContain("VERIFY_DISCOVERY_UNAVAILABLE");
    }
    const both = await companies.tenantry("plan", "--only", "tannberg", "--only", "whiterabbit");
    expect(both.exit).toBe(5);
    expect(both.out).toContain(`Not read: discovery of ${issuer}`);
  });

  it("is what a saved plan fails with, when the saved plan had read it", async () => {
    suspend("whiterabbit");
    expect((await companies.tenantry("plan", "--out", "saved.json")).exit).toBe(0);
    down();
    const applied = await companies.tenantry("apply", "--yes", "--plan", "saved.json");
    expect(applied.exit).toBe(5);
    expect(applied.err).toContain("VERIFY_DISCOVERY_UNAVAILABLE");
    expect(await states()).toMatchObject({ "whiterabbit/portal": "active" });
  });
});

describe("an identity provider's problem with a connection that is wanted off", () => {
  const organization = () => {
    const found = companies.workspace.sandbox.auth0.organization("fernhill");
    if (found === undefined) throw new Error("fernhill has no organization");
    return found;
  };
  const takeMarkerAway = () => {
    const { metadata } = organization();
    organization().metadata = {};
    return () => {
      organization().metadata = metadata;
    };
  };

  it("is told after the app's side was closed, and holds up nobody", async () => {
    const giveBack = takeMarkerAway();
    suspend("fernhill");
    companies.workspace.edit("tenants/whiterabbit.yaml", "name: Whiterabbit Foods", "name: Whiterabbit Food");
    const plan = await companies.tenantry("plan");
    expect(plan.out).toContain("~ update   app/portal/record/fernhill/portal");
    expect(plan.out).not.toContain("idp/customers/client/fernhill/portal");
    expect(plan.out).toContain(
      "Not read: idp/customers client of fernhill/portal (AUTH0_ORGANIZATION_TAKEN),\n  1 of 1\n",
    );
    const applied = await companies.tenantry("apply", "--yes");
    expect(applied.exit).toBe(4);
    expect(wordOf(applied.out, "fernhill/portal")).toBe("failed");
    expect(wordOf(applied.out, "fernhill/orders")).toBe("failed");
    expect(wordOf(applied.out, "whiterabbit/portal")).toBe("active");
    expect(applied.out).toContain("AUTH0_ORGANIZATION_TAKEN");
    expect(await states()).toMatchObject({ "fernhill/portal": "disabled", "whiterabbit/portal": "active" });
    const again = await companies.tenantry("apply", "--yes");
    expect(again.exit).toBe(4);
    expect(again.out).not.toContain("Nothing to do");
    giveBack();
    expect((await companies.tenantry("apply", "--yes")).exit).toBe(0);
    expect((await companies.tenantry("plan", "--exit-code")).exit).toBe(0);
  });

  it("that came up after the plan is told in the same way", async () => {
    suspend("fernhill");
    const applied = await companies.workspace.tenantryAsked(() => void takeMarkerAway(), "apply");
    expect(applied.exit).toBe(4);
    expect(applied.out).toContain("AUTH0_ORGANIZATION_TAKEN");
    expect(await states()).toMatchObject({ "fernhill/portal": "disabled" });
  });

  it("still stops a connection that is wanted on", async () => {
    takeMarkerAway();
    const applied = await companies.tenantry("apply", "--yes");
    expect(applied.exit).toBe(4);
    expect(applied.err).toContain("AUTH0_ORGANIZATION_TAKEN");
  });
});

interface Printed {
  readonly plan: { readonly unchanged: number; readonly changes: readonly { readonly tenant: string }[] };
  readonly notRead: readonly unknown[];
}
