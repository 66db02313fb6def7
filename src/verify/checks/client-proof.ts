import type { CheckContext } from "../check.ts";
import { type Finding, inconclusive, shown, skipped } from "../finding.ts";
import type { TokenAnswer } from "../probe/token-answer.ts";
import { publicProof } from "./public-proof.ts";
import { secretProof } from "./secret-proof.ts";
import { signatureProof } from "./signature-proof.ts";

/** An answer that refuses the client itself. */
export type ClientRefused = Extract<TokenAnswer, { kind: "client-refused" }>;

/** How a client shows at the token endpoint who it is, and what must be refused if that is to prove anything. */
export interface ClientProof {
  /** For messages: what is shown ("the secret"), and what the control shows instead ("a wrong secret"). */
  readonly shown: string;
  readonly wrong: string;
  /** Redeems an invented code with what the client has. */
  show(): Promise<TokenAnswer>;
  /** The same with something that cannot be right; undefined when the control is switched off. */
  readonly control: (() => Promise<TokenAnswer>) | undefined;
  /** What is said when it was accepted; `controlled` tells whether the control was refused, or not sent. */
  accepted(controlled: boolean): Promise<string> | string;
  /** What is said when it was refused, with the mend. */
  refused(answer: ClientRefused): Promise<Finding> | Finding;
  /** What mends a server that treats right and wrong alike. */
  readonly alike: string;
}

/** The proof to be made, or what to say because there is nothing to show. */
export type ProofNeed =
  | { readonly kind: "prove"; readonly proof: ClientProof }
  | { readonly kind: "no-proof"; readonly finding: Finding };

/** Skipped when the token endpoint is not to be asked in this run. */
export function proofOmitted({ options }: Pick<CheckContext, "options">): Finding | undefined {
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
