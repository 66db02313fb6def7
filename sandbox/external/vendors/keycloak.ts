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
    },
    discovery: "public",
    metadata: {
      grant_types_supported: ["authorization_code"],
      response_types_supported: ["code"],
      response_modes_supported: ["query", "fragment", "form_post"],
      subject_types_supported: ["public", "pairwise"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid", "profile", "email", "roles"],
      token_endpoint_auth_methods_supported: ["private_key_jwt", "client_secret_basic", "client_secret_post"],
      token_endpoint_auth_signing_alg_values_supported: [
        ...["PS384", "RS384", "ES384", "ES256", "RS256", "PS256", "PS512", "RS512", "ES512"],
      ],
      claims_supported: ["iss", "sub", "aud", "exp", "iat", "auth_time", "name", "given_name", "family_name", "email"],
      code_challenge_methods_supported: ["S256"],
      authorization_response_iss_parameter_supported: true,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    },
    clientAuth: { methods: ["private_key_jwt", "client_secret_basic", "client_secret_post"], strict: false },
    claims: {
      openid: ["sub", "realm_access"],
      profile: ["name", "given_name", "family_name", "preferred_username"],
      email: ["email", "email_verified"],
      roles: [],
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
    refuseGrant: (fault) => ({
      error: "invalid_grant",
      error_description:
        fault === "verifier"
          ? "PKCE verification failed: Code mismatch"
          : fault === "redirect-uri"
            ? "Incorrect redirect_uri"
            : "Code not valid",
    }),
  };
}
