import type { Store } from "../store/store.ts";
import type { VerifySubject } from "../verify/subject.ts";

/**
 * The keyed fingerprint of what a client proves itself with: its secret, or the private key of its assertions.
 * Undefined for a public client.
 */
export async function fingerprintOf(
  store: Store,
  { secret, clientKey }: Pick<VerifySubject, "secret" | "clientKey">,
): Promise<string | undefined> {
  const value = secret?.value ?? clientKey?.privateKey;
  return value === undefined ? undefined : store.fingerprint(value);
}
