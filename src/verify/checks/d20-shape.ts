import type { Check } from "../check.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass } from "../finding.ts";
import { oddMembers } from "../metadata-members.ts";
import { specs } from "../specs.ts";

/**
 * Members of the document that we know have the shape that their specification says: lists that are not empty, booleans
 * that are no text, language tags, scopes. openid-client looks at none of it; libraries with a schema refuse the whole
 * document. A sign-in seldom hangs on it, so it is a warning; what one does hang on has a check of its own.
 */
export const shape: Check = {
  id: "D20",
  title: "The document's members have their shape",
  spec: specs.rfc(8414, "2"),
  level: "should",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata }) {
    const odd = oddMembers(await metadata());
    const [first] = odd;
    if (first === undefined) return pass("Every member that is known has its shape.");
    const listed = odd.slice(0, 5).map((one) => `${one.name} ${one.odd}`);
    const more = odd.length > 5 ? `; and ${odd.length - 5} more` : "";
    return fail(
      "VERIFY_METADATA_ODD",
      `${listed.join("; ")}${more}.`,
      { members: odd.map(({ name }) => name) },
      {
        expected: "the shapes of OpenID Connect Discovery 1.0, section 3",
        hint: `The identity provider's administrator can correct ${first.name}; strict libraries may refuse the document.`,
      },
    );
  },
};
