import { createHash } from "node:crypto";
import type { Digest } from "./connection.ts";
import { canonicalJson } from "./json.ts";

/** SHA-256 over the canonical JSON of a secret-free value. */
export function digestOf(value: unknown): Digest {
  return createHash("sha256").update(canonicalJson(value)).digest("hex") as Digest;
}
