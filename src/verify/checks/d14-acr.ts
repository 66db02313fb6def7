import type { Check } from "../check.ts";
import { flagMember, listMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass, skipped } from "../finding.ts";
import { specs } from "../specs.ts";
import { spelled } from "./d8-code-flow.ts";

/**
 * One of the authentication contexts that the app asks for is listed, and the parameter `claims` is supported where the
 * app sends it (false when nothing is said). acr_values are a wish in order of preference, so one of them is enough.
 */
export const authenticationContext: Check = {
  id: "D14",
  title: "The app's acr values and claims parameter are offered",
  spec: specs.discovery("3"),
  level: "policy",
  link: "discovery",
  needs: ["D1"],
  omitted: (context) =>
    withoutDocument(context) ??
    (context.subject.acrValues.length === 0 && context.subject.extraParams.claims === undefined
      ? skipped("Not looked at: the app asks for no acr values and sends no claims parameter.")
      : undefined),
  async run({ metadata, subject }) {
    const document = await metadata();
    const wanted = subject.acrValues;
    const listed = listMember(document, "acr_values_supported") ?? [];
    if (wanted.length > 0 && !wanted.some((value) => listed.includes(value))) {
      return fail(
        "VERIFY_ACR_UNLISTED",
        "The document lists none of the acr values that the app asks for.",
        { listed: spelled(listed) },
        {
          expected: spelled(wanted),
          actual: spelled(listed),
          hint: "Set acrValues to a listed one; an unknown one is mostly ignored, and the app must look at acr itself.",
        },
      );
    }
    if (subject.extraParams.claims !== undefined && !flagMember(document, "claims_parameter_supported")) {
      return fail(
        "VERIFY_CLAIMS_PARAMETER_UNSUPPORTED",
        "The app sends the parameter claims, and the document does not say that it is read.",
        {},
        {
          expected: "claims_parameter_supported: true",
          hint: "Take claims out of extraParams and ask for the claims by scopes.",
        },
      );
    }
    return pass("What the app asks for is listed.");
  },
};
