import { randomText } from "../../random.ts";
import { messagePage } from "../page.ts";
import { endOfSession } from "../session-cookie.ts";
import { oauthError, type Vendor } from "../vendor.ts";

/**
 * A customer's own PingFederate. The discovery document is behind the customer's firewall; the endpoints are not.
 * Groups are `memberOf`, distinguished names of a directory.
 */
export function pingFederate(host: string): Vendor {
  const base = `https://${host}`;
  return {
    product: "PingFederate",
    issuer: base,
    endpoints: {
      authorization: `${base}/as/authorization.oauth2`,
      token: `${base}/as/token.oauth2`,
      jwks: `${base}/pf/JWKS`,
      userinfo: `${base}/idp/userinfo.openid`,
      endSession: `${base}/idp/init_logout.openid`,
      introspection: `${base}/as/introspect.oauth2`,
      revocation: `${base}/as/revoke_token.oauth2`,
    },
    discovery: "firewalled",
    metadata: {
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid", "email", "profile"],
      token_endpoint_auth_methods_supported: ["client_secret_basic", "client_secret_post"],
      code_challenge_methods_supported: ["plain", "S256"],
      grant_types_supported: ["authorization_code", "refresh_token"],
      ping_end_session_endpoint: `${base}/idp/startSLO.ping`,
    },
    clientAuth: { methods: ["client_secret_basic", "client_secret_post"], strict: true },
    signIn: { path: "/as/signin" },
    challenges: ["plain", "S256"],
    refresh: { wanted: () => true, renews: "none" },
    // An address that is not registered is ignored.
    logout: { asks: "without-hint" },
    claims: { openid: ["sub", "memberOf"], email: ["mail"], profile: ["name"] },
    nobodySignedIn: { error: "login_required", description: "No active session; login required." },
    unknownScope: () => ({
      error: "invalid_scope",
      description: "The requested scope(s) must be blank or a subset of the provided scopes.",
    }),
    namesIssuer: false,
    redirectPatterns: false,
    newSecret: () => randomText(64),
    refuseAuthorization: (fault) => ({
      status: 400,
      html: messagePage("Error", fault === "client" ? "Unknown or invalid client_id" : "Invalid redirect_uri"),
    }),
    refuseClient: (fault) => {
      const answer = oauthError(401, "invalid_client", "Invalid client or client credentials.");
      return fault === "no-credential" ? oauthError(401, "invalid_client", "client_secret is required") : answer;
    },
    refuseGrantType: (grant) =>
      grant === ""
        ? oauthError(400, "invalid_request", "grant_type is required")
        : oauthError(400, "unsupported_grant_type", "unsupported grant_type"),
    page: ({ path }) =>
      path === "/idp/startSLO.ping"
        ? {
            status: 200,
            headers: { "set-cookie": endOfSession },
            html: messagePage("Sign off", "You have signed off."),
          }
        : undefined,
    refuseGrant: (fault) => ({
      error: "invalid_grant",
      error_description:
        fault === "verifier"
          ? "PKCE code verifier is invalid."
          : fault === "redirect-uri"
            ? "redirect_uri does not match the one of the authorization request."
            : fault === "refresh"
              ? "unknown, invalid, or expired refresh token"
              : "Authorization code is invalid or expired.",
    }),
  };
}
