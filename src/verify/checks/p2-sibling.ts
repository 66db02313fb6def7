import type { Check } from "../check.ts";
import { fail, inconclusive, pass } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import { specs } from "../specs.ts";
import { callbackOmitted, contrastAt } from "./callback-way.ts";

/** An address beside the redirect URI is refused: the registration is exact, no wildcard and no prefix. */
export const siblingCallback: Check = {
  id: "P2",
  title: "Addresses beside the redirect URI are refused",
  spec: specs.rfc(9700, "2.1"),
  level: "should",
  link: "callback",
  needs: ["D1", "D5"],
  omitted: callbackOmitted,
  async run(context) {
    const { probes, subject } = context;
    const sibling = await probes.authorization("sibling");
    if (sibling.kind === "unclear") return sibling.finding;
    const { verdict, answer } = await contrastAt(context, "sibling");
    // Another address of the app than the one asked for: it may well be the registered one, so this says nothing.
    switch (answer.kind === "strayed" ? "unclear" : verdict) {
      case "refused":
        return pass("An address beside the redirect URI is refused.", answer.facts);
      case "accepted":
        return fail(
          "VERIFY_CALLBACK_PREFIX",
          "An address beside the redirect URI is accepted: it is registered as a wildcard or prefix.",
          answer.facts,
          {
            expected: `only ${subject.redirectUri}`,
            actual: "also …-probe-<random> on the same host",
            hint: toAdministrator(
              subject,
              `redirect URI to register: ${subject.redirectUri}, and no wildcard or prefix${placeOf(subject, "redirectUri")}.`,
              `Register exactly ${subject.redirectUri} and no wildcard${placeOf(subject, "redirectUri")}.`,
            ),
          },
        );
      default:
        return inconclusive(
          "VERIFY_CALLBACK_UNCLEAR",
          "The registered and an unregistered redirect URI get the same kind of page.",
          answer.facts,
        );
    }
  },
};
