import type { errors, KoaContextWithOIDC } from "oidc-provider";

/** Status and text with which Auth0 refuses a grant that oidc-provider has refused. */
export function refusedGrant(
  context: KoaContextWithOIDC,
  error: errors.OIDCProviderError,
): { readonly status: number; readonly description: string } {
  if (error.error !== "invalid_grant") {
    return { status: error.statusCode, description: error.error_description ?? error.error };
  }
  if (context.oidc.params?.grant_type === "refresh_token") {
    return { status: 403, description: "Unknown or invalid refresh token." };
  }
  const verifier = /code_verifier|PKCE/i.test(error.error_detail ?? "");
  return { status: 403, description: verifier ? "Failed to verify code verifier" : "Invalid authorization code" };
}
