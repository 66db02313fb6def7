import { expect, test } from "vitest";
import type { CheckResult, Evidence } from "../../src/store/evidence.ts";
import { controlledAt, toEvidence, type Verification } from "../../src/verify/verify.ts";
import { clientId, issuer } from "./provider.ts";
import { subjectWith } from "./subject.ts";

const pass = (id: string): CheckResult => ({
  ...{ id, link: "secret", title: id, level: "must", verdict: "pass", message: "m", evidence: {} },
});
const discovery = {
  issuer,
  authorizationEndpoint: `${issuer}/authorize`,
  tokenEndpoint: `${issuer}/token`,
  jwksUri: `${issuer}/keys`,
};

function evidence(at: string, of: Partial<Verification> = {}, fingerprint = "f1"): Evidence {
  const verification = { verdict: "pass", checks: [pass("S1")], discovery, ...of } as const;
  return toEvidence(subjectWith(), verification, fingerprint, {
    clock: () => Date.parse(at),
    ranFrom: "runner.example",
  });
}

const wanted = { clientId, issuer, tokenEndpoint: `${issuer}/token`, secretFingerprint: "f1" };
const sent = evidence("2026-05-01T00:00:00.000Z", { checks: [pass("S1"), pass("S2")] });

test("the day on which a wrong secret was refused is known from the evidence", () => {
  expect(controlledAt([sent], wanted)).toBe("2026-05-01T00:00:00.000Z");
  expect(controlledAt([evidence("2026-05-02T00:00:00.000Z"), sent], wanted)).toBe("2026-05-01T00:00:00.000Z");
});

test("what another endpoint refused is no control of the token endpoint", () => {
  const elsewhere = { ...pass("S2"), evidence: { by: "revocation" } };
  const there = evidence("2026-05-01T00:00:00.000Z", { checks: [pass("S1"), elsewhere] });
  expect(there.controlledAt).toBeUndefined();
  expect(controlledAt([there], wanted)).toBeUndefined();
});

test("evidence that did not send it again carries the day on", () => {
  const later = evidence("2026-06-01T00:00:00.000Z", { controlledAt: "2026-05-01T00:00:00.000Z" });
  expect(controlledAt([later], wanted)).toBe("2026-05-01T00:00:00.000Z");
  const again = evidence("2026-06-02T00:00:00.000Z", {
    checks: [pass("S1"), pass("S2")],
    controlledAt: "2026-05-01T00:00:00.000Z",
  });
  expect(controlledAt([again, later], wanted)).toBe("2026-06-02T00:00:00.000Z");
});

test("a run whose own secret was not proven carries nothing on", () => {
  const unproven = evidence("2026-06-01T00:00:00.000Z", { checks: [], controlledAt: "2026-05-01T00:00:00.000Z" });
  expect(unproven.controlledAt).toBeUndefined();
});

test.each([
  ["client", { clientId: "other" }],
  ["issuer", { issuer: "https://other.example" }],
  ["token endpoint", { tokenEndpoint: `${issuer}/other` }],
  ["secret", { secretFingerprint: "f2" }],
])("another %s was never controlled", (_what, change) => {
  expect(controlledAt([sent], { ...wanted, ...change })).toBeUndefined();
});

test("nothing is taken for a secret that is not known, nor for evidence without the control", () => {
  expect(controlledAt([sent], { ...wanted, secretFingerprint: undefined })).toBeUndefined();
  expect(controlledAt([sent], { ...wanted, tokenEndpoint: undefined })).toBeUndefined();
  expect(controlledAt([evidence("2026-05-02T00:00:00.000Z")], wanted)).toBeUndefined();
});
