import type { Check } from "../check.ts";
import { fail, inconclusive, pass, skipped } from "../finding.ts";
import { specs } from "../specs.ts";
import { secretOmitted, secretProbeNeed } from "./secret-need.ts";

/** A wrong secret is refused. Without this control a server that never looks at the secret would pass S1. */
export const wrongSecret: Check = {
  id: "S2",
  title: "A wrong secret is refused",
  spec: specs.rfc(6749, "5.2"),
  level: "must",
  link: "secret",
  needs: ["D1", "D3", "D4", "D5", "D6"],
  omitted(context) {
    const omitted = secretOmitted(context);
    if (omitted !== undefined) return omitted;
    if (!context.options.wrongSecretControl) return skipped("Switched off by verify.wrongSecretControl.");
    return secretProbeNeed(context).kind === "probe"
      ? undefined
      : skipped("Not needed: the secret itself is not sent.");
  },
  async run(context) {
    const own = await context.probes.ownSecret();
    if (own.kind !== "code-refused") return skipped("Not needed: the secret itself was not accepted.");
    const answer = await context.probes.wrongSecret();
    switch (answer.kind) {
      case "client-refused":
        return pass("A wrong secret is refused.", answer.facts);
      case "code-refused":
        return inconclusive(
          "VERIFY_SECRET_UNPROVEN",
          "A wrong secret gets the same answer as the right one.",
          answer.facts,
          { expected: "invalid_client", actual: "invalid_grant" },
        );
      case "issued":
        return fail(
          "VERIFY_TOKEN_FOR_BOGUS_CODE",
          "The token endpoint issued a token for an invented code and a wrong secret.",
          answer.facts,
          { expected: "invalid_client", actual: "a token" },
        );
      case "grant-refused":
        return inconclusive(
          "VERIFY_SECRET_UNPROVEN",
          `The token endpoint answers ${answer.error} to a wrong secret, which says nothing about it.`,
          answer.facts,
          { expected: "invalid_client", actual: answer.error },
        );
      case "unclear":
        return (
          answer.finding ??
          inconclusive(
            "VERIFY_ANSWER_UNCLEAR",
            `The token endpoint answered a wrong secret with ${answer.because}.`,
            answer.facts,
          )
        );
      default:
        return answer satisfies never;
    }
  },
};
