import type { Check, IssuerContext } from "../check.ts";
import { namedEndpoints } from "../explicit.ts";
import type { Fetcher } from "../fetch/fetcher.ts";
import { fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { hostOf, refusalHint, refusalText } from "../unanswered.ts";

const used = ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"];
/** Endpoints that a document may name besides; `mtls_endpoint_aliases` are for clients with certificates. */
const others = [
  "end_session_endpoint",
  "pushed_authorization_request_endpoint",
  "revocation_endpoint",
  "introspection_endpoint",
  "registration_endpoint",
  "device_authorization_endpoint",
  "backchannel_authentication_endpoint",
  "check_session_iframe",
];

type Problem = { readonly name: string; readonly text: string; readonly hint: string | undefined };

/**
 * Every endpoint that a sign-in uses is absolute https without fragment, and leads to an address we may ask; of the
 * others the spelling is looked at. openid-client takes http, ftp and even javascript URLs until they are used.
 */
export const endpoints: Check<IssuerContext> = {
  id: "D6",
  title: "The endpoints are public https URLs",
  spec: specs.discovery("3"),
  level: "must",
  link: "discovery",
  needs: ["D1", "D5"],
  async run(context) {
    const { subject, metadata, fetcher } = context;
    const problems = await problemsOf(await toBeJudged(context), fetcher);
    const [first] = problems;
    if (first !== undefined) {
      return fail(
        "VERIFY_ENDPOINT_INVALID",
        said(problems),
        { endpoint: first.name, endpoints: problems.map(({ name }) => name) },
        { expected: `${first.name} as an absolute https URL`, hint: first.hint },
      );
    }
    if (subject.endpoints !== undefined) return pass("Every endpoint in the file is a public https URL.");
    const document = await metadata();
    const odd = others.filter((name) => document[name] !== undefined && !isPlainHttps(document[name]));
    if (odd.length > 0) {
      return fail(
        "VERIFY_ENDPOINT_ODD",
        `${odd.join(", ")} ${odd.length === 1 ? "is no https URL" : "are no https URLs"} without user information and fragment; a sign-in works without.`,
        { endpoints: odd },
        {
          expected: `${odd[0]} as an absolute https URL`,
          level: "should",
          hint: "Set the identity provider's public base URL to https.",
        },
      );
    }
    return pass("Every endpoint that a sign-in uses is a public https URL.");
  },
};

/** Every endpoint that is used, by the name that it has where it is written. What the file names was meant to be used. */
async function toBeJudged({ subject, metadata }: IssuerContext): Promise<readonly (readonly [string, unknown])[]> {
  if (subject.endpoints !== undefined) return namedEndpoints(subject.endpoints);
  const document = await metadata();
  return used
    .filter((name) => document[name] !== undefined || name !== "userinfo_endpoint")
    .map((name) => [name, document[name]] as const);
}

async function problemsOf(
  named: readonly (readonly [string, unknown])[],
  fetcher: Fetcher,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  for (const [name, value] of named) {
    const problem =
      typeof value === "string" ? await problemOf(value, fetcher) : { text: "is no text", hint: undefined };
    if (problem !== undefined) problems.push({ name, ...problem });
  }
  return problems;
}

function said(problems: readonly Problem[]): string {
  return `${problems.map(({ name, text }) => `${name} ${text}`).join("; ")}.`;
}

async function problemOf(url: string, fetcher: Fetcher): Promise<Omit<Problem, "name"> | undefined> {
  const refusal = await fetcher.refusal(url);
  if (refusal !== undefined) {
    const hint =
      refusal === "not-https"
        ? "The identity provider does not know its own public address: set its public base URL (hostname, X-Forwarded-Proto) to https."
        : refusalHint(refusal, hostOf(url));
    return { text: refusalText(refusal), hint };
  }
  return url.includes("#") ? { text: "has a fragment", hint: undefined } : undefined;
}

/** Judged by its spelling alone: nothing is sent there, and no name is looked up for it. */
function isPlainHttps(value: unknown): boolean {
  if (typeof value !== "string" || value.includes("#") || !URL.canParse(value)) return false;
  const { protocol, username, password } = new URL(value);
  return protocol === "https:" && username === "" && password === "";
}
