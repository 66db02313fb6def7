import type { Check } from "../check.ts";
import { listMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass, skipped } from "../finding.ts";
import { specs } from "../specs.ts";
import { spelled } from "./d8-code-flow.ts";

/**
 * S256 is listed. A document that does not speak of PKCE stands for not supporting it (RFC 8414, section 2), but Entra ID
 * leaves it out and takes it: so it is a warning, and none where the preset knows better.
 */
export const pkce: Check = {
  id: "D10",
  title: "PKCE with S256 is offered",
  spec: specs.rfc(8414, "2"),
  level: "policy",
  link: "discovery",
  needs: ["D1"],
  omitted: (context) =>
    withoutDocument(context) ??
    (context.subject.pkce === "off" ? skipped("Not looked at: the app sends no PKCE (pkce: off).") : undefined),
  async run({ metadata, preset }) {
    const listed = listMember(await metadata(), "code_challenge_methods_supported");
    if (listed?.includes("S256") === true) return pass("S256 is listed.");
    if (listed === undefined && preset?.metadata.pkceUnlisted === true) {
      return pass(`The document does not speak of PKCE, but ${preset.title} is known to take S256.`);
    }
    if (listed === undefined) {
      return fail(
        "VERIFY_PKCE_UNSAID",
        "The document does not speak of PKCE; the app sends S256 all the same.",
        {},
        {
          expected: "code_challenge_methods_supported with S256",
          actual: "nothing",
          hint: "Sign in once: where PKCE is not supported it is mostly ignored, and seldom refused; then set pkce: off.",
        },
      );
    }
    return fail(
      "VERIFY_PKCE_UNLISTED",
      "The document lists methods of PKCE, and S256, which the app sends, is not among them.",
      { listed: spelled(listed) },
      {
        expected: "S256",
        actual: spelled(listed),
        hint: "Allow S256 at the identity provider; where it cannot, set pkce: off.",
      },
    );
  },
};
