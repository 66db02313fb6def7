import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { version } from "../../src/cli/version.ts";
import { edit } from "../store/workplace.ts";
import { type Companies, openCompanies } from "../support/companies.ts";
import { onEachDatabase } from "../support/postgres.ts";
import { type CommandResult, openTestWorkspace, ourApps, type TestWorkspace } from "../support/workspace.ts";

const hour = 3_600_000;

/** The refusal in one line: exit code, code and message. */
function refusal({ exit, err }: CommandResult): string {
  return `${exit} ${/^[A-Z_]+ {2}.*$/m.exec(err)?.[0] ?? err}`;
}

describe("a saved plan is bound to", () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await openTestWorkspace();
  });
  afterEach(async () => {
    vi.useRealTimers();
    await workspace.close();
  });
  const save = async (...args: readonly string[]): Promise<void> => {
    const made = await workspace.tenantry("plan", "--out", "plan.json", ...args);
    expect(made.err).toContain("saved the plan to plan.json");
  };
  const applySaved = (...args: readonly string[]) =>
    workspace.tenantry("apply", "--plan", "plan.json", "--yes", ...args);
  const storeUrl = () => `sqlite:${join(workspace.root, ".tenantry/sandbox/store.db")}`;

  it("its workspace", async () => {
    await save();
    workspace.edit("tenantry.yaml", "workspace: acme", "workspace: globex");
    expect(refusal(await applySaved())).toBe(
      "4 PLAN_SAVED_OTHER  the saved plan is for acme in sandbox, this is globex in sandbox",
    );
  });

  it("the version of Tenantry that made it, also when that writes plans otherwise", async () => {
    await save();
    workspace.edit("plan.json", `"tenantryVersion": "${version}"`, '"tenantryVersion": "0.0.1", "more": true');
    expect(refusal(await applySaved())).toBe(
      `4 PLAN_SAVED_VERSION  the saved plan was made by Tenantry 0.0.1, this is ${version}`,
    );
  });

  it("the day after it was made", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: Date.now() });
    await save();
    const expiresAt = JSON.parse(workspace.read("plan.json")).expiresAt;
    vi.setSystemTime(Date.now() + 24 * hour);
    expect(refusal(await applySaved())).toBe(`4 PLAN_SAVED_EXPIRED  the saved plan ran out at ${expiresAt}`);
    vi.setSystemTime(Date.now() - 25 * hour);
    expect(refusal(await applySaved())).toMatch(
      /^4 PLAN_SAVED_CLOCK {2}the saved plan was made at \S+Z, and here it is \S+Z$/,
    );
    expect(ourApps(workspace.sandbox)).toEqual([]);
  });

  it("its values: the message names the fields that differ", async () => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    workspace.edit("tenants/whiterabbit.yaml", "displayName: name", "displayName: nickname");
    await save();
    workspace.edit("tenants/whiterabbit.yaml", "displayName: nickname", "displayName: preferred_username");
    const before = workspace.portal("select * from sso_connection");
    expect(refusal(await applySaved())).toBe(
      "4 PLAN_STALE  the reviewed plan no longer holds: other values: update app/portal/record/whiterabbit/portal (claims)",
    );
    expect(workspace.portal("select * from sso_connection")).toEqual(before);
  });

  it("what there was: somebody else's change at the identity provider makes it stale", async () => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    workspace.edit("tenants/whiterabbit.yaml", "displayName: name", "displayName: nickname");
    await save();
    workspace.sandbox.okta.edit(String(ourApps(workspace.sandbox)[0]?.id), (app) => {
      app.oauth.redirect_uris = ["https://portal.acme.example/else"];
    });
    expect(refusal(await applySaved())).toBe(
      "4 PLAN_STALE  the reviewed plan no longer holds: new: update idp/workforce/client/whiterabbit/portal",
    );
  });

  it("what it was limited to", async () => {
    workspace.addTenant("alpha");
    await save("--only", "alpha");
    expect((await applySaved()).exit).toBe(0);
    expect(ourApps(workspace.sandbox, "alpha")).toHaveLength(1);
    expect(ourApps(workspace.sandbox)).toEqual([]);
    await save("--only", "alpha", "--hand-over", "alpha", "--deep");
    const again = await applySaved();
    expect([again.exit, again.out]).toEqual([0, expect.stringContaining("alpha/portal  active")]);
  });

  it("no commit, and says so when it is another one", async () => {
    mkdirSync(join(workspace.root, ".git"));
    workspace.write(".git/HEAD", "0123456789abcdef0123456789abcdef01234567\n");
    await save();
    workspace.write(".git/HEAD", "fedcba9876543210fedcba9876543210fedcba98\n");
    const applied = await applySaved();
    expect(applied.exit).toBe(0);
    expect(applied.err).toContain(
      "the plan was made at commit 0123456789ab, the folder is at commit fedcba987654; what it does is compared\n",
    );
  });

  it("one run: one that failed in the middle, or was killed, is not gone on with", async () => {
    await save();
    workspace.sandbox.faults.add({ path: "/default/v1/token", effect: "status-before", status: 503, times: 50 });
    const failed = await applySaved();
    expect([5, 7]).toContain(failed.exit);
    const begun = "this saved plan was begun at 20\\S+Z by \\S+ and did not finish";
    expect(refusal(await applySaved())).toMatch(
      new RegExp(
        `^4 PLAN_SAVED_APPLIED {2}${begun}: something failed at 20\\S+Z; plan again: what is left is a new plan$`,
      ),
    );
    // As a run that was killed leaves it.
    await edit(storeUrl(), "update tenantry_run set finished_at = null, outcome = null");
    expect(refusal(await applySaved())).toMatch(
      new RegExp(`^4 PLAN_SAVED_APPLIED {2}${begun}, or is being applied now; plan again: what is left is a new plan$`),
    );
    workspace.sandbox.faults.clear();
    await save();
    expect((await applySaved()).exit).toBe(0);
    expect(ourApps(workspace.sandbox)).toHaveLength(1);
  });

  it("nothing that was acknowledged: an --ack is given again, and one for nothing is told", async () => {
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    workspace.edit("tenants/whiterabbit.yaml", "groups: [whiterabbit-staff]", "everyone: true");
    const ack = "idp/workforce/client/whiterabbit/portal:assignment";
    await save("--ack", ack);
    const stopped = await applySaved("--ack", `${ack}s`);
    expect(stopped.exit).toBe(4);
    expect(stopped.err).toContain(`--ack ${ack}s fits nothing in this plan\n`);
    expect(stopped.err).toContain("CLI_STOPPED_BY_GUARD");
    const applied = await applySaved("--ack", ack);
    expect(applied.exit).toBe(0);
    expect(applied.err).not.toContain("fits nothing");
  });
});

onEachDatabase((kind) => {
  describe("one saved plan, applied by two runners at the same moment,", () => {
    let companies: Companies;
    afterEach(() => companies.close());

    it("is carried out by one of them; the other is told, and nothing is doubled", async () => {
      companies = await openCompanies(kind);
      const { tenantry, workspace, rows } = companies;
      expect((await tenantry("plan", "--out", "plan.json", "--only", "fernhill", "--only", "whiterabbit")).exit).toBe(
        0,
      );
      const both = await Promise.all([1, 2].map(() => tenantry("apply", "--plan", "plan.json", "--yes")));
      const [won, lost] = both.sort((a, b) => a.exit - b.exit);
      expect([won?.exit, lost?.exit], both.map(({ err }) => err).join("\n")).toEqual([0, 4]);
      expect(lost?.err).toMatch(/^(PLAN_SAVED_APPLIED|PLAN_STALE) /m);
      expect(ourApps(workspace.sandbox)).toHaveLength(1);
      const clients = [...workspace.sandbox.auth0.clients.values()].filter(({ settings }) =>
        settings.name.startsWith("fernhill/"),
      );
      expect(clients.map(({ settings }) => settings.name.split(" ")[0]).sort()).toEqual([
        "fernhill/orders",
        "fernhill/portal",
      ]);
      expect(await rows("portal", "select key from sso_connection_active order by key")).toEqual([
        { key: "fernhill/portal" },
        { key: "whiterabbit/portal" },
      ]);
      expect((await tenantry("plan", "--exit-code", "--only", "fernhill", "--only", "whiterabbit")).exit).toBe(0);
    });
  });
});
