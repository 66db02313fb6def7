import type { Check, IssuerContext } from "../check.ts";
import { textMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass, plain } from "../finding.ts";
import { specs } from "../specs.ts";

const tails = [
  /\/\.well-known\/(?:openid-configuration|oauth-authorization-server)\/?$/,
  /\/(?:oauth2\/)?v\d(?:\.\d)?\/(?:authorize|token|keys|userinfo)\/?$/,
  /\/protocol\/openid-connect\/(?:auth|token|certs|userinfo)\/?$/,
  /\/(?:oauth2?\/)?(?:authorize|token|jwks|userinfo)\/?$/,
];

/** The issuer is not the URL of something else that was copied by mistake. */
export const pastedUrl: Check<IssuerContext> = {
  id: "D2",
  title: "The issuer is an issuer, not another URL",
  spec: specs.discovery("4.1"),
  level: "policy",
  link: "discovery",
  needs: ["D4"],
  omitted: withoutDocument,
  async run({ subject, documents, verdictOf }) {
    const tail = tails.find((pattern) => pattern.test(subject.issuer));
    if (tail === undefined || verdictOf("D1") === "pass") return pass("The issuer does not look like another URL.");
    const stripped = subject.issuer.replace(tail, "");
    for (const candidate of candidates(stripped)) {
      const read = await documents.discovery(candidate);
      const named = read.ok ? textMember(read.value, "issuer") : undefined;
      if (named === undefined) continue;
      return fail(
        "VERIFY_ISSUER_IS_ANOTHER_URL",
        "The issuer is the URL of a document or an endpoint; the document found from there names the issuer.",
        { derived: plain(named).slice(0, 300) },
        {
          expected: plain(named).slice(0, 300),
          actual: subject.issuer,
          hint: `Write the issuer as ${plain(named).slice(0, 300)}`,
        },
      );
    }
    return fail(
      "VERIFY_ISSUER_IS_ANOTHER_URL",
      "The issuer looks like the URL of a document or an endpoint, and no discovery document was found from there.",
      { derived: stripped },
      { actual: subject.issuer, hint: `Try ${stripped} as the issuer.` },
    );
  },
};

/** The URL without its tail; an Okta org's endpoints are under /oauth2, which its issuer is not. */
function candidates(stripped: string): readonly string[] {
  const org = stripped.replace(/\/oauth2$/, "");
  const all = org === stripped ? [stripped] : [org, stripped];
  return all.filter((candidate) => candidate.length > "https://".length);
}
