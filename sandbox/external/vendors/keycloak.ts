import { randomText } from "../../random.ts";
import { messagePage } from "../page.ts";
import { oauthError, type Vendor } from "../vendor.ts";

/**
 * A realm of a customer's Keycloak. A client with a secret may show it either way; a client that signs may not show one.
 * Roles are nested: `realm_access.roles`. Among its keys is one that signs nothing.
 *
 * @see https://www.keycloak.org/securing-apps/oidc-layers
 */
export function keycloak(host: string, realm: string): Vendor {
  const issuer = `https://${host}/realms/${realm}`;
  const base = `${issuer}/protocol/openid-connect`;
  return {
    product: "Keycloak",
    issuer,
    endpoints: {
      authorization: `${base}/auth`,
      token: `${base}/token`,
      jwks: `${base}/certs`,
      userinfo: `${base}/userinfo`,
      endSession: `${base}/logout`,
      introspection: `${base}/token/introspect`,
      revocation: `${base}/revoke`,
      pushedRequest: `${base}/ext/par/request`,
    },
    discovery: "public",
    metadata: {
      grant_types_supported: ["authorization_code", "refresh_token"],
      response_types_supported: ["code"],
      response_modes_supported: ["query", "fragment", "form_post"],
      subject_types_supported: ["public", "pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid", "profile", "email", "roles", "offline_access"],
      token_endpoint_auth_methods_supported: ["private_key_jwt", "client_secret_basic", "client_secret_post"],
      token_endpoint_auth_signing_alg_values_supported: [
        ...["PS384", "RS384", "ES384", "ES256", "RS256", "PS256", "PS512", "RS512", "ES512"],
      ],
      claims_supported: ["iss", "sub", "aud", "exp", "iat", "auth_time", "name", "given_name", "family_name", "email"],
      code_challenge_methods_supported: ["plain", "S256"],
      require_pushed_authorization_requests: false,
      authorization_response_iss_parameter_supported: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    },
    clientAuth: { methods: ["private_key_jwt", "client_secret_basic", "client_secret_post"], strict: false },
    signIn: { path: `/realms/${realm}/login-actions/authenticate` },
    challenges: ["plain", "S256"],
    prompts: { ignored: ["select_account"] },
    refresh: { wanted: () => true, renews: "another" },
    logout: {
      asks: "without-hint",
      refuse: () => ({ status: 400, html: messagePage("We are sorry...", "Invalid redirect uri") }),
    },
    noCodeGrant: {
      error: "unauthorized_client",
      description:
        "Client is not allowed to initiate browser login with given response_type. Standard flow is disabled for the client.",
    },
    claims: {
      openid: ["sub", "realm_access"],
      profile: ["name", "given_name", "family_name", "preferred_username"],
      email: ["email", "email_verified"],
      roles: [],
      offline_access: [],
    },
    nobodySignedIn: { error: "login_required" },
    unknownScope: (scope) => ({ error: "invalid_scope", description: `Invalid scopes: ${scope}` }),
    namesIssuer: true,
    redirectPatterns: true,
    encryptionKey: true,
    newSecret: () => randomText(32),
    refuseAuthorization: (fault) => ({
      status: 400,
      html: messagePage(
        "We are sorry...",
        fault === "client" ? "Client not found." : "Invalid parameter: redirect_uri",
      ),
    }),
    refuseClient: (fault) =>
      fault === "method"
        ? oauthError(401, "invalid_client", "Parameter client_assertion_type is missing")
        : fault === "assertion"
          ? oauthError(
              401,
              "invalid_client",
              "Client authentication with signed JWT failed: Signature on JWT token failed validation",
            )
          : oauthError(401, "unauthorized_client", "Invalid client or Invalid client credentials"),
    refuseGrantType: (grant) =>
      grant === ""
        ? oauthError(400, "invalid_request", "Missing form parameter: grant_type")
        : oauthError(400, "unsupported_grant_type", "Unsupported grant_type"),
    accessTokenClaims: ({ claims }, { clientId, scope }) => {
      const told = scope.split(" ").includes("email") ? ["email", "email_verified"] : [];
      const names = ["realm_access", "name", "given_name", "family_name", "preferred_username", ...told];
      const shown = Object.entries(claims).filter(([name]) => names.includes(name));
      return { typ: "Bearer", aud: "account", azp: clientId, acr: "1", scope, ...Object.fromEntries(shown) };
    },
    refuseElsewhere: () => oauthError(401, "invalid_request", "Authentication failed."),
    refusePushed: () => oauthError(400, "invalid_request", "Invalid parameter: redirect_uri"),
    // An unknown token is an error with status 200.
    answerRevocation: (token) => (token === "unknown" ? oauthError(200, "invalid_token", "Invalid token") : undefined),
    tokenMembers: (refreshToken) => ({
      ...(refreshToken ? { refresh_expires_in: 1800 } : { refresh_expires_in: 0 }),
      "not-before-policy": 0,
    }),
    refuseGrant: (fault) => ({
      error: "invalid_grant",
      error_description:
        fault === "verifier"
          ? "PKCE verification failed: Code mismatch"
          : fault === "redirect-uri"
            ? "Incorrect redirect_uri"
            : fault === "refresh"
              ? "Invalid refresh token"
              : "Code not valid",
    }),
  };
}
