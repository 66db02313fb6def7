import type { Check } from "../check.ts";
import { listMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass, plain } from "../finding.ts";
import { specs } from "../specs.ts";

/** The authorization code flow is offered. What the document does not say falls back to the specification's default. */
export const codeFlow: Check = {
  id: "D8",
  title: "The authorization code flow is offered",
  spec: specs.discovery("3"),
  level: "must",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata }) {
    const document = await metadata();
    const responseTypes = listMember(document, "response_types_supported");
    if (responseTypes !== undefined && !responseTypes.includes("code")) {
      return fail(
        "VERIFY_CODE_FLOW_UNSUPPORTED",
        "response_types_supported does not list code.",
        {},
        {
          expected: "code",
          actual: spelled(responseTypes),
          hint: "Enable the response type code (authorization code flow) at the identity provider.",
        },
      );
    }
    const grants = listMember(document, "grant_types_supported");
    if (grants !== undefined && !grants.includes("authorization_code")) {
      return fail(
        "VERIFY_CODE_FLOW_UNSUPPORTED",
        "grant_types_supported does not list authorization_code.",
        {},
        {
          expected: "authorization_code",
          actual: spelled(grants),
          hint: "Enable the grant authorization_code at the identity provider.",
        },
      );
    }
    return responseTypes === undefined
      ? pass("Nothing in the document speaks against the authorization code flow; it lists no response types.")
      : pass("The authorization code flow is offered.");
  },
};

/** A list from outside, fit for a message. */
export function spelled(list: readonly string[]): string {
  return list.length === 0 ? "(empty)" : plain(list.slice(0, 40).join(", ")).slice(0, 200);
}
