import type { Answer } from "../fetch/outcome.ts";
import { type Facts, type Finding, inconclusive } from "../finding.ts";
import { answerFacts, bareUrl, mediaType } from "../unanswered.ts";

/** What an identity provider did with an authorization request that nobody is signed in for. */
export type AuthorizationAnswer =
  /** It came back to the redirect URI of the request. */
  | {
      readonly kind: "returned";
      readonly error: string | undefined;
      /** An authorization code was issued. It is never redeemed. */
      readonly code: boolean;
      /** The state came back unchanged. */
      readonly state: boolean;
      /** It names another issuer than the configured one (RFC 9207, section 2). */
      readonly foreignIssuer: boolean;
      readonly facts: Facts;
    }
  /** It refused without going to the redirect URI: an error status, or a redirect to its own error page. */
  | { readonly kind: "refused"; readonly error: string | undefined; readonly about: Blame; readonly facts: Facts }
  /** It went to another address on the redirect URI's host: nearly there, and not where the app would be listening. */
  | { readonly kind: "strayed"; readonly facts: Facts }
  /**
   * It showed a page or went to a login page: prompt=none was ignored. `leadsOn`: the page itself sends people on to the
   * redirect URI with the state, by a script or a link.
   */
  | { readonly kind: "page"; readonly leadsOn: boolean; readonly facts: Facts }
  /** Rate limit, server error, or something else that says neither yes nor no. */
  | { readonly kind: "unclear"; readonly finding: Finding; readonly facts: Facts };

/** What a refusal is about, as far as the page says it. For hints only. */
type Blame = "redirect-uri" | "client" | "unknown";

/** What was asked, to compare the answer with. */
export interface AuthorizationRequest {
  readonly url: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly issuer: string;
  /** Hosts of the identity provider's endpoints. */
  readonly hosts: ReadonlySet<string>;
}

const redirectMarks =
  /redirect_uri_mismatch|redirect_mismatch|invalid_redirect_uri|illegal_redirect_uri|redirect[_ ]ur[il]|callback url mismatch|AADSTS50011|MSIS9224/i;
const clientMarks =
  /invalid_client|deleted_client|client not found|unknown client|invalid client_id|AADSTS700016|MSIS9223/i;
/** Codes that only stand on an error page, even where its status is 200 (Google, AD FS, Entra ID). */
const errorPageMarks =
  /data-error-code="(?:redirect_uri_mismatch|invalid_client|deleted_client)"|\bMSIS922[134]\b|\bAADSTS(?:50011|700016)\b/;
/** Errors on a page of the server's own that say nothing about the request. */
const passing: ReadonlySet<string> = new Set(["server_error", "temporarily_unavailable", "slow_down"]);

/** Errors that say "nobody is signed in", which is what prompt=none is for (OpenID Connect Core 1.0, section 3.1.2.6). */
export const nobodySignedIn: ReadonlySet<string> = new Set([
  "login_required",
  "interaction_required",
  "consent_required",
  "account_selection_required",
]);

/**
 * Reads one answer. A redirect counts as returned only when its Location is the redirect URI byte for byte, followed by
 * nothing but parameters. `hop`: a redirect that goes on, to a login page perhaps.
 */
export function readAuthorizationAnswer(
  answer: Answer,
  request: AuthorizationRequest,
): AuthorizationAnswer | { readonly kind: "hop"; readonly url: string; readonly facts: Facts } {
  const { status } = answer;
  if (status >= 300 && status < 400) {
    const location = answer.header("location");
    return location === undefined ? nowhere({ status }) : readRedirect(location, status, request);
  }
  const facts = { status, contentType: mediaType(answer) };
  const text = answer.body.toString("utf8");
  const form = returnedForm(text, request.redirectUri);
  if (form !== undefined)
    return {
      ...fromParameters(form, request),
      facts: { ...facts, form: bareUrl(request.redirectUri), error: errorCode(form) },
    };
  const seen = { ...facts, sha256: answerFacts(answer).sha256 };
  if (postsNearby(text, request)) return { kind: "strayed", facts: seen };
  const leadsOn = sendsOn(`${answer.header("refresh") ?? ""} ${text}`, request);
  if (leadsOn || (status < 300 && !errorPageMarks.test(text))) return { kind: "page", leadsOn, facts: seen };
  return { kind: "refused", error: undefined, about: blame(undefined, text), facts: seen };
}

/** A redirect that leads nowhere says neither yes nor no. */
function nowhere(facts: Facts): AuthorizationAnswer {
  const message = "The identity provider answers with a redirect that leads nowhere.";
  return { kind: "unclear", finding: inconclusive("VERIFY_ANSWER_UNCLEAR", message, facts), facts };
}

/** Whether a page has a form that posts to the host of the redirect URI, though not to the redirect URI itself. */
function postsNearby(html: string, { redirectUri, url, hosts }: AuthorizationRequest): boolean {
  return [...html.matchAll(/<form\b([^>]{0,5000})>/gi)].some(([, attributes = ""]) => {
    const action = attribute(attributes, "action") ?? "";
    if (!URL.canParse(action, url)) return false;
    const target = new URL(action, url);
    return sameHost(target, redirectUri) && !hosts.has(target.host);
  });
}

/** Whether a page holds the redirect URI with parameters behind it and the state among them, as a script or link would. */
function sendsOn(html: string, { redirectUri, state }: AuthorizationRequest): boolean {
  const text = decodeEntities(html).replaceAll("\\/", "/").replaceAll("\\u0026", "&");
  for (let at = text.indexOf(redirectUri); at !== -1; at = text.indexOf(redirectUri, at + 1)) {
    const rest = text.slice(at + redirectUri.length, at + redirectUri.length + 2_000);
    if (/^[?#&]/.test(rest) && (/^[^\s"'<>]*/.exec(rest)?.[0] ?? "").includes(`state=${state}`)) return true;
  }
  return false;
}

function readRedirect(
  location: string,
  status: number,
  request: AuthorizationRequest,
): AuthorizationAnswer | { readonly kind: "hop"; readonly url: string; readonly facts: Facts } {
  const own = parametersAfter(location, request.redirectUri);
  if (own !== undefined) {
    const facts = {
      status,
      location: bareUrl(location),
      error: errorCode(own),
      parameters: [...new Set(own.keys())].filter((name) => /^[a-z_]{1,30}$/.test(name)).sort(),
    };
    return { ...fromParameters(own, request), facts };
  }
  if (!URL.canParse(location, request.url)) {
    return nowhere({ status, location: "(no URL)" });
  }
  const target = new URL(location, request.url);
  const parameters = target.searchParams;
  const error = errorCode(parameters) ?? googleError(parameters);
  const facts = { status, location: bareUrl(target.href), error };
  // Before anything else is read into it: a server that goes to the host of a redirect URI has taken it, however it spells it.
  if (sameHost(target, request.redirectUri) && !request.hosts.has(target.host)) return { kind: "strayed", facts };
  if (error !== undefined || parameters.has("error") || parameters.has("authError")) {
    if (error !== undefined && passing.has(error)) {
      const finding = inconclusive(
        "VERIFY_ANSWER_UNCLEAR",
        `The identity provider goes to an error page of its own that says ${error}.`,
        facts,
      );
      return { kind: "unclear", finding, facts };
    }
    return { kind: "refused", error, about: blame(error, decodeText(target.search)), facts };
  }
  return { kind: "hop", url: target.href, facts };
}

/** Whether a URL is at the host of another one, a final dot and the port aside. */
function sameHost(url: URL, other: string): boolean {
  const bare = (hostname: string): string => hostname.replace(/\.$/, "");
  return URL.canParse(other) && bare(url.hostname) === bare(new URL(other).hostname);
}

/** The parameters behind the redirect URI; undefined when the Location is not that redirect URI. */
function parametersAfter(location: string, redirectUri: string): URLSearchParams | undefined {
  if (!location.startsWith(redirectUri)) return undefined;
  const rest = location.slice(redirectUri.length);
  if (rest === "") return new URLSearchParams();
  const first = rest.charAt(0);
  if (first === "#") return new URLSearchParams(rest.slice(1));
  if (first !== (redirectUri.includes("?") ? "&" : "?")) return undefined;
  return new URLSearchParams(rest.slice(1).split("#")[0] ?? "");
}

/** The hidden inputs of a form that posts to the redirect URI (OAuth 2.0 Form Post Response Mode, section 2). */
function returnedForm(html: string, redirectUri: string): URLSearchParams | undefined {
  for (const [, attributes = ""] of html.matchAll(/<form\b([^>]{0,5000})>/gi)) {
    if (attribute(attributes, "action") !== redirectUri) continue;
    const parameters = new URLSearchParams();
    for (const [, input = ""] of html.matchAll(/<input\b([^>]{0,10000})>/gi)) {
      const name = attribute(input, "name");
      if (name !== undefined) parameters.append(name, attribute(input, "value") ?? "");
    }
    return parameters;
  }
  return undefined;
}

function attribute(attributes: string, name: string): string | undefined {
  const match = new RegExp(`(?:^|\\s)${name}\\s*=\\s*(?:"([^"]*)"|'([^']*)'|([^\\s"'>]+))`, "i").exec(attributes);
  const value = match?.[1] ?? match?.[2] ?? match?.[3];
  return value === undefined ? undefined : decodeEntities(value);
}

const entities: Readonly<Record<string, string>> = { amp: "&", quot: '"', apos: "'", lt: "<", gt: ">" };

function decodeEntities(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|([a-z]{2,5}));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return entities[String(name).toLowerCase()] ?? whole;
    const code = hex !== undefined ? Number.parseInt(hex, 16) : Number(decimal);
    return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
  });
}

function fromParameters(
  parameters: URLSearchParams,
  request: AuthorizationRequest,
): Omit<Extract<AuthorizationAnswer, { kind: "returned" }>, "facts"> {
  return {
    kind: "returned",
    error: errorCode(parameters),
    code: parameters.has("code") || parameters.has("id_token") || parameters.has("access_token"),
    state: parameters.get("state") === request.state,
    foreignIssuer: parameters.has("iss") && parameters.get("iss") !== request.issuer,
  };
}

/** The error code, when it looks like one; free text never gets out of here. */
function errorCode(parameters: URLSearchParams): string | undefined {
  const error = parameters.get("error");
  if (error === null) return undefined;
  return /^[a-z][a-z0-9_]{1,59}$/.test(error) ? error : "unreadable";
}

/** Google packs the error into a base64 message whose beginning names it. */
function googleError(parameters: URLSearchParams): string | undefined {
  const packed = parameters.get("authError");
  if (packed === null) return undefined;
  return /(redirect_uri_mismatch|invalid_client|invalid_request)/.exec(
    Buffer.from(packed, "base64").toString("latin1"),
  )?.[1];
}

/** What a refusal is about. Its code says it best; the text of a page may name both. */
function blame(error: string | undefined, text: string): Blame {
  if (error !== undefined && clientMarks.test(error)) return "client";
  if (redirectMarks.test(`${error ?? ""} ${text}`)) return "redirect-uri";
  return clientMarks.test(text) ? "client" : "unknown";
}

function decodeText(search: string): string {
  return [...new URLSearchParams(search).values()].join(" ");
}
