import type { Check, CheckContext } from "../check.ts";
import { textMember } from "../documents.ts";
import { type Finding, fail, inconclusive, pass, skipped } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import { foreignAddress } from "../probe/authorization-request.ts";
import type { EndSessionAnswer } from "../probe/end-session.ts";
import { specs } from "../specs.ts";

/** Addresses that are asked for at most; a client has one or two. */
const mostAddresses = 3;

/**
 * The identity provider lets people go to the app's address after the sign-out, and to no foreign one. It is asked
 * without cookies and without an ID token, so products that want one say nothing.
 */
export const postLogout: Check = {
  id: "P7",
  title: "The address for after the sign-out is registered",
  spec: specs.logout("3"),
  level: "should",
  link: "callback",
  needs: ["D1", "D5"],
  omitted({ subject, preset }) {
    if (subject.clientId === undefined) return skipped("Not asked for: no client id was given.");
    if ((subject.postLogoutRedirectUris ?? []).length === 0) {
      return skipped("Does not apply: the app names no address for after the sign-out.");
    }
    return preset?.metadata.endSession === "own"
      ? skipped(`Does not apply: ${preset.title} ends sessions in a manner of its own.`)
      : undefined;
  },
  async run(context) {
    const { subject, probes, metadata } = context;
    if (textMember(await metadata(), "end_session_endpoint") === undefined) {
      return skipped("Does not apply: the identity provider has no end_session_endpoint.");
    }
    const control = await probes.signedOut(foreignAddress());
    if (control.kind === "unclear") return control.finding;
    if (control.kind === "returned") {
      return fail(
        "VERIFY_LOGOUT_UNCHECKED",
        "After a sign-out the identity provider goes to a host that nobody registered: it does not check the address.",
        { status: control.facts.status },
        { expected: "a refusal", actual: "a redirect to the foreign host" },
      );
    }
    let last: Finding | undefined;
    for (const address of (subject.postLogoutRedirectUris ?? []).slice(0, mostAddresses)) {
      last = judge(address, await probes.signedOut(address), control, context);
      if (last.verdict !== "pass") return last;
    }
    return last ?? skipped("Does not apply: the app names no address for after the sign-out.");
  },
};

function judge(address: string, answer: EndSessionAnswer, control: EndSessionAnswer, context: CheckContext): Finding {
  const { subject } = context;
  switch (answer.kind) {
    case "unclear":
      return answer.finding;
    case "returned":
    case "page":
      // A page for both may come before the address is looked at.
      return answer.kind === "returned" || control.kind === "refused"
        ? pass(`${address} is registered for after the sign-out; an unregistered one is refused.`, answer.facts)
        : inconclusive(
            "VERIFY_LOGOUT_UNCLEAR",
            "A registered and an unregistered address for after the sign-out get the same kind of page.",
            answer.facts,
          );
    case "refused":
      if (answer.about === "hint") {
        return skipped("Not told: the identity provider wants the ID token of a session (id_token_hint) first.");
      }
      if (answer.about === "unknown") {
        return inconclusive(
          "VERIFY_LOGOUT_UNCLEAR",
          `The identity provider refuses the request to sign out (status ${String(answer.facts.status)}) without saying why.`,
          answer.facts,
        );
      }
      return fail(
        "VERIFY_LOGOUT_REFUSED",
        "The identity provider refuses the address for after the sign-out: it is not registered exactly so.",
        answer.facts,
        {
          expected: address,
          actual: `refused with status ${String(answer.facts.status)}`,
          hint: toAdministrator(
            subject,
            `sign-out redirect URI to register: ${address} at client ${subject.clientId}${placeOf(subject, "postLogout")}.`,
            `Register exactly ${address} as a sign-out redirect URI${placeOf(subject, "postLogout")}.`,
          ),
        },
      );
    default:
      return answer satisfies never;
  }
}
