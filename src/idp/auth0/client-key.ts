import { createPublicKey } from "node:crypto";
import { thumbprintOf } from "../../desired/client-key.ts";
import type { Registration } from "../../desired/connection.ts";
import { TenantryError } from "../../errors/failure.ts";
import type { Auth0Clients } from "../../vendor/auth0/clients.ts";
import { Auth0Failure } from "../../vendor/auth0/failure.ts";
import type { PublicKey } from "../../workspace/workspace.ts";
import type { RegisteredKey } from "./client-body.ts";

/** Ids of keys that Auth0 takes (Management API, "Create a client credential"). */
const kidPattern = /^[0-9A-Za-z_-]{10,64}$/;

/** Refuses before anything is made what Auth0 would refuse afterwards. @throws TenantryError AUTH0_KEY_ID */
export function checkKey({ key, clientKey }: Registration): void {
  if (clientKey === undefined || kidPattern.test(clientKey.kid)) return;
  const message = `The key ${JSON.stringify(clientKey.kid)} of ${key} has an id that Auth0 does not take`;
  throw new TenantryError("AUTH0_KEY_ID", message);
}

/**
 * The key of the registration, registered with the client but not in use yet. Auth0 does not give a key back, so its
 * name says which it is, two keys of one id included; one of that name is used again, and none is made twice.
 */
export async function registerKey(clients: Auth0Clients, clientId: string, key: PublicKey): Promise<RegisteredKey> {
  const thumbprint = thumbprintOf(key).slice(0, 16);
  const name = `tenantry ${key.kid} ${thumbprint}`;
  const registered = (id: string): RegisteredKey => ({ id, kid: key.kid, thumbprint });
  const find = async () => (await clients.keys(clientId)).find((each) => each.name === name);
  const present = await find();
  if (present !== undefined) return registered(present.id);
  try {
    return registered((await clients.addKey(clientId, { name, kid: key.kid, alg: key.alg, pem: pemOf(key) })).id);
  } catch (error) {
    if (!(error instanceof Auth0Failure) || error.effect !== "unclear") throw error;
    const made = await find();
    if (made === undefined) throw error;
    return registered(made.id);
  }
}

function pemOf({ kty, n, e }: PublicKey): string {
  const jwk = { kty, n: n ?? "", e: e ?? "" };
  return createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" }).toString();
}
