import { messagePage } from "../page.ts";
import { randomOf } from "../secret-text.ts";
import { oauthError, type Vendor } from "../vendor.ts";

/** A OneLogin account, its second OIDC version. A client proves itself by the method of its settings and no other. */
export function oneLogin(host: string): Vendor {
  const issuer = `https://${host}/oidc/2`;
  return {
    product: "OneLogin",
    issuer,
    endpoints: {
      authorization: `${issuer}/auth`,
      token: `${issuer}/token`,
      jwks: `${issuer}/certs`,
      userinfo: `${issuer}/me`,
      endSession: `${issuer}/logout`,
      introspection: `${issuer}/token/introspection`,
      revocation: `${issuer}/token/revocation`,
    },
    discovery: "public",
    metadata: {
      response_types_supported: ["code"],
      response_modes_supported: ["query", "fragment", "form_post"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid", "name", "profile", "groups", "email", "params", "phone", "offline_access"],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
      claims_supported: ["sub", "email", "preferred_username", "name", "groups", "iss"],
      code_challenge_methods_supported: ["S256"],
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
    },
    clientAuth: { methods: ["client_secret_basic", "client_secret_post"], strict: true },
    signIn: { path: "/login2" },
    challenges: ["S256"],
    refresh: { wanted: ({ scopes }) => scopes.includes("offline_access"), renews: "rotate" },
    logout: {
      asks: "always",
      refuse: () => ({
        status: 400,
        html: messagePage(
          "oops! something went wrong",
          "error: invalid_request. post_logout_redirect_uri not registered",
        ),
      }),
    },
    claims: {
      openid: ["sub"],
      profile: ["name", "preferred_username"],
      email: ["email"],
      groups: ["groups"],
      offline_access: [],
    },
    nobodySignedIn: { error: "login_required", description: "End-User authentication is required" },
    namesIssuer: false,
    redirectPatterns: false,
    newSecret: () => randomOf("lower", 64),
    refuseAuthorization: (fault) => ({
      status: 400,
      html: messagePage(
        "oops! something went wrong",
        fault === "client"
          ? "error: invalid_client. client is invalid"
          : "error: redirect_uri_mismatch. redirect_uri did not match any client's registered redirect_uris",
      ),
    }),
    refuseClient: () => oauthError(401, "invalid_client", "client authentication failed"),
    refuseGrantType: (grant) =>
      grant === ""
        ? oauthError(400, "invalid_request", "missing required parameter(s) (grant_type)")
        : oauthError(400, "unsupported_grant_type", "unsupported grant_type requested"),
    refuseGrant: () => ({ error: "invalid_grant", error_description: "grant request is invalid" }),
  };
}
