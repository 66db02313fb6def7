import type { Registration } from "../../desired/connection.ts";
import { canonicalJson } from "../../desired/json.ts";
import { isJsonObject, type JsonObject, objectIn } from "../../vendor/json.ts";
import type { ClientAuth } from "../../workspace/workspace.ts";
import { allowsClientAuth, applicationTypeOf, newApplicationType } from "./application-type.ts";
import { withClientKey, withCurves, writableKeys } from "./client-keys.ts";
import { markedProfile } from "./marker.ts";

// What Okta is sent for a registration. Every field that Okta, a console or another tool could set to something else
// that matters is set explicitly: its defaults differ between create and replace, and a replace that leaves a field out
// puts it back to its default (Okta Management API, "Replace an application").

/** The body of a create. */
export function newApp(registration: Registration, host: string): JsonObject {
  return merged({}, registration, host, registration.clientId);
}

/**
 * The body of a replace: what is there, with ours in it. What Okta computes is left out, and so is the client secret:
 * Okta keeps the one it has, whereas sending one would undo a rotation. The client id is the app's own, whatever the
 * registration says. Undefined when nothing would change.
 */
export function changedApp(raw: JsonObject, registration: Registration, host: string): JsonObject | undefined {
  const present = writable(raw);
  const clientId = objectIn(objectIn(raw, "credentials"), "oauthClient").client_id;
  const wanted = merged(present, registration, host, clientId);
  return canonicalJson(wanted) === canonicalJson(present) ? undefined : wanted;
}

function merged(present: JsonObject, registration: Registration, host: string, clientId: unknown): JsonObject {
  const type = applicationTypeOf(present) ?? newApplicationType(registration.clientAuth);
  const visibility = objectIn(present, "visibility");
  const credentials = objectIn(present, "credentials");
  const settings = objectIn(present, "settings");
  return {
    ...present,
    name: "oidc_client",
    signOnMode: "OPENID_CONNECT",
    label: registration.label,
    profile: markedProfile(objectIn(present, "profile"), registration.marker),
    // People start at the app, which knows its tenants, and not at a tile that could only lead to an error.
    visibility: { ...visibility, hide: { iOS: true, web: true } },
    credentials: {
      ...credentials,
      oauthClient: oauthCredentials(objectIn(credentials, "oauthClient"), registration, clientId, type),
    },
    settings: {
      ...settings,
      // True would let everybody in without an assignment (federation broker mode).
      implicitAssignment: registration.assignment === undefined && settings.implicitAssignment === true,
      oauthClient: oauthSettings(objectIn(settings, "oauthClient"), registration, host, type),
    },
  };
}

function oauthCredentials(
  present: JsonObject,
  registration: Registration,
  clientId: unknown,
  type: string,
): JsonObject {
  return {
    ...present,
    client_id: clientId,
    autoKeyRotation: true,
    pkce_required: registration.pkce === "S256",
    // Whoever is being switched off is, also when the file asks for what its type cannot have.
    token_endpoint_auth_method: allowsClientAuth(type, registration.clientAuth)
      ? registration.clientAuth
      : present.token_endpoint_auth_method,
  };
}

function oauthSettings(present: JsonObject, registration: Registration, host: string, type: string): JsonObject {
  const { refresh_token: _refresh, ...others } = present;
  const { clientAuth, clientKey, keepKeys } = registration;
  const signsWith = clientAuth === "private_key_jwt" ? clientKey : undefined;
  const settings = {
    ...withCurves(signsWith === undefined ? others : withClientKey(others, signsWith, keepKeys)),
    application_type: type,
    consent_method: "TRUSTED",
    dpop_bound_access_tokens: false,
    grant_types: [...registration.grantTypes],
    idp_initiated_login: { mode: "DISABLED", default_scope: [] },
    issuer_mode: issuerMode(host),
    post_logout_redirect_uris: [...registration.postLogoutRedirectUris],
    redirect_uris: [...registration.redirectUris],
    response_types: [...registration.responseTypes],
    wildcard_redirect: "DISABLED",
  };
  return registration.grantTypes.includes("refresh_token")
    ? { ...settings, refresh_token: refreshToken(clientAuth) }
    : settings;
}

/**
 * A client that proves itself keeps its refresh token, so that two refreshes at once do not sign people out. One that
 * proves nothing gets another with each use (RFC 9700, section 2.2.2); the one before works for half a minute more, in
 * case the reply was lost.
 */
export function refreshToken(clientAuth: ClientAuth): JsonObject {
  return clientAuth === "none" ? { leeway: 30, rotation_type: "ROTATE" } : { leeway: 0, rotation_type: "STATIC" };
}

/** Tokens must carry the host of the workspace's `domain` as their issuer: Okta's own name, or the org's custom one. */
export function issuerMode(host: string): "ORG_URL" | "CUSTOM_URL" {
  return /\.(okta|oktapreview|okta-emea|okta-gov|okta\.mil|trexcloud)(\.com)?$/.test(host) ? "ORG_URL" : "CUSTOM_URL";
}

/** Members that Okta computes (readOnly in its OpenAPI document, or "only returned"), or that change by other calls. */
const computed: ReadonlySet<string> = new Set([
  "_embedded",
  "_links",
  "created",
  "expressConfiguration",
  "features",
  "id",
  "lastUpdated",
  "orn",
  "status",
  "universalLogout",
]);

function writable(raw: JsonObject): JsonObject {
  const present = withoutNulls(Object.fromEntries(Object.entries(raw).filter(([name]) => !computed.has(name))));
  const { signing: _signing, ...credentials } = objectIn(present, "credentials");
  const { client_secret: _secret, ...client } = objectIn(credentials, "oauthClient");
  const { emOptInStatus: _status, ...settings } = objectIn(present, "settings");
  const oauth = objectIn(settings, "oauthClient");
  const { appLinks: _links, ...visibility } = objectIn(present, "visibility");
  return {
    ...present,
    credentials: { ...credentials, oauthClient: client },
    settings: "oauthClient" in settings ? { ...settings, oauthClient: writableKeys(oauth) } : settings,
    visibility,
    ...("profile" in present ? { profile: raw.profile } : {}),
  };
}

/** Okta spells out what is unset as null; left out it stays unset. */
function withoutNulls(value: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== null)
      .map(([name, member]) => [name, isJsonObject(member) ? withoutNulls(member) : member]),
  );
}
