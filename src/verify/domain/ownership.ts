import {
  type ChallengedDomain,
  challengePrefix,
  type DomainChallenge,
  domainChallenge,
} from "../../desired/domain-challenge.ts";
import { type Finding, fail, inconclusive, pass, shown } from "../finding.ts";
import type { TxtAnswer } from "./lookup.ts";

/** What a look-up says of a domain. */
export interface DomainFinding {
  readonly domain: string;
  /** The record that proves it. */
  readonly challenge: DomainChallenge;
  /** Whether the record is there. */
  readonly proven: boolean;
  /** For O1: a pass, a fail where the record is not there, inconclusive where DNS did not tell. */
  readonly finding: Finding;
}

/** Judges what DNS says under the name of a challenge. Pure. */
export function judgeDomain(challenged: ChallengedDomain, answer: TxtAnswer): DomainFinding {
  const challenge = domainChallenge(challenged);
  const { domain } = challenged;
  const finding = findingOf(domain, challenge, answer);
  return { domain, challenge, proven: finding.verdict === "pass", finding };
}

function findingOf(domain: string, challenge: DomainChallenge, answer: TxtAnswer): Finding {
  const { name, value } = challenge;
  const expected = `${name} TXT ${value}`;
  const facts = { domain, name };
  switch (answer.kind) {
    case "texts":
    case "none": {
      const texts = answer.kind === "texts" ? answer.texts : [];
      const via = answer.aliases.length === 0 ? {} : { alias: answer.aliases.join(" > ") };
      if (texts.some((text) => bare(text) === value)) {
        return pass(`${name} holds the record that proves ${domain}.`, { ...facts, ...via });
      }
      const others = texts.filter((text) => bare(text).startsWith(challengePrefix));
      const what =
        others.length > 0
          ? "holds another value: one of another tenant, workspace or domain"
          : texts.length > 0
            ? "holds other records, and not the one that proves it"
            : "holds no TXT record";
      return fail(
        "VERIFY_DOMAIN_UNPROVEN",
        `${domain} is not proven: ${name} ${what}.`,
        { ...facts, ...via, texts: texts.length },
        {
          expected,
          actual:
            others.length > 0
              ? shown(others[0])
              : texts.length > 0
                ? `${texts.length} other TXT records`
                : "no TXT record",
          hint:
            `whoever runs the DNS of ${domain} sets the TXT record ${name} to ${value}; ` +
            "once the old answer has run out the next apply finds it and routes the domain",
        },
      );
    }
    case "broken":
      return inconclusive(
        "VERIFY_DNS_BROKEN",
        `${domain} could not be looked up: the resolver got no answer that it may trust (SERVFAIL).`,
        facts,
        {
          expected,
          hint: `the zone's servers do not answer, or its DNSSEC signatures do not fit: ask whoever runs the DNS of ${domain} to check both`,
        },
      );
    case "timeout":
      return inconclusive("VERIFY_TIMEOUT", `${domain} could not be looked up: DNS did not answer in time.`, facts, {
        expected,
        hint: "check that this machine may ask its resolver, or name another under verify.resolvers",
      });
    case "unreachable":
      return inconclusive(
        "VERIFY_UNREACHABLE",
        `${domain} could not be looked up: no resolver could be reached.`,
        facts,
        {
          expected,
          hint: "check the machine's resolver, or name one under verify.resolvers",
        },
      );
    case "unclear":
      return inconclusive("VERIFY_DNS_UNCLEAR", `${domain} could not be looked up: ${answer.because}.`, facts, {
        expected,
        hint: "try again; name another resolver under verify.resolvers if it stays",
      });
    default:
      return answer satisfies never;
  }
}

/** A text as it counts: consoles and people add quotes, spaces and capitals, and none of them is in a value of ours. */
function bare(text: string): string {
  return text
    .trim()
    .replace(/^"(.*)"$/s, "$1")
    .trim()
    .toLowerCase();
}
