import { randomBytes } from "node:crypto";
import type { Facts } from "../finding.ts";
import { inconclusive } from "../finding.ts";
import { type AuthorizationAnswer, readAuthorizationAnswer } from "../probe/authorization-answer.ts";
import { foreignAddress } from "../probe/authorization-request.ts";
import { answerFacts, hostOf, unanswered } from "../unanswered.ts";
import { clockOffset } from "./clock.ts";
import type { AppSubject } from "./subject.ts";
import type { Visitor } from "./visit.ts";

/** Redirects that are followed within the identity provider's own hosts. */
const mostHops = 5;

/** What the identity provider made of the app's own request. */
export interface OwnRequestAnswer {
  readonly answer: AuthorizationAnswer;
  /** What it sent back to the app: an error, never a code. Undefined when it sent nothing, or a code. */
  readonly back: URLSearchParams | undefined;
  /** Seconds by which its clock is ahead of this machine's. */
  readonly clock: number | undefined;
}

/**
 * Sends the app's own authorization request with `prompt=none` to the identity provider, without a cookie, and reads
 * what comes back. The redirect URI itself is not asked here.
 *
 * @param foreign sends it with a redirect URI that nobody registered, as the control
 */
export async function askOwnRequest(
  visitor: Visitor,
  subject: AppSubject,
  request: URL,
  foreign = false,
): Promise<OwnRequestAnswer> {
  const { fetcher, ranFrom, hush } = visitor;
  const url = new URL(request);
  url.searchParams.set("prompt", "none");
  if (foreign) {
    const state = randomBytes(24).toString("base64url");
    hush(state);
    url.searchParams.set("redirect_uri", foreignAddress());
    url.searchParams.set("state", state);
  }
  const redirectUri = url.searchParams.get("redirect_uri") ?? "";
  const state = url.searchParams.get("state") ?? "";
  const hosts = new Set([subject.issuer, subject.authorizationEndpoint].map(hostOf));
  const unclear = (facts: Facts, message: string): OwnRequestAnswer => ({
    answer: { kind: "unclear", finding: inconclusive("VERIFY_ANSWER_UNCLEAR", message, facts), facts },
    back: undefined,
    clock: undefined,
  });
  let next = url.href;
  let facts: Facts = {};
  for (let hop = 0; hop <= mostHops; hop += 1) {
    const outcome = await fetcher.send({ method: "GET", url: next, headers: { accept: "text/html, */*;q=0.5" } });
    if (outcome.kind !== "answer") {
      const finding = unanswered(outcome, "the answer of the authorization endpoint", next, ranFrom);
      return { answer: { kind: "unclear", finding, facts: finding.evidence }, back: undefined, clock: undefined };
    }
    const { status } = outcome;
    const clock = clockOffset(outcome);
    if (status === 429 || status === 408 || status >= 500) {
      return unclear(answerFacts(outcome), `${hostOf(next)} answers ${status} for an authorization request.`);
    }
    const read = readAuthorizationAnswer(outcome, { url: next, redirectUri, state, issuer: subject.issuer, hosts });
    if (read.kind !== "hop") return { answer: read, back: backOf(read, state, outcome.header("location")), clock };
    facts = read.facts;
    const target = new URL(read.url);
    if (target.protocol !== "https:" || !hosts.has(target.host)) {
      return { answer: { kind: "page", leadsOn: false, facts }, back: undefined, clock };
    }
    next = read.url;
  }
  return unclear(facts, `${hostOf(url.href)} redirects an authorization request more than ${mostHops} times.`);
}

/** The error as it would reach the callback. What a page posts there is made anew from its error code. */
function backOf(answer: AuthorizationAnswer, state: string, location: string | undefined): URLSearchParams | undefined {
  if (answer.kind !== "returned" || answer.code || answer.error === undefined) return undefined;
  if (location === undefined) return new URLSearchParams({ error: answer.error, state });
  const { searchParams, hash } = new URL(location);
  return searchParams.has("error") ? searchParams : new URLSearchParams(hash.slice(1));
}
