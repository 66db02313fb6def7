import { namedIssuerHint } from "../../desired/preset.ts";
import type { Check, IssuerContext } from "../check.ts";
import { textMember } from "../documents.ts";
import { type Finding, fail, pass, plain, shown, skipped } from "../finding.ts";
import { specs } from "../specs.ts";

/**
 * The document's issuer equals the configured one byte for byte. Both spellings of a final slash lead to the same
 * document, because the slash is dropped when its URL is made: that is the trap. openid-client takes a root issuer with
 * and without its slash for equal, and compares ID tokens with the document's spelling; other libraries refuse it.
 * Where the endpoints stand in the file, a document is looked for all the same, because nothing else names the issuer
 * before a sign-in: one that names another fails, and one that cannot be had says nothing (a firewall before it is why
 * endpoints are given).
 */
export const issuerEquality: Check<IssuerContext> = {
  id: "D3",
  title: "The document names the configured issuer",
  spec: specs.discovery("4.3"),
  level: "must",
  link: "discovery",
  needs: ["D1"],
  omitted({ subject, looksForDocument }) {
    if (subject.endpoints === undefined || looksForDocument) return undefined;
    return skipped("Not looked at: the endpoints stand in the tenant's file, and a plan asks nobody for them.");
  },
  async run({ subject, documents, metadata, verdictOf }) {
    if (subject.endpoints === undefined) return compareIssuers(subject.issuer, (await metadata()).issuer);
    if (verdictOf("D4") !== "pass") return unnamed("the issuer may not be asked", undefined);
    const read = await documents.discovery(subject.issuer);
    if (!read.ok) return unnamed(whyUnread[read.finding.code ?? ""] ?? couldNotBeRead, read.finding.code);
    const named = textMember(read.value, "issuer");
    return named === undefined
      ? unnamed("the document there names none", undefined)
      : compareIssuers(subject.issuer, named);
  },
};

const couldNotBeRead = "its discovery document could not be read";
const whyUnread: Readonly<Record<string, string>> = {
  VERIFY_DISCOVERY_MISSING: "it publishes no discovery document",
};

/** The issuer of endpoints that stand in the file was not proven. `because` goes into what is not covered. */
function unnamed(because: string, code: string | undefined): Finding {
  const message = `Not proven: ${because}, the endpoints stand in the tenant's file, and nothing but a sign-in names the issuer.`;
  return { ...skipped(message), evidence: { because, ...(code === undefined ? {} : { code }) } };
}

/** Compares the configured issuer with the document's, and points at the first character that differs. */
function compareIssuers(configured: string, named: unknown): Finding {
  if (named === configured) return pass("The issuer is equal byte for byte.", { issuer: configured });
  if (typeof named !== "string" || named === "") {
    return fail(
      "VERIFY_ISSUER_DIFFERS",
      `The discovery document names ${shown(named)} as its issuer.`,
      {},
      {
        expected: configured,
        actual: shown(named),
        hint: "The identity provider must put its issuer into the document.",
      },
    );
  }
  const spelled = plain(named).slice(0, 300);
  const at = firstDifference(configured, named);
  return fail(
    "VERIFY_ISSUER_DIFFERS",
    `The document names another issuer: they differ at character ${at + 1}, where the configured one ${going(configured, at)} and the document's ${going(named, at)}.`,
    { differsAt: at + 1 },
    { expected: configured, actual: spelled, hint: hint(configured, named, spelled) },
  );
}

function firstDifference(a: string, b: string): number {
  let at = 0;
  while (at < a.length && at < b.length && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  return at;
}

function going(text: string, at: number): string {
  return at >= text.length ? "ends" : `goes on with ${shown(text.slice(at, at + 12))}`;
}

function hint(configured: string, named: string, spelled: string): string {
  const known = namedIssuerHint(named);
  if (known !== undefined) return known;
  if (hostname(named) === hostname(configured)) return `Write the issuer exactly as ${spelled}`;
  return `The document belongs to another host. If that is the tenant's own (a custom domain), write the issuer as ${spelled}`;
}

function hostname(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
