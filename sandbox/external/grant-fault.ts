import type { errors } from "oidc-provider";
import type { GrantFault, Vendor } from "./vendor.ts";

/** Which of a product's refusals goes with one of oidc-provider. */
export function grantFault(
  vendor: Vendor,
  error: errors.OIDCProviderError,
  params: Readonly<Record<string, unknown>>,
): GrantFault {
  if (params.grant_type === "refresh_token") return "refresh";
  const detail = error.error_detail ?? "";
  if (/verifier|PKCE/i.test(detail)) return "verifier";
  if (/redirect_uri mismatch/.test(detail)) return "redirect-uri";
  if (/expired/.test(detail)) return "expired";
  if (/consumed/.test(detail)) return "spent";
  return vendor.looksLikeCode?.(String(params.code ?? "")) === true ? "unknown" : "malformed";
}
