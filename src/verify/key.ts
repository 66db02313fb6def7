import { createPublicKey, type KeyObject } from "node:crypto";
import { isObject, type Metadata } from "./documents.ts";

/** Members that only private or symmetric keys have (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** Curve that each elliptic-curve algorithm needs (RFC 7518, section 3.4). */
const curves: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

/** Key management algorithms of RFC 7518, section 4.1, that keys of a set may be for. */
const encryptionAlgorithm = /^(?:RSA-OAEP|RSA1_5|ECDH-ES)/;
const encryptionOperations: ReadonlySet<unknown> = new Set(["encrypt", "decrypt", "wrapKey", "unwrapKey", "deriveKey"]);

/** Keys of one set that are parsed; of more than that only the size is looked at. */
export const mostParsed = 200;

/** What ID tokens may be signed with (RFC 7518, section 3.1 and RFC 8037), without what needs a shared secret. */
export const signatureAlgorithms: readonly string[] = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"],
];

/** The JSON Web Keys among the members of `keys`; others are ignored, as RFC 7517, section 5 asks. */
export function keyObjects(keys: readonly unknown[]): readonly Metadata[] {
  return keys.filter(isObject).filter((key) => typeof key.kty === "string");
}

/** Whether a key may verify signatures, going by kty, use and key_ops. */
export function isSignatureKey(key: Metadata): boolean {
  if (key.kty !== "RSA" && key.kty !== "EC" && key.kty !== "OKP") return false;
  if (key.kty === "OKP" && key.crv !== "Ed25519" && key.crv !== "Ed448") return false;
  if (key.use !== undefined && key.use !== "sig") return false;
  if (Array.isArray(key.key_ops) && !key.key_ops.includes("verify")) return false;
  return !(typeof key.alg === "string" && encryptionAlgorithm.test(key.alg));
}

/** Whether a signature key can verify tokens of one algorithm. */
export function fitsAlgorithm(key: Metadata, algorithm: string): boolean {
  if (typeof key.alg === "string" && key.alg !== algorithm) return false;
  if (/^[RP]S(?:256|384|512)$/.test(algorithm)) return key.kty === "RSA";
  if (algorithm in curves) return key.kty === "EC" && key.crv === curves[algorithm];
  return (algorithm === "EdDSA" || algorithm === "Ed25519" || algorithm === "Ed448") && key.kty === "OKP";
}

/** Whether a key says that it is for encryption, by use, key_ops or algorithm. */
export function isEncryptionKey(key: Metadata): boolean {
  if (key.use !== undefined) return key.use === "enc";
  if (Array.isArray(key.key_ops)) return key.key_ops.some((operation) => encryptionOperations.has(operation));
  return typeof key.alg === "string" && encryptionAlgorithm.test(key.alg);
}

/** Whether a key says at all what it is for. */
export function saysItsUse(key: Metadata): boolean {
  return key.use !== undefined || Array.isArray(key.key_ops) || typeof key.alg === "string";
}

/** Whether a key holds private or symmetric material. A member that is null or empty gives nothing away. */
export function isSecretKey(key: Metadata): boolean {
  const members = key.kty === "AKP" ? ["priv"] : privateMembers;
  return key.kty === "oct" || members.some((name) => holdsSomething(key[name]));
}

function holdsSomething(value: unknown): boolean {
  return typeof value === "string" || Array.isArray(value) ? value.length > 0 : value !== undefined && value !== null;
}

/**
 * What is wrong with a signature key: RSA under 2048 bits, bad exponent, wrong curve, malformed. Without `parses` only the
 * size of the modulus is looked at, which costs next to nothing.
 */
export function weaknessOf(key: Metadata, parses = true): string | undefined {
  if (key.kty === "EC" && !["P-256", "P-384", "P-521", "secp256k1"].includes(String(key.crv))) return undefined;
  const wanted = typeof key.alg === "string" ? curves[key.alg] : undefined;
  if (wanted !== undefined && (key.kty !== "EC" || key.crv !== wanted)) return `does not fit its algorithm ${key.alg}`;
  if (!parses) {
    if (key.kty !== "RSA") return undefined;
    const bits = typeof key.n === "string" ? Math.floor(key.n.length * 6) : 0;
    return bits < 2048 ? `has ${bits} bits` : undefined;
  }
  try {
    const parsed = publicKeyOf(key);
    const { modulusLength, publicExponent } = parsed.asymmetricKeyDetails ?? {};
    if (key.kty !== "RSA") return undefined;
    if (modulusLength === undefined || modulusLength < 2048) return `has ${modulusLength ?? "unknown"} bits`;
    const exponent = publicExponent ?? 0n;
    return exponent < 3n || exponent % 2n === 0n ? "has an unusable exponent" : undefined;
  } catch {
    return "is malformed";
  }
}

/** The public key itself. Throws when it is malformed. */
export function publicKeyOf(key: Metadata): KeyObject {
  return createPublicKey({ key: publicMembers(key), format: "jwk" });
}

/** The members that Node reads a public key from, where they are text. */
function publicMembers(key: Metadata): Record<string, string> {
  const members: Record<string, string> = {};
  for (const name of ["kty", "n", "e", "crv", "x", "y"]) {
    const value = key[name];
    if (typeof value === "string") members[name] = value;
  }
  return members;
}

/** A key's name for messages: its kid, or its place. */
export function keyName(key: Metadata, index: number): string {
  return typeof key.kid === "string" && /^[\x21-\x7e]{1,80}$/.test(key.kid)
    ? `key ${key.kid}`
    : `key number ${index + 1}`;
}
