import type { Check } from "../check.ts";
import { answersOf, documentExchanges } from "../exchanges.ts";
import { fail, notRun, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { bareUrl, hostOf } from "../unanswered.ts";

/**
 * Neither document redirects. It is never followed: whoever controls the target would name keys and endpoints. D1 and K1
 * fail for it; this one says where it leads and why that usually is. openid-client does not follow either.
 */
export const redirects: Check = {
  id: "D21",
  title: "Neither document redirects",
  spec: specs.discovery("4.2"),
  level: "policy",
  link: "discovery",
  needs: ["D4"],
  async run(context) {
    const answers = answersOf(await documentExchanges(context));
    for (const { what, url, answer } of answers) {
      if (answer.status < 300 || answer.status >= 400) continue;
      const location = answer.header("location") ?? "";
      const target = URL.canParse(location, url) ? new URL(location, url).href : undefined;
      const seen = target === undefined ? "nowhere" : bareUrl(target);
      return fail(
        "VERIFY_DOCUMENT_REDIRECTED",
        `${what.charAt(0).toUpperCase()}${what.slice(1)} redirects (${answer.status}) to ${seen}, which was not followed.`,
        { url: bareUrl(url), status: answer.status, location: seen },
        { expected: `200 at ${bareUrl(url)}`, actual: `${answer.status} to ${seen}`, hint: hint(url, target) },
      );
    }
    if (answers.length === 0) return notRun(context.subject.endpoints === undefined ? "D1" : "K1");
    return pass(
      `${answers.map(({ what }) => what).join(" and ")} ${answers.length === 1 ? "does" : "do"} not redirect.`.replace(
        /^t/,
        "T",
      ),
    );
  },
};

/** What such a redirect usually comes from, by where it leads. */
function hint(url: string, target: string | undefined): string {
  if (target === undefined) return "Ask the identity provider's administrator what stands in front of the document.";
  const { protocol, host, pathname } = new URL(target);
  const from = new URL(url);
  if (protocol === "http:") {
    return "It leads to http: the identity provider does not know its own public address; set its public base URL to https.";
  }
  if (/\/(?:log|sign)[-_]?(?:in|on)\b|\/auth(?:orize)?\b|\/sso\b|\/saml/i.test(pathname)) {
    return `A sign-in stands in front of it: let ${from.pathname} at ${hostOf(url)} be read by anyone.`;
  }
  const issuer = /^(.*)\/\.well-known\/openid-configuration\/?$/.exec(bareUrl(target))?.[1];
  if (issuer !== undefined && host !== from.host) {
    return `If ${host} is the tenant's own, write the issuer as its document names it, probably ${issuer}`;
  }
  return `Use the address that answers by itself: ${bareUrl(target)} is where this one leads.`;
}
