import { type Facts, type Finding, inconclusive } from "../finding.ts";
import { bareUrl, hostOf } from "../unanswered.ts";
import { clockOffset } from "./clock.ts";
import { CookieJar } from "./jar.ts";
import type { AppSubject } from "./subject.ts";
import { type Visited, type Visitor, visit } from "./visit.ts";

/** Redirects that are followed within the app's own hosts before the authorization endpoint. */
const mostHops = 3;

/** What the start page did. */
export type StartAnswer =
  | {
      readonly kind: "begun";
      /** The authorization request that the app makes; its state and nonce are secrets of the visit. */
      readonly request: URL;
      readonly jar: CookieJar;
      /** Seconds by which the app's clock is ahead of this machine's; undefined when it does not say. */
      readonly clock: number | undefined;
      readonly facts: Facts;
    }
  /** A status from 400 to 499. */
  | { readonly kind: "refused"; readonly status: number; readonly facts: Facts }
  /** The app failed (500, 501). */
  | { readonly kind: "broken"; readonly status: number; readonly facts: Facts }
  /** A page instead of a redirect. `login`: it asks for a password. `script`: it may lead on by itself. */
  | { readonly kind: "page"; readonly shows: "login" | "script" | "text"; readonly facts: Facts }
  /** A redirect to somewhere else than the authorization endpoint. */
  | {
      readonly kind: "astray";
      readonly to: string;
      readonly why: "provider" | "host" | "insecure" | "circles" | "nowhere";
      readonly facts: Facts;
    }
  | { readonly kind: "unclear"; readonly finding: Finding; readonly facts: Facts };

/** Opens the start page as a browser that was never there, and reads where it leads. */
export async function openStart(visitor: Visitor, subject: AppSubject, startUrl: string): Promise<StartAnswer> {
  const jar = new CookieJar();
  const hosts = ownHosts(subject, startUrl);
  let next = startUrl;
  let last: Facts = {};
  for (let hop = 0; hop <= mostHops; hop += 1) {
    const visited = await visit(visitor, next, "the app's start page", jar);
    if (visited.kind === "unclear") return visited;
    const { status, location, facts } = visited;
    last = facts;
    if (status >= 500) return { kind: "broken", status, facts };
    if (status >= 400) return { kind: "refused", status, facts };
    if (status < 300) return pageOf(visited, subject);
    if (location === undefined) return { kind: "astray", to: "nowhere", why: "nowhere", facts };
    if (isEndpoint(location, subject.authorizationEndpoint)) {
      hushRequest(visitor, location);
      return { kind: "begun", request: location, jar, clock: clockOffset(visited.answer), facts };
    }
    const to = bareUrl(location.href);
    if (!hosts.has(location.host)) {
      const atProvider = [subject.issuer, subject.authorizationEndpoint].some((url) => hostOf(url) === location.host);
      return { kind: "astray", to, why: atProvider ? "provider" : "host", facts };
    }
    if (location.protocol !== "https:") return { kind: "astray", to, why: "insecure", facts };
    next = location.href;
  }
  return { kind: "astray", to: bareUrl(next), why: "circles", facts: last };
}

/** What is said when the start page began a sign-in once and another time not. */
export function notBegunAgain(answer: Exclude<StartAnswer, { kind: "begun" }>): Finding {
  if (answer.kind === "unclear") return answer.finding;
  const message = "The start page began a sign-in once, and when it was opened again it did not.";
  return inconclusive("VERIFY_APP_ANSWER_UNCLEAR", message, answer.facts);
}

/** Hosts where the app is at home: those of its start page and of its callback, and those that it signs people in by. */
export function ownHosts({ redirectUri, hosts = [] }: AppSubject, startUrl: string): ReadonlySet<string> {
  const own = [startUrl, redirectUri].filter((url) => URL.canParse(url)).map((url) => new URL(url).host);
  return new Set([...own, ...hosts]);
}

/** Whether a URL is the authorization endpoint, with parameters behind those that the endpoint has itself. */
function isEndpoint(url: URL, endpoint: string): boolean {
  if (!URL.canParse(endpoint)) return false;
  const wanted = new URL(endpoint);
  if (url.origin !== wanted.origin || url.pathname !== wanted.pathname) return false;
  return [...wanted.searchParams].every(([name, value]) => url.searchParams.getAll(name).includes(value));
}

/** What is random in the app's request gets into no result. */
function hushRequest({ hush }: Visitor, { searchParams }: URL): void {
  for (const name of ["state", "nonce", "code_challenge", "request_uri", "request", "login_hint", "id_token_hint"]) {
    const value = searchParams.get(name);
    if (value !== null && value.length >= 8) hush(value);
  }
}

function pageOf(visited: Extract<Visited, { kind: "answer" }>, subject: AppSubject): StartAnswer {
  const text = visited.answer.body.toString("utf8");
  const login = /<input\b[^<>]{0,2000}\btype\s*=\s*["']?password/i.test(text);
  const leadsOn = /<script\b|http-equiv\s*=\s*["']?refresh/i.test(text) || text.includes(subject.authorizationEndpoint);
  const refresh = visited.answer.header("refresh") !== undefined;
  const shows = login ? "login" : leadsOn || refresh ? "script" : "text";
  return { kind: "page", shows, facts: { ...visited.facts, shows } };
}
