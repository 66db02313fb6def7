import { clientKeyField } from "../desired/client-key.ts";
import type { Connection, Registration } from "../desired/connection.ts";
import { TenantryError } from "../errors/failure.ts";
import { wrongSigningKey } from "../verify/verify.ts";
import type { There } from "./serving.ts";
import { clientKeyFor } from "./subject.ts";
import type { World } from "./world.ts";

/**
 * Refuses a key that no proof could hold with, before it is registered: one whose private half is another's, and one
 * that cannot stand beside the key in use because it has that one's id. A private half that cannot be had is the proof's
 * affair.
 *
 * @throws TenantryError VERIFY_CLIENT_KEY_DIFFERS, VERIFY_CLIENT_KEY_UNREADABLE, VERIFY_CLIENT_KEY_UNFIT,
 *   APPLY_KEY_ID_TAKEN
 */
export function checkClientKey(
  world: World,
  { key, app, record, registration }: Connection,
  transitional: Registration,
  there: There,
): void {
  const { clientKey } = registration;
  if (registration.kind === "external" || clientKey === undefined) return;
  const pair = clientKeyFor(world, app, record.clientAuth);
  const wrong = pair === undefined ? undefined : wrongSigningKey(pair);
  if (wrong?.code !== undefined) {
    const hint = wrong.hint === undefined ? {} : { hint: wrong.hint };
    throw new TenantryError(wrong.code, `${key} was left alone: ${wrong.message}`, hint);
  }
  const inUse = String(transitional.keepKeys === true ? (there.registration?.fields.clientKey ?? "") : "").split(", ");
  const own = clientKeyField([clientKey]) ?? "";
  const same = inUse.some((each) => each !== own && each.startsWith(`${clientKey.kid} (`));
  if (!same) return;
  const message = `${key} was left alone: the client has another key under the id ${JSON.stringify(clientKey.kid)}`;
  throw new TenantryError("APPLY_KEY_ID_TAKEN", message);
}
