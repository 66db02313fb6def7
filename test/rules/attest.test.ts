import { describe, expect, test } from "vitest";
import { attestableChecks, readChecks } from "../../src/desired/attestable-check.ts";
import { checkIds } from "../../src/desired/check-id.ts";
import { attestationsHold } from "../../src/rules/attest.ts";
import type { Attestation, Tenant } from "../../src/tenant/tenant.ts";
import { appChecks } from "../../src/verify/app/checks.ts";
import { checks } from "../../src/verify/checks/checks.ts";

const entry = (change: Partial<Attestation> = {}): Attestation => ({
  ...{ check: "P1", by: "it@acme.example", on: "2026-01-10", expires: "2026-07-10", reason: "Signed in by hand." },
  ...change,
});

function issuesOf(...attest: readonly Attestation[]) {
  const positionOf = (path: readonly (string | number)[]) => ({
    file: "acme.yaml",
    line: Number(path[1]) + 1,
    column: 1,
  });
  return attestationsHold({ tenants: [{ tenant: "acme", attest, positionOf } as unknown as Tenant] });
}

describe("an attestation", () => {
  test("of a check that can be attested, for less than a year, is right whatever day it is", () => {
    for (const check of attestableChecks) expect(issuesOf(entry({ check }))).toEqual([]);
    expect(issuesOf(entry({ on: "1999-01-01", expires: "1999-01-02" }))).toEqual([]);
    expect(issuesOf(entry({ on: "2999-01-01", expires: "3000-01-01" }))).toEqual([]);
  });

  test.each(checkIds.filter((id) => !attestableChecks.includes(id)))("of %s is none", (check) => {
    expect(issuesOf(entry({ check }))).toMatchObject([{ code: "RULE_ATTEST_CHECK", path: ["attest", 0, "check"] }]);
  });

  test.each([
    ["P11", "did you mean `P1`?"],
    ["S9", "did you mean `S1`?"],
    ["X1", "docs/verify.md lists the checks that can be attested"],
  ])("of %s, which is no check, is told what may be meant", (check, hint) => {
    expect(issuesOf(entry({ check }))).toMatchObject([{ message: `there is no check \`${check}\``, hint }]);
  });

  test.each([
    ["the day before", "2026-01-09"],
    ["the same day", "2026-01-10"],
    ["more than a year later", "2027-01-12"],
  ])("does not end %s", (_when, expires) => {
    expect(issuesOf(entry({ expires }))).toMatchObject([{ code: "RULE_ATTEST_DATES", path: ["attest", 0, "expires"] }]);
  });

  test("may count for a year, a leap year too", () => {
    expect(issuesOf(entry({ expires: "2027-01-10" }))).toEqual([]);
    expect(issuesOf(entry({ on: "2028-01-10", expires: "2029-01-10" }))).toEqual([]);
  });

  test("stands once for each check; the second names the first", () => {
    expect(issuesOf(entry(), entry({ check: "S1" }), entry({ on: "2026-02-01" }))).toMatchObject([
      { code: "RULE_ATTEST_TWICE", line: 3, related: [{ line: 1 }] },
    ]);
  });
});

test("every check that can keep a tenant from being switched on can be attested, but those that a record is written from", () => {
  const musts = [...checks, ...appChecks].filter(({ level }) => level === "must").map(({ id }) => id);
  const neither = musts.filter((id) => !attestableChecks.includes(id) && !readChecks.includes(id));
  expect(neither).toEqual([]);
});
