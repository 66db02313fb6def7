import type { Answer } from "../../answer.ts";
import { messagePage } from "../page.ts";
import { randomOf } from "../secret-text.ts";
import { type Asked, oauthError, type Vendor } from "../vendor.ts";

const malformed =
  "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed.";
const unauthenticated =
  "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).";

/**
 * Ory Hydra with a customer's own sign-in page before it. What must not go back to the app goes to an error page of its
 * own; a client proves itself by the method it is registered for, and is told which that is.
 *
 * @see https://www.ory.com/docs/hydra/reference/api
 */
export function hydra(host: string): Vendor {
  const base = `https://${host}`;
  const fallback = (error: string, text: string, hint: string): Answer => {
    const query = new URLSearchParams({ error, error_description: `${text} ${hint}`, error_hint: hint });
    return { status: 302, headers: { location: `${base}/oauth2/fallbacks/error?${query}` } };
  };
  return {
    product: "Ory Hydra",
    issuer: base,
    endpoints: {
      authorization: `${base}/oauth2/auth`,
      token: `${base}/oauth2/token`,
      jwks: `${base}/.well-known/jwks.json`,
      userinfo: `${base}/userinfo`,
      endSession: `${base}/oauth2/sessions/logout`,
      revocation: `${base}/oauth2/revoke`,
    },
    discovery: "public",
    metadata: {
      response_types_supported: ["code", "id_token"],
      response_modes_supported: ["query", "fragment", "form_post"],
      grant_types_supported: ["authorization_code", "implicit", "refresh_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["offline_access", "offline", "openid", "profile", "email"],
      token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
      claims_supported: ["sub"],
      code_challenge_methods_supported: ["plain", "S256"],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      require_request_uri_registration: false,
    },
    clientAuth: { methods: ["client_secret_post", "client_secret_basic"], strict: true },
    signIn: { path: "/login" },
    challenges: ["plain", "S256"],
    refresh: {
      wanted: ({ scopes }) => scopes.includes("offline_access") || scopes.includes("offline"),
      renews: "rotate",
    },
    logout: {
      asks: "without-hint",
      refuse: () =>
        fallback(
          "invalid_request",
          malformed,
          "Logout failed because query parameter post_logout_redirect_uri is not a whitelisted as a post_logout_redirect_uri for the client.",
        ),
    },
    idTokenResponse: {
      error: "unsupported_response_type",
      description:
        "The authorization server does not support obtaining a token using this method. The client is not allowed to request response_type 'id_token'.",
    },
    weakState: {
      least: 8,
      error: "invalid_state",
      description:
        "The state is missing or does not have enough characters and is therefore considered too weak. Request parameter 'state' must be at least be 8 characters long to ensure sufficient entropy.",
    },
    claims: {
      openid: ["sub", "https://fernhill.example/roles"],
      profile: ["name", "given_name", "family_name", "preferred_username"],
      email: ["email", "email_verified"],
      offline_access: [],
      offline: [],
    },
    nobodySignedIn: {
      error: "login_required",
      description:
        "The Authorization Server requires End-User authentication. Prompt 'none' was requested, but no existing login session was found.",
    },
    unknownScope: (scope) => ({
      error: "invalid_scope",
      description: `The requested scope is invalid, unknown, or malformed. The OAuth 2.0 Client is not allowed to request scope '${scope}'.`,
    }),
    noCodeGrant: {
      error: "unauthorized_client",
      description:
        "The client is not authorized to request a token using this method. The OAuth 2.0 Client is not allowed to use authorization grant 'authorization_code'.",
    },
    namesIssuer: false,
    redirectPatterns: false,
    loopbackPorts: true,
    newSecret: () => randomOf("symbols", 26),
    refuseAuthorization: (fault) =>
      fault === "client"
        ? fallback("invalid_client", unauthenticated, "The requested OAuth 2.0 Client does not exist.")
        : fallback(
            "invalid_request",
            malformed,
            "The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.",
          ),
    refuseClient: (fault, asked) =>
      oauthError(401, "invalid_client", `${unauthenticated}${fault === "method" ? methodHint(asked) : ""}`),
    refuseGrantType: (grant) =>
      oauthError(
        400,
        grant === "" ? "invalid_request" : "unsupported_grant_type",
        grant === "" ? malformed : "The authorization grant type is not supported by the authorization server.",
      ),
    refuseGrant: () => ({
      error: "invalid_grant",
      error_description:
        "The provided authorization grant (e.g., authorization code, resource owner credentials) or refresh token is invalid, expired, revoked, does not match the redirection URI used in the authorization request, or was issued to another client.",
    }),
    page: ({ path, query }) =>
      path === "/oauth2/fallbacks/error"
        ? {
            status: 200,
            html: messagePage(
              "The OAuth2 request resulted in an error.",
              `Error: ${query.get("error") ?? ""}. Description: ${query.get("error_description") ?? ""}`,
            ),
          }
        : undefined,
  };
}

function methodHint({ registered, tried }: Asked): string {
  return ` The OAuth 2.0 Client supports client authentication method '${registered}', but method '${tried}' was requested. You must configure the OAuth 2.0 client's 'token_endpoint_auth_method' value to accept '${tried}'.`;
}
