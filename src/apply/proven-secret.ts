import type { Store } from "../store/store.ts";
import type { VerifySubject } from "../verify/subject.ts";

/**
 * The keyed fingerprint of what a client proves itself with: its secret, or the private key of its assertions.
 * Undefined for a public client, and when there is nothing to take it of.
 */
export async function fingerprintOf(
  store: Store,
  { clientAuth, secret, clientKey }: Pick<VerifySubject, "clientAuth" | "secret" | "clientKey">,
): Promise<string | undefined> {
  const value = provenValue({ clientAuth, secret, clientKey });
  return value === undefined ? undefined : store.fingerprint(value);
}

function provenValue({ clientAuth, secret, clientKey }: Pick<VerifySubject, "clientAuth" | "secret" | "clientKey">) {
  switch (clientAuth) {
    case "client_secret_basic":
    case "client_secret_post":
      return secret?.value;
    case "private_key_jwt":
      return clientKey?.privateKey;
    case "none":
      return undefined;
    default:
      // A record may hold anything.
      clientAuth satisfies never;
      return undefined;
  }
}
