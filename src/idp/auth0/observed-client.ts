import type { ConnectionKey } from "../../desired/connection.ts";
import { asRegistered } from "../../plan/fields.ts";
import type { Fields, ObservedRegistration } from "../../plan/observed.ts";
import type { Auth0Client } from "../../vendor/auth0/clients.ts";
import { isJsonObject, type JsonObject, objectIn, textIn, textsIn } from "../../vendor/json.ts";
import { differingSettings } from "./client-body.ts";
import { keptInClient } from "./marker.ts";

/**
 * A client in the words of the model, with the same field names as `registrationFields` of a wanted registration.
 * Auth0 cannot demand PKCE and has no response types apart from grants, so these two are missing.
 *
 * A client that is switched off shows the grants that are kept for it.
 *
 * Auth0 shows keys, and that a client has one, only to a token that could read every client's secret too. Any other token
 * sees the key that we registered, by our note of it; without a note, how the client proves itself stays unread.
 *
 * @param enabledConnections sorted names; undefined when they were not read
 */
export function observedClient(
  key: ConnectionKey,
  client: Auth0Client,
  enabledConnections: readonly string[] | undefined,
): ObservedRegistration {
  const { raw } = client;
  const grants = textsIn(raw, "grant_types");
  const active = grants.length > 0;
  const clientAuth = clientAuthOf(raw);
  const kept = textIn(objectIn(raw, "client_metadata"), keptInClient.grants)?.split(" ") ?? [];
  const grantTypes = [...(active ? grants : kept)].sort();
  const otherSettings = differingSettings(raw, grantTypes.includes("refresh_token"));
  const fields: Fields = {
    label: client.name,
    active,
    clientId: client.clientId,
    redirectUris: textsIn(raw, "callbacks"),
    postLogoutRedirectUris: [...textsIn(raw, "allowed_logout_urls")].sort(),
    grantTypes,
    ...(clientAuth === undefined ? {} : { clientAuth }),
    ...(clientAuth === "private_key_jwt" ? { clientKey: keyOf(raw) } : {}),
    settings: otherSettings.length === 0 ? asRegistered : otherSettings,
    ...(enabledConnections === undefined ? {} : { enabledConnections }),
  };
  return { id: client.clientId, key, active, fields };
}

/** Whether the client proves itself with a secret that Auth0 keeps. */
export function usesSecret(found: ObservedRegistration): boolean {
  return String(found.fields.clientAuth).startsWith("client_secret");
}

/** The ids at Auth0 of the keys with which the client proves itself. */
export function attachedKeys(raw: JsonObject): readonly string[] {
  const { credentials } = objectIn(objectIn(raw, "client_authentication_methods"), "private_key_jwt");
  return Array.isArray(credentials) ? credentials.flatMap((item) => textIn(item, "id") ?? []) : [];
}

/** Whether Auth0 did not show by what the client proves itself, so that it is something else than a secret. */
export function hidesMethod(raw: JsonObject): boolean {
  return !isJsonObject(raw.client_authentication_methods) && textIn(raw, "token_endpoint_auth_method") === undefined;
}

/** Client authentication by methods of its own takes the place of the one at the token endpoint. */
function clientAuthOf(raw: JsonObject): string | undefined {
  if (hidesMethod(raw)) return notedKey(raw).length === 0 ? undefined : "private_key_jwt";
  const methods = raw.client_authentication_methods;
  const [method] = isJsonObject(methods) ? Object.keys(methods) : [];
  return method ?? textIn(raw, "token_endpoint_auth_method");
}

/** Auth0's id of the key that we registered, the key's own id and thumbprint; nothing when we registered none. */
export function notedKey(raw: JsonObject): readonly string[] {
  return textIn(objectIn(raw, "client_metadata"), keptInClient.key)?.split(" ") ?? [];
}

/**
 * The client's key as `clientKeyField` writes it, when it is the one that we registered; what else there is by Auth0's
 * ids. Null when there is none.
 */
function keyOf(raw: JsonObject): string | null {
  const [id, kid, thumbprint] = notedKey(raw);
  const attached = hidesMethod(raw) && id !== undefined ? [id] : attachedKeys(raw);
  if (attached.length === 0) return null;
  return attached.length === 1 && attached[0] === id ? `${kid} (${thumbprint}…)` : attached.join(", ");
}
