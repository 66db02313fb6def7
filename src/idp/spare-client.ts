import { TenantryError } from "../errors/failure.ts";
import type { ObservedRegistration } from "../plan/observed.ts";
import type { IdentityProviderAdapter } from "./identity-provider.ts";

/**
 * The adapter, refusing to see or to touch one client as a customer's: the one by which Tenantry itself signs in there.
 * Somebody may have put our marker on it, by hand or by copying another client; switched off or deleted, it would lock
 * Tenantry out. Every look at registrations comes by here, so no plan can hold it, whatever it is limited to.
 *
 * @param clientId Tenantry's own; undefined when the credentials name none
 * @throws TenantryError PLAN_OWN_CLIENT, from every method that meets it
 */
export function spareClient(
  adapter: IdentityProviderAdapter,
  clientId: string | undefined,
  host: string,
): IdentityProviderAdapter {
  if (clientId === undefined) return adapter;
  const check = (found: ObservedRegistration): void => {
    if (found.fields.clientId !== clientId && found.id !== clientId) return;
    const message = `the client ${clientId} at ${host}, by which Tenantry itself signs in there, carries the marker of ${found.key}`;
    throw new TenantryError("PLAN_OWN_CLIENT", message);
  };
  return {
    ...adapter,
    async observe(wanted, depth) {
      const observation = await adapter.observe(wanted, depth);
      for (const found of [...observation.found.values(), ...observation.undeclared]) check(found);
      return observation;
    },
    async create(wanted) {
      const created = await adapter.create(wanted);
      check(created);
      return created;
    },
    async update(wanted, found) {
      check(found);
      return adapter.update(wanted, found);
    },
    async remove(found) {
      check(found);
      await adapter.remove(found);
    },
    async secretOf(found) {
      check(found);
      return adapter.secretOf(found);
    },
  };
}

/**
 * The client that an access token was given to: claim `azp`, else `client_id` (RFC 9068, section 2.2). The token is not
 * checked, only read. Undefined for a token that says nothing.
 */
export function clientIdOfToken(token: string): string | undefined {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (typeof claims !== "object" || claims === null) return undefined;
    const { azp, client_id: id } = claims as Readonly<Record<string, unknown>>;
    return [azp, id].find((claim) => typeof claim === "string");
  } catch {
    return undefined;
  }
}
