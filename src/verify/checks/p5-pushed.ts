import type { Check, CheckContext } from "../check.ts";
import { textMember } from "../documents.ts";
import { type Finding, fail, inconclusive, pass, skipped } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import type { PushedAnswer } from "../probe/pushed.ts";
import { specs } from "../specs.ts";
import { callbackOmitted, pushedContrast } from "./callback-way.ts";
import { proofNeedOf, proofOmitted } from "./proof-need.ts";

/**
 * A pushed request is taken with the redirect URI and refused with a foreign one: redirect URI, scopes and PKCE are right
 * for this client. RFC 9126, section 2.4 lets servers take unregistered ones from a client that proves itself, so the
 * control decides what a taken one proves.
 */
export const pushedRequest: Check = {
  id: "P5",
  title: "A pushed request is taken with the redirect URI only",
  spec: specs.rfc(9126, "2.1"),
  level: "should",
  link: "callback",
  needs: ["D1", "D3", "D4", "D5", "D6"],
  omitted: (context) => callbackOmitted(context) ?? proofOmitted(context),
  async run(context) {
    const { probes, metadata, verdictOf } = context;
    if (textMember(await metadata(), "pushed_authorization_request_endpoint") === undefined) {
      return skipped("Does not apply: the identity provider offers no pushed requests.");
    }
    if (proofNeedOf(context).kind === "no-proof") return skipped("Not sent: the client has nothing to show (S1).");
    if (verdictOf("S1") === "fail") return skipped("Not sent: the client's credentials are not in order (S1).");
    if (verdictOf("P1") === "fail") return skipped("Not needed: P1 says what is wrong.");
    const own = await probes.pushed("registered");
    switch (own?.kind) {
      case undefined:
        return skipped("Not sent: the client's credential may not go to this document's endpoints.");
      case "unclear":
        return unclear(own, "one with the redirect URI");
      case "client-refused":
        return inconclusive(
          "VERIFY_ANSWER_UNCLEAR",
          "The endpoint for pushed requests refuses the client; the app pushes none, so that keeps nobody out.",
          own.facts,
        );
      case "refused":
        return refused(own, context);
      case "taken":
        return taken(own, await probes.pushed("foreign"));
      default:
        return own satisfies never;
    }
  },
};

function unclear(answer: Extract<PushedAnswer, { kind: "unclear" }>, which: string): Finding {
  return inconclusive(
    "VERIFY_ANSWER_UNCLEAR",
    answer.finding?.message ?? `Of pushed requests, ${which} is answered with ${answer.because}.`,
    answer.facts,
  );
}

function refused(answer: Extract<PushedAnswer, { kind: "refused" }>, { subject }: CheckContext): Finding {
  const where = placeOf(subject, "redirectUri");
  return fail(
    "VERIFY_PUSHED_REFUSED",
    answer.about === "redirect-uri"
      ? "A pushed request with the redirect URI is refused: it is not registered exactly as the app sends it."
      : `A pushed request with the redirect URI is refused: ${answer.error}.`,
    answer.facts,
    {
      expected: "the request taken (status 201)",
      actual: answer.error,
      hint: toAdministrator(
        subject,
        `redirect URI to register: ${subject.redirectUri} at client ${subject.clientId}${where}; scopes and PKCE must be allowed too.`,
        `Check redirect URI, scopes and PKCE of client ${subject.clientId}${where}.`,
      ),
    },
  );
}

function taken(own: PushedAnswer, foreign: PushedAnswer | undefined): Finding {
  if (foreign?.kind === "unclear") return unclear(foreign, "the control with a foreign one");
  if (pushedContrast(foreign) === "refused") {
    const message = "A pushed request is taken with the redirect URI and refused with a foreign one.";
    return pass(message, { ...own.facts, control: foreign?.facts.status });
  }
  return inconclusive(
    "VERIFY_CALLBACK_UNCLEAR",
    "A pushed request is taken with the redirect URI, and with a foreign one too, as RFC 9126, section 2.4 allows: it proves nothing of the redirect URI.",
    own.facts,
  );
}
