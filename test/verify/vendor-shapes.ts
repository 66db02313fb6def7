import { back, html, json, type Reply, redirect } from "./provider.ts";
import { type Asked, brokenOnly, loginRequired, oauth, signIn, type VendorShape } from "./vendor-replies.ts";

const directory = "3f6c1d8e-52a4-4b7d-9c0e-8a1f2b3c4d5e";

const aad = (status: number, error: string, code: number, text: string): Reply =>
  json(status, {
    error,
    error_description: `AADSTS${code}: ${text} Trace ID: 5f6a Correlation ID: 77bc Timestamp: 2026-11-21 10:00:00Z`,
    error_codes: [code],
    error_uri: `https://login.microsoftonline.com/error?code=${code}`,
  });

const authError = (code: string, text: string): string => {
  const field = (number: number, value: string): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), Buffer.from(value)]);
  return Buffer.concat([field(1, code), field(2, text)]).toString("base64");
};

const google = (code: string, text: string) => (): Reply =>
  redirect(
    `https://accounts.google.com/signin/oauth/error?${new URLSearchParams({ authError: authError(code, text) })}`,
    302,
  );

const cognitoHost = "https://tannberg.auth.eu-central-1.amazoncognito.com";
const cognito =
  (error: string) =>
  ({ clientId }: Asked): Reply =>
    redirect(`${cognitoHost}/error?error=${error}&client_id=${clientId}`, 302);

const keycloak = "https://id.tannberg.example/realms/staff";
const badRedirectHydra =
  "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered redirect urls.";

/** Shapes as documented, captured or read in the products' sources. */
export const vendors: Readonly<Record<string, VendorShape>> = {
  okta: {
    issuer: "https://acme.okta.com",
    authorization: "https://acme.okta.com/oauth2/v1/authorize",
    token: "https://acme.okta.com/oauth2/v1/token",
    clientId: "0oa1b2c3d4e5f6g7h8i9",
    registered: loginRequired({
      error_description: "The client specified not to prompt, but the user is not logged in.",
    }),
    unregistered: () =>
      html(
        400,
        "Your request resulted in an error. The 'redirect_uri' parameter must be a Login redirect URI in the client app settings",
      ),
    unknownClient: () =>
      html(400, "Your request resulted in an error. Invalid value for 'client_id' parameter: invalid_client."),
    badCode: oauth(400, "invalid_grant", "The authorization code is invalid or has expired."),
    badSecret: oauth(401, "invalid_client", "The client secret supplied for a confidential client is invalid."),
    wrongMethod: oauth(401, "invalid_client", "Either the client or the client credentials are invalid."),
    noCredential: oauth(
      401,
      "invalid_client",
      "Client authentication failed. Either the client or the client credentials are invalid.",
    ),
    unknownAtToken: json(400, {
      errorCode: "invalid_client",
      errorSummary: "Invalid value for 'client_id' parameter.",
      errorLink: "invalid_client",
      errorId: "oae1",
      errorCauses: [],
    }),
    badAssertion: oauth(401, "invalid_client", "The client_assertion signature is invalid."),
  },
  auth0: {
    issuer: "https://acme.eu.auth0.com/",
    authorization: "https://acme.eu.auth0.com/authorize",
    token: "https://acme.eu.auth0.com/oauth/token",
    clientId: "Xk2mP9qLw4rTnB7vZc5hYs8dFj3gQa1e",
    registered: loginRequired({ error_description: "Login required" }),
    unregistered: ({ redirectUri }) =>
      html(
        403,
        `<h1>Oops!, something went wrong</h1> Callback URL mismatch. The provided redirect_uri (${redirectUri}) is not in the list of allowed callback URLs.`,
      ),
    unknownClient: ({ clientId }) => html(403, `<h1>Oops!, something went wrong</h1> Unknown client: ${clientId}`),
    badCode: oauth(403, "invalid_grant", "Invalid authorization code"),
    badSecret: oauth(401, "access_denied", "Unauthorized"),
    wrongMethod: oauth(401, "access_denied", "Unauthorized"),
    noCredential: oauth(401, "access_denied", "Unauthorized"),
    badAssertion: oauth(401, "invalid_client", "Client authentication failed"),
  },
  "auth0 with an error page of its own": {
    issuer: "https://acme.eu.auth0.com/",
    authorization: "https://acme.eu.auth0.com/authorize",
    token: "https://acme.eu.auth0.com/oauth/token",
    clientId: "Xk2mP9qLw4rTnB7vZc5hYs8dFj3gQa1e",
    registered: loginRequired({ error_description: "Login required" }),
    unregistered: ({ clientId }) =>
      redirect(
        `https://errors.acme.example/oops?${new URLSearchParams({ client_id: clientId, error: "unauthorized_client", error_description: "Callback URL mismatch.", tracking: "2c9a" })}`,
        302,
      ),
    unknownClient: ({ clientId }) =>
      redirect(
        `https://errors.acme.example/oops?${new URLSearchParams({ error: "invalid_request", error_description: `Unknown client: ${clientId}` })}`,
        302,
      ),
    badCode: oauth(403, "invalid_grant", "Invalid authorization code"),
    badSecret: oauth(401, "access_denied", "Unauthorized"),
    noCredential: oauth(401, "access_denied", "Unauthorized"),
  },
  "entra id": {
    issuer: `https://login.microsoftonline.com/${directory}/v2.0`,
    authorization: `https://login.microsoftonline.com/${directory}/oauth2/v2.0/authorize`,
    token: `https://login.microsoftonline.com/${directory}/oauth2/v2.0/token`,
    clientId: "7d9f2c4a-1b3e-4f5a-8c6d-0e9b8a7f6c5d",
    metadata: {
      code_challenge_methods_supported: undefined,
      userinfo_endpoint: "https://graph.microsoft.com/oidc/userinfo",
    },
    registered: loginRequired({
      error_description: "AADSTS50058: A silent sign-in request was sent but no user is signed in.",
      error_uri: "https://login.microsoftonline.com/error?code=50058",
    }),
    unregistered: ({ redirectUri, clientId }) =>
      html(
        200,
        `AADSTS50011: The redirect URI '${redirectUri}' specified in the request does not match the redirect URIs configured for the application '${clientId}'.`,
      ),
    unknownClient: ({ clientId }) =>
      html(
        200,
        `AADSTS700016: Application with identifier '${clientId}' was not found in the directory '${directory}'.`,
      ),
    badCode: aad(400, "invalid_grant", 9002313, "Invalid request. Request is malformed or invalid."),
    badSecret: aad(
      401,
      "invalid_client",
      7000215,
      "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID.",
    ),
    noCredential: aad(
      401,
      "invalid_client",
      7000218,
      "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
    ),
    unknownAtToken: aad(
      400,
      "unauthorized_client",
      700016,
      `Application with identifier 'nobody' was not found in the directory '${directory}'.`,
    ),
    badAssertion: aad(
      401,
      "invalid_client",
      700027,
      "The certificate with identifier used to sign the client assertion is not registered on application.",
    ),
    expiredSecret: aad(401, "invalid_client", 7000222, "The provided client secret keys for app are expired."),
  },
  google: {
    issuer: "https://accounts.google.com",
    authorization: "https://accounts.google.com/o/oauth2/v2/auth",
    token: "https://oauth2.googleapis.com/token",
    clientId: "482917365012-q7v3m9x2k5t8w4z6.apps.googleusercontent.com",
    metadata: {
      end_session_endpoint: undefined,
      userinfo_endpoint: "https://openidconnect.googleapis.com/v1/userinfo",
    },
    registered: ({ redirectUri, state }) =>
      redirect(back(redirectUri, { error: "interaction_required", error_subtype: "access_denied", state }), 302),
    unregistered: google("redirect_uri_mismatch", "You can't sign in to this app."),
    unknownClient: google("invalid_client", "The OAuth client was not found."),
    badCode: oauth(400, "invalid_grant", "Malformed auth code."),
    badSecret: oauth(401, "invalid_client", "Unauthorized"),
    unknownAtToken: oauth(401, "invalid_client", "The OAuth client was not found."),
    noCredential: oauth(400, "invalid_request", "client_secret is missing."),
  },
  "google, with its page of status 200": {
    issuer: "https://accounts.google.com",
    authorization: "https://accounts.google.com/o/oauth2/v2/auth",
    token: "https://oauth2.googleapis.com/token",
    clientId: "482917365012-q7v3m9x2k5t8w4z6.apps.googleusercontent.com",
    registered: ({ redirectUri, state }) => redirect(back(redirectUri, { error: "interaction_required", state }), 302),
    unregistered: () =>
      html(200, '<div data-error-code="redirect_uri_mismatch">Error 400: redirect_uri_mismatch</div>'),
    unknownClient: () => html(200, '<div data-error-code="invalid_client">Error 401: invalid_client</div>'),
    badCode: oauth(400, "invalid_grant", "Malformed auth code."),
    badSecret: oauth(401, "invalid_client", "Unauthorized"),
    noCredential: oauth(400, "invalid_request", "client_secret is missing."),
  },
  cognito: {
    issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123xyz",
    authorization: `${cognitoHost}/oauth2/authorize`,
    token: `${cognitoHost}/oauth2/token`,
    clientId: "5k2v9m4x7q1z8w3t6r0b",
    metadata: { end_session_endpoint: undefined, grant_types_supported: undefined },
    registered: loginRequired(),
    unregistered: cognito("redirect_mismatch"),
    unknownClient: cognito("invalid_client"),
    badCode: oauth(400, "invalid_grant"),
    badSecret: oauth(400, "invalid_client", "invalid_client_secret"),
    wrongMethod: oauth(400, "invalid_client"),
    noCredential: oauth(400, "invalid_client"),
  },
  keycloak: {
    issuer: keycloak,
    authorization: `${keycloak}/protocol/openid-connect/auth`,
    token: `${keycloak}/protocol/openid-connect/token`,
    clientId: "acme-portal",
    registered: loginRequired({ iss: keycloak }),
    unregistered: () => html(400, "<p>We are sorry...</p><p>Invalid parameter: redirect_uri</p>"),
    unknownClient: () => html(400, "<p>We are sorry...</p><p>Client not found.</p>"),
    badCode: oauth(400, "invalid_grant", "Code not valid"),
    badSecret: oauth(401, "unauthorized_client", "Invalid client or Invalid client credentials"),
    noCredential: oauth(401, "unauthorized_client", "Invalid client or Invalid client credentials"),
    badAssertion: oauth(
      400,
      "unauthorized_client",
      "Client authentication with signed JWT failed: Signature on JWT token failed validation",
    ),
  },
  hydra: {
    issuer: "https://hydra.example/",
    authorization: "https://hydra.example/oauth2/auth",
    token: "https://hydra.example/oauth2/token",
    clientId: "0f1e2d3c-4b5a-4697-8879-6a5b4c3d2e1f",
    registered: loginRequired({
      error_description:
        "The Authorization Server requires End-User authentication. Prompt 'none' was requested, but no existing login session was found.",
    }),
    unregistered: () =>
      redirect(
        `https://hydra.example/oauth2/fallbacks/error?${new URLSearchParams({ error: "invalid_request", error_description: badRedirectHydra })}`,
      ),
    unknownClient: () =>
      redirect(
        `https://hydra.example/oauth2/fallbacks/error?${new URLSearchParams({ error: "invalid_client", error_description: "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method). The requested OAuth 2.0 Client does not exist." })}`,
      ),
    badCode: oauth(400, "invalid_grant", "The provided authorization grant is invalid."),
    badSecret: oauth(401, "invalid_client", "Client authentication failed."),
    wrongMethod: oauth(
      401,
      "invalid_client",
      "The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested.",
    ),
    noCredential: oauth(401, "invalid_client", "Client authentication failed."),
    badAssertion: oauth(401, "invalid_client", "Unable to verify the integrity of the 'client_assertion' value."),
  },
  "oidc-provider": {
    issuer: "https://op.example",
    authorization: "https://op.example/auth",
    token: "https://op.example/token",
    clientId: "portal",
    registered: loginRequired({ error_description: "End-User authentication is required", iss: "https://op.example" }),
    unregistered: () => html(400, "<h1>oops! something went wrong</h1><pre>error: invalid_redirect_uri</pre>"),
    unknownClient: () =>
      html(400, "<h1>oops! something went wrong</h1><pre>error: invalid_client, client is invalid</pre>"),
    badCode: oauth(400, "invalid_grant", "grant request is invalid"),
    badSecret: json(
      401,
      { error: "invalid_client", error_description: "client authentication failed" },
      { "www-authenticate": 'Basic realm="https://op.example", error="invalid_client"' },
    ),
    noCredential: oauth(401, "invalid_client", "client authentication failed"),
    badAssertion: oauth(401, "invalid_client", "client authentication failed"),
    expiredSecret: oauth(400, "invalid_client", "could not authenticate the client - its client secret is expired"),
  },
  pingfederate: {
    issuer: "https://sso.aldervoss.example",
    authorization: "https://sso.aldervoss.example/as/authorization.oauth2",
    token: "https://sso.aldervoss.example/as/token.oauth2",
    clientId: "acme-portal",
    registered: loginRequired(),
    unregistered: () => html(400, "Invalid redirect_uri"),
    unknownClient: () => html(400, "Unknown or invalid client_id"),
    badCode: oauth(400, "invalid_grant", "Authorization code is invalid or expired."),
    badSecret: oauth(401, "invalid_client", "Invalid client or client credentials."),
    wrongMethod: oauth(401, "invalid_client", "Invalid client or client credentials."),
    noCredential: oauth(401, "invalid_client", "client_secret is required"),
  },
  dex: {
    issuer: "https://dex.tannberg.example/dex",
    authorization: "https://dex.tannberg.example/dex/auth",
    token: "https://dex.tannberg.example/dex/token",
    clientId: "acme-portal",
    metadata: { end_session_endpoint: undefined },
    registered: brokenOnly(() => redirect("/dex/auth/local/login?back=&state=abc", 302)),
    unregistered: () => html(400, "<h2>Bad Request</h2> Unregistered redirect_uri."),
    unknownClient: () => html(400, "<h2>Bad Request</h2> Invalid client_id provided."),
    badCode: oauth(400, "invalid_grant", "Invalid or expired code parameter."),
    badSecret: oauth(401, "invalid_client", "Invalid client credentials."),
    noCredential: oauth(401, "invalid_client", "Invalid client credentials."),
    page: signIn,
  },
  "dex, older": {
    issuer: "https://dex.tannberg.example/dex",
    authorization: "https://dex.tannberg.example/dex/auth",
    token: "https://dex.tannberg.example/dex/token",
    clientId: "acme-portal",
    metadata: { end_session_endpoint: undefined },
    registered: brokenOnly(() => redirect("/dex/auth/local/login?back=&state=abc", 302)),
    unregistered: () => html(400, "<h2>Bad Request</h2> Unregistered redirect_uri."),
    unknownClient: () => html(400, "<h2>Bad Request</h2> Invalid client_id provided."),
    badCode: oauth(400, "invalid_request", "Invalid or expired code parameter."),
    badSecret: oauth(401, "invalid_client", "Invalid client credentials."),
    noCredential: oauth(401, "invalid_client", "Invalid client credentials."),
    page: signIn,
  },
  "cognito with its classic hosted pages": {
    issuer: "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbC123xyz",
    authorization: `${cognitoHost}/oauth2/authorize`,
    token: `${cognitoHost}/oauth2/token`,
    clientId: "5k2v9m4x7q1z8w3t6r0b",
    metadata: { end_session_endpoint: undefined },
    registered: brokenOnly(({ clientId, redirectUri, state }) =>
      redirect(
        `${cognitoHost}/login?${new URLSearchParams({ client_id: clientId, redirect_uri: redirectUri, state })}`,
        302,
      ),
    ),
    unregistered: cognito("redirect_mismatch"),
    unknownClient: cognito("invalid_client"),
    badCode: oauth(400, "invalid_grant"),
    badSecret: oauth(400, "invalid_client", "invalid_client_secret"),
    wrongMethod: oauth(400, "invalid_client"),
    noCredential: oauth(400, "invalid_client"),
    page: signIn,
  },
  salesforce: {
    issuer: "https://acme.my.salesforce.com",
    authorization: "https://acme.my.salesforce.com/services/oauth2/authorize",
    token: "https://acme.my.salesforce.com/services/oauth2/token",
    clientId: "3MVG9acmeportal",
    registered: loginRequired(),
    unregistered: () =>
      html(200, "error=redirect_uri_mismatch&error_description=redirect_uri%20must%20match%20configuration"),
    unknownClient: () => html(400, "error=invalid_client_id&error_description=client%20identifier%20invalid"),
    badCode: oauth(400, "invalid_grant", "invalid authorization code"),
    badSecret: oauth(400, "invalid_client", "invalid client credentials"),
    noCredential: oauth(400, "invalid_client", "invalid client credentials"),
    unknownAtToken: oauth(400, "invalid_client_id", "client identifier invalid"),
  },
  onelogin: {
    issuer: "https://acme.onelogin.com/oidc/2",
    authorization: "https://acme.onelogin.com/oidc/2/auth",
    token: "https://acme.onelogin.com/oidc/2/token",
    clientId: "6d2f8c10-1f2e-013b-5c4d-0a1b2c3d4e5f123456",
    registered: loginRequired(),
    unregistered: () =>
      json(400, {
        error: "invalid_redirect_uri",
        error_description: "redirect_uri did not match any client's registered redirect_uris",
      }),
    unknownClient: () => json(400, { error: "invalid_client", error_description: "client is invalid" }),
    badCode: oauth(400, "invalid_grant", "grant request is invalid"),
    badSecret: oauth(401, "invalid_client", "client authentication failed"),
    wrongMethod: oauth(401, "invalid_client", "client authentication failed"),
    noCredential: oauth(401, "invalid_client", "client authentication failed"),
  },
  authelia: {
    issuer: "https://auth.tannberg.example",
    authorization: "https://auth.tannberg.example/api/oidc/authorization",
    token: "https://auth.tannberg.example/api/oidc/token",
    clientId: "acme-portal",
    registered: loginRequired({ iss: "https://auth.tannberg.example" }),
    unregistered: () =>
      json(400, {
        error: "invalid_request",
        error_description:
          "The request is missing a required parameter, includes an invalid parameter value, includes a parameter more than once, or is otherwise malformed. The 'redirect_uri' parameter does not match any of the OAuth 2.0 Client's pre-registered 'redirect_uris'.",
      }),
    unknownClient: () =>
      json(401, {
        error: "invalid_client",
        error_description:
          "Client authentication failed (e.g., unknown client, no client authentication included, or unsupported authentication method).",
      }),
    badCode: oauth(400, "invalid_grant", "The provided authorization grant is invalid."),
    badSecret: oauth(401, "invalid_client", "Client authentication failed."),
    wrongMethod: oauth(
      401,
      "invalid_client",
      "The OAuth 2.0 Client supports client authentication method 'client_secret_basic', but method 'client_secret_post' was requested.",
    ),
    noCredential: oauth(401, "invalid_client", "Client authentication failed."),
  },
};
