import type { Answer } from "../../answer.ts";
import { messagePage } from "../page.ts";
import { randomOf } from "../secret-text.ts";
import { endOfSession } from "../session-cookie.ts";
import { oauthError, type Vendor } from "../vendor.ts";

/** Which user pool, and the prefix of its domain. */
interface Pool {
  readonly region: string;
  readonly id: string;
  readonly domain: string;
}

/**
 * A Cognito user pool. Issuer and keys are on another host than the endpoints. This pool takes client_secret_post only.
 * Leaving goes to `/logout?client_id&logout_uri`, which is no end of session as OpenID Connect knows it.
 *
 * @see https://docs.aws.amazon.com/cognito/latest/developerguide/authorization-endpoint.html
 */
export function cognito({ region, id, domain }: Pool): Vendor {
  const issuer = `https://cognito-idp.${region}.amazonaws.com/${id}`;
  const host = `${domain}.auth.${region}.amazoncognito.com`;
  return {
    product: "Amazon Cognito",
    issuer,
    endpoints: {
      authorization: `https://${host}/oauth2/authorize`,
      token: `https://${host}/oauth2/token`,
      jwks: `${issuer}/.well-known/jwks.json`,
      userinfo: `https://${host}/oauth2/userInfo`,
      revocation: `https://${host}/oauth2/revoke`,
    },
    discovery: "public",
    metadata: {
      response_types_supported: ["code"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid", "email", "phone", "profile"],
      token_endpoint_auth_methods_supported: ["client_secret_post"],
    },
    clientAuth: { methods: ["client_secret_post"], strict: true },
    signIn: { path: "/login", repeatsRequest: true },
    challenges: ["S256"],
    refresh: { wanted: () => true, renews: "none" },
    noCodeGrant: { error: "unauthorized_client", description: "unauthorized_client" },
    claims: {
      openid: ["sub", "cognito:username", "cognito:groups"],
      email: ["email", "email_verified"],
      phone: [],
      profile: ["name"],
    },
    nobodySignedIn: { error: "login_required", description: "User is not logged in" },
    unknownScope: () => ({ error: "invalid_scope", description: "invalid_scope" }),
    namesIssuer: false,
    redirectPatterns: false,
    newSecret: () => randomOf("lower", 51),
    refuseAuthorization: (fault, { clientId }) => {
      const error = fault === "client" ? "invalid_client" : "redirect_mismatch";
      const location = `https://${host}/error?${new URLSearchParams({ error, client_id: clientId })}`;
      return { status: 302, headers: { location } };
    },
    refuseClient: (fault) =>
      oauthError(400, "invalid_client", fault === "secret" ? "invalid_client_secret" : undefined),
    accessTokenClaims: ({ claims }, { clientId, scope, now }) => ({
      client_id: clientId,
      token_use: "access",
      version: 2,
      scope,
      auth_time: now,
      username: claims["cognito:username"] ?? claims.sub,
      "cognito:groups": claims["cognito:groups"] ?? [],
    }),
    refuseGrantType: (grant) => oauthError(400, grant === "" ? "invalid_request" : "unsupported_grant_type"),
    // Only refresh tokens can be taken back, and with them all that came of them.
    answerRevocation: (token) => (token === "access" ? oauthError(400, "unsupported_token_type") : undefined),
    // A callback spelled differently from the authorization request's is told like this, misleading as it is.
    refuseGrant: (fault) => ({ error: fault === "redirect-uri" ? "unauthorized_client" : "invalid_grant" }),
    page: ({ host: asked, path, query, postLogoutUris }) => {
      if (asked !== host) return undefined;
      switch (path) {
        case "/error":
          return errorPage(query.get("error") ?? "");
        case "/logout": {
          const location = query.get("logout_uri") ?? "";
          if (!postLogoutUris(query.get("client_id") ?? "").includes(location)) return errorPage("redirect_mismatch");
          return { status: 302, headers: { location, "set-cookie": endOfSession } };
        }
        default:
          return undefined;
      }
    },
  };
}

function errorPage(error: string): Answer {
  return { status: 400, html: messagePage("An error was encountered with the requested page.", error) };
}
