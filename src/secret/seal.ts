import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";
import { canonicalJson } from "../desired/json.ts";
import { TenantryError } from "../errors/failure.ts";
import { formatEnvelope, parseEnvelope } from "./envelope.ts";
import { Secret } from "./secret.ts";

/** Where a sealed secret belongs. It is authenticated with the secret, so that a copy elsewhere does not open. */
export interface SealPurpose {
  readonly table: string;
  /** Key of the row or object. */
  readonly record: string;
  readonly column: string;
}

/** A key with the name that messages use for it, such as the text of its reference. */
export interface SealingKey {
  readonly name: string;
  /** 32 random bytes as base64. */
  readonly value: Secret;
}

/** Seals secrets for one app and opens them as the app would. */
export interface Sealer {
  /**
   * The secret as an envelope text (see `envelope.ts`); a new text on every call.
   *
   * @throws TenantryError SECRET_SEAL_TEXT_INVALID for an empty secret or one with unpaired surrogates.
   */
  seal(secret: Secret, purpose: SealPurpose): string;
  /**
   * The secret in an envelope.
   *
   * @throws TenantryError SECRET_SEAL_MALFORMED, SECRET_SEAL_KEY_UNKNOWN or SECRET_SEAL_REFUSED.
   */
  open(envelope: string, purpose: SealPurpose): Secret;
  /** Whether an envelope is sealed with the first key; one that is not should be sealed anew. */
  isCurrent(envelope: string): boolean;
}

const algorithm = "aes-256-gcm";
const ivBytes = 12;
const tagBytes = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 12-byte IV and a 16-byte tag. The first key seals, all open. One key may
 * seal up to 2^32 secrets (section 8.3 there).
 *
 * The additional data is the canonical JSON text `["tenantry.v1", keyId, table, record, column]`, UTF-8.
 *
 * @throws TenantryError SECRET_SEAL_KEY_INVALID when a key is not 32 bytes of base64, or none is given.
 */
export function createSealer(keys: readonly SealingKey[], random: (bytes: number) => Uint8Array = randomBytes): Sealer {
  const ring = keys.map(readKey);
  const [first] = ring;
  if (first === undefined) throw new TenantryError("SECRET_SEAL_KEY_INVALID", "No sealing key is given.");

  return {
    seal(secret, purpose) {
      const text = secret.reveal();
      if (text === "") throw new TenantryError("SECRET_SEAL_TEXT_INVALID", `${placeOf(purpose)} would be empty.`);
      if (!text.isWellFormed()) {
        throw new TenantryError("SECRET_SEAL_TEXT_INVALID", `${placeOf(purpose)} is not well-formed Unicode.`);
      }
      const iv = Buffer.from(random(ivBytes));
      const cipher = createCipheriv(algorithm, first.bytes, iv, { authTagLength: tagBytes });
      cipher.setAAD(additionalData(first.id, purpose));
      const ciphertext = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
      return formatEnvelope({ keyId: first.id, iv, ciphertext, tag: cipher.getAuthTag() });
    },

    isCurrent: (text) => parseEnvelope(text)?.keyId === first.id,

    open(text, purpose) {
      const envelope = parseEnvelope(text);
      if (envelope === undefined) {
        throw new TenantryError("SECRET_SEAL_MALFORMED", `${placeOf(purpose)} is not a sealed secret.`);
      }
      const key = ring.find((candidate) => candidate.id === envelope.keyId);
      if (key === undefined) {
        throw new TenantryError(
          "SECRET_SEAL_KEY_UNKNOWN",
          `${placeOf(purpose)} is sealed with the key ${envelope.keyId}, which is not among the ${ring.length} given.`,
        );
      }
      const decipher = createDecipheriv(algorithm, key.bytes, envelope.iv, { authTagLength: tagBytes });
      decipher.setAAD(additionalData(key.id, purpose));
      decipher.setAuthTag(envelope.tag);
      try {
        return new Secret(Buffer.concat([decipher.update(envelope.ciphertext), decipher.final()]).toString("utf8"));
      } catch (cause) {
        throw new TenantryError(
          "SECRET_SEAL_REFUSED",
          `${placeOf(purpose)} does not open: it was changed, or sealed for another place.`,
          { cause },
        );
      }
    },
  };
}

function readKey(key: SealingKey): { readonly id: string; readonly bytes: Buffer } {
  const text = key.value.reveal();
  const bytes = Buffer.from(text, "base64");
  if (bytes.length !== 32 || bytes.toString("base64").replace(/=$/, "") !== text.replace(/=$/, "")) {
    throw new TenantryError("SECRET_SEAL_KEY_INVALID", `The sealing key ${key.name} is not 32 bytes of base64.`);
  }
  return { id: keyId(bytes), bytes };
}

/** Says which key sealed a text without saying anything about the key. */
function keyId(bytes: Buffer): string {
  return createHash("sha256").update("tenantry sealing key id, version 1\0").update(bytes).digest("hex").slice(0, 16);
}

function additionalData(id: string, purpose: SealPurpose): Buffer {
  return Buffer.from(canonicalJson(["tenantry.v1", id, purpose.table, purpose.record, purpose.column]), "utf8");
}

function placeOf(purpose: SealPurpose): string {
  return `The secret ${purpose.table}.${purpose.column} of ${purpose.record}`;
}
