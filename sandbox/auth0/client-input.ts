import { isObject, type JsonObject } from "../json.ts";
import { createClient, updateClient } from "./client-schema.ts";
import type { Auth0Client, ClientSettings } from "./model.ts";
import { invalidBody } from "./problem.ts";
import { checked, withoutNulls } from "./validate.ts";

const mostMetadata = 10;

/** The settings that a body for a new client makes, with the defaults that Auth0 fills in. Throws its 400. */
export function readNewClient(body: unknown): ClientSettings {
  const sent = checked(body, createClient);
  checkAuthentication(sent);
  return settingsFor(sent as ClientSettings);
}

/** Settings with the defaults that Auth0 fills in for a new client, which depend on its type and authentication. */
export function settingsFor(sent: JsonObject & { name: string }): ClientSettings {
  const method = sent.token_endpoint_auth_method;
  const isPublic = method === "none";
  const firstParty = sent.is_first_party !== false;
  const jwt = isObject(sent.jwt_configuration) ? sent.jwt_configuration : { lifetime_in_seconds: 36_000 };
  const settings: ClientSettings = {
    is_first_party: firstParty,
    is_token_endpoint_ip_header_trusted: false,
    oidc_conformant: !firstParty,
    sso_disabled: false,
    cross_origin_authentication: false,
    grant_types: [
      "authorization_code",
      "implicit",
      "refresh_token",
      ...(isPublic || sent.app_type === "spa" || sent.app_type === "native" ? [] : ["client_credentials"]),
    ],
    custom_login_page_on: true,
    refresh_token: refreshDefaults(firstParty, method !== undefined && !isPublic),
    ...(firstParty ? {} : { third_party_security_mode: "permissive" }),
    ...withoutNulls(sent),
    name: sent.name,
    jwt_configuration: { secret_encoded: false, ...jwt },
  };
  tidy(settings);
  return settings;
}

/** Auth0 gives long lifetimes to what was registered with a secret, and rotates for third parties. */
function refreshDefaults(firstParty: boolean, confidential: boolean): JsonObject {
  return {
    rotation_type: firstParty ? "non-rotating" : "rotating",
    expiration_type: firstParty ? "non-expiring" : "expiring",
    leeway: 0,
    token_lifetime: confidential ? 31_557_600 : 2_592_000,
    infinite_token_lifetime: firstParty,
    infinite_idle_token_lifetime: firstParty,
    idle_token_lifetime: confidential ? 2_592_000 : 1_296_000,
  };
}

/**
 * The settings of a client after a PATCH: fields are replaced, null takes a field away, metadata and JWT settings are
 * merged key by key. Throws Auth0's 400.
 */
export function readChangedClient(client: Auth0Client, body: unknown): { settings: ClientSettings; secret?: string } {
  const { client_secret: secret, ...sent } = checked(body, updateClient);
  checkAuthentication(sent);
  checkAttached(client, sent.client_authentication_methods);
  const settings = withoutNulls({ ...client.settings, ...sent }) as ClientSettings;
  for (const name of ["client_metadata", "jwt_configuration"] as const) {
    const [before, change] = [client.settings[name], sent[name]];
    if (isObject(before) && isObject(change)) settings[name] = withoutNulls({ ...before, ...change });
  }
  if (isObject(settings.client_metadata)) {
    settings.client_metadata = withoutNulls(settings.client_metadata);
    const count = Object.keys(settings.client_metadata).length;
    if (count > mostMetadata) {
      throw invalidBody(
        `'Too many properties defined (${count}), maximum ${mostMetadata}' on property client_metadata`,
      );
    }
  }
  // One way of authentication takes the other away.
  if (isObject(sent.client_authentication_methods)) delete settings.token_endpoint_auth_method;
  if (typeof sent.token_endpoint_auth_method === "string") delete settings.client_authentication_methods;
  if (sent.oidc_backchannel_logout === null) delete settings.oidc_logout;
  if (sent.oidc_logout === null) delete settings.oidc_backchannel_logout;
  tidy(settings);
  return { settings, ...(typeof secret === "string" ? { secret } : {}) };
}

function checkAuthentication(sent: JsonObject): void {
  if (isObject(sent.client_authentication_methods) && typeof sent.token_endpoint_auth_method === "string") {
    throw invalidBody("'token_endpoint_auth_method' and 'client_authentication_methods' cannot both be set");
  }
}

/** The ids of the keys that a client proves itself with. */
export function attachedCredentials(methods: unknown): readonly string[] {
  const jwt = isObject(methods) ? methods.private_key_jwt : undefined;
  const credentials = isObject(jwt) && Array.isArray(jwt.credentials) ? jwt.credentials : [];
  return credentials.flatMap((each) => (isObject(each) && typeof each.id === "string" ? [each.id] : []));
}

function checkAttached(client: Auth0Client, methods: unknown): void {
  const unknown = attachedCredentials(methods).find((id) => !client.credentials.has(id));
  if (unknown !== undefined) throw invalidBody(`'The credential ${unknown} does not exist'`);
}

/** What Auth0 keeps in a second place, and what it drops when it is empty. */
function tidy(settings: ClientSettings): void {
  const { oidc_logout: logout } = settings;
  if (isObject(logout) && logout.backchannel_logout_urls !== undefined) {
    settings.oidc_backchannel_logout = { backchannel_logout_urls: logout.backchannel_logout_urls };
  }
  if (settings.initiate_login_uri === "") delete settings.initiate_login_uri;
}
