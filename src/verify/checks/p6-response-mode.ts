import type { Check } from "../check.ts";
import { listMember } from "../documents.ts";
import { fail, pass, skipped } from "../finding.ts";
import type { ReturnMode } from "../probe/authorization-answer.ts";
import { redirectUriOf } from "../probe/parts.ts";
import { specs } from "../specs.ts";
import { callbackOmitted } from "./callback-way.ts";

const modes: Readonly<Record<ReturnMode, string>> = {
  query: "in the query of a redirect (query)",
  fragment: "behind a #, which never reaches the app's server (fragment)",
  form_post: "in a form that posts itself (form_post)",
  web_message: "in a message of a script (web_message)",
  jwt: "in a signed token (jwt)",
};

/**
 * What comes back to the redirect URI comes in the response mode that the app asked for. The errors that are seen here
 * come as codes do (OAuth 2.0 Multiple Response Type Encoding Practices, section 2.1).
 */
export const responseMode: Check = {
  id: "P6",
  title: "Answers come in the app's response mode",
  spec: specs.core("3.1.2.5"),
  level: "must",
  link: "callback",
  needs: ["D1", "D5"],
  omitted: callbackOmitted,
  async run(context) {
    const { subject, probes, metadata } = context;
    const answer = await probes.authorization("registered");
    if (answer.kind !== "returned") return skipped("Not told: nothing came back to the redirect URI (P1).");
    if (answer.error === "unsupported_response_mode") return skipped("Not told: the mode itself is refused (P1).");
    if (answer.mode === subject.responseMode) {
      return pass(`Answers come ${modes[answer.mode]}, as the app asks.`, { mode: answer.mode });
    }
    // Some servers that know form_post still tell errors by a redirect: codes may then come as they should.
    const listed = listMember(await metadata(), "response_modes_supported")?.includes(subject.responseMode) === true;
    return fail(
      "VERIFY_RESPONSE_MODE",
      `The identity provider answers ${redirectUriOf(subject)} ${modes[answer.mode]}, and the app reads ${subject.responseMode}.`,
      { mode: answer.mode },
      {
        expected: subject.responseMode,
        actual: answer.mode,
        level: listed && answer.mode === "query" ? "should" : "must",
        hint:
          subject.responseMode === "form_post"
            ? "Set responseMode: query, or allow form_post at the identity provider."
            : "Take response_mode out of extraParams, and see that the client's answers are neither signed nor sent by script.",
      },
    );
  },
};
