import { createPublicKey } from "node:crypto";
import { thumbprintOf } from "../../desired/client-key.ts";
import type { Registration } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Auth0Client, Auth0Clients, Auth0Key } from "../../vendor/auth0/clients.ts";
import { Auth0Failure } from "../../vendor/auth0/failure.ts";
import type { PublicKey } from "../../workspace/workspace.ts";
import { attachedOnly, type ClientKeys, type RegisteredKey } from "./client-body.ts";
import { attachedKeys, notedKey } from "./observed-client.ts";

/** Ids of keys that Auth0 takes (Management API, "Create a client credential"). */
const kidPattern = /^[0-9A-Za-z_-]{10,64}$/;

/** Keys of one client that Auth0 stores at most (its documentation, "Rotate Credentials"). */
const mostKeys = 2;

/** What the names of keys begin with that we registered. */
const ours = "tenantry ";

/** Refuses before anything is made what Auth0 would refuse afterwards. @throws TenantryError AUTH0_KEY_ID */
export function checkKey({ key, clientKey }: Registration): void {
  if (clientKey === undefined || kidPattern.test(clientKey.kid)) return;
  const message = `The key ${JSON.stringify(clientKey.kid)} of ${key} has an id that Auth0 does not take`;
  throw new TenantryError("AUTH0_KEY_ID", message);
}

/**
 * The keys with which the client is to prove itself, registered where they are not, but not in use yet. While keys are
 * kept, those are the registration's and the ones by which the client was proven before: the key that our note names and
 * keys that somebody else attached. A key of ours besides is of a change that was never finished.
 */
export async function keysFor(clients: Auth0Clients, client: Auth0Client, wanted: Registration): Promise<ClientKeys> {
  const { clientAuth, clientKey, keepKeys } = wanted;
  if (clientAuth !== "private_key_jwt") return { attached: [] };
  if (clientKey === undefined && keepKeys !== true) return { attached: [] };
  const listed = await clients.keys(client.clientId);
  const kept = provenKeys(client, listed);
  if (clientKey === undefined) return { attached: kept };
  const key = await registerKey(clients, client, clientKey, listed, kept);
  return { key, attached: keepKeys === true ? [...kept.filter((id) => id !== key.id), key.id] : [key.id] };
}

/** Ids of the keys that the client was proven with. */
function provenKeys({ raw }: Auth0Client, listed: readonly Auth0Key[]): readonly string[] {
  const attached = attachedKeys(raw);
  const noted = listed.find(({ id }) => id === notedKey(raw)[0]);
  if (noted === undefined) return attached;
  const others = listed.filter(({ id, name }) => attached.includes(id) && !name.startsWith(ours));
  return [...new Set([...others.map(({ id }) => id), noted.id])];
}

/**
 * Registers the key. Auth0 does not give a key back, so its name says which it is, two keys of one id included; one of
 * that name is used again, and none is made twice.
 */
async function registerKey(
  clients: Auth0Clients,
  client: Auth0Client,
  key: PublicKey,
  listed: readonly Auth0Key[],
  kept: readonly string[],
): Promise<RegisteredKey> {
  const { clientId } = client;
  const thumbprint = thumbprintOf(key).slice(0, 16);
  const name = `${ours}${key.kid} ${thumbprint}`;
  const registered = (id: string): RegisteredKey => ({ id, kid: key.kid, thumbprint });
  const present = listed.find((each) => each.name === name);
  if (present !== undefined) return registered(present.id);
  if (listed.length >= mostKeys) await makeRoom(clients, client, listed, kept);
  try {
    return registered((await clients.addKey(clientId, { name, kid: key.kid, alg: key.alg, pem: pemOf(key) })).id);
  } catch (error) {
    if (!(error instanceof Auth0Failure) || error.effect !== "unclear") throw error;
    const made = (await clients.keys(clientId)).find((each) => each.name === name);
    if (made === undefined) throw error;
    return registered(made.id);
  }
}

/** Removes keys of ours that are not kept. */
async function makeRoom(
  clients: Auth0Clients,
  { clientId, raw }: Auth0Client,
  listed: readonly Auth0Key[],
  kept: readonly string[],
): Promise<void> {
  const going = listed.filter(({ id, name }) => name.startsWith(ours) && !kept.includes(id)).map(({ id }) => id);
  const attached = attachedKeys(raw);
  const left = attached.filter((id) => !going.includes(id));
  // A key can be removed only when the client no longer names it.
  if (left.length < attached.length) await clients.change(clientId, attachedOnly(left));
  for (const id of going) await clients.removeKey(clientId, id);
}

function pemOf({ kty, n, e }: PublicKey): string {
  const jwk = { kty, n: n ?? "", e: e ?? "" };
  return createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
}
