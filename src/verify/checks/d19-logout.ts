import type { Check } from "../check.ts";
import { flagMember, textMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass, skipped } from "../finding.ts";
import { specs } from "../specs.ts";

/**
 * There is an end_session_endpoint where the app ends sessions; the other endpoints of sign-out, introspection and
 * revocation are told as facts. How they are spelled is D6's matter.
 */
export const logout: Check = {
  id: "D19",
  title: "Sessions can be ended at the identity provider",
  spec: specs.logout("2.1"),
  level: "policy",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata, subject, preset }) {
    const document = await metadata();
    const named = (name: string): boolean => textMember(document, name) !== undefined;
    const facts = {
      endSession: named("end_session_endpoint"),
      backchannel: flagMember(document, "backchannel_logout_supported"),
      backchannelSession: flagMember(document, "backchannel_logout_session_supported"),
      introspection: named("introspection_endpoint"),
      revocation: named("revocation_endpoint"),
    };
    if (facts.endSession) return pass("The document names an end_session_endpoint.", facts);
    const missing = "The document names no end_session_endpoint";
    if ((subject.postLogoutRedirectUris ?? []).length === 0) {
      return skipped(
        `Not needed: ${missing.charAt(0).toLowerCase()}${missing.slice(1)}, and the app ends no sessions there.`,
      );
    }
    const kind = preset?.metadata.endSession;
    if (preset !== undefined && (kind === "none" || kind === "own")) {
      const known = kind === "none" ? "has none" : "has a sign-out of its own manner";
      return pass(`${missing}; ${preset.title} ${known}, so people sign out of the app alone.`, facts);
    }
    return fail("VERIFY_END_SESSION_MISSING", `${missing}, and the app sends people there to sign out.`, facts, {
      expected: "end_session_endpoint",
      actual: "nothing",
      hint: "Switch it on at the identity provider, or set logout.endSession: false for this sign-in.",
    });
  },
};
