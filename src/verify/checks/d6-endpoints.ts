import type { Check, IssuerContext } from "../check.ts";
import { namedEndpoints } from "../explicit.ts";
import type { Fetcher } from "../fetch/fetcher.ts";
import { fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { hostOf, refusalHint, refusalText } from "../unanswered.ts";

const used = ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"];

/** Every endpoint that a sign-in uses is absolute https without fragment, and leads to an address we may ask. */
export const endpoints: Check<IssuerContext> = {
  id: "D6",
  title: "The endpoints are public https URLs",
  spec: specs.discovery("3"),
  level: "must",
  link: "discovery",
  needs: ["D1", "D5"],
  async run(context) {
    const { fetcher } = context;
    for (const [name, value] of await toBeJudged(context)) {
      const problem =
        typeof value === "string" ? await problemOf(value, fetcher) : { text: "is no text", hint: undefined };
      if (problem === undefined) continue;
      return fail(
        "VERIFY_ENDPOINT_INVALID",
        `${name} ${problem.text}.`,
        { endpoint: name },
        {
          expected: `${name} as an absolute https URL`,
          hint: problem.hint,
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

async function problemOf(
  url: string,
  fetcher: Fetcher,
): Promise<{ readonly text: string; readonly hint: string | undefined } | undefined> {
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
