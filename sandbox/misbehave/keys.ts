import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { JsonObject } from "../json.ts";
import type { Misbehaviour } from "./misbehaviour.ts";
import { keySet, page, withJson } from "./replies.ts";

/** The key set (RFC 7517; OpenID Connect Core 1.0, section 10.1). */
export const keyMisbehaviours: readonly Misbehaviour[] = [
  {
    name: "jwks-404",
    kind: "keys",
    about: "There is no key set where the discovery document says.",
    layer: keySet(() => page(404, "Not found")),
  },
  {
    name: "jwks-html",
    kind: "keys",
    about: "A page stands where the key set should be.",
    layer: keySet(() => page(200, "Sign in to continue")),
  },
  {
    name: "jwks-empty",
    kind: "keys",
    about: "The key set holds no key.",
    layer: keySet(() => ({ keys: [] })),
  },
  {
    name: "jwks-without-keys",
    kind: "keys",
    about: "The key set has no member keys.",
    layer: keySet((_, reply) => withJson(reply, {})),
  },
  {
    name: "jwks-private-key",
    kind: "keys",
    about: "The key set holds a private key.",
    layer: keySet((keys) => ({ keys: [...keys, { ...made("private"), kid: "published", use: "sig", alg: "RS256" }] })),
  },
  {
    name: "jwks-symmetric-key",
    kind: "keys",
    about: "The key set holds a symmetric key.",
    layer: keySet((keys) => ({ keys: [...keys, { kty: "oct", kid: "shared", k: "c2hhcmVkIHdpdGggZXZlcnlib2R5" }] })),
  },
  {
    name: "jwks-rsa-1024",
    kind: "keys",
    about: "The provider signs with an RSA key of 1024 bits.",
    layer: keySet(() => ({ keys: [{ ...made("weak"), kid: "old", use: "sig", alg: "RS256" }] })),
  },
  {
    name: "jwks-exponent-1",
    kind: "keys",
    about: "The exponent of the RSA key is 1, with which everything is a signature.",
    layer: keySet((keys) => ({ keys: keys.map((key) => ({ ...key, e: "AQ" })) })),
  },
  {
    name: "jwks-enc-only",
    kind: "keys",
    about: "Every key of the set is for encryption.",
    layer: keySet((keys) => ({ keys: keys.map((key) => ({ ...key, use: "enc" })) })),
  },
  {
    name: "jwks-duplicate-kid",
    kind: "keys",
    about: "Two different keys have the same id.",
    layer: keySet((keys) => ({
      keys: [...keys, ...signing(keys).map((key) => ({ ...key, ...made("public"), kid: key.kid ?? "" }))],
    })),
  },
  {
    name: "jwks-missing-kids",
    kind: "keys",
    about: "There are two keys, and neither has an id.",
    layer: keySet((keys) => ({
      keys: [...keys, { ...made("public"), use: "sig", alg: "RS256" }].map(({ kid: _kid, ...key }: JsonObject) => key),
    })),
  },
  {
    name: "jwks-alg-mismatch",
    kind: "keys",
    about: "The keys are for another algorithm than the one that the discovery document lists.",
    layer: keySet((keys) => ({ keys: keys.map((key) => ({ ...key, alg: "PS512" })) })),
  },
  {
    name: "jwks-mixed-without-use",
    kind: "keys",
    about: "There are keys for signatures and for encryption, and those for signatures do not say so.",
    layer: keySet((keys) => ({
      keys: [
        ...signing(keys).map(({ use: _use, ...key }) => key),
        { ...made("public"), kid: "encrypts", use: "enc", alg: "RSA-OAEP" },
      ],
    })),
  },
  {
    name: "jwks-x5c-other-key",
    kind: "keys",
    about: "The certificate beside a key (x5c) is that of another key.",
    layer: keySet((keys) => ({ keys: keys.map((key) => ({ ...key, x5c: [foreignCertificate] })) })),
  },
  {
    name: "jwks-text-plain",
    kind: "keys",
    about: "The key set comes as text/plain.",
    layer: keySet((_, reply) => ({
      ...reply,
      headers: { ...reply.headers, "content-type": "text/plain" },
    })),
  },
  {
    name: "jwks-cached-a-month",
    kind: "keys",
    about: "The key set may be kept for a month, so that a new key is not seen in time.",
    layer: keySet((_, reply) => ({
      ...reply,
      headers: { ...reply.headers, "cache-control": "public, max-age=2592000" },
    })),
  },
];

function signing(keys: readonly JsonObject[]): readonly JsonObject[] {
  return keys.filter(({ use }) => use !== "enc");
}

const pairs = new Map<string, JsonObject>();

/** A key, made when it is first asked for. */
function made(what: "private" | "public" | "weak"): JsonObject {
  let key = pairs.get(what);
  if (key === undefined) {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: what === "weak" ? 1024 : 2048 });
    const shown =
      what === "private" ? privateKey : createPublicKey(privateKey.export({ type: "pkcs8", format: "pem" }));
    key = shown.export({ format: "jwk" }) as JsonObject;
    pairs.set(what, key);
  }
  return key;
}

/** A certificate that nobody holds the key of. */
const foreignCertificate = [
  "MIIBHjCBxaADAgECAgEBMAoGCCqGSM49BAMCMBYxFDASBgNVBAMTC2Fub3RoZXIga2V5MCAXDTIwMDEwMTAwMDAwMFoYDzIxMjAw",
  "MTAxMDAwMDAwWjAWMRQwEgYDVQQDEwthbm90aGVyIGtleTBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABEtM2EVpSFlGBusfrY9g",
  "4pGr9avIPFQOoOKY8MG0hbaoiwT5+7Ue3HXWYaX5SMAh8Qu3iw0uYPTeAE21a3l01O6jAjAAMAoGCCqGSM49BAMCA0gAMEUCIQCO",
  "SbqY6uBvdcoF8BoSrY2am/v1ZfnN1g+RBVOIcJBWNgIgOV45XFItbKLUCu0rXXd35BFYTwzavOw+oDIm086cFBU=",
].join("");
