import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/desired/connection.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import type { Change } from "../../src/plan/change.ts";
import { diffAppTenant, diffRecord, diffRegistration } from "../../src/plan/diff.ts";
import { recordFields, registrationFields } from "../../src/plan/fields.ts";
import { type Plan, planDigest } from "../../src/plan/plan.ts";
import { expectApplicable, expectSamePlan, parseSavedPlan, savedPlanLife, savePlan } from "../../src/plan/saved.ts";
import * as any from "../desired/arbitraries.ts";
import { planOf, registrationUpdate } from "./changes.ts";

const now = Date.parse("2027-03-01T12:00:00Z");
const about = { now, version: "1.2.3", commit: "0123456789abcdef" };
const here = { workspace: "acme", environment: "production", version: "1.2.3", now };

/** Plans as the diff makes them, of any values. */
const plans: fc.Arbitrary<Plan> = fc
  .record({
    registrations: fc.array(fc.tuple(any.registration, any.registration), { maxLength: 3 }),
    rows: fc.array(any.appTenant, { maxLength: 2 }),
    records: fc.array(fc.tuple(any.connectionRecord, any.connectionRecord), { maxLength: 3 }),
    discovery: any.discovery,
    unchanged: fc.nat(),
    perMinute: fc.option(fc.nat(), { nil: undefined }),
  })
  .map(({ registrations, rows, records, discovery, unchanged, perMinute }) => {
    const changes: Change[] = [
      ...registrations.flatMap(([wanted, there]) => [
        ...diffRegistration(wanted, undefined).changes,
        ...diffRegistration(wanted, { id: "1", key: there.key, active: true, fields: registrationFields(there) })
          .changes,
        ...diffRegistration({ ...wanted, state: "absent" }, { id: "1", key: there.key, active: true, fields: {} })
          .changes,
      ]),
      ...rows.flatMap((row) => diffAppTenant(row, undefined).changes),
      ...records.flatMap(([wanted, there]) => [
        ...diffRecord(wanted, undefined, { discovery }).changes,
        ...diffRecord(
          wanted,
          { key: there.key, state: "pending", fields: recordFields(there, discovery), previous: {} },
          { discovery, secretId: "s" },
        ).changes,
      ]),
    ];
    return planOf(changes, {
      unchanged,
      discovery: [discovery],
      coverage: [{ what: "idp/workforce assignments", read: 1, total: 2 }],
      budget: [{ bucket: "acme.okta.com /api/v1/apps", calls: 2, perMinute }],
    });
  });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof TenantryError) return error.code;
    throw error;
  }
  return "nothing thrown";
}

const update = registrationUpdate("whiterabbit", { pkce: "S256" }, { pkce: "off" }, ["clientAuth"]);
const saved = savePlan(planOf([update]), about);
const text = JSON.stringify(saved);

test("a saved plan reads back as the plan it was, and may be applied", () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const made = savePlan(plan, about);
      const parsed = parseSavedPlan(JSON.stringify(made, null, 2), "plan.json");
      expect(JSON.parse(JSON.stringify(parsed))).toEqual(JSON.parse(JSON.stringify(made)));
      expect(planDigest(parsed.plan)).toBe(plan.digest);
      expect(() => expectSamePlan(parsed.plan, plan)).not.toThrow();
      expect(() => expectApplicable(parsed, here)).not.toThrow();
    }),
    { numRuns: 60 },
  );
});

describe("an edited plan is refused:", () => {
  const edits: readonly (readonly [what: string, change: (value: typeof saved) => unknown])[] = [
    ["another value", (one) => ({ ...one, plan: { ...one.plan, changes: [{ ...update, after: { pkce: "S256" } }] } })],
    ["a change taken out", (one) => ({ ...one, plan: { ...one.plan, changes: [] } })],
    ["a hot mark taken out", (one) => ({ ...one, plan: { ...one.plan, changes: [{ ...update, hot: [] }] } })],
    ["another environment", (one) => ({ ...one, plan: { ...one.plan, environment: "staging" } })],
    ["another limit", (one) => ({ ...one, plan: { ...one.plan, only: ["whiterabbit"] } })],
    ["another digest", (one) => ({ ...one, plan: { ...one.plan, digest: "0".repeat(64) } })],
    ["another count", (one) => ({ ...one, plan: { ...one.plan, unchanged: 7 } })],
    ["a later end", (one) => ({ ...one, expiresAt: "2037-03-01T12:00:00.000Z" })],
    ["another commit", (one) => ({ ...one, commit: null })],
    ["another version", (one) => ({ ...one, tenantryVersion: "9.9.9" })],
    ["a key of its own", (one) => ({ ...one, note: "x" })],
    ["a key taken out", ({ checksum: _checksum, ...rest }) => rest],
    ["another kind of file", (one) => ({ ...one, tenantry: "evidence" })],
  ];
  test.each(edits)("%s", (_what, change) => {
    expect(codeOf(() => parseSavedPlan(JSON.stringify(change(saved)), "plan.json"))).toBe("PLAN_SAVED_UNREADABLE");
  });

  test("any one character", () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom("0", "a", "x", '"', "}", " "), (at, put) => {
        const edited = text.slice(0, at) + put + text.slice(at + 1);
        fc.pre(JSON.stringify(tryParse(edited)) !== text);
        expect(codeOf(() => parseSavedPlan(edited, "plan.json"))).toBe("PLAN_SAVED_UNREADABLE");
      }),
    );
  });

  test("any other file", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (other) => {
        expect(codeOf(() => parseSavedPlan(other, "plan.json"))).toBe("PLAN_SAVED_UNREADABLE");
      }),
    );
    const deep = text.replace('"pkce":"off"', `"pkce":${"[".repeat(20_000)}${"]".repeat(20_000)}`);
    expect(codeOf(() => parseSavedPlan(deep, "plan.json"))).toBe("PLAN_SAVED_UNREADABLE");
  });

  function tryParse(edited: string): unknown {
    try {
      return JSON.parse(edited);
    } catch {
      return undefined;
    }
  }
});

describe("a saved plan is applied only", () => {
  test.each([
    ["in its workspace", { workspace: "other" }, "PLAN_SAVED_OTHER"],
    ["in its environment", { environment: "staging" }, "PLAN_SAVED_OTHER"],
    ["by the version that made it", { version: "1.2.4" }, "PLAN_SAVED_OTHER"],
    ["within a day", { now: now + savedPlanLife }, "PLAN_SAVED_EXPIRED"],
    ["to the last moment of it", { now: now + savedPlanLife - 1 }, "nothing thrown"],
  ])("%s", (_what, other, code) => {
    expect(codeOf(() => expectApplicable(saved, { ...here, ...other }))).toBe(code);
  });

  test("within a day of its making, whatever end it names", () => {
    const longer = { ...saved, expiresAt: "2037-03-01T12:00:00.000Z" };
    expect(codeOf(() => expectApplicable(longer, { ...here, now: now + savedPlanLife }))).toBe("PLAN_SAVED_EXPIRED");
  });
});

describe("a stale plan", () => {
  const stale = (fresh: Plan): string => {
    try {
      expectSamePlan(saved.plan, fresh);
    } catch (error) {
      if (error instanceof TenantryError) return `${error.code}: ${error.message}`;
    }
    return "not stale";
  };
  const other = registrationUpdate("redqueen", { pkce: "S256" }, { pkce: "off" });

  test("names what is gone and what is new", () => {
    expect(stale(planOf([other]))).toBe(
      "PLAN_STALE: the reviewed plan no longer holds: no longer: update idp/workforce/client/whiterabbit/portal; " +
        "new: update idp/workforce/client/redqueen/portal",
    );
  });

  test("says that values differ where the objects are the same", () => {
    expect(stale(planOf([{ ...update, before: { pkce: "x" } }]))).toContain("the same objects change");
  });

  test("is stale by discovery, engine or read set alone", () => {
    const document = { issuer: "a", authorizationEndpoint: "b", tokenEndpoint: "c", jwksUri: "d" };
    expect(stale(planOf([update], { discovery: [document] }))).toContain("PLAN_STALE");
    expect(stale(planOf([update], { engines: { workforce: "terraform" } }))).toContain("PLAN_STALE");
    expect(stale(planOf([update], { deep: true }))).toContain("PLAN_STALE");
    expect(stale(planOf([update], { handOver: ["whiterabbit"] }))).toContain("PLAN_STALE");
  });

  test("is not stale by counts, coverage or budget", () => {
    const more = {
      unchanged: 9,
      coverage: [{ what: "x", read: 0, total: 1 }],
      budget: [{ bucket: "x", calls: 1 }],
    };
    expect(stale(planOf([update], more))).toBe("not stale");
    expect(planOf([update], more).digest).toBe(saved.plan.digest satisfies Digest);
  });
});
