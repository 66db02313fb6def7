import { randomBytes } from "node:crypto";
import { textMember, unclearStatus } from "../documents.ts";
import { type Facts, type Finding, inconclusive } from "../finding.ts";
import { answerFacts, bareUrl, unanswered } from "../unanswered.ts";
import { providerHosts } from "./authorization.ts";
import { clientIdOf, type ProbeParts } from "./parts.ts";

/** What a server did when it was asked to end a session that nobody has, and to go on to an address. */
export type EndSessionAnswer =
  /** It goes on to the address. */
  | { readonly kind: "returned"; readonly facts: Facts }
  /** It shows a page, or goes to one of its own: it may be asking whether one really wants to leave. */
  | { readonly kind: "page"; readonly facts: Facts }
  /** It refuses. `about`: what it blames, as far as its page says. */
  | { readonly kind: "refused"; readonly about: "address" | "hint" | "unknown"; readonly facts: Facts }
  | { readonly kind: "unclear"; readonly finding: Finding; readonly facts: Facts };

const hintMarks = /id_token_hint/i;
const addressMarks = /post_logout_redirect_ur[il]|logout_uri|redirect[_ ]ur[il]|returnTo/i;

/**
 * Asks for the end of a session (OpenID Connect RP-Initiated Logout 1.0, section 2) with the client id alone and without
 * cookies: nobody is signed out. The address itself is never asked, and no redirect is followed.
 */
export async function askEndSession(parts: ProbeParts, address: string): Promise<EndSessionAnswer> {
  const { metadata, fetcher, ranFrom, subject, hush } = parts;
  const endpoint = textMember(metadata, "end_session_endpoint") ?? "";
  if (!URL.canParse(endpoint)) {
    const finding = unanswered({ kind: "refused", refusal: "not-a-url" }, "the logout page", endpoint, ranFrom);
    return { kind: "unclear", finding, facts: finding.evidence };
  }
  const state = randomBytes(16).toString("hex");
  hush(state);
  const url = new URL(endpoint);
  url.searchParams.set("client_id", clientIdOf(subject));
  url.searchParams.set("post_logout_redirect_uri", address);
  url.searchParams.set("state", state);
  const accept = { accept: "text/html, */*;q=0.5" };
  const outcome = await fetcher.send({ method: "GET", url: url.href, headers: accept });
  if (outcome.kind !== "answer") {
    const finding = unanswered(outcome, "the answer of the logout page", url.href, ranFrom);
    return { kind: "unclear", finding, facts: finding.evidence };
  }
  const { status } = outcome;
  const facts = answerFacts(outcome);
  const unclear = unclearStatus(outcome, "a request to sign out", url.href, facts);
  if (unclear !== undefined) return { kind: "unclear", finding: unclear, facts };
  if (status >= 300 && status < 400) {
    const location = outcome.header("location");
    if (location === undefined || !URL.canParse(location, url.href)) {
      const message = "The logout page answers with a redirect that leads nowhere.";
      return {
        kind: "unclear",
        finding: inconclusive("VERIFY_ANSWER_UNCLEAR", message, { status }),
        facts: { status },
      };
    }
    const target = new URL(location, url.href);
    const seen = { status, location: bareUrl(target.href) };
    const wanted = new URL(address);
    if (target.host === wanted.host && !providerHosts(parts).has(target.host)) {
      return target.pathname === wanted.pathname ? { kind: "returned", facts: seen } : { kind: "page", facts: seen };
    }
    if (target.searchParams.has("error")) {
      return { kind: "refused", about: about([...target.searchParams.values()].join(" ")), facts: seen };
    }
    return { kind: "page", facts: seen };
  }
  if (status < 300) return { kind: "page", facts };
  return { kind: "refused", about: about(outcome.body.toString("utf8")), facts };
}

/** A page that repeats the query names both; what it misses is the hint. */
function about(text: string): Extract<EndSessionAnswer, { kind: "refused" }>["about"] {
  if (hintMarks.test(text)) return "hint";
  return addressMarks.test(text) ? "address" : "unknown";
}
