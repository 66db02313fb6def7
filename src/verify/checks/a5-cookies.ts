import { type AppCheck, appOmitted, begun } from "../app/context.ts";
import type { JarCookie } from "../app/jar.ts";
import { fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";

/**
 * The cookies that the start page sets come along when the identity provider sends the browser back. Coming from another
 * site, `SameSite=Strict` is never sent, and with a posted form (`form_post`) only `SameSite=None; Secure` is.
 */
export const cookies: AppCheck = {
  id: "A5",
  title: "The app's cookies survive the way back",
  spec: specs.rfc(6265, "4.1.2"),
  level: "should",
  link: "app",
  needs: ["A1"],
  omitted: appOmitted,
  async run(context) {
    const { jar } = await begun(context);
    const { responseMode, redirectUri } = context.subject;
    const all = jar.cookies;
    const posted = responseMode === "form_post";
    const facts = {
      cookies: all.length,
      refused: jar.refused.length === 0 ? undefined : [...new Set(jar.refused)],
      sameSite: [...new Set(all.map(({ sameSite }) => sameSite ?? "not said"))].sort(),
      responseMode,
    };
    if (all.length === 0 && jar.refused.length > 0) {
      return fail("VERIFY_APP_COOKIE_LOST", "A browser does not keep the cookies that the start page sets.", facts, {
        level: "must",
        expected: "Secure with SameSite=None and __Secure-; Secure, Path=/ and no Domain with __Host-",
        hint: "Set the cookie with the attributes that its name and its SameSite demand.",
      });
    }
    if (all.length === 0) {
      const message = "The start page sets no cookie, so nothing binds the sign-in to the browser that began it.";
      const hint = "Keep the state, or what opens it, in a cookie (Secure, HttpOnly, SameSite=Lax).";
      return fail("VERIFY_APP_COOKIE_UNBOUND", message, facts, { hint });
    }
    const lost = all.filter((cookie) => isLost(cookie, posted) || jarOf(cookie, redirectUri));
    if (lost.length > 0) {
      const strict = lost.some(({ sameSite }) => sameSite === "strict");
      const why = strict
        ? "SameSite=Strict"
        : posted
          ? "SameSite without None, with form_post"
          : "their Path or Domain";
      const whole = lost.length === all.length;
      return fail(
        "VERIFY_APP_COOKIE_LOST",
        `${whole ? "No cookie" : `${lost.length} of ${all.length} cookies do not`} ${whole ? "of the start page comes" : "come"} along on the way back: ${why}.`,
        facts,
        {
          level: whole ? "must" : "should",
          expected: posted ? "SameSite=None; Secure" : "SameSite=Lax; Secure",
          hint: posted
            ? "Use response_mode=query (responseMode: query), or set the cookie with SameSite=None; Secure."
            : "Set the cookie of the sign-in with SameSite=Lax and a Path that holds the callback.",
        },
      );
    }
    const doubtful = posted && all.every(({ sameSite }) => sameSite === undefined);
    if (doubtful) {
      const message = "The cookies say no SameSite, so with form_post some browsers send them for two minutes only.";
      const hint = "Set the cookie with SameSite=None; Secure, or use response_mode=query (responseMode: query).";
      return fail("VERIFY_APP_COOKIE_LOST", message, facts, { expected: "SameSite=None; Secure", hint });
    }
    const open = all.filter(({ secure, httpOnly }) => !secure || !httpOnly);
    if (open.length > 0) {
      const what = [
        ...(open.some(({ secure }) => !secure) ? ["Secure"] : []),
        ...(open.some(({ httpOnly }) => !httpOnly) ? ["HttpOnly"] : []),
      ].join(" and ");
      return fail("VERIFY_APP_COOKIE_OPEN", `${open.length} of ${all.length} cookies lack ${what}.`, facts, {
        expected: "Secure; HttpOnly",
        hint: `Set the cookies of the sign-in with ${what}.`,
      });
    }
    return pass("The cookies of the start page come along on the way back.", facts);
  },
};

function isLost({ sameSite }: JarCookie, posted: boolean): boolean {
  return sameSite === "strict" || (posted && sameSite === "lax");
}

/** Whether a cookie is for other pages of the app than the callback. */
function jarOf({ host, hostOnly, path }: JarCookie, redirectUri: string): boolean {
  const { hostname, pathname } = new URL(redirectUri);
  const inHost = hostOnly ? hostname === host : hostname === host || hostname.endsWith(`.${host}`);
  const inPath = pathname === path || pathname.startsWith(path.endsWith("/") ? path : `${path}/`);
  return !inHost || !inPath;
}
