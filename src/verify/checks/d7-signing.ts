import type { Check } from "../check.ts";
import { listMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass, skipped } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import { specs } from "../specs.ts";
import { spelled } from "./d8-code-flow.ts";

/**
 * ID tokens are signed by a key that is published, and RS256 is offered, which every provider must. openid-client does not
 * look at signatures in the code flow unless it is told to; the libraries of other apps do, and most expect RS256.
 */
export const signing: Check = {
  id: "D7",
  title: "ID tokens are signed with a published key",
  spec: specs.discovery("3"),
  level: "must",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata, subject }) {
    const listed = listMember(await metadata(), "id_token_signing_alg_values_supported") ?? [];
    if (listed.length === 0) return skipped("Not looked at: the document lists no algorithms, which D5 has said.");
    const facts = { listed: spelled(listed) };
    const where = placeOf(subject, "signingAlgorithm");
    if (listed.every((algorithm) => algorithm === "none" || algorithm.startsWith("HS"))) {
      return fail(
        "VERIFY_SIGNING_UNVERIFIABLE",
        "ID tokens are signed with the client secret or not at all: no published key verifies them.",
        facts,
        {
          expected: "RS256",
          actual: spelled(listed),
          hint: toAdministrator(
            subject,
            `ID tokens to be signed with RS256 for client ${subject.clientId ?? "of this app"}${where}.`,
            `Choose a signing key and RS256 for the client${where}.`,
          ),
        },
      );
    }
    if (!listed.includes("RS256")) {
      return fail(
        "VERIFY_SIGNING_RS256_UNLISTED",
        `RS256 is not listed, only ${spelled(listed)}; a library that is left at its default refuses such ID tokens.`,
        facts,
        {
          expected: "RS256",
          actual: spelled(listed),
          level: "should",
          hint: toAdministrator(
            subject,
            `ID tokens to be signed with RS256 (id_token_signed_response_alg)${where}; or the app is set to ${spelled(listed)}.`,
            `Set RS256 (id_token_signed_response_alg) at the client${where}, or set the app's library to ${spelled(listed)}.`,
          ),
        },
      );
    }
    return pass("ID tokens can be signed with RS256.", facts);
  },
};
