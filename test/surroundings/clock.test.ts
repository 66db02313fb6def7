import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Address } from "../../src/desired/connection.ts";
import { failureOf, handClock, store, storeUrl } from "../store/workplace.ts";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { expectConverges, expectDiscreet, runChild, told } from "./told.ts";

const hour = 3_600_000;
const sides = [
  [hour, "60 minutes ahead of"],
  [-hour, "60 minutes behind"],
] as const;
const setByNtp = "Set the one that is wrong by NTP; if it is this machine, the app's own clock may well be right.";

/** What the check of the clocks says, as a pattern: a second may pass between two looks. */
function clocksApart(host: string, clockAhead: number): string {
  const side = clockAhead > 0 ? "behind" : "ahead of";
  return `T2 The clocks agree: The clock of ${host} is (3599|3600|3601) s ${side} the one of \\S+\\.`;
}

describe("a machine whose clock is an hour off", () => {
  let workspace: TestWorkspace;
  beforeEach(async () => {
    workspace = await openTestWorkspace();
  });
  afterEach(() => workspace.close());

  it.each(sides)("by %i ms gets no token by a private key, and is told of its clock", async (clockAhead, side) => {
    expect(told(workspace, await runChild(workspace, ["apply", "--yes"], { clockAhead }))).toEqual({
      exit: 5,
      code: "OKTA_CREDENTIALS_REFUSED",
      message: `Okta (acme.okta.com) refused client id and private key (invalid_client), and the clock of this machine is ${side} acme.okta.com's`,
      mend: "Set the one of the two that is wrong right (NTP), then run the command again.",
    });
    expect(workspace.portal("select * from sso_connection")).toEqual([]);
    await expectConverges(workspace, workspace.tenantry);
  });

  it.each(sides)("by %i ms switches nothing on with an API token, and the same command goes on", async (clockAhead) => {
    workspace.edit("tenantry.yaml", /credentials: \{.*\}/, "credentials: { apiToken: env:OKTA_API_TOKEN }");
    expect(told(workspace, await runChild(workspace, ["apply", "--yes"], { clockAhead }))).toEqual({
      exit: 6,
      code: "APPLY_PROOF_FAILED",
      message: expect.stringMatching(
        `^whiterabbit/portal was not switched on: ${clocksApart("acme.okta.com", clockAhead)}$`,
      ),
      mend: setByNtp,
    });
    expect(workspace.portal("select * from sso_connection where state = 'active'")).toEqual([]);
    expect((await workspace.tenantry("apply", "--yes")).exit).toBe(0);
    expect((await workspace.tenantry("verify")).exit).toBe(0);
    await expectConverges(workspace, workspace.tenantry);
  });

  it("saves a plan that machines with the right time refuse", async () => {
    workspace.edit("tenantry.yaml", /credentials: \{.*\}/, "credentials: { apiToken: env:OKTA_API_TOKEN }");
    const file = join(workspace.root, "saved.json");
    expect((await runChild(workspace, ["plan", "--out", file], { clockAhead: hour })).exit).toBe(0);
    const { createdAt } = JSON.parse(workspace.read("saved.json")) as { createdAt: string };
    const refused = told(workspace, await workspace.tenantry("apply", "--yes", "--plan", file));
    expect(refused).toEqual({
      exit: 4,
      code: "PLAN_SAVED_CLOCK",
      message: expect.stringMatching(`^the saved plan was made at ${createdAt}, and here it is \\S+Z$`),
      mend: "Set the clocks of both machines right, then make a new one.",
    });
    expect(workspace.portal("select * from sso_connection")).toEqual([]);
    await expectConverges(workspace, workspace.tenantry);
  });
});

describe("a customer's provider whose clock is an hour off from ours", () => {
  it.each(sides)("by %i ms proves nothing about the app's key, and says why", async (clockAhead, side) => {
    const workspace = await openTestWorkspace({ whole: true });
    onTestFinished(() => workspace.close());
    const found = `The identity provider refuses the assertion that the app's key portal-1 signed, which says nothing of the key: the clock of this machine is ${side} id.tannberg.example's.`;
    const first = await runChild(workspace, ["apply", "--yes", "--only", "tannberg"], { clockAhead });
    expect(told(workspace, first)).toEqual({
      exit: 6,
      code: "APPLY_PROOF_FAILED",
      message: expect.stringMatching(
        `^tannberg/portal was not switched on: ${clocksApart("id.tannberg.example", clockAhead)}$`,
      ),
      mend: setByNtp,
    });
    expect(workspace.portal("select state from sso_connection where state = 'active'")).toEqual([]);
    expect((await workspace.tenantry("apply", "--yes", "--only", "tannberg")).exit).toBe(0);
    const verified = await runChild(workspace, ["verify", "tannberg", "--json"], { clockAhead });
    expectDiscreet(workspace, verified);
    expect(verified.exit).toBe(6);
    const [proof] = verified.json().proofs as unknown as readonly { readonly evidence: { readonly checks: unknown } }[];
    expect(proof?.evidence.checks).toContainEqual(
      expect.objectContaining({ id: "S1", verdict: "inconclusive", code: "VERIFY_CLOCK_DIFFERS", message: found }),
    );
    // Who could come in still can.
    expect(workspace.portal("select state from sso_connection")).toEqual([{ state: "active" }]);
    expect((await workspace.tenantry("plan", "--only", "tannberg", "--exit-code")).exit).toBe(0);
  });
});

describe("a lock in a file that two clocks look at", () => {
  const address = "app/portal/record/whiterabbit/portal" as Address;
  const alice = { name: "alice", host: "laptop.example", pid: 4711 };
  const bob = { name: "bob", host: "laptop.example", pid: 4712 };
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** Two processes of one machine, the clock of the second of which is ahead. Time passes for both while one waits. */
  async function apart(ahead: number) {
    const url = await storeUrl("sqlite");
    const [right, wrong] = [handClock(), handClock()];
    wrong.forward(ahead);
    const sleep = async (milliseconds: number): Promise<void> => {
      right.forward(milliseconds);
      wrong.forward(milliseconds);
      await vi.advanceTimersByTimeAsync(milliseconds);
    };
    const options = { url, sleep, isAlive: () => true };
    return { one: await store({ ...options, clock: right }), other: await store({ ...options, clock: wrong }), sleep };
  }

  it.each(sides)("by %i ms is not taken from a holder that lives", async (ahead) => {
    const { one, other } = await apart(ahead);
    const lock = await one.lock(address, alice);
    expect((await failureOf(other.lock(address, bob))).code).toBe("STORE_LOCKED");
    await lock.check();
  });

  it.each(sides)("by %i ms is taken when nobody shows a sign of life", async (ahead) => {
    const { one, other } = await apart(ahead);
    const lock = await one.lock(address, alice);
    vi.clearAllTimers();
    expect((await other.lock(address, bob)).takenOverFrom).toEqual(alice);
    expect((await failureOf(lock.check())).code).toBe("STORE_LOCK_LOST");
  });
});
