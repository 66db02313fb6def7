import "reflect-metadata";
import { createHash, generateKeyPairSync, webcrypto } from "node:crypto";
import * as x509 from "@peculiar/x509";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { checks } from "../../src/verify/checks/checks.ts";
import { usableKeys } from "../../src/verify/checks/k1-keys.ts";
import { noPrivateKeys } from "../../src/verify/checks/k2-private-keys.ts";
import { keyStrength } from "../../src/verify/checks/k3-key-strength.ts";
import { keyIds } from "../../src/verify/checks/k4-key-ids.ts";
import { keyUse } from "../../src/verify/checks/k5-key-use.ts";
import { keyCertificates } from "../../src/verify/checks/k6-key-certificates.ts";
import { keySetType } from "../../src/verify/checks/k7-key-set-type.ts";
import { type Case, cases, explicit, lone, noon } from "./lone-check.ts";
import { privateJwk, publicJwk } from "./provider.ts";

const day = 86_400_000;
const keyChecks = checks.filter(({ id }) => id.startsWith("K"));
const { kid: _kid, alg: _alg, use: _use, ...material } = publicJwk;
const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ format: "jwk" });
const p256 = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey.export({ format: "jwk" });
const short = generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey.export({ format: "jwk" });

/** A key set that is not there: the check says that K1 did not pass. */
const unread: Case = {
  name: "no key set",
  says: (url) => (url.endsWith("/keys") ? { status: 503, text: "busy" } : undefined),
  finds: ["inconclusive", "VERIFY_NOT_RUN", "must"],
};

cases(usableKeys, [
  { name: "one key", finds: ["pass"], tells: "1 usable of 1" },
  { name: "no key", keys: [], finds: ["fail", "VERIFY_KEYS_MISSING"] },
  { name: "keys of unknown kinds only", keys: [{ kty: "AKP", pub: "x" }], finds: ["fail", "VERIFY_KEYS_MISSING"] },
  {
    name: "a key for another algorithm than the listed one",
    keys: [{ ...publicJwk, alg: "PS512" }],
    finds: ["fail", "VERIFY_KEYS_MISSING"],
  },
  { name: "endpoints in the file", subject: explicit, finds: ["pass"] },
]);

cases(noPrivateKeys, [
  { name: "public members", finds: ["pass"] },
  { name: "a private key", keys: [privateJwk], finds: ["fail", "VERIFY_KEYS_PRIVATE"], hint: "at once" },
  { name: "a symmetric key", keys: [publicJwk, { kty: "oct", k: "x" }], finds: ["fail", "VERIFY_KEYS_PRIVATE"] },
  {
    name: "a private key of a newer kind",
    keys: [publicJwk, { kty: "AKP", pub: "x", priv: "y" }],
    finds: ["fail", "VERIFY_KEYS_PRIVATE"],
  },
  {
    name: "private members that are null or empty",
    keys: [{ ...publicJwk, d: null, p: "", oth: [] }],
    finds: ["pass"],
  },
  unread,
]);

cases(keyStrength, [
  { name: "2048 bits", finds: ["pass"] },
  { name: "1024 bits", keys: [short], finds: ["fail", "VERIFY_KEYS_WEAK"], hint: "2048" },
  { name: "exponent 1", keys: [{ ...publicJwk, e: "AQ" }], finds: ["fail", "VERIFY_KEYS_WEAK"] },
  {
    name: "1024 bits behind many others",
    keys: [...Array.from({ length: 300 }, (_, at) => ({ ...p256, kid: `k${at}` })), { ...short, kid: "old" }],
    finds: ["fail", "VERIFY_KEYS_WEAK"],
    tells: "key old has",
  },
  {
    name: "a bad exponent behind many others, whose size alone is looked at",
    keys: [...Array.from({ length: 300 }, (_, at) => ({ ...p256, kid: `k${at}` })), { ...publicJwk, e: "AQ" }],
    finds: ["pass"],
    tells: "The first 200 of 301",
  },
  {
    name: "many good keys",
    keys: Array.from({ length: 300 }, (_, at) => ({ ...p256, kid: `k${at}` })),
    finds: ["pass"],
    tells: "The first 200 of 300",
  },
  unread,
]);

cases(keyIds, [
  { name: "one key", finds: ["pass"] },
  { name: "one key without kid", keys: [material], finds: ["pass"], tells: "needs no kid" },
  {
    name: "one signature key without kid beside others that are none",
    keys: [material, { ...other, use: "enc" }, { kty: "AKP", pub: "x" }, { kty: "oct" }, "odd"],
    finds: ["pass"],
  },
  { name: "two keys with kids", keys: [publicJwk, { ...other, kid: "k2" }], finds: ["pass"] },
  {
    name: "two keys without kid",
    keys: [material, other],
    finds: ["fail", "VERIFY_KEYS_WITHOUT_KID", "must"],
    hint: "a kid of its own",
  },
  {
    name: "one of two keys without kid",
    keys: [publicJwk, { ...other, use: "sig", alg: "RS256" }],
    finds: ["fail", "VERIFY_KEYS_WITHOUT_KID", "must"],
  },
  {
    name: "keys without kid that differ in kind",
    keys: [material, p256],
    finds: ["fail", "VERIFY_KEYS_WITHOUT_KID", "should"],
    tells: "only their algorithms",
  },
  {
    name: "keys without kid that differ in algorithm",
    keys: [
      { ...material, alg: "RS256" },
      { ...other, alg: "PS256" },
    ],
    finds: ["fail", "VERIFY_KEYS_WITHOUT_KID", "should"],
  },
  {
    name: "two keys of one kid",
    keys: [publicJwk, { ...other, kid: "k1", use: "sig", alg: "RS256" }],
    finds: ["fail", "VERIFY_KEYS_KID_SHARED", "must"],
    tells: "key k1",
  },
  { name: "one key twice", keys: [publicJwk, publicJwk], finds: ["fail", "VERIFY_KEYS_KID_SHARED", "must"] },
  {
    name: "one kid for two algorithms, one kind or the other",
    keys: [publicJwk, { ...material, kid: "k1", alg: "PS256" }, { ...p256, kid: "k1" }],
    finds: ["pass"],
  },
  {
    name: "one kid for signatures and for encryption",
    keys: [publicJwk, { ...other, kid: "k1", use: "enc" }],
    finds: ["pass"],
  },
  unread,
]);

cases(keyUse, [
  { name: "no use and no key for encryption", keys: [material], finds: ["pass"] },
  { name: "both, and each says it", keys: [publicJwk, { ...other, use: "enc" }], finds: ["pass"] },
  {
    name: "both, and the one for signatures says nothing",
    keys: [
      { ...material, kid: "silent" },
      { ...other, kid: "e", use: "enc" },
    ],
    finds: ["fail", "VERIFY_KEYS_USE_MISSING", "must"],
    tells: "key silent",
  },
  {
    name: "both, and the algorithm says it",
    keys: [
      { ...material, kid: "s", alg: "RS256" },
      { ...other, kid: "e", use: "enc", alg: "RSA-OAEP" },
    ],
    finds: ["fail", "VERIFY_KEYS_USE_MISSING", "should"],
    tells: "key s",
  },
  {
    name: "a key of an unknown kind that says nothing",
    keys: [publicJwk, { ...other, use: "enc" }, { kty: "AKP", pub: "x" }],
    finds: ["pass"],
  },
  {
    name: "keys for encryption only",
    keys: [{ ...material, use: "enc" }],
    finds: ["fail", "VERIFY_KEYS_ENCRYPTION_ONLY", "must"],
  },
  {
    name: "a key for encryption by its algorithm only",
    keys: [{ ...material, alg: "RSA-OAEP-256" }],
    finds: ["fail", "VERIFY_KEYS_ENCRYPTION_ONLY", "must"],
  },
  unread,
]);

/** A certificate of its own key, in base64, and the key. */
async function certified(notAfter: number) {
  const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" } as const;
  x509.cryptoProvider.set(webcrypto);
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: "01",
    name: "CN=signing",
    notBefore: new Date(noon - 365 * day),
    notAfter: new Date(notAfter),
    signingAlgorithm: algorithm,
    keys,
  });
  const { kty, crv, x, y } = await webcrypto.subtle.exportKey("jwk", keys.publicKey);
  const der = Buffer.from(certificate.rawData);
  const thumb = (name: string) => createHash(name).update(der).digest("base64url");
  const x5c = [der.toString("base64")];
  return { kty, crv, x, y, kid: "c", use: "sig", x5c, x5t: thumb("sha1"), "x5t#S256": thumb("sha256") };
}

describe("K6", () => {
  let valid: Awaited<ReturnType<typeof certified>>;
  let past: Awaited<ReturnType<typeof certified>>;
  beforeAll(async () => {
    valid = await certified(noon + 30 * day);
    past = await certified(noon - day);
  });

  /** Each with the key that it makes, because the certificates are made when the tests begin. */
  const table: readonly [name: string, key: () => unknown, verdict: string, code?: string][] = [
    ["a certificate of its own", () => valid, "pass"],
    ["a thumbprint with padding", () => ({ ...valid, x5t: `${valid.x5t}=` }), "pass"],
    ["no thumbprints", () => ({ ...valid, x5t: undefined, "x5t#S256": undefined }), "pass"],
    ["no certificate", () => publicJwk, "skipped"],
    ["a key for encryption with an old certificate", () => ({ ...past, use: "enc" }), "skipped"],
    ["another key's", () => ({ ...valid, x5c: past.x5c }), "fail", "VERIFY_KEYS_CERTIFICATE_DIFFERS"],
    ["text", () => ({ ...valid, x5c: "MII" }), "fail", "VERIFY_KEYS_CERTIFICATE_DIFFERS"],
    ["nothing in the list", () => ({ ...valid, x5c: [] }), "fail", "VERIFY_KEYS_CERTIFICATE_DIFFERS"],
    ["no certificate in the list", () => ({ ...valid, x5c: ["AAAA"] }), "fail", "VERIFY_KEYS_CERTIFICATE_DIFFERS"],
    ["another thumbprint", () => ({ ...valid, x5t: past.x5t }), "fail", "VERIFY_KEYS_THUMBPRINT_DIFFERS"],
    [
      "another thumbprint by SHA-256",
      () => ({ ...valid, "x5t#S256": past["x5t#S256"] }),
      "fail",
      "VERIFY_KEYS_THUMBPRINT_DIFFERS",
    ],
    ["one that has expired", () => past, "fail", "VERIFY_KEYS_CERTIFICATE_EXPIRED"],
  ];
  test.each(table)("%s", async (_, key, verdict, code) => {
    const { result } = await lone(keyCertificates, { keys: [key()] });
    expect([result.verdict, result.code, result.level]).toEqual([verdict, code, "policy"]);
    if (verdict === "fail") expect(result.hint).toMatch(/\S/);
  });
  cases(keyCertificates, [{ ...unread, finds: ["inconclusive", "VERIFY_NOT_RUN", "policy"] }]);
});

cases(keySetType, [
  { name: "JSON", finds: ["pass"], tells: "comes as application/json" },
  {
    name: "a key set's own type",
    says: (url) => (url.endsWith("/keys") ? { headers: { "content-type": "application/jwk-set+json" } } : undefined),
    finds: ["pass"],
    tells: "comes as application/jwk-set+json",
  },
  {
    name: "another type is told",
    says: (url) => (url.endsWith("/keys") ? { headers: { "content-type": "text/plain" } } : undefined),
    finds: ["pass"],
    tells: "not as application/json",
  },
  { ...unread, finds: ["inconclusive", "VERIFY_NOT_RUN", "policy"] },
]);

describe("key sets of any shape", () => {
  const member = fc.oneof(fc.constantFrom("RSA", "EC", "OKP", "oct", "sig", "enc", "k1"), fc.jsonValue());
  const names = fc.constantFrom(
    "kty",
    "use",
    "kid",
    "alg",
    "n",
    "e",
    "crv",
    "x",
    "y",
    "d",
    "k",
    "x5c",
    "x5t",
    "key_ops",
  );
  const keys = fc.array(fc.oneof(fc.dictionary(names, member), fc.jsonValue()), { maxLength: 6 });

  test.each(keyChecks.map((check) => [check.id, check] as const))("%s finds something", async (_, check) => {
    await fc.assert(
      fc.asyncProperty(keys, async (set) => {
        const { result } = await lone(check, { keys: set });
        expect(["pass", "fail", "skipped"]).toContain(result.verdict);
        expect(`${result.message}${result.hint ?? ""}${result.actual ?? ""}`).not.toMatch(/\p{Cc}/u);
      }),
      { numRuns: 100 },
    );
  });

  test.each(keyChecks.map((check) => [check.id, check] as const))(
    "%s looks at ten thousand keys at once",
    async (_, check) => {
      const rows = Array.from({ length: 10_000 }, (_, at) => ({
        ...publicJwk,
        kid: at % 2 === 0 ? `k${at}` : "same",
        x5c: ["AA"],
      }));
      const algorithms = Array.from({ length: 10_000 }, (_, at) => `X${at}`);
      const began = process.cpuUsage();
      await lone(check, { keys: rows, document: { id_token_signing_alg_values_supported: ["RS256", ...algorithms] } });
      expect(process.cpuUsage(began).user / 1_000).toBeLessThan(2_000);
    },
  );

  test("no finding holds private material", async () => {
    for (const check of keyChecks) {
      const { result } = await lone(check, { keys: [{ ...privateJwk, x5c: [privateJwk.d] }] });
      expect(JSON.stringify(result)).not.toContain(privateJwk.d);
    }
  });
});
