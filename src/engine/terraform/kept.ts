import { clientKeyField } from "../../desired/client-key.ts";
import type { Registration } from "../../desired/connection.ts";
import { markedProfile } from "../../idp/okta/marker.ts";
import type { ObservedRegistration } from "../../plan/observed.ts";
import { isJsonObject, type JsonObject, parseJson } from "../../vendor/json.ts";
import { signingKeys } from "./app-fields.ts";

/** What is in an app besides what is wanted, and stays. */
export interface Kept {
  readonly keys?: readonly JsonObject[] | undefined;
  readonly profile?: JsonObject | undefined;
}

/**
 * What of an app has to stay that only a plan of it shows: keys that the registration does not decide on, and what
 * others have put into its profile. Undefined when there is nothing of the kind. Pure.
 *
 * @param before the app's arguments as they are
 */
export function keptOf(
  wanted: Registration,
  found: ObservedRegistration | undefined,
  before: JsonObject | undefined,
): Kept | undefined {
  if (before === undefined) return undefined;
  const keys = keptKeys(wanted, found, before);
  const profile = typeof before.profile === "string" ? parseJson(before.profile) : undefined;
  const ours = new Set(Object.keys(markedProfile({}, wanted.marker)));
  const shared = isJsonObject(profile) && Object.keys(profile).some((name) => !ours.has(name));
  if (keys.length === 0 && !shared) return undefined;
  return { ...(keys.length === 0 ? {} : { keys }), ...(shared ? { profile } : {}) };
}

/** A registration that names a key has only that one, unless it says that others stay; otherwise all stay. */
function keptKeys(
  { clientAuth, clientKey, keepKeys }: Registration,
  found: ObservedRegistration | undefined,
  before: JsonObject,
): readonly JsonObject[] {
  const decides = clientAuth === "private_key_jwt" && clientKey !== undefined;
  if (decides && keepKeys !== true) return [];
  // The provider does not tell a key that is switched off from others, and would switch it on again.
  const usable = found?.fields.clientKey;
  const isUsable = (key: JsonObject): boolean =>
    typeof usable !== "string" || usable.split(", ").includes(clientKeyField([key]) ?? "");
  return signingKeys(before).filter((key) => isUsable(key) && !(decides && key.kid === clientKey.kid));
}
