import type { Check, IssuerContext } from "../check.ts";
import { textMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, notRun, pass, plain } from "../finding.ts";
import { specs } from "../specs.ts";

const endpoint = "(?:authorize|auth|token|keys|certs|userinfo|logout|jwks(?:\\.json)?)";
const tails = [
  /\/\.well-known\/(?:openid-configuration|oauth-authorization-server|jwks\.json)\/?$/,
  new RegExp(`/(?:oauth2/)?v\\d(?:\\.\\d)?/${endpoint}/?$`),
  new RegExp(`/protocol/openid-connect/${endpoint}/?$`),
  new RegExp(`/(?:oauth2?|connect)/${endpoint}/?$`),
  /\/(?:authorize|token|userinfo|jwks(?:\.json)?)\/?$/,
];

/**
 * The issuer is not the URL of something else that was copied by mistake: a discovery document, an authorization request
 * with all its parameters. openid-client takes a `.well-known` URL and then does not compare the issuer at all.
 */
export const pastedUrl: Check<IssuerContext> = {
  id: "D2",
  title: "The issuer is an issuer, not another URL",
  spec: specs.discovery("4.1"),
  level: "policy",
  link: "discovery",
  needs: [],
  omitted: withoutDocument,
  async run({ subject, documents, fetcher, verdictOf }) {
    const bare = subject.issuer.split(/[?#]/)[0] ?? "";
    const tail = tails.find((pattern) => pattern.test(bare));
    if (tail === undefined) return pass("The issuer does not look like another URL.");
    if ((await fetcher.refusal(bare)) !== undefined) return notRun("D4");
    if (verdictOf("D4") === "pass" && (await documents.discovery(subject.issuer)).ok) {
      return pass("The issuer looks like another URL, and its discovery document is there all the same.");
    }
    const stripped = bare.replace(tail, "");
    for (const candidate of candidates(bare, stripped)) {
      const read = await documents.discovery(candidate);
      const named = read.ok ? textMember(read.value, "issuer") : undefined;
      if (named === undefined) continue;
      return fail(
        "VERIFY_ISSUER_IS_ANOTHER_URL",
        "The issuer is the URL of a document or an endpoint; the document found from there names the issuer.",
        { derived: plain(named).slice(0, 300) },
        {
          expected: plain(named).slice(0, 300),
          actual: plain(bare).slice(0, 300),
          hint: `Write the issuer as ${plain(named).slice(0, 300)}`,
        },
      );
    }
    return fail(
      "VERIFY_ISSUER_IS_ANOTHER_URL",
      "The issuer looks like the URL of a document or an endpoint, and no discovery document was found from there.",
      { derived: stripped },
      { actual: plain(bare).slice(0, 300), hint: `Try ${stripped} as the issuer.` },
    );
  },
};

/**
 * Where the issuer may be: at Entra ID `/oauth2/v2.0` stands for `/v2.0`; an Okta org's endpoints are under /oauth2, which
 * its issuer is not; else the URL without its tail, and its host at last.
 */
function candidates(pasted: string, stripped: string): readonly string[] {
  const org = stripped.replace(/\/oauth2$/, "");
  const all = [
    ...(pasted.includes("/oauth2/v2.0/") ? [`${stripped}/v2.0`] : []),
    org,
    stripped,
    new URL(pasted).origin,
  ];
  return [...new Set(all)].filter((candidate) => candidate.length > "https://".length);
}
