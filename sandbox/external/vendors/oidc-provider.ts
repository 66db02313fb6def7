import { randomText } from "../../random.ts";
import { messagePage } from "../page.ts";
import { oauthError, type Vendor } from "../vendor.ts";

/**
 * An identity provider that a customer has made from node-oidc-provider, set up as its documentation says: it takes a
 * client by the method that it is registered for, pushed requests, and sign-out addresses that are registered.
 *
 * @see https://github.com/panva/node-oidc-provider/blob/main/docs/README.md
 */
export function oidcProvider(host: string): Vendor {
  const base = `https://${host}`;
  return {
    product: "oidc-provider",
    issuer: base,
    endpoints: {
      authorization: `${base}/auth`,
      token: `${base}/token`,
      jwks: `${base}/jwks`,
      userinfo: `${base}/me`,
      endSession: `${base}/session/end`,
      introspection: `${base}/token/introspection`,
      revocation: `${base}/token/revocation`,
      pushedRequest: `${base}/request`,
    },
    discovery: "public",
    metadata: {
      response_types_supported: ["code"],
      response_modes_supported: ["form_post", "fragment", "query"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid", "offline_access", "profile", "email"],
      token_endpoint_auth_methods_supported: [
        ...["client_secret_basic", "client_secret_post", "private_key_jwt", "none"],
      ],
      token_endpoint_auth_signing_alg_values_supported: ["RS256", "PS256", "ES256", "EdDSA"],
      claims_supported: ["sub", "name", "given_name", "family_name", "email", "email_verified", "groups"],
      code_challenge_methods_supported: ["S256"],
      claims_parameter_supported: false,
      request_parameter_supported: false,
      request_uri_parameter_supported: false,
      authorization_response_iss_parameter_supported: true,
    },
    clientAuth: { methods: ["client_secret_basic", "client_secret_post", "private_key_jwt"], strict: true },
    signIn: { path: "/interaction" },
    challenges: ["S256"],
    refresh: { wanted: ({ scopes }) => scopes.includes("offline_access"), renews: "rotate" },
    logout: {
      asks: "always",
      refuse: () => ({ status: 400, html: messagePage("invalid_request", "post_logout_redirect_uri not registered") }),
    },
    claims: {
      openid: ["sub", "groups"],
      profile: ["name", "given_name", "family_name"],
      email: ["email", "email_verified"],
      offline_access: [],
    },
    nobodySignedIn: { error: "login_required", description: "End-User authentication is required" },
    noCodeGrant: {
      error: "unauthorized_client",
      description: "requested response_type is not allowed for this client",
    },
    namesIssuer: true,
    redirectPatterns: false,
    newSecret: () => randomText(40),
    refuseAuthorization: (fault) => ({
      status: 400,
      html:
        fault === "client"
          ? messagePage("invalid_client", "client is invalid")
          : messagePage(
              "invalid_redirect_uri",
              "redirect_uri did not match any of the client's registered redirect_uris",
            ),
    }),
    refuseClient: (fault) =>
      fault === "expired"
        ? oauthError(400, "invalid_client", "could not authenticate the client - its client secret is expired")
        : oauthError(401, "invalid_client", "client authentication failed"),
    refuseGrantType: (grant) =>
      grant === ""
        ? oauthError(400, "invalid_request", "missing required parameter 'grant_type'")
        : oauthError(400, "unsupported_grant_type", "unsupported grant_type requested"),
    refusePushed: () =>
      oauthError(400, "invalid_request", "redirect_uri did not match any of the client's registered redirect_uris"),
    refuseGrant: () => ({ error: "invalid_grant", error_description: "grant request is invalid" }),
  };
}
