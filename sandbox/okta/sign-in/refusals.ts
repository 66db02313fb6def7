import { OAuthProblem } from "../../sign-in/oauth-problem.ts";

type Words = readonly [status: number, error: string, description: string];

/**
 * What Okta answers when it gives nothing, by the name that its system log uses. `{0}` is filled in.
 * @see https://developer.okta.com/docs/reference/error-codes/
 */
const refusals = {
  access_token_insufficient_scopes: [
    403,
    "insufficient_scope",
    "The access token provided does not contain the required scopes.",
  ],
  access_token_invalid: [401, "invalid_token", "The access token is invalid."],
  access_token_missing: [401, "invalid_request", "The access token is missing."],
  access_token_revoked: [401, "invalid_token", "The access token has been revoked."],
  client_assertion_already_used: [401, "invalid_client", "The client_assertion token has already been used."],
  client_assertion_expiration_required: [
    401,
    "invalid_client",
    "The client_assertion must contain the 'exp' claim as seconds since epoch.",
  ],
  client_assertion_expired_token: [401, "invalid_client", "The client_assertion token is expired."],
  client_assertion_expires_too_far_in_future: [
    401,
    "invalid_client",
    "The client_assertion token has an expiration too far into the future.",
  ],
  client_assertion_invalid_audience: [
    401,
    "invalid_client",
    "The audience claim for client_assertion must be the endpoint invoked for the request.",
  ],
  client_assertion_invalid_issuer: [
    401,
    "invalid_client",
    "The issuer claim for client_assertion is not a valid client_id.",
  ],
  client_assertion_invalid_jwt: [401, "invalid_client", "The parsing of the client_assertion failed."],
  client_assertion_invalid_signature: [401, "invalid_client", "The client_assertion signature is invalid."],
  client_assertion_invalid_subject: [
    401,
    "invalid_client",
    "The subject claim for client_assertion is not a valid client_id.",
  ],
  client_assertion_type_invalid: [400, "invalid_request", "The client_assertion_type is invalid."],
  confidential_client_required: [400, "unauthorized_client", "Confidential client is required to make this request."],
  duplicate_oauth_params: [400, "invalid_request", "The request contained multiple parameters with the same name."],
  id_token_does_not_match_session: [
    400,
    "id_token_does_not_match_session",
    "The ID token subject does not match the current session's user.",
  ],
  id_token_invalid: [401, "invalid_token", "The id token is invalid."],
  illegal_duplicated_parameters: [
    400,
    "invalid_request",
    "Duplicate parameter provided in request. Duplicated parameters: [{0}].",
  ],
  illegal_post_logout_redirect_uri: [
    400,
    "invalid_request",
    "The 'post_logout_redirect_uri' parameter must be a Logout redirect URI in the client app settings.",
  ],
  illegal_redirect_uri: [
    400,
    "invalid_request",
    "The 'redirect_uri' parameter must be a Login redirect URI in the client app settings.",
  ],
  invalid_application_type_client_credentials: [
    401,
    "invalid_client",
    "Only clients with 'application_type' of 'service' may use the client_credentials 'grant_type' with the Org Authorization Server.",
  ],
  invalid_authorization_code: [400, "invalid_grant", "The authorization code is invalid or has expired."],
  invalid_basic_auth_creds: [
    401,
    "invalid_client",
    "Found Authentication header but was not valid client credentials.",
  ],
  invalid_client: [
    401,
    "invalid_client",
    "Client authentication failed. Either the client or the client credentials are invalid.",
  ],
  invalid_client_id: [400, "invalid_client", "Invalid value for 'client_id' parameter."],
  invalid_client_secret: [401, "invalid_client", "The client secret supplied for a confidential client is invalid."],
  invalid_max_age: [
    400,
    "invalid_request",
    "Invalid value for 'max_age' parameter. It should be within range 0 - 2^31-1.",
  ],
  invalid_nonce: [
    400,
    "invalid_request",
    "The 'nonce' parameter is required for authorize requests with either the 'id_token' or 'token' response types..",
  ],
  invalid_prompt: [400, "invalid_request", "Invalid value for 'prompt' parameter. Supported values: [{0}]"],
  invalid_prompt_for_zero_max_age: [
    400,
    "invalid_request",
    "'prompt' parameter must not have the value 'none' for request with 'zero' as max_age.",
  ],
  invalid_refresh_token: [400, "invalid_grant", "The refresh token is invalid or expired."],
  invalid_state: [400, "invalid_request", "The authentication request has an invalid 'state' parameter."],
  login_required: [400, "login_required", "The client specified not to prompt, but the user is not logged in."],
  mismatched_authorization_server: [400, "invalid_request", "The grant was issued for another authorization server."],
  mismatched_client: [
    400,
    "invalid_grant",
    "The grant was issued to another client. Please make sure the 'client_id' matches the one used at the authorize request.",
  ],
  mismatched_redirect_uri: [
    400,
    "invalid_grant",
    "The 'redirect_uri' does not match the redirection URI used in the authorization request.",
  ],
  missing_client_credentials: [401, "invalid_client", "No client credentials found."],
  missing_token_request_parameter: [400, "invalid_request", "The required parameter '{0}' is missing."],
  multiple_client_credentials: [
    401,
    "invalid_request",
    "Cannot supply multiple client credentials. Use one of the following: credentials in the Authorization header, credentials in the post body, or a client_assertion in the post body.",
  ],
  no_default_scopes: [
    400,
    "invalid_scope",
    "The authorization server resource does not have any configured default scopes, 'scope' must be provided.",
  ],
  no_matching_policy: [
    401,
    "access_denied",
    "Policy evaluation failed for this request, please check the policy configurations.",
  ],
  no_matching_scope: [
    400,
    "invalid_scope",
    "One or more scopes are not configured for the authorization server resource.",
  ],
  no_org_scopes_granted: [400, "consent_required", "You are not allowed any of the requested scopes."],
  openid_not_allowed_client_creds: [400, "invalid_scope", "Cannot request 'openid' scopes using client credentials."],
  openid_scope_required: [
    400,
    "invalid_scope",
    "Requests for ID tokens or access tokens with OpenID scopes require the 'openid' scope.",
  ],
  pkce_invalid_challenge: [400, "invalid_request", "PKCE code challenge contains illegal characters."],
  pkce_missing_challenge: [400, "invalid_request", "PKCE code challenge is required by the application."],
  pkce_missing_challenge_verifier_present: [
    400,
    "invalid_request",
    "PKCE code challenge should be specified in the authorize request for code verification.",
  ],
  pkce_missing_verifier: [400, "invalid_request", "PKCE code verifier is required by the application."],
  pkce_unsupported_code_challenge_method: [
    400,
    "invalid_request",
    "PKCE code challenge method is not supported. Valid values: [{0}]",
  ],
  pkce_verification_failed: [400, "invalid_grant", "PKCE verification failed."],
  refresh_scopes_denied: [
    400,
    "access_denied",
    "Some of the scopes requested for the refresh request were not granted in the original authorize request. Denied scopes: {0}.",
  ],
  request_expired: [400, "login_required", "Request expired, please start over and try again."],
  request_missing_token: [400, "invalid_request", "The 'token' parameter is required."],
  request_not_supported: [
    400,
    "request_not_supported",
    "The authorize request object is not supported by this client.",
  ],
  request_uri_not_supported: [
    400,
    "request_uri_not_supported",
    "The authorize request uri is not supported by this client.",
  ],
  token_expired: [401, "invalid_token", "The token has expired."],
  token_request_missing_grant_type: [
    400,
    "invalid_request",
    "The token request must specify a 'grant_type'. Valid values: [{0}]",
  ],
  too_many_groups_in_groups_claim: [
    400,
    "server_error",
    "The groups claim matched too many groups and must be configured to match fewer groups.",
  ],
  unauthorized_client: [
    400,
    "unauthorized_client",
    "The client is not authorized to use the provided grant type. Configured grant types: [{0}].",
  ],
  unsupported_auth_method_client_creds: [
    401,
    "invalid_client",
    "Client Credentials requests to the Org Authorization Server must use the private_key_jwt token_endpoint_auth_method.",
  ],
  unsupported_grant_type: [
    400,
    "unsupported_grant_type",
    "The authorization grant type is not supported by the authorization server. Configured grant types: [{0}].",
  ],
  unsupported_response_mode: [
    400,
    "unsupported_response_mode",
    "The response mode is not supported by the authorization server. Valid response modes: [{0}].",
  ],
  unsupported_response_mode_okta_post_message_with_code: [
    400,
    "unsupported_response_mode",
    "'okta_post_message' response mode cannot be used with the 'code' response type.",
  ],
  unsupported_response_mode_query_with_tokens: [
    400,
    "unsupported_response_mode",
    "'query' response mode cannot be used with either the 'id_token' or 'token' response types.",
  ],
  unsupported_response_type: [
    400,
    "unsupported_response_type",
    "The response type is not supported by the authorization server. Configured response types: [{0}].",
  ],
  user_not_assigned: [400, "access_denied", "User is not assigned to the client application."],
} as const satisfies Readonly<Record<string, Words>>;

/** The refusal in Okta's words, with what fills its gap. */
export function refusal(name: keyof typeof refusals, gap: readonly string[] = []): OAuthProblem {
  const [status, error, description] = refusals[name];
  return new OAuthProblem(
    status,
    error,
    description.replace("{0}", () => gap.join(", ")),
  );
}
