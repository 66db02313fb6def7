import { createHash, randomBytes } from "node:crypto";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Secret } from "../../../secret/secret.ts";

/** Gives a tenant's new API key to whoever takes it on to the customer. It is never told again. */
export type HandOutApiKey = (tenant: string, key: Secret) => Promise<void>;

/**
 * A new API key, 256 random bits, with its SHA-256: of so many random bits a plain digest tells nothing, so no slow hash is
 * needed to look a key up.
 */
export function newApiKey(): { readonly key: Secret; readonly hash: string } {
  const text = `tk_${randomBytes(32).toString("base64url")}`;
  return { key: new Secret(text), hash: createHash("sha256").update(text).digest("hex") };
}

/**
 * Puts a key into a file that only its owner may read (0600 in 0700), before the hash is in the database: a run that is
 * killed in between has made a file with a key that opens nothing, and the next run writes it anew.
 */
export function apiKeyFile(root: string, template: string): HandOutApiKey {
  return async (tenant, key) => {
    const path = join(root, template.replaceAll("{tenant}", tenant));
    await mkdir(dirname(path), { recursive: true, mode: 0o700 });
    const half = `${path}.${randomBytes(6).toString("hex")}.half`;
    await writeFile(half, `${key.reveal()}\n`, { mode: 0o600, flag: "wx" });
    await rename(half, path);
  };
}
