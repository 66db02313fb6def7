import type { Check } from "../check.ts";
import { textMember } from "../documents.ts";
import { pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { hostOf } from "../unanswered.ts";

const looked = ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint", "end_session_endpoint"];

/**
 * Tells which endpoints are at another registrable domain than the issuer. That is normal (Google, Entra ID, Cognito), so it
 * never fails; whoever reads it knows whether the other domain is the provider's too.
 */
export const hosts: Check = {
  id: "D22",
  title: "Endpoints at other domains are told",
  spec: specs.discovery("3"),
  level: "policy",
  link: "discovery",
  needs: ["D1", "D4", "D5"],
  async run({ metadata, subject }) {
    const { getDomain } = await import("tldts");
    // What lies under a hosting provider's domain belongs to whoever rents it.
    const domainOf = (url: string): string =>
      getDomain(new URL(url).hostname, { allowPrivateDomains: true }) ?? hostOf(url);
    const document = await metadata();
    const own = domainOf(subject.issuer);
    const elsewhere = looked.flatMap((name) => {
      const url = textMember(document, name);
      return url === undefined || !URL.canParse(url) || domainOf(url) === own ? [] : [{ name, domain: domainOf(url) }];
    });
    const facts = { domain: own, elsewhere: elsewhere.map(({ name, domain }) => `${name}: ${domain}`) };
    if (elsewhere.length === 0) return pass(`Every endpoint is at ${own}, as the issuer is.`, facts);
    const listed = elsewhere.map(({ name, domain }) => `${name} at ${domain}`).join(", ");
    return pass(
      `Other domains than the issuer's ${own}: ${listed}. That is normal where they are the provider's too.`,
      facts,
    );
  },
};
