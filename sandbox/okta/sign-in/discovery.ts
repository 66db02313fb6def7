import type { Json } from "../../json.ts";

/** Scopes of both authorization servers. */
export const scopes = ["openid", "profile", "email", "address", "phone", "offline_access", "groups"] as const;

/** Claims that a person's tokens can hold, by scope. */
export const claimsByScope = {
  openid: ["sub"],
  profile: ["name", "given_name", "family_name", "preferred_username"],
  email: ["email", "email_verified"],
  groups: ["groups"],
} as const;

const authMethods = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];

/**
 * The metadata document of one authorization server: what Okta publishes, less what the sandbox does not play (implicit
 * flow, device flow, pushed requests, dynamic registration).
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 */
export function discoveryDocument(issuer: string, endpoints: string): Json {
  return {
    issuer,
    authorization_endpoint: `${endpoints}/authorize`,
    token_endpoint: `${endpoints}/token`,
    userinfo_endpoint: `${endpoints}/userinfo`,
    jwks_uri: `${endpoints}/keys`,
    response_types_supported: ["code"],
    response_modes_supported: ["query", "fragment", "form_post"],
    grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["RS256"],
    scopes_supported: [...scopes],
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: [
      ...["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
    ],
    claims_supported: ["iss", "aud", "iat", "exp", "auth_time", "nonce", ...Object.values(claimsByScope).flat()],
    code_challenge_methods_supported: ["S256"],
    introspection_endpoint: `${endpoints}/introspect`,
    introspection_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint: `${endpoints}/revoke`,
    revocation_endpoint_auth_methods_supported: authMethods,
    end_session_endpoint: `${endpoints}/logout`,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
    authorization_response_iss_parameter_supported: true,
  };
}
