import type { Check } from "../check.ts";
import { fail, inconclusive, pass, skipped } from "../finding.ts";
import type { Fault } from "../probe/authorization-request.ts";
import { specs } from "../specs.ts";
import { callbackOmitted, callbackWay, contrastAt, mayBreak } from "./callback-way.ts";

const faults: Readonly<Record<Fault, string>> = {
  response_type: "an invented response_type",
  "omit-openid": "no scope openid",
  code_challenge_method: "no code_challenge_method",
};

/**
 * Where prompt=none gets a page: a request that is broken on purpose is answered at the redirect URI, because errors go
 * to a registered one only (RFC 6749, section 4.1.2.1), and at a foreign one it is not. P1 then passes by it.
 */
export const faultInjection: Check = {
  id: "P4",
  title: "A broken request is answered at the redirect URI only",
  spec: specs.rfc(6749, "4.1.2.1"),
  level: "should",
  link: "callback",
  needs: ["D1", "D5"],
  omitted: callbackOmitted,
  async run(context) {
    const { probes, preset } = context;
    const registered = await probes.authorization("registered");
    if (registered.kind !== "page") return skipped("Not needed: the answer to prompt=none tells.");
    if (!mayBreak(context)) {
      const product = preset?.title ?? "this product";
      return skipped(
        `Not sent: to the monitoring of ${product} a broken request looks like an attack; --alarming-probes sends it.`,
      );
    }
    const way = await callbackWay(context);
    if (way.kind !== "fault") {
      return inconclusive(
        "VERIFY_CALLBACK_UNCLEAR",
        "A request that was broken on purpose does not come back to the redirect URI either.",
        registered.facts,
      );
    }
    const { facts } = await probes.broken(way.fault, "registered");
    const { verdict } = await contrastAt(context, "foreign");
    const told = { ...facts, fault: way.fault };
    const broken = `a request with ${faults[way.fault]}`;
    switch (verdict) {
      case "refused":
        return pass(`At the redirect URI ${broken} gets ${facts.error}; at a foreign host it does not.`, told);
      case "accepted":
        return fail(
          "VERIFY_CALLBACK_UNCHECKED",
          `The identity provider answers ${broken} at a host that nobody registered: it does not check redirect URIs.`,
          told,
          { expected: "a refusal", actual: "a redirect to the foreign host" },
        );
      default:
        return inconclusive(
          "VERIFY_CALLBACK_UNCLEAR",
          `At the redirect URI ${broken} gets ${facts.error}, but the control at a foreign host gave no clear answer.`,
          told,
        );
    }
  },
};
