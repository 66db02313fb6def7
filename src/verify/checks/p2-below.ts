import type { Check } from "../check.ts";
import { fail, inconclusive, pass } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import { specs } from "../specs.ts";
import { contrast } from "./contrast.ts";

/** An address below the redirect URI is refused: the registration is exact, not a wildcard or prefix. */
export const belowCallback: Check = {
  id: "P2",
  title: "Addresses below the redirect URI are refused",
  spec: specs.rfc(9700, "2.1"),
  level: "should",
  link: "callback",
  needs: ["D1", "D5"],
  async run({ probes, subject }) {
    const below = await probes.below();
    if (below.kind === "unclear") return below.finding;
    // Another address of the app than the one asked for: it may well be the registered one, so this says nothing.
    switch (below.kind === "strayed" ? "unclear" : contrast(await probes.registered(), below)) {
      case "refused":
        return pass("An address below the redirect URI is refused.", below.facts);
      case "accepted":
        return fail(
          "VERIFY_CALLBACK_PREFIX",
          "An address below the redirect URI is accepted: it is registered as a wildcard or prefix.",
          below.facts,
          {
            expected: `only ${subject.redirectUri}`,
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
          below.facts,
        );
    }
  },
};
