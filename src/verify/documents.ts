import type { Fetcher } from "./fetch/fetcher.ts";
import type { Answer, Failure, Outcome } from "./fetch/outcome.ts";
import { type Facts, type Finding, fail, inconclusive, shown } from "./finding.ts";
import { answerFacts, bareUrl, hostOf, jsonOf, mediaType, unanswered } from "./unanswered.ts";

/** The members of a discovery document as they came. Nothing in it is believed before a check has looked at it. */
export type Metadata = Readonly<Record<string, unknown>>;

/** A document that was read, or what is to be said of it. */
export type Read<T> =
  | { readonly ok: true; readonly value: T; readonly facts: Facts; readonly exchange: Exchange }
  | { readonly ok: false; readonly finding: Finding; readonly exchange: Exchange };

/** How a document came, without its body: what the checks of the transport and of caching judge. */
export interface Exchange {
  readonly url: string;
  readonly outcome: Failure | Omit<Answer, "body">;
}

/**
 * Documents of this run, by kind and URL, so that the connections of one issuer share them, also those that ask at the same
 * moment. What could not be read is kept too: a thousand connections of a dead issuer wait for it once. Only the next run
 * asks again. What was not asked because the run was stopped is not kept.
 */
export type DocumentCache = Map<string, Promise<Read<Metadata>>>;

/** Where the discovery document of an issuer is: OpenID Connect Discovery 1.0, section 4.1 drops one final slash. */
function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/** The documents of one subject: each is fetched at most once, whatever came of it. */
export interface Documents {
  discovery(issuer: string): Promise<Read<Metadata>>;
  /**
   * The discovery document once more, and where its host has several addresses once from each of the first two; one or two
   * further requests per issuer and run.
   */
  discoveryAgain(issuer: string): Promise<readonly Read<Metadata>[]>;
  keys(url: string): Promise<Read<Metadata>>;
  /** What a URL answers to a bare GET; the body is not looked at. */
  bare(url: string): Promise<Exchange>;
}

export function createDocuments(fetcher: Fetcher, ranFrom: string, cache: DocumentCache): Documents {
  const once = (name: string, read: () => Promise<Read<Metadata>>): Promise<Read<Metadata>> => {
    const known = cache.get(name);
    if (known !== undefined) return known;
    const reading = read();
    cache.set(name, reading);
    void reading.then(({ exchange }) => {
      if (exchange.outcome.kind === "aborted") cache.delete(name);
    });
    return reading;
  };
  const readDiscovery = async (url: string, address?: string): Promise<Read<Metadata>> => {
    const pinned = address === undefined ? {} : { address };
    const outcome = await fetcher.send({ method: "GET", url, headers: { accept: "application/json" }, ...pinned });
    const exchange = exchangeOf(url, outcome);
    return outcome.kind === "answer"
      ? { ...judgeDiscovery(outcome, url), exchange }
      : { ok: false, finding: unanswered(outcome, "the discovery document", url, ranFrom), exchange };
  };
  /** Two addresses of a host that has several, IPv4 first, because not every machine reaches the others. */
  const places = async (url: string): Promise<readonly string[]> => {
    const addresses = [...(await fetcher.addressesOf(url))].sort(
      (a, b) => Number(a.includes(":")) - Number(b.includes(":")),
    );
    return addresses.length < 2 ? [] : addresses.slice(0, 2);
  };
  return {
    discovery: (issuer) => {
      const url = discoveryUrl(issuer);
      return once(`discovery ${url}`, () => readDiscovery(url));
    },
    async discoveryAgain(issuer) {
      const url = discoveryUrl(issuer);
      const first = once(`discovery again ${url}`, async () => readDiscovery(url, (await places(url))[0]));
      const second = once(`discovery elsewhere ${url}`, async () => {
        const [, other] = await places(url);
        return other === undefined ? first : readDiscovery(url, other);
      });
      const [one, two] = [await first, await second];
      return one === two ? [one] : [one, two];
    },
    keys: (url) =>
      once(`keys ${url}`, async () => {
        const accept = "application/jwk-set+json, application/json";
        const outcome = await fetcher.send({ method: "GET", url, headers: { accept } });
        const exchange = exchangeOf(url, outcome);
        return outcome.kind === "answer"
          ? { ...judgeKeys(outcome, url), exchange }
          : { ok: false, finding: unanswered(outcome, "the key set", url, ranFrom), exchange };
      }),
    async bare(url) {
      const read = await once(`bare ${url}`, async () => {
        const exchange = exchangeOf(url, await fetcher.send({ method: "GET", url }));
        return { ok: true, value: {}, facts: {}, exchange };
      });
      return read.exchange;
    },
  };
}

function exchangeOf(url: string, outcome: Outcome): Exchange {
  if (outcome.kind !== "answer") return { url, outcome };
  const { body: _, ...head } = outcome;
  return { url, outcome: head };
}

/** What was read, before it is said how it came. */
type Judged =
  | { readonly ok: true; readonly value: Metadata; readonly facts: Facts }
  | { readonly ok: false; readonly finding: Finding };

function judgeDiscovery(answer: Answer, url: string): Judged {
  const facts = { url, ...answerFacts(answer) };
  const no = (finding: Finding): Judged => ({ ok: false, finding });
  const { status } = answer;
  if (status >= 300 && status < 400) {
    const location = answer.header("location") ?? "";
    const target = URL.canParse(location, url) ? bareUrl(new URL(location, url).href) : "nowhere";
    return no(
      fail(
        "VERIFY_DISCOVERY_REDIRECTED",
        `The discovery document answers ${status} and leads to ${target}; OpenID clients do not follow that.`,
        { ...facts, location: target },
        {
          expected: `200 at ${url}`,
          actual: `${status} to ${target}`,
          hint: "Use the identity provider's own issuer: a redirect from http to https, to www or to a login page means that this URL is not it.",
        },
      ),
    );
  }
  const unclear = unclearStatus(answer, "the discovery document", url, facts);
  if (unclear !== undefined) return no(unclear);
  if (status !== 200) {
    return no(
      fail("VERIFY_DISCOVERY_MISSING", `There is no discovery document at ${url} (status ${status}).`, facts, {
        expected: `200 at ${url}`,
        actual: String(status),
        hint: `Open ${url} in a browser. If it is missing there too, the issuer is wrong: check its path and which authorization server is meant.`,
      }),
    );
  }
  const json = jsonOf(answer);
  if (!isObject(json)) {
    return no(
      fail("VERIFY_DISCOVERY_NOT_JSON", `${url} answers 200 with something that is no JSON object.`, facts, {
        expected: "a JSON object (application/json)",
        actual: mediaType(answer) ?? "no content type",
        hint: "Check the issuer; a sign-in page or a proxy answers in place of the document.",
      }),
    );
  }
  return { ok: true, value: json, facts };
}

function judgeKeys(answer: Answer, url: string): Judged {
  const facts = { url, ...answerFacts(answer) };
  const unclear = unclearStatus(answer, "the key set", url, facts);
  if (unclear !== undefined) return { ok: false, finding: unclear };
  const json = answer.status === 200 ? jsonOf(answer) : undefined;
  if (isObject(json) && Array.isArray(json.keys)) return { ok: true, value: json, facts };
  const actual =
    answer.status !== 200
      ? `status ${answer.status}`
      : isObject(json)
        ? `a JSON object whose keys is ${shown(json.keys)}`
        : `no JSON object (${mediaType(answer) ?? "no content type"})`;
  return {
    ok: false,
    finding: fail("VERIFY_KEYS_UNREADABLE", `The key set could not be read: ${actual}.`, facts, {
      expected: `a JSON Web Key Set at ${url}`,
      actual,
      hint: `Open ${url} without being signed in; it must answer 200 with {"keys": [...]}.`,
    }),
  };
}

/** Rate limits, server errors and cut answers say neither yes nor no. */
export function unclearStatus(answer: Answer, what: string, url: string, facts: Facts): Finding | undefined {
  if (answer.status === 429 || answer.status >= 500 || answer.status === 408) {
    const wait = answer.header("retry-after");
    const hint = answer.status === 429 && wait !== undefined && /^\d{1,6}$/.test(wait) ? `Wait ${wait} s.` : undefined;
    return inconclusive("VERIFY_ANSWER_UNCLEAR", `${hostOf(url)} answers ${answer.status} for ${what}.`, facts, {
      hint,
    });
  }
  if (answer.truncated) {
    return inconclusive("VERIFY_ANSWER_TOO_LARGE", `${what} is larger than 1 MB.`.replace(/^t/, "T"), facts);
  }
  return undefined;
}

export function isObject(value: unknown): value is Metadata {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A member that is a non-empty string. */
export function textMember(metadata: Metadata, name: string): string | undefined {
  const value = metadata[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** Whether a member is true; what is no boolean is not. */
export function flagMember(metadata: Metadata, name: string): boolean {
  return metadata[name] === true;
}

/** A member that is a list; its strings. */
export function listMember(metadata: Metadata, name: string): readonly string[] | undefined {
  const value = metadata[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}
