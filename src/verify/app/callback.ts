import { randomBytes } from "node:crypto";
import type { Facts, Finding } from "../finding.ts";
import { CookieJar } from "./jar.ts";
import { ownHosts } from "./start.ts";
import type { AppSubject } from "./subject.ts";
import { type Visited, type Visitor, visit } from "./visit.ts";

/** Error codes by which an app tells what the token endpoint said to it (RFC 6749, section 5.2). */
const tokenErrors = ["invalid_grant", "invalid_client", "unauthorized_client"] as const;
type TokenError = (typeof tokenErrors)[number];

/** What the app's callback made of an answer that no identity provider gave. */
export type CallbackAnswer =
  | {
      readonly kind: "answer";
      readonly status: number;
      /** A redirect within the app's own hosts; undefined for any other answer. */
      readonly location: URL | undefined;
      /** Cookies that were set anew or changed. */
      readonly changed: number;
      /** Whether one of them has a name that the start page did not set. */
      readonly newCookie: boolean;
      /** What the app says that the token endpoint answered; several when it names several. */
      readonly told: readonly TokenError[];
      /** Whether a redirect says by its address that the sign-in failed, or begins another one. */
      readonly saysNo: boolean;
      /** Whether the redirect's target answers otherwise with the cookies than without any: somebody is signed in. */
      readonly signedIn: boolean;
      readonly facts: Facts;
    }
  | { readonly kind: "unclear"; readonly finding: Finding; readonly facts: Facts };

/**
 * Sends parameters to the app's callback as the identity provider's answer would come: in the query, or posted as a form
 * where the app uses `form_post`. When the answer could be a sign-in, its target is asked twice, with the cookies and
 * without, to tell the two apart.
 */
export async function sendBack(
  visitor: Visitor,
  subject: AppSubject,
  parameters: URLSearchParams,
  jar: CookieJar = new CookieJar(),
): Promise<CallbackAnswer> {
  const known = new Set(jar.cookies.map(({ name }) => name));
  const posted = subject.responseMode === "form_post";
  const url = new URL(subject.redirectUri);
  if (!posted) for (const [name, value] of parameters) url.searchParams.set(name, value);
  const visited = await visit(visitor, url.href, "the app's callback", jar, posted ? parameters.toString() : undefined);
  if (visited.kind === "unclear") return visited;
  const { status, changed, facts } = visited;
  const inside = visited.location !== undefined && ownHosts(subject, subject.redirectUri).has(visited.location.host);
  const location = inside ? visited.location : undefined;
  const told = toldBy(visited);
  const saysNo = location === undefined || isRefusal(location, subject);
  const suspicious = location !== undefined && !saysNo && changed.length > 0;
  return {
    kind: "answer",
    status,
    location,
    changed: changed.length,
    newCookie: changed.some(({ name }) => !known.has(name)),
    told,
    saysNo,
    signedIn: suspicious && (await letsIn(visitor, location, jar)),
    facts: { ...facts, told: told.length === 0 ? undefined : [...told], cookiesSet: changed.length },
  };
}

/** The parameters of an answer with an invented code, by which whoever reads a log knows where it came from. */
export function inventedCode(hush: Visitor["hush"], state: string | undefined): URLSearchParams {
  const code = `ssoverify-${randomBytes(16).toString("hex")}`;
  hush(code);
  return new URLSearchParams({ code, ...(state === undefined ? {} : { state }) });
}

/** A state that the app never made. */
export function forgedState(hush: Visitor["hush"]): string {
  const state = randomBytes(24).toString("base64url");
  hush(state);
  return state;
}

/** What the app tells of the token endpoint's answer: in the header `x-oidc-error`, in the redirect, or on its page. */
function toldBy({ answer, location }: Extract<Visited, { kind: "answer" }>): readonly TokenError[] {
  const header = answer.header("x-oidc-error") ?? "";
  const places = [header, location === undefined ? "" : decoded(location.search + location.hash)];
  const named = (text: string): readonly TokenError[] =>
    tokenErrors.filter((error) => new RegExp(`(?<![a-z_])${error}(?![a-z_])`, "i").test(text));
  const first = places.map(named).find((errors) => errors.length > 0);
  return first ?? named(answer.body.toString("utf8"));
}

function decoded(text: string): string {
  return [...new URLSearchParams(text.replace(/^[?#]/, ""))].flat().join(" ");
}

/** Whether an address inside the app is that of an error or of a login page, not one that people come to. */
function isRefusal(location: URL, { redirectUri }: AppSubject): boolean {
  const words = [...location.pathname.split(/[/._-]/), ...location.searchParams.keys()];
  if (words.some((word) => /^(?:error|failed|failure|denied|login|signin)$/i.test(word))) return true;
  // Back to the callback itself: a page that asks the browser for its cookies once more.
  return location.pathname === new URL(redirectUri).pathname;
}

/**
 * Whether a page of the app is open with these cookies and not without: one that is open to everybody says nothing, and
 * an app that shows it took nobody for signed in.
 */
async function letsIn(visitor: Visitor, target: URL, jar: CookieJar): Promise<boolean> {
  if (target.protocol !== "https:") return false;
  const what = "the page that the app leads to";
  const withCookies = await visit(visitor, target.href, what, jar.copy());
  const without = await visit(visitor, target.href, what, new CookieJar());
  if (withCookies.kind === "unclear" || without.kind === "unclear") return false;
  if (withCookies.status !== without.status) return withCookies.status < 400;
  const place = (url: URL | undefined): string => (url === undefined ? "" : url.origin + url.pathname);
  return place(withCookies.location) !== place(without.location);
}
