import { resolveReference, type SecretSource } from "../secret/resolve.ts";
import { parseReference, type Reference } from "../workspace/reference.ts";
import type { IdentityProvider } from "../workspace/workspace.ts";

/** The reference that stands in the place of Tenantry's own client id; undefined when the id itself does. */
export function clientIdReference({ credentials }: IdentityProvider): Reference | undefined {
  return "clientId" in credentials ? parseReference(credentials.clientId) : undefined;
}

/**
 * The identity provider with Tenantry's own client id, where a reference stands in its place in `tenantry.yaml`: a run
 * that only looks may come in by another client than one that changes things. A client id is no secret and is shown.
 *
 * @throws TenantryError SECRET_UNRESOLVED
 */
export function withOwnClientId(idp: IdentityProvider, source: SecretSource): IdentityProvider {
  const reference = clientIdReference(idp);
  if (reference === undefined) return idp;
  const use = `the client id in the credentials of the identity provider ${idp.name}`;
  const clientId = resolveReference(reference, source, use).reveal();
  // The kinds differ in the other half of their credentials, which stays as it is.
  return { ...idp, credentials: { ...idp.credentials, clientId } } as IdentityProvider;
}
