import type { Check, IssuerContext } from "../check.ts";
import { type Finding, fail, pass, plain, shown, skipped } from "../finding.ts";
import { specs } from "../specs.ts";

/**
 * The document's issuer equals the configured one byte for byte. Both spellings of a final slash lead to the same
 * document, because the slash is dropped when its URL is made: that is the trap.
 */
export const issuerEquality: Check<IssuerContext> = {
  id: "D3",
  title: "The document names the configured issuer",
  spec: specs.discovery("4.3"),
  level: "must",
  link: "discovery",
  needs: ["D1"],
  omitted({ subject }) {
    if (subject.endpoints === undefined) return undefined;
    return skipped(
      "Not looked at: the endpoints stand in the tenant's file, and nothing but a sign-in names the issuer.",
    );
  },
  async run({ subject, metadata }) {
    return compareIssuers(subject.issuer, (await metadata()).issuer);
  },
};

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
  if (named.includes("{tenantid}")) {
    return "Use the issuer with the directory's own id (a GUID), not common, organizations or consumers.";
  }
  if (named.startsWith("https://sts.windows.net/")) {
    return "This is the v1 issuer: add /v2.0 to the configured one, https://login.microsoftonline.com/<directory id>/v2.0";
  }
  if (hostname(named) === hostname(configured)) return `Write the issuer exactly as ${spelled}`;
  return `The document belongs to another host. If that is the tenant's own (a custom domain), write the issuer as ${spelled}`;
}

function hostname(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}
