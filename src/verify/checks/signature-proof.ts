import { mendClock } from "../../vendor/clock-difference.ts";
import type { PublicKey } from "../../workspace/workspace.ts";
import type { CheckContext } from "../check.ts";
import { type Finding, fail, inconclusive, plain } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import { audiencesOf } from "../probe/audience.ts";
import type { Audience } from "../probe/credential.ts";
import type { TokenAnswer } from "../probe/token-answer.ts";
import { readSigningKey } from "../signing-key.ts";
import { type ClientRefused, controlOf, type ProofNeed } from "./client-proof.ts";
import { otherMethod } from "./other-method.ts";

const words: Readonly<Record<Audience, string>> = { issuer: "the issuer", endpoint: "the token endpoint" };

/** A client that signs an assertion with the app's key (private_key_jwt; RFC 7523, section 2.2). */
export function signatureProof(context: CheckContext): ProofNeed {
  const { subject, probes, options } = context;
  const read = readSigningKey(subject.clientKey);
  if (!read.ok) return { kind: "no-proof", finding: read.finding };
  const audiences = audiencesOf(context.subject);

  /** What the first audience got that the server takes; every audience is tried at most once. */
  const best = async (): Promise<{ readonly answer: TokenAnswer; readonly audience: Audience }> => {
    const [first, ...others] = audiences;
    let tried = { answer: await probes.ownKey(first), audience: first };
    for (const audience of others) {
      if (tried.answer.kind !== "client-refused") break;
      const answer = await probes.ownKey(audience);
      if (answer.kind === "client-refused") break;
      tried = { answer, audience };
    }
    return tried;
  };
  const control = controlOf(options, async () => probes.wrongKey((await best()).audience));
  return {
    kind: "prove",
    proof: {
      shown: "the assertion",
      wrong: "an assertion signed by another key",
      show: async () => (await best()).answer,
      control,
      facts: {},
      async accepted() {
        const by = `An assertion signed by the app's key ${plain(read.value.kid)} for ${words[(await best()).audience]} is accepted`;
        switch (control.kind) {
          case "sent":
            return `${by}; one signed by another key is refused.`;
          case "earlier":
            return `${by}; one signed by another key was refused on ${control.day}.`;
          default:
            return `${by}; the control with another key is switched off.`;
        }
      },
      refused: (answer) => refused(answer, context),
      alike:
        "The server looks at the code before the client, or the client is registered as public. Check at the client that it authenticates with a signed JWT.",
    },
  };
}

/** What of a key may be shown to anyone, whatever else stands beside it. */
function publicMembers(key: PublicKey | undefined): Readonly<Record<string, string | undefined>> {
  const { kty, kid, alg, n, e, crv, x, y } = key ?? {};
  return { kty, use: "sig", kid, alg, n, e, crv, x, y };
}

function refused(answer: ClientRefused, { subject }: CheckContext): Finding {
  const { publicKey } = subject.clientKey ?? {};
  const where = placeOf(subject, "publicKey");
  if (answer.clocks !== undefined) {
    return inconclusive(
      "VERIFY_CLOCK_DIFFERS",
      `The identity provider refuses the assertion that the app's key ${plain(publicKey?.kid ?? "")} signed, which says nothing of the key: ${answer.clocks}.`,
      answer.facts,
      { hint: mendClock },
    );
  }
  if (answer.trait === "client_secret_basic" || answer.trait === "client_secret_post" || answer.trait === "none") {
    return otherMethod(answer, answer.trait, subject, "private_key_jwt");
  }
  const jwk = plain(JSON.stringify(publicMembers(publicKey)));
  return fail(
    "VERIFY_CLIENT_KEY_REFUSED",
    `The identity provider refuses the assertion that the app's key ${plain(publicKey?.kid ?? "")} signed.`,
    answer.facts,
    {
      expected: "invalid_grant: client accepted, invented code refused",
      actual: String(answer.facts.error ?? "refused"),
      hint: toAdministrator(
        subject,
        `client ${subject.clientId} must authenticate by private_key_jwt (signed JWT, ${plain(publicKey?.alg ?? "")}); public key to register: ${jwk}${where}`,
        `Register this public key at client ${subject.clientId}, which must authenticate by private_key_jwt: ${jwk}${where}`,
      ),
    },
  );
}
