import type { Check } from "../check.ts";
import { textMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";

/** There is a userinfo endpoint, for claims that are not in the ID token. It is recommended, not required. */
export const userinfo: Check = {
  id: "D18",
  title: "There is a userinfo endpoint",
  spec: specs.discovery("3"),
  level: "should",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata }) {
    if (textMember(await metadata(), "userinfo_endpoint") !== undefined) return pass("There is a userinfo endpoint.");
    return fail(
      "VERIFY_USERINFO_MISSING",
      "The document names no userinfo endpoint: only claims in the ID token can be had.",
      {},
      {
        expected: "userinfo_endpoint",
        actual: "nothing",
        hint: "Let the identity provider put every claim that the app reads into the ID token.",
      },
    );
  },
};
