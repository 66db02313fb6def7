import type { Check, CheckContext } from "../check.ts";
import { flagMember } from "../documents.ts";
import { withoutDocument } from "../explicit.ts";
import { type Facts, type Finding, fail, inconclusive, pass, plain, skipped } from "../finding.ts";
import type { AuthorizationAnswer } from "../probe/authorization-answer.ts";
import { specs } from "../specs.ts";
import type { VerifySubject } from "../subject.ts";
import { callbackWay } from "./callback-way.ts";

/**
 * Where the document announces `iss` in authorization responses, the answer to P1's request has it, byte-equal to the
 * issuer. Libraries that know RFC 9207 refuse the sign-in otherwise, and a slash is enough. When no answer came to the
 * redirect URI it could not be seen; P1 has said so, and decides.
 */
export const responseIssuer: Check = {
  id: "D17",
  title: "The issuer in authorization responses is the announced one",
  spec: specs.rfc(9207, "2.4"),
  level: "must",
  link: "discovery",
  needs: ["D1", "D3", "D5", "D6"],
  omitted: (context) =>
    withoutDocument(context) ??
    (context.subject.clientId === undefined || context.subject.redirectUri === undefined
      ? skipped("Not looked at: without a client and its redirect URI no answer can be asked for.")
      : undefined),
  async run(context) {
    const { metadata, subject, probes } = context;
    const announced = flagMember(await metadata(), "authorization_response_iss_parameter_supported");
    const answer = await probes.authorization("registered");
    if (answer.kind !== "returned") {
      const broken = await brokenAnswer(context);
      if (broken?.kind === "returned" && broken.foreignIssuer)
        return foreign({ announced, present: true, by: "P4" }, subject);
      if (!announced) return skipped("Not looked at: the document announces no issuer in authorization responses.");
      return inconclusive(
        "VERIFY_NOT_RUN",
        "The document announces an issuer in authorization responses; no answer came to the redirect URI to see it in.",
        {},
        { level: "should", hint: "Mend P1 first." },
      );
    }
    const parameters = answer.facts.parameters;
    const present = Array.isArray(parameters) && parameters.includes("iss");
    const facts = { announced, present };
    if (present && answer.foreignIssuer) return foreign(facts, subject);
    if (announced && !present) {
      return fail(
        "VERIFY_RESPONSE_ISSUER_MISSING",
        "The document announces an issuer (iss) in authorization responses, and the response has none; libraries refuse the sign-in.",
        facts,
        {
          expected: `iss=${plain(subject.issuer)}`,
          actual: "no iss",
          hint: "The identity provider must send iss, or set authorization_response_iss_parameter_supported to false.",
        },
      );
    }
    return present
      ? pass("The authorization response names the issuer, byte for byte.", facts)
      : skipped("Not looked at: the document announces no issuer in authorization responses, and none came.");
  },
};

/** What came to the redirect URI because the request was broken on purpose. That such an answer has no issuer says nothing. */
async function brokenAnswer(context: CheckContext): Promise<AuthorizationAnswer | undefined> {
  const way = await callbackWay(context);
  return way.kind === "fault" ? context.probes.broken(way.fault, "registered") : undefined;
}

function foreign(facts: Facts, subject: VerifySubject): Finding {
  return fail(
    "VERIFY_RESPONSE_ISSUER_DIFFERS",
    "The authorization response names another issuer (iss) than the configured one; libraries refuse the sign-in.",
    facts,
    {
      expected: `iss=${plain(subject.issuer)}`,
      hint: `The identity provider must send iss=${plain(subject.issuer)}, every character of it, a final slash too.`,
    },
  );
}
