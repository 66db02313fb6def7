import { isIP } from "node:net";
import { type AddressRules, bare } from "./address.ts";

/** Why a URL is not asked at all. `private` says nothing of which address it was. */
export type Refusal = "not-a-url" | "not-https" | "userinfo" | "odd-host" | "port" | "private";

/** A URL that may be asked, or why not. */
export type Target = { readonly ok: true; readonly url: URL } | { readonly ok: false; readonly refusal: Refusal };

/**
 * Judges a URL by its spelling alone, before any name is resolved: https, no user information, port 443 unless allowed,
 * the host in its plain spelling (no decimal, hexadecimal, octal, short or IPv4-mapped address, no trailing dot, no
 * percent-encoding, no Unicode), and neither a private address nor a name that no public server has.
 */
export function judgeTarget(text: string, rules: AddressRules): Target {
  const no = (refusal: Refusal): Target => ({ ok: false, refusal });
  // The URL parser drops tabs and line breaks and turns backslashes into slashes: refuse what it would mend.
  if (!/^[\x21-\x5b\x5d-\x7e]+$/.test(text) || !URL.canParse(text)) return no("not-a-url");
  const url = new URL(text);
  if (url.protocol !== "https:") return no("not-https");
  const authority = /^https:\/\/([^/?#]*)/i.exec(text)?.[1] ?? "";
  if (authority.includes("@")) return no("userinfo");
  if (authority.toLowerCase().replace(/:443$/, "") !== url.host) return no("odd-host");
  const hostname = bare(url.hostname);
  if (hostname === "" || hostname.endsWith(".") || /^::ffff:/i.test(hostname)) return no("odd-host");
  if (!rules.permitsPort(hostname, url.port === "" ? 443 : Number(url.port))) return no("port");
  if (isIP(hostname) === 0 ? !rules.permitsName(hostname) : !rules.permits(hostname, hostname)) return no("private");
  return { ok: true, url };
}
