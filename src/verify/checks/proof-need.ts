import type { CheckContext } from "../check.ts";
import { type Finding, inconclusive, shown, skipped } from "../finding.ts";
import type { ProofNeed } from "./client-proof.ts";
import { publicProof } from "./public-proof.ts";
import { secretProof } from "./secret-proof.ts";
import { signatureProof } from "./signature-proof.ts";

/** Skipped when the token endpoint is not to be asked in this run, or when there is no client to ask about. */
export function proofOmitted({ options, subject }: Pick<CheckContext, "options" | "subject">): Finding | undefined {
  if (subject.clientId === undefined) return skipped("Not asked for: no client id was given.");
  return options.secretProbe ? undefined : skipped("Not asked for: no secret is sent in this run.");
}

/** A record may hold anything as its method. */
function unknownMethod(clientAuth: string): Finding {
  const actual = shown(clientAuth);
  return inconclusive(
    "VERIFY_CLIENT_AUTH_UNPROVABLE",
    `Not sent: ${actual} is no method that can be proven.`,
    {},
    { actual },
  );
}

/** How the subject's client is proven. What should be proven and cannot is no pass. */
export function proofNeedOf(context: CheckContext): ProofNeed {
  const { clientAuth } = context.subject;
  switch (clientAuth) {
    case "client_secret_basic":
    case "client_secret_post":
      return secretProof(context, clientAuth);
    case "private_key_jwt":
      return signatureProof(context);
    case "none":
      return publicProof(context);
    default:
      clientAuth satisfies never;
      return { kind: "no-proof", finding: unknownMethod(clientAuth) };
  }
}
