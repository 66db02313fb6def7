import type { Vendor } from "./vendor.ts";

/** Whether a redirect URI is among the registered ones: exactly, case included, or by a pattern where there are such. */
export function allowsRedirect(vendor: Vendor, registered: readonly string[], redirectUri: string): boolean {
  return registered.some(
    (each) =>
      each === redirectUri ||
      (vendor.redirectPatterns && each.endsWith("*") && redirectUri.startsWith(each.slice(0, -1))),
  );
}
