import type { Check } from "../check.ts";
import { flagMember, textMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass } from "../finding.ts";
import { toAdministrator } from "../mend.ts";
import { specs } from "../specs.ts";

/**
 * The provider does not insist on pushed authorization requests: no app of ours sends any, so every sign-in would be
 * refused.
 */
export const pushedRequests: Check = {
  id: "D15",
  title: "Pushed authorization requests are not demanded",
  spec: specs.rfc(9126, "5"),
  level: "must",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata, subject }) {
    const document = await metadata();
    const offered = textMember(document, "pushed_authorization_request_endpoint") !== undefined;
    if (flagMember(document, "require_pushed_authorization_requests")) {
      return fail(
        "VERIFY_PAR_REQUIRED",
        "The identity provider takes pushed authorization requests only, and the app sends none: nobody can sign in.",
        { offered },
        {
          expected: "require_pushed_authorization_requests: false",
          actual: "true",
          hint: toAdministrator(
            subject,
            `pushed authorization requests (PAR) must not be required for client ${subject.clientId ?? "of this app"}.`,
            "Switch the requirement for pushed authorization requests (PAR) off at the identity provider.",
          ),
        },
      );
    }
    return pass(
      offered
        ? "Pushed authorization requests are offered, not demanded."
        : "Pushed authorization requests are not demanded.",
      { offered },
    );
  },
};
