import type { Check } from "../check.ts";
import { listMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { fail, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { spelled } from "./d8-code-flow.ts";

/** The app's response mode is listed; without a list that is query and fragment. */
export const responseModeListed: Check = {
  id: "D11",
  title: "The app's response mode is offered",
  spec: specs.discovery("3"),
  level: "policy",
  link: "discovery",
  needs: ["D1"],
  omitted: withoutDocument,
  async run({ metadata, subject }) {
    const said = listMember(await metadata(), "response_modes_supported");
    const listed = said ?? ["query", "fragment"];
    const mode = subject.responseMode;
    if (!listed.includes(mode)) {
      const other = mode === "query" ? "form_post" : "query";
      return fail(
        "VERIFY_RESPONSE_MODE_UNLISTED",
        said === undefined
          ? `The document lists no response modes, which stands for query and fragment; the app asks for ${mode}.`
          : `The document does not list the response mode ${mode}.`,
        { listed: spelled(listed) },
        {
          expected: mode,
          actual: spelled(listed),
          hint: listed.includes(other)
            ? `Set responseMode: ${other}, if the app can.`
            : `Let the identity provider answer by ${mode}.`,
        },
      );
    }
    return mode === "form_post"
      ? pass("form_post is listed. The app's cookies must be SameSite=None and Secure for it, which A5 looks at.")
      : pass(said === undefined ? "No response modes are listed, which stands for query." : "query is listed.");
  },
};
