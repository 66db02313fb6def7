import { isObject, type JsonObject } from "../json.ts";
import { strangeCredential } from "./attached-credentials.ts";
import { createClient, updateClient } from "./client-schema.ts";
import type { Auth0Client, ClientSettings } from "./model.ts";
import { Auth0Problem, invalidBody } from "./problem.ts";
import type { Auth0Tenant } from "./tenant.ts";
import { checked, withoutNulls } from "./validate.ts";

const mostMetadata = 10;

/** What a PATCH merges with what is there, key by key; anything else it replaces. */
const merging = [
  "client_metadata",
  "jwt_configuration",
  "addons",
  "mobile",
  "native_social_login",
  "session_transfer",
  "signed_request_object",
] as const;

/** What Auth0 fills into the settings of cross-app sign-in that are not named. */
const sessionTransferDefaults = {
  can_create_session_transfer_token: false,
  allowed_authentication_methods: [],
  enforce_device_binding: "ip",
  allow_refresh_token: false,
  enforce_online_refresh_tokens: true,
  enforce_cascade_revocation: true,
};

/** The settings that a body for a new client makes, with the defaults that Auth0 fills in. Throws its 400. */
export function readNewClient(tenant: Auth0Tenant, body: unknown): ClientSettings {
  const sent = checked(body, createClient);
  checkTogether(tenant, sent, sent);
  if (sent.app_type === "resource_server" && sent.resource_server_identifier === undefined) {
    throw invalidBody("'resource_server_identifier' is required when app_type is 'resource_server'");
  }
  if (sent.resource_server_identifier !== undefined) {
    if (sent.app_type !== "resource_server") {
      throw invalidBody("'resource_server_identifier' is only allowed when app_type is 'resource_server'");
    }
    if (tenant.resourceServer(String(sent.resource_server_identifier)) === undefined) {
      throw new Auth0Problem(404, "The resource server does not exist", "inexistent_resource_server");
    }
  }
  return settingsFor(sent as ClientSettings);
}

/** Settings with the defaults that Auth0 fills in for a new client, which depend on its type and authentication. */
export function settingsFor(sent: JsonObject & { name: string }): ClientSettings {
  const method = sent.token_endpoint_auth_method;
  const type = sent.app_type;
  const firstParty = sent.is_first_party !== false;
  const strict = !firstParty && sent.third_party_security_mode === "strict";
  const express = type === "express_configuration";
  const bound = express || type === "resource_server";
  const settings: ClientSettings = {
    is_first_party: firstParty,
    is_token_endpoint_ip_header_trusted: false,
    oidc_conformant: !firstParty || bound,
    sso_disabled: false,
    cross_origin_authentication: false,
    grant_types: defaultGrants(sent, strict),
    custom_login_page_on: true,
    refresh_token: refreshDefaults(firstParty, { strict, confidential: method !== undefined && method !== "none" }),
    ...(firstParty ? {} : { third_party_security_mode: "permissive" }),
    ...(express ? expressDefaults : {}),
    ...withoutNulls(sent),
    name: sent.name,
    jwt_configuration: {
      secret_encoded: false,
      ...(bound ? { alg: "RS256" } : {}),
      ...(strict ? { alg: "RS256", lifetime_in_seconds: 3600 } : {}),
      ...(isObject(sent.jwt_configuration)
        ? sent.jwt_configuration
        : bound || strict
          ? {}
          : { lifetime_in_seconds: 36_000 }),
    },
  };
  tidy(settings);
  return settings;
}

/** Clients of the Okta Integration Network come in by Okta's own page and prove themselves by key. */
const expressDefaults = {
  callbacks: ["https://system-admin.okta.com/admin/app/generic/oauth20redirect"],
  organization_usage: "require",
  client_authentication_methods: { private_key_jwt: { credentials: [] } },
};

function defaultGrants(sent: JsonObject, strict: boolean): string[] {
  const { app_type: type, token_endpoint_auth_method: method } = sent;
  if (type === "resource_server") return [];
  if (type === "express_configuration") return ["authorization_code", "client_credentials"];
  if (strict) return ["authorization_code"];
  const open = method === "none" || type === "spa" || type === "native";
  return ["authorization_code", "implicit", "refresh_token", ...(open ? [] : ["client_credentials"])];
}

/** Auth0 gives long lifetimes to what was registered with a secret, and rotates for third parties. */
function refreshDefaults(
  firstParty: boolean,
  { strict, confidential }: { readonly strict: boolean; readonly confidential: boolean },
): JsonObject {
  return {
    rotation_type: firstParty || (strict && confidential) ? "non-rotating" : "rotating",
    expiration_type: firstParty ? "non-expiring" : "expiring",
    leeway: 0,
    token_lifetime: confidential ? 31_557_600 : 2_592_000,
    infinite_token_lifetime: firstParty || (strict && confidential),
    infinite_idle_token_lifetime: firstParty,
    idle_token_lifetime: confidential ? 2_592_000 : 1_296_000,
  };
}

/**
 * The settings of a client after a PATCH: fields are replaced, null takes a field away, and what holds several parts is
 * merged part by part. Throws Auth0's 400.
 */
export function readChangedClient(
  tenant: Auth0Tenant,
  client: Auth0Client,
  body: unknown,
): { readonly settings: ClientSettings; readonly secret?: string } {
  const { client_secret: secret, ...sent } = checked(body, updateClient);
  const settings = withoutNulls({ ...client.settings, ...sent }) as ClientSettings;
  for (const name of merging) {
    const [before, change] = [client.settings[name], sent[name]];
    if (isObject(before) && isObject(change)) settings[name] = withoutNulls({ ...before, ...change });
  }
  checkTogether(tenant, sent, settings);
  const strange = strangeCredential(settings, client.credentials);
  if (strange !== undefined) throw invalidBody(`'The credential ${strange} does not exist'`);
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

/** What the schema of a single field cannot say; `settings` is how the client would be. */
function checkTogether(tenant: Auth0Tenant, sent: JsonObject, settings: JsonObject): void {
  const { client_authentication_methods: methods, token_endpoint_auth_method: method } = sent;
  if (isObject(methods)) {
    if (typeof method === "string") {
      throw invalidBody("'token_endpoint_auth_method' and 'client_authentication_methods' cannot both be set");
    }
    if (Object.keys(methods).length !== 1) {
      throw invalidBody("'client_authentication_methods' must have exactly one method");
    }
  }
  const organization = isObject(sent.default_organization) ? String(sent.default_organization.organization_id) : "";
  if (organization !== "" && !tenant.organizations.has(organization)) {
    throw new Auth0Problem(404, "No organization found by that id or name");
  }
  if (settings.is_first_party !== false && sent.third_party_security_mode !== undefined) {
    throw invalidBody("'third_party_security_mode' is only allowed for third-party clients");
  }
}

/** What Auth0 keeps in a second place, what it fills into a part, and what it drops when it is empty. */
function tidy(settings: ClientSettings): void {
  const { oidc_logout: logout, session_transfer: transfer } = settings;
  if (isObject(logout) && logout.backchannel_logout_urls !== undefined) {
    settings.oidc_backchannel_logout = { backchannel_logout_urls: logout.backchannel_logout_urls };
  }
  if (isObject(transfer)) settings.session_transfer = withoutNulls({ ...sessionTransferDefaults, ...transfer });
  if (settings.initiate_login_uri === "") delete settings.initiate_login_uri;
}
