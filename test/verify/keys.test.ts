import { generateKeyPairSync } from "node:crypto";
import { expect } from "vitest";
import { failureModes } from "./failure-table.ts";
import { html, issuer, json, privateJwk, publicJwk } from "./provider.ts";
import { check, idsOf } from "./subject.ts";

const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
const ed25519 = generateKeyPairSync("ed25519").publicKey.export({ format: "jwk" });

/** A provider that signs with these algorithms. */
const signing = (algorithms: readonly string[]) => (document: Record<string, unknown>) => ({
  ...document,
  id_token_signing_alg_values_supported: algorithms,
});

failureModes("keys that fail", [
  {
    name: "an empty key set",
    when: { jwks: () => ({ keys: [] }) },
    verdict: "fail",
    checks: { K1: ["fail", "VERIFY_KEYS_MISSING"] },
    also: (verification) => {
      expect(check(verification, "K1").hint).toBe(`Publish the key that signs ID tokens at ${issuer}/keys`);
    },
  },
  {
    name: "keys for encryption only",
    when: { jwks: () => ({ keys: [{ ...publicJwk, use: "enc" }] }) },
    verdict: "fail",
    checks: { K1: ["fail", "VERIFY_KEYS_MISSING"] },
  },
  {
    name: "keys of another algorithm than the issuer signs with",
    when: { discovery: signing(["ES256"]) },
    verdict: "fail",
    checks: { K1: ["fail", "VERIFY_KEYS_MISSING"] },
  },
  {
    name: "a private key in the set",
    when: { jwks: () => ({ keys: [publicJwk, { ...privateJwk, kid: "leak" }] }) },
    verdict: "fail",
    checks: { K1: ["pass"], K2: ["fail", "VERIFY_KEYS_PRIVATE"] },
    also: (verification) => {
      expect(check(verification, "K2").message).toContain("key leak");
      expect(JSON.stringify(verification)).not.toContain(privateJwk.d);
    },
  },
  {
    name: "a symmetric key in the set",
    when: { jwks: () => ({ keys: [publicJwk, { kty: "oct", k: "c2VjcmV0LXN5bW1ldHJpYw", kid: "hs" }] }) },
    verdict: "fail",
    checks: { K2: ["fail", "VERIFY_KEYS_PRIVATE"] },
    also: (verification) => expect(JSON.stringify(verification)).not.toContain("c2VjcmV0"),
  },
  {
    name: "an RSA key of 1024 bits",
    when: { jwks: () => ({ keys: [{ ...short, kid: "old" }] }) },
    verdict: "fail",
    checks: { K3: ["fail", "VERIFY_KEYS_WEAK"] },
    also: (verification) => expect(check(verification, "K3").actual).toBe("key old has 1024 bits"),
  },
  {
    name: "an RSA key with exponent 1",
    when: { jwks: () => ({ keys: [{ ...publicJwk, e: "AQ" }] }) },
    verdict: "fail",
    checks: { K3: ["fail", "VERIFY_KEYS_WEAK"] },
  },
  {
    name: "a key without its modulus",
    when: { jwks: () => ({ keys: [{ kty: "RSA", e: "AQAB", kid: "k" }] }) },
    verdict: "fail",
    checks: { K3: ["fail", "VERIFY_KEYS_WEAK"] },
  },
  {
    name: "a curve that does not fit the algorithm",
    when: {
      discovery: signing(["RS256", "ES384"]),
      jwks: () => ({ keys: [publicJwk, { ...p256, kid: "ec", alg: "ES384" }] }),
    },
    verdict: "fail",
    checks: { K3: ["fail", "VERIFY_KEYS_WEAK"] },
  },
  {
    name: "no key set (404)",
    when: { jwks: () => html(404, "no") },
    verdict: "fail",
    checks: {
      K1: ["fail", "VERIFY_KEYS_UNREADABLE"],
      K2: ["inconclusive", "VERIFY_NOT_RUN"],
      K3: ["inconclusive", "VERIFY_NOT_RUN"],
    },
    also: (_, provider) => expect(provider.seen.filter((one) => one.path === "/keys")).toHaveLength(1),
  },
  {
    name: "a page instead of the key set",
    when: { jwks: () => html(200, "Sign in") },
    verdict: "fail",
    checks: { K1: ["fail", "VERIFY_KEYS_UNREADABLE"] },
  },
  {
    name: "keys that are no list",
    when: { jwks: () => json(200, { keys: {} }) },
    verdict: "fail",
    checks: { K1: ["fail", "VERIFY_KEYS_UNREADABLE"] },
  },
  {
    name: "a server error at the key set",
    when: { jwks: () => html(503, "busy") },
    verdict: "inconclusive",
    checks: { K1: ["inconclusive", "VERIFY_ANSWER_UNCLEAR"], S1: ["pass"] },
  },
]);

failureModes("keys that are well enough", [
  {
    name: "one key without kid, use and alg",
    when: { jwks: () => ({ keys: [{ kty: "RSA", n: publicJwk.n, e: publicJwk.e }] }) },
    verdict: "pass",
    checks: { K1: ["pass"], K2: ["pass"], K3: ["pass"] },
  },
  {
    name: "unknown and odd keys beside a good one",
    when: {
      jwks: () => ({
        keys: [
          publicJwk,
          { kty: "AKP", alg: "ML-DSA-44", pub: "x" },
          { kty: "EC", crv: "brainpoolP256r1" },
          "odd",
          null,
        ],
      }),
    },
    verdict: "pass",
    checks: { K1: ["pass"], K2: ["pass"], K3: ["pass"] },
  },
  {
    name: "a short key for encryption beside a good one",
    when: { jwks: () => ({ keys: [publicJwk, { ...short, use: "enc" }] }) },
    verdict: "pass",
    checks: { K3: ["pass"] },
  },
  {
    name: "an elliptic curve and Ed25519",
    when: {
      discovery: signing(["RS256", "ES256", "EdDSA"]),
      jwks: () => ({
        keys: [
          { ...p256, alg: "ES256", kid: "ec" },
          { ...ed25519, kid: "ed" },
        ],
      }),
    },
    verdict: "pass",
    checks: { K1: ["pass"], K3: ["pass"] },
    also: (verification) => expect(idsOf(verification, "fail")).toEqual([]),
  },
]);
