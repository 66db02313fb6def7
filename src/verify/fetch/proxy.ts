import { TenantryError } from "../../errors/failure.ts";
import type { Network } from "../../vendor/network.ts";

/**
 * Reads the URL of an HTTP proxy.
 *
 * @throws TenantryError VERIFY_PROXY_INVALID; its message does not repeat the URL, which may hold a password
 */
export function proxyUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isProxy =
    (url?.protocol === "http:" || url?.protocol === "https:") &&
    url.hostname !== "" &&
    ["", "/"].includes(url.pathname) &&
    url.search === "" &&
    url.hash === "";
  if (url !== undefined && isProxy && isDecodable(`${url.username}${url.password}`)) return url;
  throw new TenantryError("VERIFY_PROXY_INVALID", "The proxy is no http or https URL of a host and port.", {
    hint: "Write it as http://proxy.example:3128.",
  });
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * Where a verification runs from, for evidence: the machine, and the proxy that it goes through. What a proxy resolves and
 * reaches says nothing of this machine.
 *
 * @throws TenantryError VERIFY_PROXY_INVALID
 */
export function placeOf(
  machine: string,
  { network, settings }: { readonly network: Network; readonly settings: { readonly proxy?: string | undefined } },
): string {
  if (network.connect !== undefined || settings.proxy === undefined) return machine;
  return `${machine} through ${proxyUrl(settings.proxy).host}`;
}
