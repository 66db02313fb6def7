import type { Fetcher } from "./fetch/fetcher.ts";
import type { Answer } from "./fetch/outcome.ts";
import { type Facts, type Finding, fail, inconclusive, shown } from "./finding.ts";
import { answerFacts, bareUrl, hostOf, jsonOf, mediaType, unanswered } from "./unanswered.ts";

/** The members of a discovery document as they came. Nothing in it is believed before a check has looked at it. */
export type Metadata = Readonly<Record<string, unknown>>;

/** A document that was read, or what is to be said of it. */
type Read<T> =
  | { readonly ok: true; readonly value: T; readonly facts: Facts }
  | { readonly ok: false; readonly finding: Finding };

/**
 * Documents already read in this run, by kind and URL, so that the connections of one issuer share them. What could not be read
 * is not kept.
 */
export type DocumentCache = Map<string, Promise<Read<Metadata>>>;

/** Where the discovery document of an issuer is: OpenID Connect Discovery 1.0, section 4.1 drops one final slash. */
function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`;
}

/** The documents of one subject: each is fetched at most once, whatever came of it. */
export interface Documents {
  discovery(issuer: string): Promise<Read<Metadata>>;
  keys(url: string): Promise<Read<Metadata>>;
}

export function createDocuments(fetcher: Fetcher, ranFrom: string, cache: DocumentCache): Documents {
  const mine = new Map<string, Promise<Read<Metadata>>>();
  const once = (name: string, read: () => Promise<Read<Metadata>>): Promise<Read<Metadata>> => {
    const known = mine.get(name) ?? cache.get(name);
    if (known !== undefined) return known;
    const reading = read();
    mine.set(name, reading);
    cache.set(name, reading);
    void reading.then((result) => {
      if (!result.ok) cache.delete(name);
    });
    return reading;
  };
  return {
    discovery: (issuer) => {
      const url = discoveryUrl(issuer);
      return once(`discovery ${url}`, async () => {
        const outcome = await fetcher.send({ method: "GET", url, headers: { accept: "application/json" } });
        if (outcome.kind !== "answer") {
          return { ok: false, finding: unanswered(outcome, "the discovery document", url, ranFrom) };
        }
        return judgeDiscovery(outcome, url);
      });
    },
    keys: (url) =>
      once(`keys ${url}`, async () => {
        const accept = "application/jwk-set+json, application/json";
        const outcome = await fetcher.send({ method: "GET", url, headers: { accept } });
        if (outcome.kind !== "answer") return { ok: false, finding: unanswered(outcome, "the key set", url, ranFrom) };
        return judgeKeys(outcome, url);
      }),
  };
}

function judgeDiscovery(answer: Answer, url: string): Read<Metadata> {
  const facts = { url, ...answerFacts(answer) };
  const no = (finding: Finding): Read<Metadata> => ({ ok: false, finding });
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

function judgeKeys(answer: Answer, url: string): Read<Metadata> {
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

/** A member that is a list; its strings. */
export function listMember(metadata: Metadata, name: string): readonly string[] | undefined {
  const value = metadata[name];
  return Array.isArray(value) ? value.filter((item) => typeof item === "string") : undefined;
}
