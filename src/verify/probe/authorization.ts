import { textMember, unclearStatus } from "../documents.ts";
import { inconclusive } from "../finding.ts";
import type { VerifySubject } from "../subject.ts";
import { answerFacts, unanswered } from "../unanswered.ts";
import { type AuthorizationAnswer, readAuthorizationAnswer } from "./authorization-answer.ts";
import { authorizationParameters, authorizationUrl, type Fault } from "./authorization-request.ts";
import type { ProbeParts } from "./parts.ts";
import type { PushedAnswer } from "./pushed.ts";

/** Redirects that are followed within the identity provider's own hosts. */
const mostHops = 5;

/** Pushes a request first, where the server takes none by itself; or says why it is not pushed. */
export type Push = (redirectUri: string, fault?: Fault) => Promise<PushedAnswer>;

/**
 * Sends the app's own authorization request for a redirect URI, with `prompt=none` and no cookies, and reads what comes
 * back. The redirect URI itself is never asked. Redirects are followed only to hosts of the issuer and its endpoints,
 * never to the app, at most five.
 *
 * @param push given where the server takes pushed requests only (RFC 9126, section 5)
 * @param fault what is broken in the request on purpose
 */
export async function askAuthorization(
  parts: ProbeParts,
  redirectUri: string,
  { push, fault }: { readonly push?: Push | undefined; readonly fault?: Fault | undefined } = {},
): Promise<AuthorizationAnswer> {
  const endpoint = textMember(parts.metadata, "authorization_endpoint") ?? "";
  const refusal = await parts.fetcher.refusal(endpoint);
  if (refusal !== undefined) {
    const finding = unanswered({ kind: "refused", refusal }, "the authorization endpoint", endpoint, parts.ranFrom);
    return { kind: "unclear", finding, facts: finding.evidence };
  }
  if (push === undefined) {
    const { parameters, state } = await authorizationParameters(parts, redirectUri, fault);
    return follow(parts, await authorizationUrl(parts, endpoint, parameters), redirectUri, state);
  }
  const pushed = await push(redirectUri, fault);
  switch (pushed.kind) {
    case "taken": {
      const url = await authorizationUrl(parts, endpoint, { request_uri: pushed.requestUri });
      return follow(parts, url, redirectUri, pushed.state);
    }
    case "refused":
      return { kind: "refused", error: pushed.error, about: pushed.about, facts: pushed.facts };
    case "client-refused":
    case "unclear": {
      const because =
        pushed.kind === "unclear" ? `it answered one with ${pushed.because}` : "it refused the client's credentials";
      const finding =
        (pushed.kind === "unclear" ? pushed.finding : undefined) ??
        inconclusive(
          "VERIFY_ANSWER_UNCLEAR",
          `The identity provider takes pushed authorization requests only, and ${because}.`,
          pushed.facts,
        );
      return { kind: "unclear", finding, facts: pushed.facts };
    }
    default:
      return pushed satisfies never;
  }
}

/** Sends an authorization request and follows it within the provider's own hosts, until something is to be read. */
async function follow(
  parts: ProbeParts,
  url: string,
  redirectUri: string,
  state: string,
): Promise<AuthorizationAnswer> {
  const { fetcher, ranFrom, subject } = parts;
  const hosts = providerHosts(parts);
  let next = url;
  let facts = {};
  const been = new Set<string>();
  for (let hop = 0; hop <= mostHops; hop += 1) {
    const outcome = await fetcher.send({ method: "GET", url: next, headers: { accept: "text/html, */*;q=0.5" } });
    if (outcome.kind !== "answer") {
      const finding = unanswered(outcome, "the answer of the authorization endpoint", next, ranFrom);
      return { kind: "unclear", finding, facts: finding.evidence };
    }
    const seen = answerFacts(outcome);
    const tooMuch = outcome.status === 429 || outcome.status >= 500 || outcome.status === 408;
    const finding = tooMuch ? unclearStatus(outcome, "an authorization request", next, seen) : undefined;
    if (finding !== undefined) return { kind: "unclear", finding, broke: outcome.status === 500, facts: seen };
    const read = readAuthorizationAnswer(outcome, { url: next, redirectUri, state, issuer: subject.issuer, hosts });
    if (read.kind !== "hop") return read;
    facts = read.facts;
    if (!mayFollow(read.url, hosts, subject)) return { kind: "page", leadsOn: false, facts };
    // Who brings no cookies is told a new session in the path each time.
    been.add(withoutSession(next));
    next = read.url;
    if (been.has(withoutSession(next))) break;
  }
  // The way to a sign-in page: some servers (Spring) lead whoever brings no cookies round in circles before it.
  return { kind: "page", leadsOn: false, facts };
}

/** A URL without path parameters (RFC 3986, section 3.3), such as `;jsessionid=…`. */
function withoutSession(url: string): string {
  return url.replace(/;[^/?#]*/g, "");
}

/** Hosts where the identity provider itself is at home: those of the issuer and of the endpoints that people are sent to. */
export function providerHosts({ subject, metadata }: Pick<ProbeParts, "subject" | "metadata">): ReadonlySet<string> {
  const urls = [
    subject.issuer,
    ...["authorization_endpoint", "token_endpoint", "end_session_endpoint"].map((name) => textMember(metadata, name)),
  ];
  return new Set(urls.flatMap((url) => (url !== undefined && URL.canParse(url) ? [new URL(url).host] : [])));
}

/** Whether a redirect stays with the identity provider. What the app answers is never asked for, wherever the app is. */
function mayFollow(url: string, hosts: ReadonlySet<string>, { redirectUri }: VerifySubject): boolean {
  const target = new URL(url);
  if (target.protocol !== "https:" || !hosts.has(target.host)) return false;
  if (redirectUri === undefined || !URL.canParse(redirectUri)) return true;
  const app = new URL(redirectUri);
  return target.host !== app.host || !target.pathname.startsWith(app.pathname);
}
