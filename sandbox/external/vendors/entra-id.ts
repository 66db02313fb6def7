import { createHash, randomUUID } from "node:crypto";
import type { Answer } from "../../answer.ts";
import type { JsonObject } from "../../json.ts";
import { messagePage } from "../page.ts";
import { randomOf } from "../secret-text.ts";
import { type Asked, oauthError, type Vendor } from "../vendor.ts";

const host = "login.microsoftonline.com";

/**
 * One Entra ID directory, v2 endpoints. Its document says nothing of PKCE, which it supports. `/common` has a document
 * too, whose issuer is nobody's.
 *
 * @param directory the directory's id, a GUID
 * @see https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc
 */
export function entraId(directory: string): Vendor {
  const base = `https://${host}/${directory}`;
  const endpoints = {
    authorization: `${base}/oauth2/v2.0/authorize`,
    token: `${base}/oauth2/v2.0/token`,
    jwks: `${base}/discovery/v2.0/keys`,
    userinfo: "https://graph.microsoft.com/oidc/userinfo",
    endSession: `${base}/oauth2/v2.0/logout`,
  };
  return {
    product: "Entra ID",
    issuer: `${base}/v2.0`,
    endpoints,
    discovery: "public",
    metadata,
    clientAuth: { methods: ["client_secret_post", "client_secret_basic", "private_key_jwt"], strict: false },
    signIn: { path: `/${directory}/login`, inPlace: true },
    challenges: ["plain", "S256"],
    prompts: { more: ["select_account"] },
    refresh: { wanted: ({ scopes }) => scopes.includes("offline_access"), renews: "another" },
    // Whatever is not registered is ignored.
    logout: { asks: "never" },
    idTokenResponse: {
      error: "unsupported_response_type",
      description: "AADSTS700054: response_type 'id_token' is not enabled for the application.",
    },
    looksLikeCode: (code) => /^[01]\.[\w-]{20,}/.test(code),
    tokenMembers: () => ({ ext_expires_in: 3600 }),
    claims: {
      openid: ["sub", "oid", "tid", "roles", "ver"],
      profile: ["name", "preferred_username"],
      email: ["email"],
      offline_access: [],
    },
    nobodySignedIn: {
      error: "login_required",
      description: "AADSTS50058: A silent sign-in request was sent but no user is signed in.",
    },
    unknownScope: (scope) => ({
      error: "invalid_client",
      description: `AADSTS650053: The application asked for scope '${scope}' that doesn't exist on the resource '00000003-0000-0000-c000-000000000000'.`,
    }),
    namesIssuer: false,
    redirectPatterns: false,
    newSecret: () => `${randomOf("letters", 3)}8Q~${randomOf("symbols", 34)}`,
    subject: (id, clientId) => createHash("sha256").update(`${directory} ${clientId} ${id}`).digest("base64url"),
    // Its error pages have status 200.
    refuseAuthorization: (fault, { clientId, redirectUri }) => ({
      status: 200,
      html: messagePage(
        "Sign in to your account",
        fault === "client"
          ? `AADSTS700016: Application with identifier '${clientId}' was not found in the directory '${directory}'.`
          : `AADSTS50011: The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`,
      ),
    }),
    refuseClient: (fault, asked) => {
      const { clientId } = asked;
      switch (fault) {
        case "unknown":
          return refusal(
            400,
            "unauthorized_client",
            700016,
            `Application with identifier '${clientId}' was not found in the directory '${directory}'.`,
            asked,
          );
        case "no-credential":
          return refusal(
            401,
            "invalid_client",
            7000218,
            "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
            asked,
          );
        case "expired":
          return refusal(
            401,
            "invalid_client",
            7000222,
            `The provided client secret keys for app '${clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
            asked,
          );
        case "assertion":
          return refusal(
            401,
            "invalid_client",
            700027,
            "The certificate with identifier used to sign the client assertion is not registered on application.",
            asked,
          );
        case "method":
        case "secret":
          return refusal(
            401,
            "invalid_client",
            7000215,
            `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${clientId}'.`,
            asked,
          );
        default:
          return fault satisfies never;
      }
    },
    refuseGrantType: (grant, asked) =>
      grant === ""
        ? refusal(
            400,
            "invalid_request",
            900144,
            "The request body must contain the following parameter: 'grant_type'.",
            asked,
          )
        : refusal(
            400,
            "unsupported_grant_type",
            70003,
            `The app requested an unsupported grant type '${grant}'.`,
            asked,
          ),
    // What is registered for a single-page app is redeemed from a browser, and from nowhere else.
    refuseRequest: (form, { spaRedirectUris = [] }, origin, asked) =>
      form.get("grant_type") === "authorization_code" && spaRedirectUris.includes(asked.redirectUri) && !origin
        ? refusal(
            400,
            "invalid_request",
            9002325,
            "Proof Key for Code Exchange is required for cross-origin authorization code redemption.",
            asked,
          )
        : undefined,
    refuseGrant: (fault, asked) => {
      switch (fault) {
        case "malformed":
          return problem("invalid_grant", 9002313, "Invalid request. Request is malformed or invalid.", asked);
        case "unknown":
          return problem("invalid_grant", 70000, "The provided grant is invalid or malformed.", asked);
        case "spent":
          return problem(
            "invalid_grant",
            54005,
            "OAuth2 Authorization code was already redeemed, please retry with a new valid code or use an existing refresh token.",
            asked,
          );
        case "refresh":
        case "expired":
          return problem(
            "invalid_grant",
            70008,
            "The provided authorization code or refresh token has expired due to inactivity. Send a new interactive authorization request for this user and resource.",
            asked,
          );
        case "verifier":
          return problem(
            "invalid_grant",
            501481,
            "The Code_Verifier does not match the code_challenge supplied in the authorization request.",
            asked,
          );
        case "redirect-uri":
          return problem(
            "invalid_grant",
            500112,
            "The reply address does not match the reply address provided when requesting the authorization code.",
            asked,
          );
        default:
          return fault satisfies never;
      }
    },
    // Its keys name their issuer, and no algorithm.
    publishKey: ({ alg: _alg, ...key }) => ({
      ...key,
      cloud_instance_name: "microsoftonline.com",
      issuer: `${base}/v2.0`,
    }),
    page: ({ host: asked, path, now }) => {
      if (asked !== host) return undefined;
      if (path === "/common/v2.0/.well-known/openid-configuration") return { status: 200, json: commonDocument };
      const [, other = "", endpoint = ""] = /^\/([^/]+)\/(.*)$/.exec(path) ?? [];
      return other === directory || other === "common" ? undefined : unknownTenant(other, endpoint, now);
    },
  };
}

/** A directory that there is not: told at once, as JSON where a program asks and on a page where a person does. */
function unknownTenant(tenant: string, endpoint: string, now: number): Answer | undefined {
  const text = `Tenant '${tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`;
  const asked = { clientId: "", redirectUri: "", now };
  switch (endpoint) {
    case "v2.0/.well-known/openid-configuration":
      return refusal(400, "invalid_tenant", 90002, text, asked);
    case "oauth2/v2.0/token":
      return refusal(400, "invalid_request", 90002, text, asked);
    case "oauth2/v2.0/authorize":
      return { status: 200, html: messagePage("Sign in to your account", `AADSTS90002: ${text}`) };
    default:
      return undefined;
  }
}

const metadata: JsonObject = {
  token_endpoint_auth_methods_supported: ["client_secret_post", "private_key_jwt", "client_secret_basic"],
  response_modes_supported: ["query", "fragment", "form_post"],
  response_types_supported: ["code", "id_token"],
  subject_types_supported: ["pairwise"],
  id_token_signing_alg_values_supported: ["RS256"],
  scopes_supported: ["openid", "profile", "email", "offline_access"],
  request_uri_parameter_supported: false,
  claims_supported: [
    ...["sub", "iss", "aud", "exp", "iat", "auth_time", "nonce", "preferred_username", "name", "tid", "ver", "email"],
  ],
  tenant_region_scope: "EU",
  cloud_instance_name: "microsoftonline.com",
  msgraph_host: "graph.microsoft.com",
};

/** What `/common` publishes: the placeholder in the issuer is really there. */
const commonDocument: JsonObject = {
  issuer: `https://${host}/{tenantid}/v2.0`,
  authorization_endpoint: `https://${host}/common/oauth2/v2.0/authorize`,
  token_endpoint: `https://${host}/common/oauth2/v2.0/token`,
  jwks_uri: `https://${host}/common/discovery/v2.0/keys`,
  userinfo_endpoint: "https://graph.microsoft.com/oidc/userinfo",
  end_session_endpoint: `https://${host}/common/oauth2/v2.0/logout`,
  ...metadata,
};

function problem(error: string, code: number, text: string, { now }: Asked): JsonObject {
  const [trace_id, correlation_id] = [randomUUID(), randomUUID()];
  const timestamp = `${new Date(now).toISOString().slice(0, 19).replace("T", " ")}Z`;
  return {
    error,
    error_description: `AADSTS${code}: ${text} Trace ID: ${trace_id} Correlation ID: ${correlation_id} Timestamp: ${timestamp}`,
    error_codes: [code],
    timestamp,
    trace_id,
    correlation_id,
    error_uri: `https://${host}/error?code=${code}`,
  };
}

function refusal(status: number, error: string, code: number, text: string, asked: Asked): Answer {
  return { ...oauthError(status, error), json: problem(error, code, text, asked) };
}
