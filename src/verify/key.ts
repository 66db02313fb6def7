import { createPublicKey } from "node:crypto";
import { isObject, type Metadata } from "./documents.ts";

/** Members that only private or symmetric keys have (RFC 7518, sections 6.2.2, 6.3.2 and 6.4). */
const privateMembers = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/** Curve that each elliptic-curve algorithm needs (RFC 7518, section 3.4). */
const curves: Readonly<Record<string, string>> = { ES256: "P-256", ES384: "P-384", ES512: "P-521" };

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
  return !(typeof key.alg === "string" && /^(?:RSA-OAEP|RSA1_5|ECDH-ES)/.test(key.alg));
}

/** Whether a signature key can verify tokens of one algorithm. */
export function fitsAlgorithm(key: Metadata, algorithm: string): boolean {
  if (typeof key.alg === "string" && key.alg !== algorithm) return false;
  if (/^[RP]S(?:256|384|512)$/.test(algorithm)) return key.kty === "RSA";
  if (algorithm in curves) return key.kty === "EC" && key.crv === curves[algorithm];
  return (algorithm === "EdDSA" || algorithm === "Ed25519" || algorithm === "Ed448") && key.kty === "OKP";
}

/** Whether a key holds private or symmetric material. */
export function isSecretKey(key: Metadata): boolean {
  return key.kty === "oct" || privateMembers.some((name) => key[name] !== undefined);
}

/** What is wrong with a signature key: RSA under 2048 bits, bad exponent, wrong curve, malformed. */
export function weaknessOf(key: Metadata): string | undefined {
  if (key.kty === "EC" && !["P-256", "P-384", "P-521", "secp256k1"].includes(String(key.crv))) return undefined;
  const wanted = typeof key.alg === "string" ? curves[key.alg] : undefined;
  if (wanted !== undefined && (key.kty !== "EC" || key.crv !== wanted)) return `does not fit its algorithm ${key.alg}`;
  try {
    const parsed = createPublicKey({ key: publicMembers(key), format: "jwk" });
    const { modulusLength, publicExponent } = parsed.asymmetricKeyDetails ?? {};
    if (key.kty !== "RSA") return undefined;
    if (modulusLength === undefined || modulusLength < 2048) return `has ${modulusLength ?? "unknown"} bits`;
    const exponent = publicExponent ?? 0n;
    return exponent < 3n || exponent % 2n === 0n ? "has an unusable exponent" : undefined;
  } catch {
    return "is malformed";
  }
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
