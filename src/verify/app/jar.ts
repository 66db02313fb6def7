/** A cookie as a browser keeps it (RFC 6265bis, section 5). Its name and value never leave the probe. */
export interface JarCookie {
  readonly name: string;
  readonly value: string;
  readonly host: string;
  /** Sent to the host that set it only, not to those below its Domain. */
  readonly hostOnly: boolean;
  readonly path: string;
  readonly secure: boolean;
  readonly httpOnly: boolean;
  /** As it was set; undefined when it was not said, or not understood. */
  readonly sameSite: "strict" | "lax" | "none" | undefined;
}

/** Why a browser keeps a cookie not. */
type CookieRefusal = "prefix" | "none-insecure" | "domain" | "too-large";

const mostCookies = 50;
const mostBytes = 4096;

/** The cookies of one visit. A cookie goes only where a browser would send it, and over https alone. */
export class CookieJar {
  readonly #cookies = new Map<string, JarCookie>();
  readonly #refused: CookieRefusal[] = [];

  /** Cookies that are there now. */
  get cookies(): readonly JarCookie[] {
    return [...this.#cookies.values()];
  }

  /** Why cookies that were set are not among them. */
  get refused(): readonly CookieRefusal[] {
    return this.#refused;
  }

  /** Takes over the `Set-Cookie` lines of an answer from this URL. @returns the cookies that are new or have another value */
  store(url: string, lines: readonly string[], now: number): readonly JarCookie[] {
    const changed: JarCookie[] = [];
    for (const line of lines.slice(0, mostCookies)) {
      const read = readCookie(new URL(url), line, now);
      if (read === undefined) continue;
      if ("refusal" in read) {
        this.#refused.push(read.refusal);
        continue;
      }
      const { cookie, expired } = read;
      const name = `${cookie.name}\n${cookie.host}\n${cookie.path}`;
      if (expired) this.#cookies.delete(name);
      else {
        if (this.#cookies.get(name)?.value !== cookie.value) changed.push(cookie);
        this.#cookies.set(name, cookie);
      }
    }
    return changed;
  }

  /** The `Cookie` header for a request; undefined when no cookie belongs there. */
  header(url: string): string | undefined {
    const { protocol, hostname, pathname } = new URL(url);
    if (protocol !== "https:") return undefined;
    const fitting = this.cookies
      .filter(({ host, hostOnly }) => (hostOnly ? hostname === host : isWithin(hostname, host)))
      .filter(({ path }) => matchesPath(pathname, path))
      .sort((a, b) => b.path.length - a.path.length);
    return fitting.length === 0 ? undefined : fitting.map(({ name, value }) => `${name}=${value}`).join("; ");
  }

  /** Another jar with the same cookies. */
  copy(): CookieJar {
    const other = new CookieJar();
    for (const [name, cookie] of this.#cookies) other.#cookies.set(name, cookie);
    return other;
  }
}

type ReadCookie =
  | { readonly cookie: JarCookie; readonly expired: boolean }
  | { readonly refusal: CookieRefusal }
  | undefined;

function readCookie(url: URL, line: string, now: number): ReadCookie {
  const [pair = "", ...rest] = line.split(";");
  const mark = pair.indexOf("=");
  const name = pair.slice(0, Math.max(mark, 0)).trim();
  const value = pair.slice(mark + 1).trim();
  // Control characters would break the header that the cookie goes back in.
  if (name === "" || /[^\x20-\x7e\x80-\xff]/.test(pair)) return undefined;
  if (name.length + value.length > mostBytes) return { refusal: "too-large" };
  const attributes = new Map<string, string>();
  for (const attribute of rest) {
    const [key = "", ...parts] = attribute.split("=");
    attributes.set(key.trim().toLowerCase(), parts.join("=").trim());
  }
  const domain = (attributes.get("domain") ?? "").replace(/^\./, "").toLowerCase();
  if (domain !== "" && !isWithin(url.hostname, domain)) return { refusal: "domain" };
  const path = attributes.get("path") ?? "";
  const secure = attributes.has("secure");
  const sameSite = sameSiteOf(attributes.get("samesite"));
  if (sameSite === "none" && !secure) return { refusal: "none-insecure" };
  const cookie: JarCookie = {
    name,
    value,
    host: domain === "" ? url.hostname : domain,
    hostOnly: domain === "",
    path: path.startsWith("/") ? path : url.pathname.replace(/\/[^/]*$/, "") || "/",
    secure,
    httpOnly: attributes.has("httponly"),
    sameSite,
  };
  if (breaksPrefix(cookie)) return { refusal: "prefix" };
  return { cookie, expired: isExpired(attributes, now) };
}

/** `__Host-` wants Secure, the path / and no Domain; `__Secure-` wants Secure (RFC 6265bis, section 4.1.3). */
function breaksPrefix({ name, secure, hostOnly, path }: JarCookie): boolean {
  if (/^__host-/i.test(name)) return !secure || !hostOnly || path !== "/";
  return /^__secure-/i.test(name) && !secure;
}

function isExpired(attributes: ReadonlyMap<string, string>, now: number): boolean {
  const age = attributes.get("max-age");
  if (age !== undefined && /^-?\d+$/.test(age)) return Number(age) <= 0;
  const expires = Date.parse(attributes.get("expires") ?? "");
  return expires <= now;
}

function sameSiteOf(text: string | undefined): JarCookie["sameSite"] {
  const value = text?.toLowerCase();
  return value === "strict" || value === "lax" || value === "none" ? value : undefined;
}

/** Whether a host is a domain or below it. An address is below nothing. */
function isWithin(host: string, domain: string): boolean {
  return host === domain || (host.endsWith(`.${domain}`) && domain.includes(".") && !/^[\d.]+$/.test(host));
}

/** RFC 6265bis, section 5.1.4. */
function matchesPath(asked: string, path: string): boolean {
  return asked === path || (asked.startsWith(path) && (path.endsWith("/") || asked.charAt(path.length) === "/"));
}
