import { randomUUID } from "node:crypto";
import { type Metadata, textMember } from "../documents.ts";
import type { Facts } from "../finding.ts";
import { answerFacts, unanswered } from "../unanswered.ts";
import type { Credential } from "./credential.ts";
import type { ProbeParts } from "./parts.ts";
import { postForm } from "./post-form.ts";
import { readTokenAnswer } from "./token-answer.ts";

/** Where else than at the token endpoint a client must prove itself. */
export type OtherEndpoint = "revocation" | "introspection";

/** What such an endpoint said to an invented token. */
export interface RevocationAnswer {
  readonly endpoint: OtherEndpoint;
  /** taken: status 200, so it found nothing wrong with the client. */
  readonly kind: "taken" | "client-refused" | "unclear";
  readonly facts: Facts;
}

/**
 * The endpoint of the document that asks clients to prove themselves (RFC 7009, section 2.1; RFC 7662, section 2.1). The
 * revocation endpoint where there is one: many servers let nobody but an API look tokens up.
 */
function otherEndpointOf(metadata: Metadata): { readonly name: OtherEndpoint; readonly url: string } | undefined {
  for (const name of ["revocation", "introspection"] as const) {
    const url = textMember(metadata, `${name}_endpoint`);
    if (url !== undefined) return { name, url };
  }
  return undefined;
}

/** Shows the credential there with an invented token. One request, never repeated; undefined where there is no such endpoint. */
export async function askRevocation(parts: ProbeParts, credential: Credential): Promise<RevocationAnswer | undefined> {
  const { metadata, ranFrom, hush } = parts;
  const other = otherEndpointOf(metadata);
  if (other === undefined) return undefined;
  const { name: endpoint, url } = other;
  const token = `ssoverify-${randomUUID()}`;
  hush(token);
  const body = new URLSearchParams({ token });
  const { outcome } = await postForm(parts, credential, url, body);
  if (outcome.kind !== "answer") {
    return { endpoint, kind: "unclear", facts: unanswered(outcome, `the ${endpoint} endpoint`, url, ranFrom).evidence };
  }
  if (outcome.status === 200) return { endpoint, kind: "taken", facts: answerFacts(outcome) };
  const read = readTokenAnswer(outcome);
  // RFC 7662, section 2.3 asks for 401, and says nothing of a body.
  const refused = read.kind === "client-refused" || outcome.status === 401;
  return { endpoint, kind: refused ? "client-refused" : "unclear", facts: read.facts };
}
