import type { TestSandbox } from "../../support/sandbox.ts";
import { sharedSandbox } from "../../support/shared-sandbox.ts";
import { conformanceSuite, type Place } from "../conformance/suite.ts";
import { writeOf } from "./place.ts";
import { type CarrierKind, carrierKinds, carrierPlace, hasNotes, type PlaceOptions } from "./places.ts";

const shared = sharedSandbox();

/** A secret in a file may have a spelling that not all readers share; there the suite runs with a sink. */
const optionsOf: Partial<Record<CarrierKind, PlaceOptions>> = {
  "environment MX": { more: { secretSink: "vault:kv/sso/{tenant}#client_secret" } },
};

for (const kind of carrierKinds) {
  conformanceSuite({ name: `mendix by ${kind}`, open: async () => placeOf(kind, shared) });
}

function placeOf(kind: CarrierKind, { sandbox, fetch }: TestSandbox): Place {
  const place = carrierPlace(kind, sandbox, optionsOf[kind]);
  const write = writeOf(place.app);
  return {
    adapter: () => place.adapter(),
    write,
    tellsOthers: hasNotes(kind),
    async foreign() {
      place.setByHand("OIDC.ClientAlias", "somebody-else");
      const before = place.everything();
      return { unchanged: async () => place.everything() === before };
    },
    async addUnknown() {
      place.setByHand("Service.WelcomeText", "from somebody else");
      return { isStillThere: async () => place.constants()["Service.WelcomeText"] === "from somebody else" };
    },
    ...(kind === "deployApi"
      ? {
          async visitor() {
            sandbox.standIns.mendix.restart();
            const answer = await fetch("service.acme.example", "/oauth/v2/login");
            return answer.headers.get("location")?.startsWith("https://acme.okta.com/") === true ? "in" : "out";
          },
        }
      : {}),
    close: async () => {},
  };
}
