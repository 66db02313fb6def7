import type { Check, CheckContext } from "../check.ts";
import { listMember } from "../documents.ts";
import { type Facts, type Finding, fail, pass, skipped } from "../finding.ts";
import type { ReturnMode } from "../probe/authorization-answer.ts";
import { redirectUriOf } from "../probe/parts.ts";
import { specs } from "../specs.ts";
import { callbackOmitted, callbackWay } from "./callback-way.ts";

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
    const { subject, probes } = context;
    const answer = await probes.authorization("registered");
    if (answer.kind !== "returned") return byFault(context);
    if (answer.error === "unsupported_response_mode") return skipped("Not told: the mode itself is refused (P1).");
    if (answer.mode === subject.responseMode) {
      return pass(`Answers come ${modes[answer.mode]}, as the app asks.`, { mode: answer.mode });
    }
    // Some servers that know form_post still tell errors by a redirect: codes may then come as they should.
    const level = (await isListed(context)) && answer.mode === "query" ? "should" : "must";
    return differs(answer.mode, level, { mode: answer.mode }, context);
  },
};

/**
 * Where a request only comes back when it is broken on purpose (P4), its mode says something of a form_post that the
 * document does not list either: that is then not there.
 */
async function byFault(context: CheckContext): Promise<Finding> {
  const { subject, probes } = context;
  const untold = skipped("Not told: nothing came back to the redirect URI (P1).");
  if (subject.responseMode !== "form_post") return untold;
  const way = await callbackWay(context);
  const broken = way.kind === "fault" ? await probes.broken(way.fault, "registered") : undefined;
  if (broken?.kind !== "returned") return untold;
  const facts = { mode: broken.mode, by: "P4" };
  if (broken.mode === "form_post") return pass(`Answers come ${modes.form_post}, as the app asks.`, facts);
  return (await isListed(context)) ? untold : differs(broken.mode, "must", facts, context);
}

async function isListed({ metadata, subject }: CheckContext): Promise<boolean> {
  return listMember(await metadata(), "response_modes_supported")?.includes(subject.responseMode) === true;
}

function differs(mode: ReturnMode, level: "must" | "should", facts: Facts, { subject }: CheckContext): Finding {
  return fail(
    "VERIFY_RESPONSE_MODE",
    `The identity provider answers ${redirectUriOf(subject)} ${modes[mode]}, and the app reads ${subject.responseMode}.`,
    facts,
    {
      expected: subject.responseMode,
      actual: mode,
      level,
      hint:
        subject.responseMode === "form_post"
          ? "Set responseMode: query, or allow form_post at the identity provider."
          : "Take response_mode out of extraParams, and see that the client's answers are neither signed nor sent by script.",
    },
  );
}
