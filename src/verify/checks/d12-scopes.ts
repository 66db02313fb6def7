import type { Check } from "../check.ts";
import { listMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass, skipped } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import { specs } from "../specs.ts";
import { spelled } from "./d8-code-flow.ts";

/**
 * The scopes that the app asks for are listed. A provider need not list every scope (Discovery 1.0, section 3), and some
 * are known not to: so it warns, and P1 shows what is really refused.
 */
export const scopes: Check = {
  id: "D12",
  title: "The app's scopes are offered",
  spec: specs.discovery("3"),
  level: "should",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata, subject, preset }) {
    const listed = listMember(await metadata(), "scopes_supported");
    if (listed === undefined) return skipped("Not looked at: the document lists no scopes.");
    const known = new Set(listed);
    if (!known.has("openid")) {
      return fail(
        "VERIFY_SCOPE_OPENID_UNLISTED",
        "The document lists scopes, and openid is not among them.",
        { listed: spelled(listed) },
        {
          expected: "openid",
          actual: spelled(listed),
          hint: "Check that the issuer is the OpenID one and not another authorization server of the same host.",
        },
      );
    }
    const missing = subject.scopes.filter((scope) => !known.has(scope));
    if (missing.length === 0) return pass("Every scope that the app asks for is listed.");
    if (preset?.metadata.scopesUnlisted === true) {
      return pass(`${spelled(missing)} ${is(missing)} not listed; ${preset.title} does not list every scope.`, {
        unlisted: spelled(missing),
      });
    }
    const where = placeOf(subject, "scopes");
    return fail(
      "VERIFY_SCOPE_UNLISTED",
      `The document does not list ${spelled(missing)}, which the app asks for.`,
      { unlisted: spelled(missing) },
      {
        expected: subject.scopes.join(", "),
        actual: spelled(listed),
        hint: toAdministrator(
          subject,
          `scopes to allow for client ${subject.clientId ?? "of this app"}: ${spelled(missing)}${where}; or they are taken out of scopes here.`,
          `Take ${spelled(missing)} out of scopes, or define it at the identity provider${where}.`,
        ),
      },
    );
  },
};

function is(list: readonly string[]): string {
  return list.length === 1 ? "is" : "are";
}
