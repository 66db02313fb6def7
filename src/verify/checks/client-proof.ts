import type { Finding } from "../finding.ts";
import type { TokenAnswer } from "../probe/token-answer.ts";

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
