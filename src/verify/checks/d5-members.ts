import type { Check, IssuerContext } from "../check.ts";
import { listMember, textMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";

const needed = ["authorization_endpoint", "token_endpoint", "jwks_uri"];
const required = ["response_types_supported", "subject_types_supported", "id_token_signing_alg_values_supported"];

/**
 * The members that a sign-in needs are there. Others that the specification requires are only missed aloud. openid-client
 * takes a document that holds nothing but the issuer, and notices what is missing when it is used.
 */
export const members: Check<IssuerContext> = {
  id: "D5",
  title: "The document has what a sign-in needs",
  spec: specs.discovery("3"),
  level: "must",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata }) {
    const document = await metadata();
    const missing = needed.filter((name) => textMember(document, name) === undefined);
    if (missing.length > 0) {
      return fail(
        "VERIFY_METADATA_MISSING",
        `The discovery document lacks ${missing.join(", ")}.`,
        { missing },
        {
          expected: needed.join(", "),
          hint: `The identity provider must publish ${missing.join(", ")}; check that this is the OpenID issuer and not another server of it.`,
        },
      );
    }
    const unsaid = required.filter((name) => listMember(document, name) === undefined);
    if (unsaid.length > 0) {
      return fail(
        "VERIFY_METADATA_INCOMPLETE",
        `The discovery document lacks ${unsaid.join(", ")}; a sign-in works without, but the specification requires it.`,
        { missing: unsaid },
        {
          expected: required.join(", "),
          level: "should",
          hint: `Nobody is kept out by it. The identity provider's administrator can complete the metadata: ${unsaid.join(", ")}.`,
        },
      );
    }
    return pass("All members that a sign-in needs are there.");
  },
};
