import { createHash } from "node:crypto";
import { compareText } from "../errors/issue.ts";

/** The members of a JSON Web Key that make up the key itself. */
export interface KeyMembers {
  readonly kty?: unknown;
  readonly n?: unknown;
  readonly e?: unknown;
  readonly crv?: unknown;
  readonly x?: unknown;
  readonly y?: unknown;
}

const membersOf: Readonly<Record<string, readonly (keyof KeyMembers)[]>> = {
  EC: ["crv", "kty", "x", "y"],
  RSA: ["e", "kty", "n"],
};

/** Curves by the length of a coordinate in base64url, for servers that do not give `crv` back. */
const curves: Readonly<Record<number, string>> = { 43: "P-256", 64: "P-384", 88: "P-521" };

/** The curve of an elliptic-curve key, also of one that does not say; undefined for other keys. */
export function curveOf(key: KeyMembers): string | undefined {
  if (key.kty !== "EC") return undefined;
  return typeof key.crv === "string" ? key.crv : curves[String(key.x).length];
}

/**
 * The thumbprint of a key: base64url SHA-256 of its members. Two keys of one `kid` differ in it. Empty for what is no
 * RSA or elliptic-curve key.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7638
 */
export function thumbprintOf(key: KeyMembers): string {
  const names = typeof key.kty === "string" ? membersOf[key.kty] : undefined;
  if (names === undefined) return "";
  const members = names.map((name) => [name, name === "crv" ? curveOf(key) : key[name]] as const);
  if (members.some(([, value]) => typeof value !== "string")) return "";
  return createHash("sha256")
    .update(JSON.stringify(Object.fromEntries(members)))
    .digest("base64url");
}

/**
 * What plans compare and show of the keys that a client may sign with: each by its `kid` and the beginning of its
 * thumbprint, so that another key under the same `kid` is seen. Null when there is none.
 */
export function clientKeyField(keys: readonly (KeyMembers & { readonly kid?: unknown })[]): string | null {
  const shown = keys.map((key) => `${String(key.kid ?? "no kid")} (${thumbprintOf(key).slice(0, 16)}…)`);
  return shown.length === 0 ? null : shown.sort(compareText).join(", ");
}
