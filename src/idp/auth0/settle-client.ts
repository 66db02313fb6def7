import type { Registration } from "../../desired/connection.ts";
import { orGone } from "../../vendor/auth0/answer.ts";
import type { Auth0Client, Auth0ConnectionName } from "../../vendor/auth0/clients.ts";
import type { Auth0Tenant } from "../../vendor/auth0/tenant.ts";
import { changedMembers } from "./client-body.ts";
import { keysFor } from "./client-key.ts";
import { attachedKeys, notedKey } from "./observed-client.ts";

/**
 * Brings a client of ours to what is wanted, in place, with as few calls as the differences take. The order keeps
 * people in who may come in before and after, and lets nobody in too early: off first, new connections before old ones
 * go, a new key before the old one goes, which is not before the change of a live record is proven.
 *
 * The enabled connections are the registration's: those that somebody else enabled for the client are taken away (the
 * plan shows that), and so are those that Auth0 enables for every new client.
 *
 * @param wantedConnections the connections that may be enabled for the client
 * @param enabled the connections that are
 */
export async function settleClient(
  tenant: Auth0Tenant,
  client: Auth0Client,
  wanted: Registration,
  wantedConnections: readonly Auth0ConnectionName[],
  enabled: readonly Auth0ConnectionName[],
): Promise<Auth0Client> {
  const { clientId } = client;
  const switchFor = async (
    from: readonly Auth0ConnectionName[],
    without: readonly Auth0ConnectionName[],
    on: boolean,
  ) => {
    for (const { id } of from) {
      if (!without.some((each) => each.id === id)) await tenant.connections.switchFor(id, clientId, on);
    }
  };
  const change = async (): Promise<Auth0Client> => {
    const keys = await keysFor(tenant.clients, client, wanted);
    const body = changedMembers(client.raw, wanted, keys);
    if (body === undefined) return client;
    const changed = await tenant.clients.change(clientId, body);
    // A key can be removed only when the client no longer names it.
    for (const id of keysBefore()) if (!keys.attached.includes(id)) await tenant.clients.removeKey(clientId, id);
    return changed;
  };
  /** Ids of keys that have no use but the one that this change gives them. */
  const keysBefore = (): readonly string[] => {
    const attached = attachedKeys(client.raw);
    if (wanted.keepKeys === true) return wanted.clientAuth === "private_key_jwt" ? attached : [];
    const [noted] = notedKey(client.raw);
    return [...new Set([...attached, ...(noted === undefined ? [] : [noted])])];
  };

  if (wanted.state !== "active") {
    const changed = await change();
    await switchFor(enabled, wantedConnections, false);
    // Switching off must not fail because a connection is gone.
    await orGone(switchFor(wantedConnections, enabled, true));
    return changed;
  }
  await switchFor(wantedConnections, enabled, true);
  const changed = await change();
  await switchFor(enabled, wantedConnections, false);
  return changed;
}
