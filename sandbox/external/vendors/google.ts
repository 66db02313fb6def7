import type { Answer } from "../../answer.ts";
import { messagePage } from "../page.ts";
import { randomOf } from "../secret-text.ts";
import { oauthError, type Vendor } from "../vendor.ts";

const host = "accounts.google.com";
const errorPath = "/signin/oauth/error";

/**
 * Google, as a customer's Workspace uses it. The issuer is shared by everybody with a Google account: `hd` tells whose
 * directory somebody is of, and is absent for private accounts. No groups, no end of session.
 *
 * @see https://developers.google.com/identity/openid-connect/openid-connect
 */
export function google(): Vendor {
  return {
    product: "Google",
    issuer: `https://${host}`,
    endpoints: {
      authorization: `https://${host}/o/oauth2/v2/auth`,
      token: "https://oauth2.googleapis.com/token",
      jwks: "https://www.googleapis.com/oauth2/v3/certs",
      userinfo: "https://openidconnect.googleapis.com/v1/userinfo",
    },
    discovery: "public",
    metadata: {
      response_types_supported: ["code"],
      response_modes_supported: ["query", "fragment", "form_post"],
      subject_types_supported: ["public"],
      id_token_signing_alg_values_supported: ["RS256"],
      scopes_supported: ["openid", "email", "profile"],
      token_endpoint_auth_methods_supported: ["client_secret_post", "client_secret_basic"],
      claims_supported: [
        "aud",
        "email",
        "email_verified",
        "exp",
        "family_name",
        "given_name",
        "iat",
        "iss",
        "name",
        "sub",
      ],
      code_challenge_methods_supported: ["S256"],
      grant_types_supported: ["authorization_code"],
    },
    clientAuth: { methods: ["client_secret_post", "client_secret_basic"], strict: false },
    claims: {
      openid: ["sub", "hd"],
      email: ["email", "email_verified"],
      profile: ["name", "given_name", "family_name"],
    },
    nobodySignedIn: { error: "interaction_required" },
    namesIssuer: false,
    redirectPatterns: false,
    newSecret: () => `GOCSPX-${randomOf("symbols", 28)}`,
    refuseAuthorization: (fault) =>
      fault === "client"
        ? errorRedirect("invalid_client", "The OAuth client was not found.")
        : errorRedirect("redirect_uri_mismatch", "The redirect URI is not registered for this client."),
    refuseClient: (fault) =>
      fault === "unknown"
        ? oauthError(401, "invalid_client", "The OAuth client was not found.")
        : fault === "no-credential"
          ? oauthError(400, "invalid_request", "client_secret is missing.")
          : oauthError(401, "invalid_client", "Unauthorized"),
    refuseGrant: (fault) => {
      switch (fault) {
        case "malformed":
          return { error: "invalid_grant", error_description: "Malformed auth code." };
        case "spent":
          return { error: "invalid_grant", error_description: "Bad Request" };
        case "verifier":
          return { error: "invalid_grant", error_description: "Invalid code verifier." };
        case "redirect-uri":
          return { error: "redirect_uri_mismatch", error_description: "Bad Request" };
        default:
          return fault satisfies never;
      }
    },
    page: ({ host: asked, path, query }) => {
      if (asked !== host || path !== errorPath) return undefined;
      const packed = Buffer.from(query.get("authError") ?? "", "base64");
      const code = packed.subarray(2, 2 + (packed[1] ?? 0)).toString("latin1");
      return { status: 400, html: messagePage("Access blocked: this app's request is invalid", `Error 400: ${code}`) };
    },
  };
}

/** To Google's own error page. The error is a protocol buffer: field 1 its code, field 2 what it says. */
function errorRedirect(code: string, text: string): Answer {
  const field = (number: number, value: string): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), Buffer.from(value, "latin1")]);
  const authError = Buffer.concat([field(1, code), field(2, text)]).toString("base64");
  return { status: 302, headers: { location: `https://${host}${errorPath}?${new URLSearchParams({ authError })}` } };
}
