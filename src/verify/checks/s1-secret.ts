import type { Check } from "../check.ts";
import { type Finding, fail, inconclusive, pass } from "../finding.ts";
import type { RefusalTrait, TokenAnswer } from "../probe/token-answer.ts";
import { specs } from "../specs.ts";
import { type ClientProof, capital } from "./client-proof.ts";
import { proofNeedOf, proofOmitted } from "./proof-need.ts";

/**
 * An invented code with what the client has gets as far as `invalid_grant`, so the client was authenticated. The
 * specification does not fix the order of the two steps, so S2 must show that a wrong credential gets less far.
 */
export const secret: Check = {
  id: "S1",
  title: "The client's credentials are accepted",
  spec: specs.rfc(6749, "5.2"),
  level: "must",
  link: "secret",
  needs: ["D1", "D3", "D4", "D5", "D6"],
  omitted: proofOmitted,
  async run(context) {
    const need = proofNeedOf(context);
    if (need.kind === "no-proof") return need.finding;
    const { proof } = need;
    const answer = await proof.show();
    switch (answer.kind) {
      case "unclear":
        return (
          answer.finding ??
          inconclusive(
            "VERIFY_ANSWER_UNCLEAR",
            `The token endpoint answered with ${answer.because}, which says nothing about ${proof.shown}.`,
            answer.facts,
          )
        );
      case "issued":
        return fail(
          "VERIFY_TOKEN_FOR_BOGUS_CODE",
          "The token endpoint issued a token for an invented code.",
          answer.facts,
          { expected: "invalid_grant", actual: "a token" },
        );
      case "grant-refused":
        return fail(
          "VERIFY_CLIENT_REFUSED",
          `The token endpoint does not let the client use the authorization code grant: ${answer.error}.`,
          answer.facts,
          { expected: "invalid_grant", actual: answer.error, hint: grantHint(answer.trait) },
        );
      case "client-refused":
        return proof.refused(answer);
      case "code-refused":
        return accepted(answer, proof);
      default:
        return answer satisfies never;
    }
  },
};

async function accepted(answer: TokenAnswer, proof: ClientProof): Promise<Finding> {
  const facts = { ...answer.facts, ...proof.facts };
  if (proof.control.kind === "earlier")
    return pass(await proof.accepted(), { ...facts, controlled: proof.control.day });
  if (proof.control.kind === "off") return pass(await proof.accepted(), facts);
  const control = await proof.control.send();
  if (control.kind === "client-refused") return pass(await proof.accepted(), facts);
  const other = control.kind === "code-refused" ? await proof.elsewhere?.() : undefined;
  if (other?.kind === "refused") return other.finding;
  if (other?.kind === "proven") {
    return pass(
      `${capital(proof.shown)} is accepted by ${other.at}, and ${proof.wrong} is refused there; the token endpoint looks at the code first and tells neither.`,
      { ...facts, ...other.own },
    );
  }
  const same =
    control.kind === "code-refused"
      ? `${proof.wrong} gets the same answer`
      : `the control with ${proof.wrong} (S2) was not refused clearly`;
  return inconclusive(
    "VERIFY_SECRET_UNPROVEN",
    `The token endpoint answered invalid_grant, but ${same}, so this proves nothing.`,
    facts,
    {
      expected: `invalid_client for ${proof.wrong}`,
      hint: control.kind === "code-refused" ? proof.alike : undefined,
    },
  );
}

/** What mends a grant that is refused, by what the vendor says besides. */
function grantHint(trait: RefusalTrait | undefined): string {
  switch (trait) {
    case "spa":
      return "Register the redirect URI under the platform Web instead of Single-page application.";
    case "org-server-only":
      return "The client belongs to the organization's own authorization server: take /oauth2/… off the issuer.";
    default:
      return "Allow the authorization code grant for this client, and check that the issuer is the right authorization server.";
  }
}
