import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Digest } from "../../src/desired/connection.ts";
import { domainChallenge } from "../../src/desired/domain-challenge.ts";
import { TenantryError } from "../../src/errors/failure.ts";
import type { Change } from "../../src/plan/change.ts";
import { diffAppTenant, diffRecord, diffRegistration } from "../../src/plan/diff.ts";
import { recordFields, registrationFields } from "../../src/plan/fields.ts";
import { type Plan, planDigest } from "../../src/plan/plan.ts";
import {
  commitNote,
  expectApplicable,
  expectSamePlan,
  parseSavedPlan,
  savedPlanApplied,
  savedPlanLife,
  savePlan,
} from "../../src/plan/saved.ts";
import * as any from "../desired/arbitraries.ts";
import { planOf, registrationUpdate } from "./changes.ts";

const now = Date.parse("2027-03-01T12:00:00Z");
const about = { now, version: "1.2.3", commit: "0123456789abcdef" };
const here = { workspace: "acme", environment: "production", now };

/** Plans as the diff makes them, of any values. */
const plans: fc.Arbitrary<Plan> = fc
  .record({
    registrations: fc.array(fc.tuple(any.registration, any.registration), { maxLength: 3 }),
    rows: fc.array(any.appTenant, { maxLength: 2 }),
    records: fc.array(fc.tuple(any.connectionRecord, any.connectionRecord), { maxLength: 3 }),
    discovery: any.discovery,
    unchanged: fc.nat(),
    perMinute: fc.option(fc.nat(), { nil: undefined }),
    minutes: fc.option(fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }), { nil: undefined }),
  })
  .map(({ registrations, rows, records, discovery, unchanged, perMinute, minutes }) => {
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
      budget: [{ bucket: "acme.okta.com /api/v1/apps", calls: 2, perMinute, minutes }],
      unproven: rows.flatMap(({ tenant, id, domains }) =>
        domains.map((domain) => {
          const record = domainChallenge({ workspace: "acme", id, domain });
          return { tenant, domain, record, because: `${domain} is not proven` };
        }),
      ),
      attested: rows.map(({ tenant }) => {
        return { tenant, check: "P1", by: "it@acme.example", expires: "2027-06-01", counts: true };
      }),
    });
  });

function errorOf(run: () => unknown): TenantryError | undefined {
  try {
    run();
  } catch (error) {
    if (error instanceof TenantryError) return error;
    throw error;
  }
  return undefined;
}
const codeOf = (run: () => unknown): string => errorOf(run)?.code ?? "nothing thrown";
/** The whole refusal: exit code, code and message. */
const refusalOf = (run: () => unknown): string => {
  const error = errorOf(run);
  return error === undefined ? "nothing thrown" : `${error.exit} ${error.code}: ${error.message}`;
};

const update = registrationUpdate("whiterabbit", { pkce: "S256" }, { pkce: "off" }, ["clientAuth"]);
const saved = savePlan(planOf([update]), about);
const text = JSON.stringify(saved);

test("a saved plan reads back as the plan it was, and may be applied", () => {
  fc.assert(
    fc.property(plans, (plan) => {
      const made = savePlan(plan, about);
      const parsed = parseSavedPlan(JSON.stringify(made, null, 2), "plan.json", "1.2.3");
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
    ["a key of its own", (one) => ({ ...one, note: "x" })],
    ["a key taken out", ({ checksum: _checksum, ...rest }) => rest],
    ["a date that is none", (one) => ({ ...one, createdAt: "yesterday" })],
  ];
  test.each(edits)("%s", (_what, change) => {
    expect(refusalOf(() => parseSavedPlan(JSON.stringify(change(saved)), "plan.json", "1.2.3"))).toMatch(
      /^4 PLAN_SAVED_EDITED: plan\.json was edited/,
    );
  });

  test("any one character", () => {
    fc.assert(
      fc.property(fc.nat(text.length - 1), fc.constantFrom("0", "a", "x", '"', "}", " "), (at, put) => {
        const edited = text.slice(0, at) + put + text.slice(at + 1);
        fc.pre(JSON.stringify(tryParse(edited)) !== text);
        expect(codeOf(() => parseSavedPlan(edited, "plan.json", "1.2.3"))).toMatch(
          /^PLAN_SAVED_(UNREADABLE|EDITED|VERSION)$/,
        );
      }),
    );
  });

  test("nested so deeply that it cannot be read", () => {
    const deep = text.replace('"pkce":"off"', `"pkce":${"[".repeat(20_000)}${"]".repeat(20_000)}`);
    expect(codeOf(() => parseSavedPlan(deep, "plan.json", "1.2.3"))).toBe("PLAN_SAVED_EDITED");
  });

  test("in other words where the file was another version's, whatever its shape", () => {
    for (const other of [
      { ...saved, tenantryVersion: "1.2.4" },
      { tenantry: "saved-plan", tenantryVersion: "1.2.4" },
    ]) {
      expect(refusalOf(() => parseSavedPlan(JSON.stringify(other), "plan.json", "1.2.3"))).toBe(
        "4 PLAN_SAVED_VERSION: the saved plan was made by Tenantry 1.2.4, this is 1.2.3",
      );
    }
  });

  test("in other words where it is no saved plan", () => {
    for (const [other, words] of [
      [text.slice(0, 200), "plan.json is not JSON"],
      ["", "plan.json is not JSON"],
      ["{}", "plan.json is not a saved plan"],
      [JSON.stringify({ ...saved, tenantry: "evidence" }), "plan.json is not a saved plan"],
    ] as const) {
      const refused = refusalOf(() => parseSavedPlan(other, "plan.json", "1.2.3"));
      expect(refused).toBe(`2 PLAN_SAVED_UNREADABLE: ${words}`);
    }
  });

  test("any other file", () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json()), (other) => {
        expect(codeOf(() => parseSavedPlan(other, "plan.json", "1.2.3"))).toBe("PLAN_SAVED_UNREADABLE");
      }),
    );
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
  const refusal = (other: Partial<typeof here>) => refusalOf(() => expectApplicable(saved, { ...here, ...other }));

  test("in its workspace and its environment", () => {
    const message = "4 PLAN_SAVED_OTHER: the saved plan is for acme in production, this is";
    expect(refusal({ workspace: "other" })).toBe(`${message} other in production`);
    expect(refusal({ environment: "staging" })).toBe(`${message} acme in staging`);
    // Said first: a new plan would be of the wrong place.
    expect(refusal({ environment: "staging", now: now + 2 * savedPlanLife })).toContain("PLAN_SAVED_OTHER");
  });

  test("within a day", () => {
    const message = "4 PLAN_SAVED_EXPIRED: the saved plan ran out at 2027-03-02T12:00:00.000Z";
    expect(refusal({ now: now + savedPlanLife })).toBe(message);
    expect(refusal({ now: now + savedPlanLife - 1 })).toBe("nothing thrown");
  });

  test("within a day of its making, whatever end it names", () => {
    const longer = { ...saved, expiresAt: "2037-03-01T12:00:00.000Z" };
    expect(codeOf(() => expectApplicable(longer, { ...here, now: now + savedPlanLife }))).toBe("PLAN_SAVED_EXPIRED");
  });

  test("after it was made, give or take five minutes", () => {
    expect(refusal({ now: now - 300_000 })).toBe("nothing thrown");
    expect(refusal({ now: now - 300_001 })).toBe(
      "4 PLAN_SAVED_CLOCK: the saved plan was made at 2027-03-01T12:00:00.000Z, and here it is 2027-03-01T11:54:59.999Z",
    );
  });

  test.each([
    [
      { finishedAt: "2027-03-01T12:05:00.000Z", outcome: "done" as const },
      "this saved plan was applied at 2027-03-01T12:04:00.000Z by ci: all of it is done",
    ],
    [
      { finishedAt: "2027-03-01T12:05:00.000Z", outcome: "failed" as const },
      "this saved plan was begun at 2027-03-01T12:04:00.000Z by ci and did not finish: something failed at 2027-03-01T12:05:00.000Z; plan again: what is left is a new plan",
    ],
    [
      {},
      "this saved plan was begun at 2027-03-01T12:04:00.000Z by ci and did not finish, or is being applied now; plan again: what is left is a new plan",
    ],
  ])("once; of a run %j it says what became of it", (run, message) => {
    const failure = savedPlanApplied({ actor: "ci", startedAt: "2027-03-01T12:04:00.000Z", ...run });
    expect([failure.exit, failure.code, failure.message]).toEqual([4, "PLAN_SAVED_APPLIED", message]);
  });

  test("at any commit, with a word when it is another one", () => {
    expect(commitNote(saved, "0123456789abcdef")).toBeUndefined();
    expect(commitNote({ ...saved, commit: null }, null)).toBeUndefined();
    expect(commitNote(saved, "fedcba9876543210")).toBe(
      "the plan was made at commit 0123456789ab, the folder is at commit fedcba987654; what it does is compared",
    );
    expect(commitNote(saved, null)).toContain("the folder is at no commit");
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

  test("names the fields whose values are others, where the objects are the same", () => {
    const address = "idp/workforce/client/whiterabbit/portal";
    const otherValues = (fields: string) =>
      `PLAN_STALE: the reviewed plan no longer holds: other values: update ${address} (${fields})`;
    expect(stale(planOf([{ ...update, before: { pkce: "x" } }]))).toBe(otherValues("pkce"));
    const more = registrationUpdate("whiterabbit", { label: "a" }, { label: "b", pkce: "x" }, ["clientAuth"]);
    expect(stale(planOf([more]))).toBe(otherValues("label, pkce"));
    expect(stale(planOf([{ ...update, hot: [] }]))).toBe(otherValues("what is hot or known after"));
  });

  test("names five differences and counts the rest", () => {
    const others = ["a", "b", "c", "d", "e", "f"].map((slug) => registrationUpdate(slug, { pkce: "x" }, { pkce: "y" }));
    const named = ["a", "b", "c", "d"].map((slug) => `new: update idp/workforce/client/${slug}/portal`).join("; ");
    expect(stale(planOf(others))).toBe(
      `PLAN_STALE: the reviewed plan no longer holds: no longer: update idp/workforce/client/whiterabbit/portal; ${named}; and 2 more`,
    );
  });

  test("is stale by discovery, engine or read set alone", () => {
    const document = { issuer: "a", authorizationEndpoint: "b", tokenEndpoint: "c", jwksUri: "d" };
    const says = (what: string) => `PLAN_STALE: the reviewed plan no longer holds: ${what}`;
    expect(stale(planOf([update], { discovery: [document] }))).toBe(says("new: the discovery document of a"));
    const moved = { ...document, tokenEndpoint: "x", userinfoEndpoint: "y" };
    expect(() =>
      expectSamePlan(planOf([update], { discovery: [document] }), planOf([update], { discovery: [moved] })),
    ).toThrow("no longer holds: the discovery document of a (tokenEndpoint, userinfoEndpoint)");
    expect(() => expectSamePlan(planOf([update], { discovery: [document] }), saved.plan)).toThrow(
      "no longer holds: no longer read: the discovery document of a",
    );
    const engines = { ...saved.plan.engines, workforce: "terraform" };
    const was = saved.plan.engines.workforce ?? "none";
    expect(stale(planOf([update], { engines }))).toBe(says(`the engine of workforce was ${was} and is terraform`));
    const limits = says("what it is limited to (--only, --hand-over, --deep)");
    expect(stale(planOf([update], { deep: true }))).toBe(limits);
    expect(stale(planOf([update], { handOver: ["whiterabbit"] }))).toBe(limits);
    expect(stale(planOf([update], { only: ["whiterabbit"] }))).toBe(limits);
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
