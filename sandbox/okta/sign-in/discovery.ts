import type { Json } from "../../json.ts";
import { responseModes } from "./answer.ts";
import { type Issuer, scopesOf } from "./issuer.ts";

const authMethods = ["client_secret_basic", "client_secret_post", "client_secret_jwt", "private_key_jwt", "none"];

/** Claims that Okta names in the document of OpenID Connect; it never names those that an admin has made. */
const identityClaims = [
  ...["iss", "ver", "sub", "aud", "iat", "exp", "jti", "auth_time", "amr", "idp", "nonce", "name", "nickname"],
  ...["preferred_username", "given_name", "middle_name", "family_name", "email", "email_verified", "profile"],
  ...["zoneinfo", "locale", "address", "phone_number", "picture", "website", "gender", "birthdate", "updated_at"],
  ...["at_hash", "c_hash"],
];

const accessClaims = ["ver", "jti", "iss", "aud", "iat", "exp", "cid", "uid", "scp", "sub"];

/**
 * The metadata document of one authorization server: what Okta publishes, less what the sandbox does not play (device
 * flow, pushed requests, signed requests, dynamic registration). Scopes are those that are published.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
 */
export function openIdDocument(origin: string, issuer: Issuer): Json {
  const endpoints = origin + issuer.base;
  return {
    ...common(origin, issuer),
    userinfo_endpoint: `${endpoints}/userinfo`,
    response_types_supported: [
      ...["code", "id_token", "code id_token", "code token", "id_token token", "code id_token token"],
    ],
    id_token_signing_alg_values_supported: ["RS256"],
    claims_supported: identityClaims,
  };
}

/**
 * The same without OpenID Connect, and with the claims of access tokens, an admin's included.
 * @see https://www.rfc-editor.org/rfc/rfc8414
 */
export function oauthDocument(origin: string, issuer: Issuer): Json {
  const own = [...(issuer.server?.claims.values() ?? [])]
    .filter(({ claimType, status, system }) => claimType === "RESOURCE" && status === "ACTIVE" && !system)
    .map(({ name }) => name);
  return {
    ...common(origin, issuer),
    response_types_supported: [
      ...["code", "token", "id_token", "code id_token", "code token", "id_token token", "code id_token token"],
    ],
    claims_supported: [...accessClaims, ...own],
  };
}

function common(origin: string, issuer: Issuer): { readonly [name: string]: Json } {
  const endpoints = origin + issuer.base;
  return {
    issuer: issuer.issuer,
    authorization_endpoint: `${endpoints}/authorize`,
    token_endpoint: `${endpoints}/token`,
    jwks_uri: `${endpoints}/keys`,
    response_modes_supported: [...responseModes],
    grant_types_supported: ["authorization_code", "implicit", "refresh_token", "client_credentials"],
    subject_types_supported: ["public"],
    scopes_supported: scopesOf(issuer)
      .filter(({ published }) => published)
      .map(({ name }) => name),
    token_endpoint_auth_methods_supported: authMethods,
    token_endpoint_auth_signing_alg_values_supported: [
      ...["HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "ES256", "ES384", "ES512"],
    ],
    code_challenge_methods_supported: ["S256"],
    introspection_endpoint: `${endpoints}/introspect`,
    introspection_endpoint_auth_methods_supported: authMethods,
    revocation_endpoint: `${endpoints}/revoke`,
    revocation_endpoint_auth_methods_supported: authMethods,
    end_session_endpoint: `${endpoints}/logout`,
    request_parameter_supported: false,
    request_uri_parameter_supported: false,
  };
}
