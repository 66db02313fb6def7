import type { Check, IssuerContext } from "../check.ts";
import { fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { hostOf, refusalHint, refusalText } from "../unanswered.ts";

/** The issuer is https with a host, without query, fragment and user information, and leads to an address we may ask. */
export const issuerUrl: Check<IssuerContext> = {
  id: "D4",
  title: "The issuer is a plain https URL",
  spec: specs.rfc(8414, "2"),
  level: "must",
  link: "discovery",
  needs: [],
  async run({ subject, fetcher }) {
    const { issuer } = subject;
    const refusal = await fetcher.refusal(issuer);
    if (refusal !== undefined) {
      const code = refusal === "private" || refusal === "port" ? "VERIFY_ADDRESS_REFUSED" : "VERIFY_ISSUER_INVALID";
      return fail(
        code,
        `The issuer ${refusalText(refusal)}.`,
        { refusal },
        {
          expected: "an https URL with a public host",
          hint: refusalHint(refusal, hostOf(issuer)),
        },
      );
    }
    if (/[?#]/.test(issuer)) {
      return fail(
        "VERIFY_ISSUER_INVALID",
        "The issuer has a query or a fragment.",
        {},
        {
          expected: issuer.split(/[?#]/)[0],
          actual: issuer,
          hint: `Write the issuer as ${issuer.split(/[?#]/)[0]}`,
        },
      );
    }
    return pass("The issuer is a plain https URL.");
  },
};
