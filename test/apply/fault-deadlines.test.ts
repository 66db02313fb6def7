import { setTimeout as delay } from "node:timers/promises";
import { afterEach, describe, expect, it, vi } from "vitest";
import { openTestWorkspace, type TestWorkspace } from "../support/workspace.ts";
import { applyThrough, fernhill, whiterabbit } from "./faulty.ts";

let workspace: TestWorkspace;
afterEach(async () => {
  vi.restoreAllMocks();
  await workspace.close();
});

/** What an exchange with a vendor may take, in src/vendor/*\/transport.ts. */
const vendorDeadline = 30_000;

/** Makes the deadline of every exchange with a vendor so short; all other timers stay as they are. Gives how many were set. */
function shortenDeadlines(milliseconds: number): () => number {
  const real = globalThis.setTimeout;
  let set = 0;
  vi.spyOn(globalThis, "setTimeout").mockImplementation(((callback: () => void, after?: number, ...rest: unknown[]) => {
    if (after === vendorDeadline) set += 1;
    return real(callback, after === vendorDeadline ? milliseconds : after, ...(rest as []));
  }) as typeof setTimeout);
  return () => set;
}

/** A body that would take a minute. */
const endless = { effect: "drip", bytes: 1, milliseconds: 1000 } as const;

describe("an answer that drips for a minute is given up at the deadline", () => {
  it.each([
    ["Okta", whiterabbit, "^/api/v1/apps$", false],
    ["Auth0", fernhill, "^/api/v2/clients$", true],
  ] as const)("at %s, for a create: it is looked up, and no second client is made", async (_, tenant, path, whole) => {
    workspace = await openTestWorkspace({ whole });
    const deadlines = shortenDeadlines(1500);
    expect(await applyThrough(workspace, tenant, [{ ...endless, method: "POST", path }])).toEqual({ exit: 0 });
    expect(deadlines()).toBeGreaterThan(3);
  });

  it("at Okta, for every read: the run stops, having changed nothing", async () => {
    workspace = await openTestWorkspace();
    shortenDeadlines(400);
    const rule = { ...endless, method: "GET", path: "^/api/v1/apps$", times: "all" } as const;
    const outcome = await applyThrough(workspace, whiterabbit, [rule]);
    expect(outcome).toEqual({ exit: 7, code: "OKTA_UNREACHABLE" });
  });

  it("in a proof, which has a deadline of its own: nobody is let in unproven", async () => {
    workspace = await openTestWorkspace();
    workspace.edit("tenantry.yaml", "\nstore:", "\nverify: { deadline: 1s }\nstore:");
    const rule = { ...endless, path: "^/oauth2/default/v1/token$", times: "all" } as const;
    const outcome = await applyThrough(workspace, whiterabbit, [rule]);
    expect(outcome).toEqual({ exit: 7, code: "APPLY_PROOF_INCONCLUSIVE" });
  });
});

describe("a storm of 429", () => {
  it.each([
    ["Okta", whiterabbit, "^/api/v1/", false],
    ["Auth0", fernhill, "^/api/v2/", true],
  ] as const)("at %s is waited for, for as long as its headers say and no longer", async (_, tenant, path, whole) => {
    workspace = await openTestWorkspace({ whole, sleep: (milliseconds) => delay(milliseconds) });
    const { faults } = workspace.sandbox;
    const struck: number[] = [];
    faults.add({
      host: tenant.host,
      path,
      effect: "rate-limit",
      milliseconds: 1500,
      onHit: () => struck.push(Date.now()),
    });
    expect(await applyThrough(workspace, tenant, [])).toEqual({ exit: 0 });
    // Those that were under way together; none of them came back before the storm was over.
    expect(struck.length).toBeGreaterThan(0);
    expect(Math.max(...struck) - Math.min(...struck)).toBeLessThan(1000);
  });
});
