import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AppMistake } from "../../sandbox/portal/mistakes.ts";
import { Visitor } from "../support/visitor.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";

const key = "whiterabbit/portal";
const start = "https://portal.acme.example/openid/start/7vk2m9qhx4rw8t3nbcd5";

describe("the app's half in an apply", () => {
  let workspace: TestWorkspace;
  let asked: string[];
  beforeEach(async () => {
    asked = [];
    workspace = await openTestWorkspace({
      onRequest: ({ host, method, path, status }) => {
        if (host === "portal.acme.example") asked.push(`${method} ${path.replace(/[^/]+$/, "…")} ${status}`);
      },
    });
    workspace.edit("tenantry.yaml", "    postLogout: [/]", "    start: /openid/start/{id}\n    postLogout: [/]");
  });
  afterEach(() => workspace.close());

  const make = (...mistakes: AppMistake[]): void => {
    workspace.sandbox.apps.portal.mistakes.clear();
    for (const mistake of mistakes) workspace.sandbox.apps.portal.mistakes.add(mistake);
  };
  const record = () => workspace.portal(`select * from sso_connection where key = '${key}'`)[0];
  const state = () => record()?.state;
  const apply = () => workspace.tenantry("apply", "--yes", "--json");

  async function comesIn(): Promise<boolean> {
    const visitor = new Visitor(workspace.sandbox);
    const login = "staff@whiterabbit.example";
    const shown = await visitor.signIn(start, login);
    await visitor.close();
    return shown.status === 200 && shown.text.includes("Signed in as");
  }

  /** Verdicts of A1 to A9 in what a command wrote. */
  function half(text: string): Readonly<Record<string, string>> {
    const found: Record<string, string> = {};
    const look = (value: unknown): void => {
      if (Array.isArray(value)) value.forEach(look);
      else if (typeof value === "object" && value !== null) {
        const { id, verdict } = value as { id?: unknown; verdict?: unknown };
        if (typeof id === "string" && /^A\d$/.test(id)) found[id] = String(verdict);
        for (const member of Object.values(value)) look(member);
      }
    };
    look(JSON.parse(text));
    return found;
  }

  const whole = { ...Object.fromEntries([1, 2, 3, 4, 5, 6, 7, 8].map((n) => [`A${n}`, "pass"])), A9: "skipped" };

  it("asks the app again after the activation, when it serves no pending record", async () => {
    const planned = await workspace.tenantry("plan");
    expect([planned.exit, asked]).toEqual([0, []]);
    const applied = await apply();
    expect(applied.exit, applied.err).toBe(0);
    expect([state(), half(applied.out)]).toEqual(["active", whole]);
    expect(asked.slice(0, 2)).toEqual(["GET /openid/start/… 404", "GET /openid/start/… 303"]);
    expect(await comesIn()).toBe(true);
    expect(applied.out).not.toContain("ssoverify-");
  });

  it("asks before the activation, when the app serves the pending record", async () => {
    make("serves-pending");
    const states: unknown[] = [];
    workspace.sandbox.faults.add({
      host: "portal.acme.example",
      effect: "delay",
      milliseconds: 1,
      times: 99,
      onHit: () => states.push(state()),
    } as never);
    const applied = await apply();
    expect(applied.exit, applied.err).toBe(0);
    expect(half(applied.out)).toEqual(whole);
    expect([new Set(states), state()]).toEqual([new Set(["pending"]), "active"]);
  });

  it("never switches on what an app that serves pending records gets wrong", async () => {
    make("serves-pending", "http-redirect");
    const applied = await apply();
    expect(applied.exit).toBe(6);
    expect(applied.out).toContain("VERIFY_APP_REDIRECT_PROXY");
    expect(state()).toBe("pending");
    make();
    expect(await comesIn()).toBe(false);
    expect((await apply()).exit).toBe(0);
    expect([state(), await comesIn()]).toEqual(["active", true]);
  });

  it.each<[AppMistake, string]>([
    ["http-redirect", "A3"],
    ["strict-cookie", "A5"],
    ["forged-state", "A8"],
    ["start-404", "A1"],
  ])("switches off again what fails once it is served: %s", async (mistake, id) => {
    make(mistake);
    const applied = await apply();
    expect(applied.exit).toBe(6);
    expect([state(), half(applied.out)[id]]).toEqual(["disabled", "fail"]);
    expect(applied.err).toContain("switched off again");
    make();
    expect(await comesIn()).toBe(false);
    // Once the app is mended, the same call goes on.
    const again = await apply();
    expect(again.exit, again.err).toBe(0);
    expect([state(), await comesIn()]).toEqual(["active", true]);
  });

  it("goes on from a first activation that was killed before the app's half was proven", async () => {
    const kept: unknown[] = [];
    const previous = () => workspace.portal("select state from sso_connection_previous").map((row) => row.state);
    workspace.sandbox.faults.add({
      host: "portal.acme.example",
      effect: "delay",
      milliseconds: 1,
      times: 99,
      onHit: () => kept.push([state(), ...previous()].join()),
    } as never);
    expect((await apply()).exit).toBe(0);
    // What a kill in between would leave.
    expect([...new Set(kept)]).toEqual(["pending", "active,pending"]);
    expect(previous()).toEqual([]);
    const killed = (): void => {
      const columns = Object.keys(record() ?? {}).filter((column) => column !== "state");
      const list = columns.join(", ");
      workspace.changePortal(
        `insert into sso_connection_previous (${list}, state, kept_at)
         select ${list}, 'pending', updated_at from sso_connection where key = '${key}'`,
      );
    };
    killed();
    expect((await workspace.tenantry("plan")).out).toMatch(/unfinished/);
    make("http-redirect");
    const wrong = await apply();
    expect([wrong.exit, half(wrong.out).A3]).toEqual([6, "fail"]);
    make();
    expect([state(), await comesIn()]).toEqual(["pending", false]);
    expect((await apply()).exit).toBe(0);
    killed();
    const right = await apply();
    expect([right.exit, half(right.out)]).toEqual([0, whole]);
    expect([state(), previous(), await comesIn()]).toEqual(["active", [], true]);
  });

  it("switches off again what could not be told once it is served", async () => {
    workspace.sandbox.faults.add({
      host: "portal.acme.example",
      path: "/openid/callback/*",
      effect: "status-before",
      status: 503,
      times: 99,
    } as never);
    const applied = await apply();
    expect(applied.exit, applied.err).toBe(7);
    expect(state()).toBe("disabled");
  });

  it("puts the old record back when a change breaks the app's half", async () => {
    expect((await apply()).exit).toBe(0);
    const before = record();
    workspace.edit("tenants/whiterabbit.yaml", /^ {2}claims:/m, "  responseMode: form_post\n  claims:");
    make("lax-cookie");
    const applied = await apply();
    expect(applied.exit, applied.err).toBe(6);
    expect(half(applied.out).A5).toBe("fail");
    const { updated_at: _then, ...old } = before ?? {};
    const { updated_at: _now, ...now } = record() ?? {};
    expect(now).toEqual(old);
    expect(workspace.portal("select * from sso_connection_previous")).toEqual([]);
    expect(await comesIn()).toBe(true);
    make();
    const again = await apply();
    expect(again.exit, again.err).toBe(0);
    expect([record()?.response_mode, state()]).toEqual(["form_post", "active"]);
  });

  it("lets the deployed app show that its own secret is right, when verify is told to", async () => {
    expect((await apply()).exit).toBe(0);
    const good = await workspace.tenantry("verify", "--app-code", "--json");
    expect(good.exit, good.err).toBe(0);
    expect(half(good.out).A9).toBe("pass");
    expect(good.out).toMatch(/"appSecret": ?true/);
    make("stale-secret");
    const stale = await workspace.tenantry("verify", "--app-code", "--json");
    expect([stale.exit, half(stale.out).A9]).toEqual([6, "fail"]);
    // Nothing is sent to the app when it is left out.
    asked = [];
    const out = await workspace.tenantry("verify", "--no-app-probe", "--json");
    expect([out.exit, asked]).toEqual([0, []]);
  });

  it("makes the app send its secret nowhere when the record names another token endpoint than the issuer", async () => {
    expect((await apply()).exit).toBe(0);
    workspace.changePortal("update sso_connection set token_endpoint = 'https://acme.okta.com/oauth2/v1/token'");
    const moved = await workspace.tenantry("verify", "--app-code", "--json");
    expect([moved.exit, half(moved.out).A9]).toEqual([6, "skipped"]);
  });

  it("warns of what does not keep people out, and goes on", async () => {
    make("no-nonce", "callback-404");
    const applied = await apply();
    expect(applied.exit, applied.err).toBe(0);
    expect([state(), half(applied.out)]).toMatchObject(["active", { A4: "fail", A7: "fail" }]);
  });
});
