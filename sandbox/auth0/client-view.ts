import type { Json, JsonObject } from "../json.ts";
import type { Principal } from "./call.ts";
import type { Auth0Client, Auth0Credential, ClientSettings } from "./model.ts";
import type { Auth0Tenant } from "./tenant.ts";

/** Shown to every token that may list clients at all. */
const summary = ["client_id", "app_type", "name", "description"];

/** Shown only to a token with `read:client_keys` or `read:client_credentials`. */
const keys = ["client_secret", "client_authentication_methods", "signing_keys", "encryption_key"];

/**
 * A client as the token's scopes let it be seen. The secret is there at every read, unless the client proves itself
 * with a key; `asCreated` shows all of it, as the reply of `POST` does.
 */
export function viewClient(
  tenant: Auth0Tenant,
  client: Auth0Client,
  principal: Principal,
  asCreated = false,
): JsonObject {
  const shown: JsonObject = {
    tenant: tenant.name,
    global: client.global,
    client_id: client.clientId,
    ...(client.global ? withoutGrantTypes(client.settings) : client.settings),
    ...(client.settings.client_authentication_methods === undefined ? { client_secret: client.secret } : {}),
    signing_keys: [{ subject: `deprecated=/CN=${tenant.host}`, cert: tenant.signingCertificate }],
  };
  if (asCreated) return shown;
  const { scopes } = principal;
  const seesKeys = scopes.has("read:client_keys") || scopes.has("read:client_credentials");
  const seesAll = scopes.has("read:clients") || scopes.has("read:client_keys");
  return Object.fromEntries(
    Object.entries(shown).filter(([name]) => (keys.includes(name) ? seesKeys : seesAll || summary.includes(name))),
  ) as { [key: string]: Json };
}

/** Nobody signs in as the global client, so it has no grant types. */
function withoutGrantTypes({ grant_types: _none, ...settings }: ClientSettings): JsonObject {
  return settings;
}

/** A key or certificate of a client; never itself, which Auth0 does not give back. */
export function viewCredential(credential: Auth0Credential): JsonObject {
  const optional = {
    kid: credential.kid,
    alg: credential.alg,
    name: credential.name,
    subject_dn: credential.subjectDn,
    thumbprint_sha256: credential.certificateThumbprint,
    expires_at: credential.expiresAt,
  };
  return {
    id: credential.id,
    credential_type: credential.type,
    created_at: credential.createdAt,
    updated_at: credential.updatedAt,
    ...Object.fromEntries(
      Object.entries(optional).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  };
}
