import type { Redactor } from "../secret/redact.ts";
import { referencesIn } from "../secret/remote.ts";
import { type ReferenceFrom, resolveReference, type SecretSource } from "../secret/resolve.ts";
import type { Secret } from "../secret/secret.ts";
import { secretsOfUrl } from "../store/postgres-url.ts";
import type { Reference } from "../workspace/reference.ts";

/** Where secrets come from, and who must know each of them. */
export interface KnownFrom {
  readonly source: SecretSource;
  readonly redactor: Redactor;
}

/**
 * Fetches the secrets of these parts of the workspace that lie in secret managers, so that `resolveKnown` finds them. One
 * that cannot be had is told by `resolveKnown`, to whoever needs it.
 */
export async function fetchSecrets({ source }: Pick<KnownFrom, "source">, ...parts: readonly unknown[]): Promise<void> {
  await source.remote?.fetch(referencesIn(parts));
}

/** The secret behind a reference, known to the redactor from now on. */
export function resolveKnown(
  reference: Reference,
  { source, redactor }: KnownFrom,
  use: string | (() => string),
  from: ReferenceFrom = "workspace",
): Secret {
  const secret = resolveReference(reference, source, use, from);
  redactor.know(secret);
  return secret;
}

/** An address, or what a reference gives as one; its password is known to the redactor. */
export function knownUrl(written: string | Reference, { source, redactor }: KnownFrom, use: string): string {
  const url = typeof written === "string" ? written : resolveReference(written, source, use).reveal();
  for (const secret of secretsOfUrl(url)) redactor.know(secret);
  return url;
}
