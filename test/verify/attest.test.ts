import { describe, expect, test } from "vitest";
import type { CheckResult, Level, Verdict } from "../../src/store/evidence.ts";
import type { Attestation } from "../../src/tenant/tenant.ts";
import { attestationCounts } from "../../src/verify/attest.ts";
import { evidenceCovers, judge, toEvidence, type WantedProof } from "../../src/verify/verify.ts";
import { clientId, issuer } from "./provider.ts";
import { subjectWith } from "./subject.ts";

const now = Date.parse("2026-06-15T12:00:00Z");
const day = 86_400_000;

const entry = (change: Partial<Attestation> = {}): Attestation => ({
  ...{ check: "P1", by: "it@acme.example", on: "2026-06-01", expires: "2026-06-30", reason: "Signed in by hand." },
  ...change,
});

function check(id: string, verdict: Verdict, level: Level = "must", code?: string): CheckResult {
  return {
    ...{ id, verdict, level, link: "callback", title: id, message: "It is so.", evidence: {} },
    ...(code === undefined ? {} : { code }),
  };
}

const passed = check("S1", "pass");
const open = check("P1", "inconclusive");

describe("an attestation counts", () => {
  test.each([
    ["2026-05-31T23:59:59Z", false],
    ["2026-06-01T00:00:00Z", true],
    ["2026-06-30T23:59:59Z", true],
    ["2026-07-01T00:00:00Z", false],
  ])("at %s: %s", (at, counts) => {
    expect(attestationCounts(entry(), Date.parse(at))).toBe(counts);
  });
});

describe("the verdict", () => {
  const verdict = (checks: readonly CheckResult[], ...attest: readonly Attestation[]) =>
    judge(checks, attest, now).verdict;

  test("is attested where a person stands for all that could not be told", () => {
    expect(verdict([passed, open], entry())).toBe("attested");
    expect(verdict([check("K1", "inconclusive"), open], entry(), entry({ check: "K1" }))).toBe("attested");
  });

  test("is as it was where nobody has to", () => {
    expect(verdict([passed, check("P1", "pass")], entry())).toBe("pass");
    expect(verdict([passed, open])).toBe("inconclusive");
    expect(verdict([])).toBe("inconclusive");
  });

  test("is open where a person stands for another check", () => {
    expect(verdict([passed, open], entry({ check: "P3" }))).toBe("inconclusive");
    expect(verdict([open, check("P3", "inconclusive", "must", "VERIFY_NOT_RUN")], entry())).toBe("inconclusive");
  });

  test("is a fail whatever a person says", () => {
    expect(verdict([passed, check("P1", "fail")], entry())).toBe("fail");
    expect(judge([check("P1", "fail")], [entry()], now).checks[0]).not.toHaveProperty("attested");
  });

  test("does not come from checks that decide nothing", () => {
    for (const level of ["should", "policy"] as const) {
      const judged = judge([passed, check("P1", "inconclusive", level)], [entry()], now);
      expect([judged.verdict, judged.checks[1]?.attested]).toEqual(["pass", undefined]);
    }
  });

  test("is open once the attestation has run out, and the check says so once, with how to renew it", () => {
    const over = entry({ expires: "2026-06-14" });
    const once = judge([{ ...open, hint: "Sign in once by hand." }], [over], now);
    const twice = judge(once.checks, [over], now);
    expect([once.verdict, twice]).toEqual(["inconclusive", once]);
    expect(once.checks[0]).toMatchObject({
      message: "It is so. The attestation of P1 by it@acme.example ran out on 2026-06-14.",
      hint: expect.stringMatching(/^Sign in once by hand\. Or sign in once more by hand, then .*`attest:`/),
    });
  });

  test("is open before the day of the attestation, and says so", () => {
    const judged = judge([passed, open], [entry({ on: "2026-06-16" })], now);
    expect(judged.verdict).toBe("inconclusive");
    expect(judged.checks[1]?.message).toContain("is of 2026-06-16, which lies in the future");
  });

  test("follows the file: what is attested no more is open again", () => {
    const { checks } = judge([passed, open], [entry()], now);
    expect(judge(checks, [], now)).toEqual({ verdict: "inconclusive", checks: [passed, open] });
  });
});

test("a domain's proof can be attested although its record is not there; it decides nothing", () => {
  const o1 = check("O1", "fail", "policy");
  const judged = judge([passed, o1], [entry({ check: "O1" })], now);
  expect([judged.verdict, judged.checks[1]?.attested?.check]).toEqual(["pass", "O1"]);
});

describe("the gate", () => {
  const wanted: WantedProof = {
    ...({ specDigest: subjectWith().specDigest, clientId, clientAuth: "client_secret_basic", issuer } as const),
    ...{ authorizationEndpoint: `${issuer}/authorize`, tokenEndpoint: `${issuer}/token`, jwksUri: `${issuer}/keys` },
    secretFingerprint: "f1",
  };
  const discovery = { ...wanted };
  const io = { clock: () => now, ranFrom: "runner.example", settings: { maxAge: 90 * day } };
  const evidenceOf = (checks: readonly CheckResult[], ...attest: readonly Attestation[]) =>
    toEvidence(subjectWith(), { ...judge(checks, attest, now), discovery }, "f1", io);

  test("opens for what a person stands for", () => {
    const evidence = evidenceOf([passed, open], entry());
    expect(evidence.verdict).toBe("attested");
    expect(evidenceCovers(evidence, wanted, io)).toEqual({ covers: true });
  });

  test("is shut once the attestation has run out, and says which, when, and how to renew it", () => {
    const evidence = evidenceOf([passed, open], entry());
    const later = { ...io, clock: () => Date.parse("2026-07-01T00:00:00Z") };
    expect(evidenceCovers(evidence, wanted, later)).toEqual({
      covers: false,
      because: expect.stringMatching(
        /^the attestation of P1 by it@acme\.example ran out on 2026-06-30; sign in once more by hand, then give the entry/,
      ),
    });
  });

  test("opens for an attested secret, and only for that one", () => {
    const evidence = evidenceOf([check("S1", "inconclusive"), check("P1", "pass")], entry({ check: "S1" }));
    expect(evidence).toMatchObject({ verdict: "attested", secretFingerprint: "f1", secretCopy: undefined });
    expect(evidenceCovers(evidence, wanted, io)).toEqual({ covers: true });
    expect(evidenceCovers(evidence, { ...wanted, secretFingerprint: "f2" }, io)).toMatchObject({ covers: false });
  });

  test("stays shut where one check is open besides", () => {
    const evidence = evidenceOf([passed, open, check("P3", "inconclusive")], entry());
    expect(evidenceCovers(evidence, wanted, io)).toMatchObject({ covers: false });
  });
});
