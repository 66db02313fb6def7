import type { Check } from "../check.ts";
import { fail, inconclusive, pass } from "../finding.ts";
import { specs } from "../specs.ts";
import { callbackOmitted, contrastAt } from "./callback-way.ts";

/** A redirect URI at a host that cannot exist is refused. Without this control an open redirector would pass P1. */
export const foreignCallback: Check = {
  id: "P3",
  title: "Unregistered redirect URIs are refused",
  spec: specs.rfc(9700, "4.11.2"),
  level: "must",
  link: "callback",
  needs: ["D1", "D5"],
  omitted: callbackOmitted,
  async run(context) {
    const foreign = await context.probes.authorization("foreign");
    if (foreign.kind === "unclear") return foreign.finding;
    const { verdict, answer } = await contrastAt(context, "foreign");
    switch (verdict) {
      case "refused":
        return pass("A redirect URI at a foreign host is refused.", answer.facts);
      case "accepted":
        return fail(
          "VERIFY_CALLBACK_UNCHECKED",
          "The identity provider redirected to a host that nobody registered: it does not check redirect URIs.",
          { status: answer.facts.status },
          { expected: "a refusal", actual: "a redirect to the foreign host" },
        );
      default:
        return inconclusive(
          "VERIFY_CALLBACK_UNCLEAR",
          "The registered and an unregistered redirect URI get the same kind of page.",
          foreign.facts,
        );
    }
  },
};
