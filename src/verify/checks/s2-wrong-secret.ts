import type { Check } from "../check.ts";
import { fail, inconclusive, pass, skipped } from "../finding.ts";
import { specs } from "../specs.ts";
import { capital } from "./client-proof.ts";
import { proofNeedOf, proofOmitted } from "./proof-need.ts";

/** Wrong credentials are refused. Without this control a server that never looks at them would pass S1. */
export const wrongSecret: Check = {
  id: "S2",
  title: "Wrong credentials are refused",
  spec: specs.rfc(6749, "5.2"),
  level: "must",
  link: "secret",
  needs: ["D1", "D3", "D4", "D5", "D6"],
  omitted(context) {
    const omitted = proofOmitted(context);
    if (omitted !== undefined) return omitted;
    const need = proofNeedOf(context);
    if (need.kind === "no-proof") return skipped("Not needed: nothing was sent.");
    const { control, wrong } = need.proof;
    switch (control.kind) {
      case "sent":
        return undefined;
      case "earlier":
        return skipped(`Not sent again: ${wrong} was refused here on ${control.day}.`);
      default:
        return skipped("Switched off by verify.wrongSecretControl.");
    }
  },
  async run(context) {
    const need = proofNeedOf(context);
    if (need.kind === "no-proof" || need.proof.control.kind !== "sent") throw new Error("S2 was not omitted");
    const { shown, wrong, show, elsewhere } = need.proof;
    const { send } = need.proof.control;
    const own = await show();
    if (own.kind !== "code-refused") return skipped(`Not needed: ${shown} was not accepted.`);
    const answer = await send();
    switch (answer.kind) {
      case "client-refused":
        return pass(`${capital(wrong)} is refused.`, answer.facts);
      case "code-refused": {
        const other = await elsewhere?.();
        if (other?.kind === "proven") return pass(`${capital(wrong)} is refused by ${other.at}.`, other.wrong);
        if (other?.kind === "refused") return skipped(`Not told: ${shown} was not accepted either.`);
        return inconclusive(
          "VERIFY_SECRET_UNPROVEN",
          `${capital(wrong)} gets the same answer as the right one.`,
          answer.facts,
          { expected: "invalid_client", actual: "invalid_grant" },
        );
      }
      case "issued":
        return fail(
          "VERIFY_TOKEN_FOR_BOGUS_CODE",
          `The token endpoint issued a token for an invented code and ${wrong}.`,
          answer.facts,
          { expected: "invalid_client", actual: "a token" },
        );
      case "grant-refused":
        return inconclusive(
          "VERIFY_SECRET_UNPROVEN",
          `The token endpoint answers ${answer.error} to ${wrong}, which says nothing about it.`,
          answer.facts,
          { expected: "invalid_client", actual: answer.error },
        );
      case "unclear":
        return (
          answer.finding ??
          inconclusive(
            "VERIFY_ANSWER_UNCLEAR",
            `The token endpoint answered ${wrong} with ${answer.because}.`,
            answer.facts,
          )
        );
      default:
        return answer satisfies never;
    }
  },
};
