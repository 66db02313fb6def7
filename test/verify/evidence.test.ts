import fc from "fast-check";
import { expect, test } from "vitest";
import type { Digest } from "../../src/desired/connection.ts";
import type { CheckResult, Evidence } from "../../src/store/evidence.ts";
import { evidenceCovers, toEvidence, type Verification, type WantedProof } from "../../src/verify/verify.ts";
import { clientId, issuer } from "./provider.ts";
import { subjectWith } from "./subject.ts";

const now = Date.UTC(2026, 5, 1, 12);
const hour = 3_600_000;
const io = { clock: () => now, settings: { maxAge: hour } };

const secretCheck: CheckResult = {
  id: "S1",
  link: "secret",
  title: "t",
  level: "must",
  verdict: "pass",
  message: "m",
  evidence: {},
};

const verification: Verification = {
  verdict: "pass",
  checks: [secretCheck],
  discovery: {
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/keys`,
  },
};

const wanted: WantedProof = {
  specDigest: "0".repeat(64) as Digest,
  clientId,
  clientAuth: "client_secret_basic",
  issuer,
  authorizationEndpoint: `${issuer}/authorize`,
  tokenEndpoint: `${issuer}/token`,
  jwksUri: `${issuer}/keys`,
  secretFingerprint: "f1",
};

/** Evidence made so many milliseconds ago; `fingerprint: null` where there is nothing to take one of. */
function evidence(age = 0, of: Verification = verification, fingerprint: string | null = "f1"): Evidence {
  return toEvidence(subjectWith(), of, fingerprint ?? undefined, { clock: () => now - age, ranFrom: "runner.example" });
}

test("evidence is bound to subject, endpoints, fingerprint, place and time", () => {
  expect(evidence()).toEqual({
    key: "acme/portal",
    specDigest: "0".repeat(64),
    clientId,
    issuer,
    authorizationEndpoint: `${issuer}/authorize`,
    tokenEndpoint: `${issuer}/token`,
    jwksUri: `${issuer}/keys`,
    secretFingerprint: "f1",
    secretCopy: "idp",
    ranFrom: "runner.example",
    at: "2026-06-01T12:00:00.000Z",
    verdict: "pass",
    checks: [secretCheck],
  });
});

test("the same and fresh evidence opens the gate", () => {
  expect(evidenceCovers(evidence(), wanted, io)).toEqual({ covers: true });
  expect(evidenceCovers(evidence(hour), wanted, io)).toEqual({ covers: true });
});

test("any other value of anything it is bound to keeps the gate shut", () => {
  const fields = [
    "specDigest",
    "clientId",
    "issuer",
    "authorizationEndpoint",
    "tokenEndpoint",
    "jwksUri",
    "secretFingerprint",
  ] as const;
  fc.assert(
    fc.property(fc.constantFrom(...fields), fc.string(), (field, value) => {
      fc.pre(value !== wanted[field]);
      const answer = evidenceCovers(evidence(), { ...wanted, [field]: value }, io);
      return !answer.covers && answer.because.endsWith("changed since the verification");
    }),
  );
});

test.each(["fail", "inconclusive", "skipped"] as const)("the verdict %s keeps the gate shut", (verdict) => {
  const answer = evidenceCovers(evidence(0, { ...verification, verdict }), wanted, io);
  expect(answer).toEqual({ covers: false, because: `the verification did not pass (${verdict})` });
});

test("old, future and undated evidence keeps the gate shut", () => {
  expect(evidenceCovers(evidence(hour + 1), wanted, io)).toMatchObject({ because: "the verification is too old" });
  expect(evidenceCovers(evidence(-2 * 60_000), wanted, io)).toMatchObject({ covers: false });
  expect(evidenceCovers({ ...evidence(), at: "yesterday" }, wanted, io)).toMatchObject({ covers: false });
});

test("a run that did not prove the secret does not stand for one that did", () => {
  const unsent: Verification = { ...verification, checks: [{ ...secretCheck, verdict: "skipped" }] };
  const stored = evidence(0, unsent);
  expect(stored.secretFingerprint).toBeUndefined();
  expect(stored.secretCopy).toBeUndefined();
  expect(evidenceCovers(stored, wanted, io)).toMatchObject({ covers: false });
  expect(evidenceCovers(stored, { ...wanted, secretFingerprint: undefined }, io)).toEqual({
    covers: false,
    because: "the secret was not proven",
  });
});

test("a public client is covered without a fingerprint, and only when it was proven to be one", () => {
  const none = { ...wanted, clientAuth: "none" as const, secretFingerprint: undefined };
  const proven = evidence(0, verification, null);
  expect(proven.secretFingerprint).toBeUndefined();
  expect(evidenceCovers(proven, none, io)).toEqual({ covers: true });
  for (const verdict of ["skipped", "inconclusive", "fail"] as const) {
    const unproven: Verification = { ...verification, checks: [{ ...secretCheck, verdict }] };
    expect(evidenceCovers(evidence(0, unproven, null), none, io)).toEqual({
      covers: false,
      because: "the public client was not proven",
    });
  }
  expect(evidenceCovers(evidence(0, { ...verification, checks: [] }, null), none, io)).toMatchObject({
    covers: false,
  });
  // What proved a public client does not prove a secret, nor the other way round.
  expect(evidenceCovers(proven, wanted, io)).toMatchObject({ covers: false });
  expect(evidenceCovers(evidence(), none, io)).toMatchObject({ covers: false });
});

test("the fingerprint of a private key is bound like that of a secret", () => {
  const signed = { ...wanted, clientAuth: "private_key_jwt" as const };
  expect(evidenceCovers(evidence(), signed, io)).toEqual({ covers: true });
  expect(evidenceCovers(evidence(), { ...signed, secretFingerprint: "another" }, io)).toMatchObject({ covers: false });
  const none = { ...signed, secretFingerprint: undefined };
  expect(evidenceCovers(evidence(0, verification, null), none, io)).toEqual({
    covers: false,
    because: "the secret was not proven",
  });
});

test("evidence without endpoints covers nothing", () => {
  const { discovery: _, ...bare } = verification;
  expect(evidenceCovers(evidence(0, bare), wanted, io)).toMatchObject({ covers: false });
});
