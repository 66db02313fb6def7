import { isObject, isTexts, type JsonObject, spelled } from "../json.ts";
import { appFields } from "./app-shape.ts";
import { type AuthMethod, authMethods, defaultUserName, type OAuthSettings, type OktaApp } from "./model.ts";
import { oktaId } from "./okta-id.ts";
import type { OktaOrg } from "./org.ts";
import { invalid } from "./problem.ts";
import { fitted } from "./shape.ts";

/** What a body says of an app, checked and with Okta's defaults filled in. */
export type AppInput = Pick<
  OktaApp,
  | "name"
  | "label"
  | "profile"
  | "accessibility"
  | "visibility"
  | "userNameTemplate"
  | "authMethod"
  | "autoKeyRotation"
  | "pkceRequired"
  | "settings"
  | "oauth"
> & {
  /** Empty when the body names none. */
  readonly clientId: string;
  readonly secret: string | undefined;
};

const grantTypes = [
  "authorization_code",
  "implicit",
  "refresh_token",
  "client_credentials",
  "password",
  "interaction_code",
  "urn:ietf:params:oauth:grant-type:device_code",
  "urn:ietf:params:oauth:grant-type:token-exchange",
  "urn:ietf:params:oauth:grant-type:jwt-bearer",
  "urn:ietf:params:oauth:grant-type:saml2-bearer",
  "urn:openid:params:grant-type:ciba",
  "urn:okta:params:oauth:grant-type:otp",
  "urn:okta:params:oauth:grant-type:oob",
  "http://auth0.com/oauth/grant-type/mfa-otp",
  "http://auth0.com/oauth/grant-type/mfa-oob",
];
const responseTypes = ["code", "token", "id_token"];
const applicationTypes = ["web", "native", "browser", "service"];
const clientIdPattern = /^[A-Za-z0-9$\-_.+!*'(),]{6,100}$/;

/**
 * Reads the body of `POST` or `PUT /api/v1/apps`. A PUT replaces the whole app, so what the body leaves out goes back
 * to its default, except secret and client id. Throws an `OktaProblem` that lists every mistake; the wording of its
 * causes is Okta's where a recording or its documentation shows it, otherwise in its manner.
 */
export function readApp(org: OktaOrg, body: unknown, present: OktaApp | undefined): AppInput {
  const mistakes = new Mistakes();
  const root = isObject(body) ? fitted(body, appFields) : {};
  if (!isObject(body)) throw invalid("app", ["The request body must be a JSON object"]);
  const name = readName(root.name, present, mistakes);
  if (root.signOnMode !== "OPENID_CONNECT") mistakes.add("signOnMode", "signOnMode: Must be OPENID_CONNECT");
  const label = typeof root.label === "string" ? root.label : "";
  if (label.trim() === "") mistakes.add("label", "label: The field cannot be left blank");
  if (label.length > 100) mistakes.add("label", "label: The field is too long, at most 100 characters are allowed");
  const settings = part(root.settings);
  const { oauthClient, ...otherSettings } = settings;
  const credentials = part(root.credentials);
  const client = part(credentials.oauthClient);
  const oauth = readOAuth(part(oauthClient), present, name === customClient, mistakes);
  const authMethod = readAuthMethod(client.token_endpoint_auth_method, oauth, mistakes);
  const pkceRequired = readPkce(client.pkce_required, authMethod, oauth, mistakes);
  const clientId = readClientId(org, client.client_id, present, mistakes);
  const secret = readSecret(client.client_secret, authMethod, mistakes);
  if (root.profile !== undefined && root.profile !== null && !isObject(root.profile)) {
    mistakes.add("profile", "profile: Must be an object");
  }
  mistakes.throwIfAny();
  return {
    name,
    label,
    profile: isObject(root.profile) ? root.profile : undefined,
    accessibility: { selfService: false, errorRedirectUrl: null, loginRedirectUrl: null, ...part(root.accessibility) },
    visibility: readVisibility(part(root.visibility)),
    userNameTemplate: { ...defaultUserName, ...part(credentials.userNameTemplate) },
    authMethod,
    autoKeyRotation: client.autoKeyRotation !== false,
    pkceRequired,
    settings: otherSettings,
    oauth,
    clientId,
    secret,
  };
}

class Mistakes {
  readonly #causes: string[] = [];
  #subject = "";

  add(subject: string, cause: string): void {
    if (this.#subject === "") this.#subject = subject;
    this.#causes.push(cause);
  }

  throwIfAny(): void {
    if (this.#causes.length > 0) throw invalid(this.#subject, this.#causes);
  }
}

/** What Okta calls an app that is of no product in its catalog. */
const customClient = "oidc_client";

/** Other names are of its catalog: such an app brings its settings along. */
function readName(sent: unknown, present: OktaApp | undefined, mistakes: Mistakes): string {
  if (typeof sent !== "string" || !/^[A-Za-z][\w.-]{0,99}$/.test(sent) || otherKinds.includes(sent)) {
    mistakes.add("name", "name: Only 'oidc_client' is supported for OPENID_CONNECT");
    return customClient;
  }
  const name = sent.toLowerCase();
  if (present !== undefined && name !== present.name) mistakes.add("name", "name: 'name' cannot be modified.");
  return name;
}

/** Names that stand for another kind of app than OIDC. */
const otherKinds = ["bookmark", "template_basic_auth", "template_swa", "template_swa3field", "template_wsfed"];

function part(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

function readVisibility(value: JsonObject): JsonObject {
  const { appLinks: _appLinks, hide, ...rest } = value;
  return { autoLaunch: false, autoSubmitToolbar: false, ...rest, hide: { iOS: false, web: false, ...part(hide) } };
}

function readOAuth(sent: JsonObject, present: OktaApp | undefined, custom: boolean, mistakes: Mistakes): OAuthSettings {
  const type = sent.application_type ?? "web";
  if (typeof type !== "string" || !applicationTypes.includes(type)) {
    mistakes.add("application_type", `application_type: '${spelled(type)}' is not a valid application type`);
  }
  if (present !== undefined && type !== present.oauth.application_type) {
    mistakes.add("application_type", "application_type: 'application_type' cannot be modified.");
  }
  const grants = texts(sent, "grant_types", grantTypes, mistakes);
  if (grants.length === 0) mistakes.add("grant_types", "grant_types: The field cannot be left blank");
  const responses = sent.response_types === undefined ? defaultResponses(grants) : undefined;
  const response_types = responses ?? texts(sent, "response_types", responseTypes, mistakes);
  const redirect_uris = uris(sent, "redirect_uris", mistakes);
  const logout =
    sent.post_logout_redirect_uris === undefined ? undefined : uris(sent, "post_logout_redirect_uris", mistakes);
  const redirects = grants.some((grant) => grant === "authorization_code" || grant === "implicit");
  if (custom && redirects && redirect_uris.length === 0) {
    mistakes.add("redirect_uris", "redirect_uris: 'redirect_uris' is required for the configured grant types");
  }
  if (grants.includes("implicit") && !response_types.some((each) => each === "token" || each === "id_token")) {
    mistakes.add("response_types", "response_types: the 'implicit' grant type needs 'token' or 'id_token'");
  }
  const jwks = readJwks(sent.jwks, present, mistakes);
  const { refresh_token: refresh, ...rest } = sent;
  return {
    client_uri: null,
    logo_uri: null,
    consent_method: "TRUSTED",
    issuer_mode: "ORG_URL",
    idp_initiated_login: { mode: "DISABLED", default_scope: [] },
    wildcard_redirect: "DISABLED",
    dpop_bound_access_tokens: false,
    participate_slo: false,
    ...rest,
    ...(isObject(rest.idp_initiated_login)
      ? { idp_initiated_login: { mode: "DISABLED", default_scope: [], ...rest.idp_initiated_login } }
      : {}),
    redirect_uris,
    ...(logout === undefined ? {} : { post_logout_redirect_uris: logout }),
    response_types,
    grant_types: grants,
    application_type: spelled(type),
    ...(jwks === undefined ? {} : { jwks }),
    ...(typeof rest.frontchannel_logout_uri === "string"
      ? { frontchannel_logout_session_required: rest.frontchannel_logout_session_required === true }
      : {}),
    ...(grants.includes("refresh_token")
      ? { refresh_token: readRefresh(part(refresh), part(present?.oauth.refresh_token), type, mistakes) }
      : {}),
  } as OAuthSettings;
}

/** What is not sent stays as it was; the first time it has the defaults of the app's type. */
function readRefresh(sent: JsonObject, present: JsonObject, type: unknown, mistakes: Mistakes): JsonObject {
  const standard =
    type === "browser" ? { rotation_type: "ROTATE", leeway: 30 } : { rotation_type: "STATIC", leeway: 0 };
  const settings: JsonObject = { ...standard, ...present, ...sent };
  const { rotation_type, leeway } = settings;
  if (rotation_type !== "STATIC" && rotation_type !== "ROTATE") {
    mistakes.add("rotation_type", `rotation_type: '${spelled(rotation_type)}' is not a valid value`);
  }
  if (typeof leeway !== "number" || !Number.isInteger(leeway) || leeway < 0 || leeway > 60) {
    mistakes.add("leeway", "leeway: Must be a whole number from 0 to 60");
  }
  return settings;
}

function defaultResponses(grants: readonly string[]): string[] {
  return [
    ...(grants.includes("authorization_code") ? ["code"] : []),
    ...(grants.includes("implicit") ? ["id_token"] : []),
    ...(grants.includes("client_credentials") ? ["token"] : []),
  ];
}

function texts(sent: JsonObject, field: string, allowed: readonly string[], mistakes: Mistakes): string[] {
  const value = sent[field];
  if (value === undefined || value === null) return [];
  if (!isTexts(value)) {
    mistakes.add(field, `${field}: Must be an array of strings`);
    return [];
  }
  for (const item of value) {
    if (!allowed.includes(item)) mistakes.add(field, `${field}: '${item}' is not a valid value`);
  }
  return [...value];
}

function uris(sent: JsonObject, field: string, mistakes: Mistakes): string[] {
  const value = sent[field];
  if (value === undefined || value === null) return [];
  if (!isTexts(value)) {
    mistakes.add(field, `${field}: Must be an array of strings`);
    return [];
  }
  for (const item of value) {
    if (!URL.canParse(item) || !/^[A-Za-z][A-Za-z0-9+.-]*:/.test(item) || /\s/.test(item)) {
      mistakes.add(field, `${field}: '${item}' is not a valid redirect URI: it must be an absolute URI`);
    } else if (item.includes("#")) {
      mistakes.add(field, `${field}: '${item}' must not contain a fragment`);
    } else if (/^https?:\/\/[^/]*\*/i.test(item) && sent.wildcard_redirect !== "SUBDOMAIN") {
      mistakes.add(field, `${field}: '${item}' holds a wildcard, which 'wildcard_redirect' does not allow`);
    }
  }
  return [...value];
}

function readAuthMethod(sent: unknown, oauth: OAuthSettings, mistakes: Mistakes): AuthMethod {
  const method = authMethods.find((known) => known === (sent ?? "client_secret_basic"));
  if (method === undefined) {
    mistakes.add("token_endpoint_auth_method", `token_endpoint_auth_method: '${spelled(sent)}' is not a valid value`);
    return "client_secret_basic";
  }
  const withCode = oauth.grant_types.includes("authorization_code");
  // Okta's words and rule: okta/terraform-provider-okta#580.
  if (method === "none" && (oauth.application_type === "service" || (oauth.application_type === "web" && withCode))) {
    mistakes.add(
      "token_endpoint_auth_method",
      "token_endpoint_auth_method: 'token_endpoint_auth_method' is invalid. " +
        "Valid values: [client_secret_basic, client_secret_post, client_secret_jwt, private_key_jwt].",
    );
  }
  if (method === "private_key_jwt" && oauth.jwks === undefined && typeof oauth.jwks_uri !== "string") {
    mistakes.add("jwks", "jwks: 'jwks' or 'jwks_uri' is required when token_endpoint_auth_method is 'private_key_jwt'");
  }
  return method;
}

function readPkce(sent: unknown, method: AuthMethod, oauth: OAuthSettings, mistakes: Mistakes): boolean {
  const publicKind = oauth.application_type === "native" || oauth.application_type === "browser";
  const required = typeof sent === "boolean" ? sent : publicKind || method === "none";
  if (method === "none" && !required) {
    mistakes.add("pkce_required", "pkce_required: Must be true when token_endpoint_auth_method is 'none'");
  }
  return required;
}

function readClientId(org: OktaOrg, sent: unknown, present: OktaApp | undefined, mistakes: Mistakes): string {
  if (sent === undefined || sent === null || sent === "") return present?.clientId ?? "";
  if (present !== undefined) {
    if (sent !== present.clientId) mistakes.add("client_id", "client_id: The client id cannot be changed");
    return present.clientId;
  }
  if (typeof sent !== "string" || !clientIdPattern.test(sent) || sent === "ALL_CLIENTS") {
    mistakes.add(
      "client_id",
      "client_id: Must be 6 to 100 characters, alphanumeric or one of $-_.+!*'(), and not a reserved word",
    );
    return "";
  }
  if (org.client(sent) !== undefined || org.appById(sent) !== undefined) {
    mistakes.add("client_id", "client_id: An object with this field already exists in the current organization");
  }
  return sent;
}

/** An empty secret counts as none sent: newer Terraform providers send one on every update. */
function readSecret(sent: unknown, method: AuthMethod, mistakes: Mistakes): string | undefined {
  if (sent === undefined || sent === null || sent === "" || !method.startsWith("client_secret_")) return undefined;
  const least = method === "client_secret_jwt" ? 32 : 14;
  if (typeof sent !== "string" || sent.length < least || sent.length > 100) {
    mistakes.add("client_secret", `client_secret: Must be ${least} to 100 characters`);
    return undefined;
  }
  return sent;
}

/** Okta gives each key an id and a status and spells out what was not sent as null. */
function readJwks(sent: unknown, present: OktaApp | undefined, mistakes: Mistakes): JsonObject | undefined {
  if (!isObject(sent) || !Array.isArray(sent.keys)) return undefined;
  const kids = sent.keys.map((key) => (isObject(key) ? key.kid : undefined));
  if (new Set(kids).size < kids.length) mistakes.add("jwks", "jwks: The 'kid' of each key must be unique");
  for (const key of sent.keys) {
    if (isObject(key) && "d" in key) mistakes.add("jwks", "jwks: Private keys are not allowed");
  }
  const before = isObject(present?.oauth.jwks) ? present.oauth.jwks.keys : undefined;
  const known = Array.isArray(before) ? before.filter(isObject) : [];
  const keys = sent.keys.filter(isObject).map((key) => ({
    id: known.find((candidate) => candidate.kid === key.kid)?.id ?? oktaId("pks"),
    status: "ACTIVE",
    use: null,
    ...(key.kty === "EC" ? { crv: null } : {}),
    ...key,
  }));
  return { keys };
}
