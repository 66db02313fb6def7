import type { Json } from "../../json.ts";
import type { Auth0Tenant } from "../tenant.ts";

/** OpenID Connect's scopes; others are those of an API, or left out without a word, as Auth0 does. */
export const oidcScopes = ["openid", "profile", "offline_access", "email"] as const;

/** Whether a scope is OpenID Connect's, not an API's. */
export function isOidcScope(scope: string): boolean {
  return (oidcScopes as readonly string[]).includes(scope);
}

/** Claims by scope. `org_id` and claims in a namespace come with every token. */
export const claimsByScope = {
  openid: ["sub", "org_id"],
  profile: ["name", "given_name", "family_name", "middle_name", "nickname", "picture", "locale", "updated_at"],
  email: ["email", "email_verified"],
} as const;

const authMethods = ["client_secret_basic", "client_secret_post", "private_key_jwt", "none"];

/**
 * The metadata document: what Auth0 publishes, less what the sandbox does not play (implicit and device flow, pushed
 * requests, dynamic registration). It names `response_types_supported` and the like as they are played.
 * @see https://auth0.com/docs/get-started/applications/configure-applications-with-oidc-discovery
 */
export function discoveryDocument(tenant: Auth0Tenant): Json {
  const { issuer } = tenant;
  return {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}oauth/token`,
    userinfo_endpoint: `${issuer}userinfo`,
    jwks_uri: `${issuer}.well-known/jwks.json`,
    revocation_endpoint: `${issuer}oauth/revoke`,
    end_session_endpoint: `${issuer}oidc/logout`,
    scopes_supported: [...oidcScopes],
    response_types_supported: ["code"],
    response_modes_supported: ["query", "fragment", "form_post"],
    grant_types_supported: ["authorization_code", "refresh_token", "client_credentials"],
    code_challenge_methods_supported: ["S256", "plain"],
    subject_types_supported: ["public"],
    id_token_signing_alg_values_supported: ["HS256", "RS256"],
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: ["RS256", "RS384", "PS256"],
    claims_supported: ["aud", "auth_time", "exp", "iat", "iss", ...Object.values(claimsByScope).flat()],
    request_uri_parameter_supported: false,
    request_parameter_supported: false,
  };
}
