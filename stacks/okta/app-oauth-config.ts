import type { AppOauthConfig, AppOauthJwks } from "@cdktf/provider-okta/lib/app-oauth/index.js";
import type { Registration } from "../../src/desired/connection.ts";
import { issuerMode, refreshToken } from "../../src/idp/okta/app-body.ts";
import { newApplicationType } from "../../src/idp/okta/application-type.ts";
import { markedProfile } from "../../src/idp/okta/marker.ts";
import { type JsonObject, textIn } from "../../src/vendor/json.ts";
import { literal } from "./literal.ts";
import { knowsArgument, type OktaProvider } from "./provider.ts";

// A registration as `okta_app_oauth`: what the provider then sends is what `src/idp/okta/app-body.ts` sends. Every
// argument whose absence means something else at a create, at an update or in another version is set.

/** What stands at the org besides what is wanted, and stays. */
export interface Kept {
  /** Public keys, as Okta gives them, that stay usable beside the registration's own. */
  readonly keys?: readonly JsonObject[] | undefined;
  /** The app's profile, with what others keep in it. */
  readonly profile?: JsonObject | undefined;
}

/** The arguments of `okta_app_oauth`. */
export interface AppOauthArguments {
  readonly config: AppOauthConfig;
  /** Those that the bindings do not know. */
  readonly newer: Readonly<Record<string, boolean>>;
}

/**
 * What is fixed when an app is made. An app that is there keeps its own, whatever the registration says: with another
 * one the provider would delete it and make a new one.
 */
const fixed = ["client_id", "type"] as const;

/** What is nothing of ours. It stays as it is, where the provider would put back its own default. */
const others = [
  "accessibility_error_redirect_url",
  "accessibility_login_redirect_url",
  "accessibility_self_service",
  "admin_note",
  "app_links_json",
  "app_settings_json",
  "auto_submit_toolbar",
  "backchannel_custom_authenticator_id",
  "client_uri",
  "enduser_note",
  "frontchannel_logout_session_required",
  "frontchannel_logout_uri",
  "groups_claim",
  "login_uri",
  "logo_uri",
  "network",
  "participate_slo",
  "policy_uri",
  "tos_uri",
  "user_name_template",
  "user_name_template_push_status",
  "user_name_template_suffix",
  "user_name_template_type",
] as const;

/**
 * @param policy reference to the id of the access policy that the registration names
 */
export function appOauthArguments(
  registration: Registration,
  { domain, version }: OktaProvider,
  policy: string | undefined,
  kept: Kept = {},
): AppOauthArguments {
  const { clientAuth, grantTypes } = registration;
  const refresh = refreshToken(grantTypes.includes("refresh_token") ? clientAuth : "client_secret_basic");
  const leaveAlone = [
    ...fixed,
    ...others.filter((name) => knowsArgument(version, name)),
    ...(registration.assignment === undefined ? ["implicit_assignment"] : []),
  ].sort();
  const config: AppOauthConfig = {
    label: literal(registration.label),
    type: newApplicationType(clientAuth),
    clientId: literal(registration.clientId),
    // The secret is read by the API when it is handed over; it stays out of the state, and no update sends it back.
    omitSecret: true,
    status: registration.state === "active" ? "ACTIVE" : "INACTIVE",
    tokenEndpointAuthMethod: clientAuth,
    autoKeyRotation: true,
    pkceRequired: registration.pkce === "S256",
    grantTypes: [...registration.grantTypes],
    responseTypes: [...registration.responseTypes],
    redirectUris: registration.redirectUris.map(literal),
    postLogoutRedirectUris: registration.postLogoutRedirectUris.map(literal),
    wildcardRedirect: "DISABLED",
    loginMode: "DISABLED",
    loginScopes: [],
    consentMethod: "TRUSTED",
    issuerMode: issuerMode(domain),
    refreshTokenRotation: String(refresh.rotation_type),
    refreshTokenLeeway: Number(refresh.leeway),
    hideIos: true,
    hideWeb: true,
    // True would let everybody in without an assignment (federation broker mode).
    implicitAssignment: false,
    profile: literal(JSON.stringify(markedProfile(kept.profile ?? {}, registration.marker))),
    jwks: keysOf(registration, kept.keys ?? []),
    ...(policy === undefined ? {} : { authenticationPolicy: policy }),
    lifecycle: { preventDestroy: true, ignoreChanges: leaveAlone },
  };
  // Without it the provider puts every new app under the org's default policy and needs the right to list policies. It
  // cannot stand beside a policy, not even as `false`.
  const skips = policy === undefined && knowsArgument(version, "skip_authentication_policy");
  return { config, newer: skips ? { skip_authentication_policy: true } : {} };
}

/**
 * The keys with which the client may sign. The provider knows neither a key's use nor its status: a key for encryption,
 * or one that is switched off, would come out as one to sign with, so those are left out.
 */
function keysOf({ clientAuth, clientKey }: Registration, kept: readonly JsonObject[]): AppOauthJwks[] {
  const own = clientAuth === "private_key_jwt" ? clientKey : undefined;
  const staying = kept.filter((key) => key.use !== "enc" && key.status !== "INACTIVE" && key.kid !== own?.kid);
  return [...staying, ...(own === undefined ? [] : [own])].map(keyOf);
}

function keyOf(key: object): AppOauthJwks {
  const member = (name: string) => literal(textIn(key, name) ?? "");
  const kty = member("kty");
  const public_ = kty === "EC" ? { x: member("x"), y: member("y") } : { e: member("e"), n: member("n") };
  return { kty, kid: member("kid"), ...public_ };
}
