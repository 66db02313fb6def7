import type { CheckContext } from "../check.ts";
import { type Finding, fail } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import type { ClientRefused, ProofNeed } from "./client-proof.ts";

/**
 * A client without credentials. Nothing secret is sent, and the control is never switched off: that an unknown client is
 * refused is all that tells this one from none. There is no control that tells a public client from one with credentials
 * at a server that looks at the code first: to be shown one, it would have to be registered. So that stays said.
 */
export function publicProof(context: CheckContext): ProofNeed {
  const { subject, probes } = context;
  if (subject.pkce !== "S256") {
    const finding = fail(
      "VERIFY_PUBLIC_WITHOUT_PKCE",
      "Not sent: a public client without PKCE lets whoever catches a code redeem it.",
      {},
      {
        expected: "pkce: S256",
        actual: `pkce: ${subject.pkce}`,
        hint: "Set pkce: S256 in the tenant file, or give the client a secret or a key.",
      },
    );
    return { kind: "no-proof", finding };
  }
  return {
    kind: "prove",
    proof: {
      shown: "the client id alone",
      wrong: "an unknown client id",
      show: () => probes.bareClient(),
      control: { kind: "sent", send: () => probes.unknownClient() },
      facts: {},
      accepted: () =>
        "The client id alone gets as far as the code; an unknown client id is refused. A server that looks at the code before a known client's credentials says the same: only a sign-in shows that it needs none.",
      refused: (answer) => refused(answer, context),
      alike: "The server looks at the code before the client, so nothing shows that it knows this one.",
    },
  };
}

function refused(answer: ClientRefused, { subject }: CheckContext): Finding {
  const where = placeOf(subject, "secret");
  return fail(
    "VERIFY_CLIENT_NOT_PUBLIC",
    `The identity provider does not let the client ${subject.clientId} in without credentials.`,
    answer.facts,
    {
      expected: "invalid_grant: client accepted, invented code refused",
      actual: String(answer.facts.error ?? "refused"),
      hint: toAdministrator(
        subject,
        `client ${subject.clientId} must be a public client with PKCE (no secret)${where}; otherwise its secret is needed.`,
        `Make ${subject.clientId} a public client with PKCE (token endpoint authentication: none)${where}, or set clientAuth in the tenant file to what it has.`,
      ),
    },
  );
}
