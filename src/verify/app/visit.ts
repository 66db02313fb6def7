import type { Fetcher } from "../fetch/fetcher.ts";
import type { Answer } from "../fetch/outcome.ts";
import { type Facts, type Finding, inconclusive } from "../finding.ts";
import { answerFacts, bareUrl, hostOf, unanswered } from "../unanswered.ts";
import type { CookieJar, JarCookie } from "./jar.ts";

/** Shortest cookie value that is taken out of results: shorter ones are ordinary words. */
const shortestValue = 12;

/** What the app is asked with. */
export interface Visitor {
  readonly fetcher: Fetcher;
  readonly ranFrom: string;
  /** Told every random or secret value, so that none of them gets into a result. */
  readonly hush: (value: string) => void;
}

/** One answer of the app, its cookies taken over. */
export type Visited =
  | {
      readonly kind: "answer";
      readonly answer: Answer;
      readonly status: number;
      /** Where a redirect leads, resolved; undefined when it is none, or leads nowhere. */
      readonly location: URL | undefined;
      /** Cookies that the answer set anew or changed. */
      readonly changed: readonly JarCookie[];
      readonly facts: Facts;
    }
  /** No answer, a rate limit, or a gateway's word that the app is away. */
  | { readonly kind: "unclear"; readonly finding: Finding; readonly facts: Facts };

/** Asks the app once, with the cookies that belong there. Nothing is followed. */
export async function visit(
  { fetcher, ranFrom, hush }: Visitor,
  url: string,
  what: string,
  jar: CookieJar,
  form?: string | undefined,
): Promise<Visited> {
  const cookie = jar.header(url);
  const outcome = await fetcher.send({
    method: form === undefined ? "GET" : "POST",
    url,
    headers: {
      accept: "text/html, */*;q=0.5",
      ...(cookie === undefined ? {} : { cookie }),
      ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
    },
    ...(form === undefined ? {} : { body: form }),
  });
  if (outcome.kind !== "answer") {
    const finding = unanswered(outcome, what, url, ranFrom);
    return { kind: "unclear", finding, facts: finding.evidence };
  }
  const { status } = outcome;
  const changed = jar.store(url, outcome.headers("set-cookie"), outcome.answeredAt);
  for (const { value } of changed) if (value.length >= shortestValue) hush(value);
  const to = status >= 300 && status < 400 ? outcome.header("location") : undefined;
  const location = to !== undefined && URL.canParse(to, url) ? new URL(to, url) : undefined;
  const { sha256: _own, bytes: _size, ...seen } = answerFacts(outcome);
  const facts = { url: bareUrl(url), ...seen, location: location === undefined ? undefined : bareUrl(location.href) };
  if (status === 429 || status === 408 || (status > 501 && status < 600)) {
    const message = `${hostOf(url)} answers ${status} for ${what}.`;
    return { kind: "unclear", finding: inconclusive("VERIFY_ANSWER_UNCLEAR", message, facts), facts };
  }
  return { kind: "answer", answer: outcome, status, location, changed, facts };
}
