import { refusedScope } from "../../desired/preset.ts";
import type { Check, CheckContext } from "../check.ts";
import { listMember } from "../documents.ts";
import { type Finding, fail, pass, skipped } from "../finding.ts";
import { toAdministrator } from "../mend.ts";
import { specs } from "../specs.ts";
import { spelled } from "./d8-code-flow.ts";

/** Claims that every ID token has (OpenID Connect Core 1.0, section 2); many documents do not list them. */
const always: ReadonlySet<string> = new Set(["iss", "sub", "aud", "exp", "iat"]);

/**
 * The claims that the app reads are listed, none of them is one that the product is known never to send, and none is
 * asked for by a scope that the product refuses. The last ends the sign-in, so it fails; a list of claims need not be
 * complete, so the others warn.
 */
export const claims: Check = {
  id: "D13",
  title: "The claims that the app reads are offered",
  spec: specs.discovery("3"),
  level: "should",
  link: "discovery",
  needs: ["D1"],
  async run(context) {
    const { subject, preset } = context;
    const refused = refusedScopes(context);
    if (refused !== undefined) return refused;
    const read = (subject.claims ?? []).filter((claim) => !always.has(claim));
    const never = read.filter((claim) => preset?.claims.never?.includes(claim) === true);
    if (preset !== undefined && never.length > 0) {
      const instead = preset.claims.instead?.[never[0] ?? ""];
      return fail(
        "VERIFY_CLAIM_NEVER_SENT",
        `${preset.title} never sends ${spelled(never)}, which the app reads.`,
        { claims: spelled(never) },
        {
          expected: spelled(read),
          hint:
            instead === undefined
              ? `Take ${spelled(never)} out of claims, roles and require, or read another claim.`
              : `For ${never[0]}: ${instead}.`,
        },
      );
    }
    if (subject.endpoints !== undefined) {
      return skipped("Not looked at: the endpoints stand in the tenant's file, and nothing else lists claims.");
    }
    if (read.length === 0) return skipped("Not looked at: the app reads nothing but what every ID token has.");
    const listed = listMember(await context.metadata(), "claims_supported");
    if (listed === undefined) return skipped("Not looked at: the document lists no claims.");
    const known = new Set(listed);
    const missing = read.filter((claim) => !known.has(claim));
    if (missing.length === 0) return pass("Every claim that the app reads is listed.");
    const facts = { unlisted: spelled(missing) };
    if (preset?.metadata.claimsUnlisted === true) {
      return pass(`${spelled(missing)} not listed; ${preset.title} does not list every claim.`, facts);
    }
    const groups = missing.includes(preset?.groups.claim ?? "") ? preset?.groups.how : undefined;
    return fail(
      "VERIFY_CLAIM_UNLISTED",
      `The document does not list ${spelled(missing)}, which the app reads; whether it comes shows at a sign-in only.`,
      facts,
      {
        expected: spelled(read),
        actual: spelled(listed),
        hint: toAdministrator(
          subject,
          `claims to be in the ID token: ${spelled(missing)}${groups === undefined ? "" : `; ${groups}`}.`,
          `Let the identity provider put ${spelled(missing)} into the ID token${groups === undefined ? "" : `: ${groups}`}.`,
        ),
      },
    );
  },
};

/** A scope that ends the sign-in with an error. It is known of the product, so no document is needed for it. */
function refusedScopes({ subject, preset }: CheckContext): Finding | undefined {
  for (const scope of subject.scopes) {
    const refused = refusedScope(preset, scope);
    if (refused === undefined) continue;
    return fail(
      "VERIFY_SCOPE_GROUPS_REFUSED",
      `${preset?.title} ends a sign-in that asks for the scope ${scope} with an error.`,
      { scope },
      {
        expected: subject.scopes.filter((one) => one !== scope).join(", "),
        actual: subject.scopes.join(", "),
        level: "must",
        hint: `Take ${scope} out of scopes; instead: ${refused.instead}.`,
      },
    );
  }
  return undefined;
}
