import type { Answer } from "../../answer.ts";
import { escapeHtml } from "../../sign-in/html.ts";
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
      revocation: "https://oauth2.googleapis.com/revoke",
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
      code_challenge_methods_supported: ["plain", "S256"],
      grant_types_supported: ["authorization_code", "refresh_token"],
    },
    clientAuth: { methods: ["client_secret_post", "client_secret_basic"], strict: false },
    signIn: { path: "/v3/signin/identifier" },
    challenges: ["plain", "S256"],
    prompts: { more: ["select_account"], ignored: ["login"] },
    refresh: { wanted: ({ accessType }) => accessType === "offline", renews: "none" },
    scopePage: true,
    openRevocation: true,
    answerRevocation: (token) =>
      token === "unknown" ? oauthError(400, "invalid_token", "Token expired or revoked") : { status: 200, json: {} },
    claims: {
      openid: ["sub", "hd"],
      email: ["email", "email_verified"],
      profile: ["name", "given_name", "family_name"],
    },
    nobodySignedIn: { error: "interaction_required" },
    namesIssuer: false,
    redirectPatterns: false,
    newSecret: () => `GOCSPX-${randomOf("symbols", 28)}`,
    refuseAuthorization: (fault, { scopes = [] }) => {
      switch (fault) {
        case "client":
          return errorRedirect("invalid_client", "The OAuth client was not found.");
        case "redirect-uri":
          return errorRedirect("redirect_uri_mismatch", "The redirect URI is not registered for this client.");
        case "scope":
          return errorRedirect("invalid_scope", `Some requested scopes were invalid. {invalid=[${scopes.join(", ")}]}`);
        default:
          return fault satisfies never;
      }
    },
    refuseGrantType: (grant) =>
      grant === ""
        ? oauthError(400, "invalid_request", "Required parameter is missing: grant_type")
        : oauthError(400, "unsupported_grant_type", `Invalid grant_type: ${grant}`),
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
        case "refresh":
          return { error: "invalid_grant", error_description: "Token has been expired or revoked." };
        case "unknown":
        case "expired":
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
    looksLikeCode: (code) => /^4\/0A[\w-]{20,}$/.test(code),
    page: ({ host: asked, path, query }) => {
      if (asked !== host || path !== errorPath) return undefined;
      const packed = Buffer.from(query.get("authError") ?? "", "base64");
      const code = packed.subarray(2, 2 + (packed[1] ?? 0)).toString("latin1");
      return { status: 400, html: errorPage(code) };
    },
  };
}

/** Its error page. A page of newer make has the code in an attribute too. */
function errorPage(code: string): string {
  const page = messagePage("Access blocked: this app's request is invalid", `Error 400: ${code}`);
  return page.replace("<body>", `<body data-error-code="${escapeHtml(code)}">`);
}

/** To Google's own error page. The error is a protocol buffer: field 1 its code, field 2 what it says. */
function errorRedirect(code: string, text: string): Answer {
  const field = (number: number, value: string): Buffer =>
    Buffer.concat([Buffer.from([(number << 3) | 2, value.length]), Buffer.from(value, "latin1")]);
  const authError = Buffer.concat([field(1, code), field(2, text)]).toString("base64");
  return { status: 302, headers: { location: `https://${host}${errorPath}?${new URLSearchParams({ authError })}` } };
}
