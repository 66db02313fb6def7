import type { Vendor } from "./vendor.ts";

/**
 * Whether a redirect URI is among the registered ones: exactly, case included. Where there are patterns, as Keycloak has
 * them, a registered one that ends in `*` stands for all that begin so, and the host may be in capitals.
 */
export function allowsRedirect(vendor: Vendor, registered: readonly string[], redirectUri: string): boolean {
  if (registered.includes(redirectUri)) return true;
  if (vendor.loopbackPorts === true && isLoopback(redirectUri)) {
    return registered.some((each) => isLoopback(each) && withoutPort(each) === withoutPort(redirectUri));
  }
  if (!vendor.redirectPatterns) return false;
  const asked = lowerHost(redirectUri);
  return registered.some((each) => each === asked || (each.endsWith("*") && matches(each.slice(0, -1), asked)));
}

/** The beginning, or without its final slash the whole. The query is not looked at. */
function matches(beginning: string, redirectUri: string): boolean {
  const [path = ""] = redirectUri.split("?");
  return path.startsWith(beginning) || (beginning.endsWith("/") && path === beginning.slice(0, -1));
}

/** Apps on the person's own machine take whichever port is free (RFC 8252, section 7.3). */
function isLoopback(url: string): boolean {
  return /^http:\/\/(127\.0\.0\.1|\[::1\])(:\d+)?(\/|$)/.test(url);
}

function withoutPort(url: string): string {
  return url.replace(/^(http:\/\/[^/]*?):\d+(?=\/|$)/, "$1");
}

function lowerHost(url: string): string {
  return url.replace(/^[a-z][\w+.-]*:\/\/[^/?#]*/i, (origin) => origin.toLowerCase());
}
