import { TenantryError } from "../../errors/failure.ts";
import type { Secret } from "../../secret/secret.ts";

/** The product's own minimum (https://opentofu.org/docs/language/state/encryption/, PBKDF2). */
const shortestPassphrase = 16;

/**
 * `TF_ENCRYPTION` of OpenTofu: state and plan files are encrypted with AES-GCM by a key derived from the passphrase, and
 * writing either of them in plain text is an error.
 *
 * @param migrating whether a state that is there in plain text may be read; it is written encrypted
 * @throws TenantryError ENGINE_ENCRYPTION_UNSUPPORTED for Terraform, ENGINE_PASSPHRASE_SHORT
 */
export function encryptionOf(product: "tofu" | "terraform", passphrase: Secret, migrating: boolean): string {
  if (product === "terraform") {
    throw new TenantryError(
      "ENGINE_ENCRYPTION_UNSUPPORTED",
      "tenantry.yaml asks for an encrypted state (engines.terraform.encryption), and Terraform cannot encrypt it",
    );
  }
  const text = passphrase.reveal();
  if (text.length < shortestPassphrase) {
    throw new TenantryError(
      "ENGINE_PASSPHRASE_SHORT",
      `the passphrase of engines.terraform.encryption has ${text.length} characters, and OpenTofu wants ${shortestPassphrase}`,
    );
  }
  const method = "method.aes_gcm.tenantry";
  // `enforced` forbids a plain state to be read, too.
  const state = migrating ? { method, fallback: { method: "method.unencrypted.before" } } : { method, enforced: true };
  return JSON.stringify({
    key_provider: { pbkdf2: { tenantry: { passphrase: literal(text) } } },
    method: {
      aes_gcm: { tenantry: { keys: `\${key_provider.pbkdf2.tenantry}` } },
      ...(migrating ? { unencrypted: { before: {} } } : {}),
    },
    state,
    plan: { method, enforced: true },
  });
}

/** A text in which nothing is evaluated. */
function literal(text: string): string {
  return text.replace(/[$%]\{/g, (found) => found.charAt(0) + found);
}
