import { createDecipheriv } from "node:crypto";

/**
 * Opens a sealed client secret as docs/secret-envelope.md tells an app's team to: written from that page alone, so that
 * it holds the page and what sealed the secret to each other. Throws when the text is no envelope or the key does not
 * open it.
 */
export function openEnvelope(envelope: string, record: string, key: string): string {
  const [name, version, keyId = "", ...parts] = envelope.split(".");
  if (name !== "tenantry" || version !== "v1" || parts.length !== 3) throw new Error("not a sealed secret");
  const [iv, ciphertext, tag] = parts.map((part) => Buffer.from(part, "base64url")) as [Buffer, Buffer, Buffer];
  const purpose = ["tenantry.v1", keyId, "sso_connection", record, "client_secret"];
  const decipher = createDecipheriv("aes-256-gcm", Buffer.from(key, "base64"), iv, { authTagLength: 16 });
  decipher.setAAD(Buffer.from(JSON.stringify(purpose)));
  decipher.setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]).toString("utf8");
}
