import { isObject } from "../documents.ts";
import type { Answer } from "../fetch/outcome.ts";
import { type Facts, type Finding, inconclusive } from "../finding.ts";
import { answerFacts, bareUrl, jsonOf, mediaType } from "../unanswered.ts";
import type { AuthorizationRequest } from "./authorization-request.ts";
import { broughtBy, postsNearby, sameHost, sentOn } from "./returned-page.ts";

/** What an identity provider did with an authorization request that nobody is signed in for. */
export type AuthorizationAnswer =
  /** It came back to the redirect URI of the request. */
  | {
      readonly kind: "returned";
      readonly error: string | undefined;
      /** How the parameters came. */
      readonly mode: ReturnMode;
      /** An authorization code was issued. It is never redeemed. */
      readonly code: boolean;
      /** The state came back unchanged. */
      readonly state: boolean;
      /** The server says that it takes pushed requests only. */
      readonly notPushed: boolean;
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
  /**
   * Rate limit, server error, or something else that says neither yes nor no. `broke`: a server error (500), as servers
   * make that know `prompt` and never wrote what `prompt=none` asks for.
   */
  | { readonly kind: "unclear"; readonly finding: Finding; readonly broke?: boolean; readonly facts: Facts };

/** The ways in which parameters come to a redirect URI (OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1). */
export type ReturnMode = "query" | "fragment" | "form_post" | "web_message" | "jwt";

/** What a refusal is about, as far as the page says it. For hints only. */
export type Blame = "redirect-uri" | "client" | "not-pushed" | "unknown";

const redirectMarks =
  /redirect_uri_mismatch|redirect_mismatch|invalid_redirect_uri|illegal_redirect_uri|redirect[_ ]ur[il]|callback url mismatch|AADSTS50011|MSIS9224/i;
const clientMarks =
  /invalid_client|deleted_client|client not found|client id error|client (?:is )?disabled|unknown client|invalid client_id|AADSTS700016|MSIS9223/i;
/** Words of servers that take pushed requests only, of one client perhaps (RFC 9126, section 6). */
const pushedMarks = /pushed[ _-]authori[sz]ation[ _-]requests?/i;
/** What only stands on an error page, even where its status is 200 (Google, AD FS, Entra ID, django-oidc-provider). */
const errorPageMarks =
  /data-error-code="(?:redirect_uri_mismatch|invalid_client|deleted_client)"|\berror=(?:redirect_uri_mismatch|invalid_client_id)\b|\bMSIS922[134]\b|\bAADSTS(?:50011|700016)\b|One or more validation errors were in the request|\bRedirect URI Error\b|\bClient ID Error\b/;
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
  const brought = broughtBy(text, request);
  if (brought !== undefined) return returnedBy(brought, request, { ...facts, page: bareUrl(request.redirectUri) });
  const seen = { ...facts, sha256: answerFacts(answer).sha256 };
  if (postsNearby(text, request)) return { kind: "strayed", facts: seen };
  const onward = sentOn(`${answer.header("refresh") ?? ""} ${text}`, request);
  // A login page may hold a link back for those who give up; it would not say that nobody is signed in.
  if (onward !== undefined && nobodySignedIn.has(errorCode(onward) ?? "")) {
    return returnedBy({ parameters: onward, mode: "query" }, request, { ...facts, page: bareUrl(request.redirectUri) });
  }
  const told = errorInJson(answer);
  if (told !== undefined && onward === undefined) {
    return { kind: "refused", error: told, about: blame(told, text), facts: { ...seen, error: told } };
  }
  const leadsOn = onward !== undefined;
  if (leadsOn || (status < 300 && !errorPageMarks.test(text))) return { kind: "page", leadsOn, facts: seen };
  return { kind: "refused", error: undefined, about: blame(undefined, text), facts: seen };
}

/** A redirect that leads nowhere says neither yes nor no. */
function nowhere(facts: Facts): AuthorizationAnswer {
  const message = "The identity provider answers with a redirect that leads nowhere.";
  return { kind: "unclear", finding: inconclusive("VERIFY_ANSWER_UNCLEAR", message, facts), facts };
}

function readRedirect(
  location: string,
  status: number,
  request: AuthorizationRequest,
): AuthorizationAnswer | { readonly kind: "hop"; readonly url: string; readonly facts: Facts } {
  const own = parametersAfter(location, request.redirectUri);
  if (own !== undefined) return returnedBy(own, request, { status, location: bareUrl(location) });
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

/** Parameters at the redirect URI. */
interface Returned {
  readonly parameters: URLSearchParams;
  readonly mode: ReturnMode;
}

/** The parameters behind the redirect URI; undefined when the Location is not that redirect URI. */
function parametersAfter(location: string, redirectUri: string): Returned | undefined {
  if (!location.startsWith(redirectUri)) return undefined;
  const rest = location.slice(redirectUri.length);
  if (rest === "") return { parameters: new URLSearchParams(), mode: "query" };
  const first = rest.charAt(0);
  if (first === "#") return { parameters: new URLSearchParams(rest.slice(1)), mode: "fragment" };
  if (first !== (redirectUri.includes("?") ? "&" : "?")) return undefined;
  const [query = "", fragment = ""] = rest.slice(1).split("#");
  const parameters = new URLSearchParams(query);
  // What the app's server never sees; Facebook's "#_=_" is no answer.
  if (!parameters.has("error") && new URLSearchParams(fragment).has("error")) {
    return { parameters: new URLSearchParams(fragment), mode: "fragment" };
  }
  return { parameters, mode: "query" };
}

function returnedBy(returned: Returned, request: AuthorizationRequest, facts: Facts): AuthorizationAnswer {
  const { parameters, mode } = unpacked(returned);
  const error = errorCode(parameters);
  return {
    kind: "returned",
    error,
    mode,
    code: ["code", "id_token", "access_token"].some((name) => parameters.has(name)),
    state: parameters.get("state") === request.state,
    notPushed: error !== undefined && pushedMarks.test(parameters.get("error_description") ?? ""),
    foreignIssuer: parameters.has("iss") && parameters.get("iss") !== request.issuer,
    facts: {
      ...facts,
      error,
      mode,
      parameters: [...new Set(parameters.keys())].filter((name) => /^[a-z_]{1,30}$/.test(name)).sort(),
    },
  };
}

/** What a signed answer says (JWT Secured Authorization Response Mode, section 4). Its signature is nobody's matter here. */
function unpacked(returned: Returned): Returned {
  const packed = returned.parameters.get("response");
  if (packed === null || returned.parameters.has("error") || returned.parameters.has("state")) return returned;
  try {
    const claims: unknown = JSON.parse(Buffer.from(packed.split(".")[1] ?? "", "base64url").toString("utf8"));
    if (!isObject(claims)) return returned;
    const texts = Object.entries(claims).filter((entry): entry is [string, string] => typeof entry[1] === "string");
    return { parameters: new URLSearchParams(texts), mode: "jwt" };
  } catch {
    return returned;
  }
}

/** The error code, when it looks like one; free text never gets out of here. */
function errorCode(parameters: URLSearchParams): string | undefined {
  const error = parameters.get("error");
  if (error === null) return undefined;
  return /^[a-z][a-z0-9_]{1,59}$/.test(error) ? error : "unreadable";
}

/** The error of an answer in JSON, whatever its status: a page for people is none. */
function errorInJson(answer: Answer): string | undefined {
  if (mediaType(answer) !== "application/json") return undefined;
  const json = jsonOf(answer);
  return isObject(json) && typeof json.error === "string"
    ? errorCode(new URLSearchParams({ error: json.error }))
    : undefined;
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
export function blame(error: string | undefined, text: string): Blame {
  if (error !== undefined && clientMarks.test(error)) return "client";
  if (pushedMarks.test(text)) return "not-pushed";
  if (redirectMarks.test(`${error ?? ""} ${text}`)) return "redirect-uri";
  return clientMarks.test(text) ? "client" : "unknown";
}

function decodeText(search: string): string {
  return [...new URLSearchParams(search).values()].join(" ");
}
