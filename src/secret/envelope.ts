/**
 * A sealed secret as one text: `tenantry.v1.<keyId>.<iv>.<ciphertext>.<tag>`. The key id is 16 lower-case hexadecimal
 * digits; the other parts are base64url without padding (RFC 4648, section 5): a 12-byte IV, at least one byte of
 * ciphertext and a 16-byte tag.
 */
export interface Envelope {
  readonly keyId: string;
  readonly iv: Buffer;
  readonly ciphertext: Buffer;
  readonly tag: Buffer;
}

const form = /^tenantry\.v1\.([0-9a-f]{16})\.([A-Za-z0-9_-]{16})\.([A-Za-z0-9_-]{2,})\.([A-Za-z0-9_-]{22})$/;

export function formatEnvelope(envelope: Envelope): string {
  const parts = [envelope.iv, envelope.ciphertext, envelope.tag].map((part) => part.toString("base64url"));
  return ["tenantry", "v1", envelope.keyId, ...parts].join(".");
}

/** The parts of an envelope; undefined for every text that `formatEnvelope` would not have written. */
export function parseEnvelope(text: string): Envelope | undefined {
  const match = form.exec(text);
  if (match === null) return undefined;
  const [, keyId = "", iv = "", ciphertext = "", tag = ""] = match;
  const envelope: Envelope = {
    keyId,
    iv: Buffer.from(iv, "base64url"),
    ciphertext: Buffer.from(ciphertext, "base64url"),
    tag: Buffer.from(tag, "base64url"),
  };
  // Decoding ignores spare bits of the last character; one secret has one spelling only.
  return formatEnvelope(envelope) === text ? envelope : undefined;
}
