import type { Check, IssuerContext } from "../check.ts";
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
  async run({ metadata, fetcher }) {
    const document = await metadata();
    for (const name of used) {
      const value = document[name];
      if (value === undefined && name === "userinfo_endpoint") continue;
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
