import type { ConnectionKey } from "../../desired/connection.ts";
import type { Fields, ObservedRegistration } from "../../plan/observed.ts";
import type { Auth0Client } from "../../vendor/auth0/clients.ts";
import { isJsonObject, type JsonObject, objectIn, textIn, textsIn } from "../../vendor/json.ts";
import { keptInClient } from "./marker.ts";

/**
 * A client in the words of the model, with the same field names as `registrationFields` of a wanted registration.
 * Auth0 cannot demand PKCE and has no response types apart from grants, so these two are missing.
 *
 * A client that is switched off shows the grants that are kept for it.
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
  const fields: Fields = {
    label: client.name,
    active,
    clientId: client.clientId,
    redirectUris: textsIn(raw, "callbacks"),
    postLogoutRedirectUris: [...textsIn(raw, "allowed_logout_urls")].sort(),
    grantTypes: [...(active ? grants : kept)].sort(),
    clientAuth,
    ...(clientAuth === "private_key_jwt" ? { clientKey: keyOf(raw) } : {}),
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

/** Client authentication by methods of its own takes the place of the one at the token endpoint. */
function clientAuthOf(raw: JsonObject): string {
  const methods = raw.client_authentication_methods;
  const [method] = isJsonObject(methods) ? Object.keys(methods) : [];
  return method ?? textIn(raw, "token_endpoint_auth_method") ?? "";
}

/**
 * The client's key as `clientKeyField` writes it, when it is the one that we registered; what else there is by Auth0's
 * ids. Null when there is none.
 */
function keyOf(raw: JsonObject): string | null {
  const attached = attachedKeys(raw);
  if (attached.length === 0) return null;
  const [id, kid, thumbprint] = (textIn(objectIn(raw, "client_metadata"), keptInClient.key) ?? "").split(" ");
  return attached.length === 1 && attached[0] === id ? `${kid} (${thumbprint}…)` : attached.join(", ");
}
