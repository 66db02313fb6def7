import type { ProbeOptions } from "../check.ts";
import type { Facts, Finding } from "../finding.ts";
import type { TokenAnswer } from "../probe/token-answer.ts";

/** An answer that refuses the client itself. */
export type ClientRefused = Extract<TokenAnswer, { kind: "client-refused" }>;

/** The control of a proof: sent, seen refused on an earlier day, or switched off. */
export type Control =
  | { readonly kind: "sent"; send(): Promise<TokenAnswer> }
  | { readonly kind: "earlier"; readonly day: string }
  | { readonly kind: "off" };

/** The control that this run wants of something secret. */
export function controlOf(options: ProbeOptions, send: () => Promise<TokenAnswer>): Control {
  const day = /^\d{4}-\d\d-\d\d/.exec(options.controlledAt ?? "")?.[0];
  if (day !== undefined) return { kind: "earlier", day };
  return options.wrongSecretControl ? { kind: "sent", send } : { kind: "off" };
}

/** What the revocation or introspection endpoint says of the same credentials. */
export type Elsewhere =
  /** It takes the right ones and refuses wrong ones. */
  | { readonly kind: "proven"; readonly at: string; readonly own: Facts; readonly wrong: Facts }
  /** It refuses those of the client. */
  | { readonly kind: "refused"; readonly finding: Finding }
  /** It treats both alike, says neither yes nor no, or does not exist. */
  | { readonly kind: "unclear" };

/** How a client shows at the token endpoint who it is, and what must be refused if that is to prove anything. */
export interface ClientProof {
  /** For messages: what is shown ("the secret"), and what the control shows instead ("a wrong secret"). */
  readonly shown: string;
  readonly wrong: string;
  /** Redeems an invented code with what the client has. */
  show(): Promise<TokenAnswer>;
  /** The same with something that cannot be right. */
  readonly control: Control;
  /** What is said when it was accepted, and the control refused where it was sent. */
  accepted(): Promise<string> | string;
  /** Besides what the answer says: which copy of the secret was shown. */
  readonly facts: Facts;
  /** What is said when it was refused, with the mend. */
  refused(answer: ClientRefused): Promise<Finding> | Finding;
  /** What another endpoint says, where the token endpoint treats right and wrong alike; absent: there is no other way. */
  elsewhere?(): Promise<Elsewhere>;
  /** What mends a server that treats right and wrong alike. */
  readonly alike: string;
}

/** The proof to be made, or what to say because there is nothing to show. */
export type ProofNeed =
  | { readonly kind: "prove"; readonly proof: ClientProof }
  | { readonly kind: "no-proof"; readonly finding: Finding };

/** The beginning of a sentence. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
