import { isObject, textMember } from "../documents.ts";
import { type Facts, type Finding, plain } from "../finding.ts";
import { answerFacts, jsonOf, unanswered } from "../unanswered.ts";
import { type Blame, blame } from "./authorization-answer.ts";
import { authorizationParameters, type Fault } from "./authorization-request.ts";
import type { Credential } from "./credential.ts";
import type { ProbeParts } from "./parts.ts";
import { postForm } from "./post-form.ts";
import { readTokenAnswer } from "./token-answer.ts";

/** What a server said to a pushed authorization request (RFC 9126, section 2). */
export type PushedAnswer =
  /** It took it: the name under which it can be used once is a secret for its short life, and is hushed. */
  | { readonly kind: "taken"; readonly requestUri: string; readonly state: string; readonly facts: Facts }
  /** It took the client, and not the request. */
  | { readonly kind: "refused"; readonly error: string; readonly about: Blame; readonly facts: Facts }
  | { readonly kind: "client-refused"; readonly facts: Facts }
  | { readonly kind: "unclear"; readonly because: string; readonly finding?: Finding; readonly facts: Facts };

/** Pushes the app's own authorization request with the client's credential. One request, never repeated. */
export async function pushRequest(
  parts: ProbeParts,
  credential: Credential,
  redirectUri: string,
  fault?: Fault,
): Promise<PushedAnswer> {
  const { metadata, ranFrom, hush } = parts;
  const url = textMember(metadata, "pushed_authorization_request_endpoint") ?? "";
  const { parameters, state } = await authorizationParameters(parts, redirectUri, fault);
  const body = new URLSearchParams(parameters);
  // RFC 9126, section 2.1 wants it in the body whatever the method.
  if (parts.subject.clientId !== undefined) body.set("client_id", parts.subject.clientId);
  const { outcome } = await postForm(parts, credential, url, body);
  if (outcome.kind !== "answer") {
    const finding = unanswered(outcome, "the answer of the endpoint for pushed requests", url, ranFrom);
    return { kind: "unclear", because: "no answer", finding, facts: finding.evidence };
  }
  const json = jsonOf(outcome);
  if (outcome.status >= 200 && outcome.status < 300) {
    const requestUri = isObject(json) ? json.request_uri : undefined;
    if (typeof requestUri !== "string" || requestUri === "") {
      return {
        kind: "unclear",
        because: `status ${outcome.status} without a request_uri`,
        facts: answerFacts(outcome),
      };
    }
    hush(requestUri);
    hush(requestUri.replace(/^.*:/, ""));
    return { kind: "taken", requestUri, state, facts: { status: outcome.status } };
  }
  const read = readTokenAnswer(outcome);
  if (read.kind === "client-refused") return { kind: "client-refused", facts: read.facts };
  const error = read.facts.error;
  const told = outcome.status >= 400 && outcome.status < 500 && outcome.status !== 429;
  if (!told || !isObject(json) || typeof json.error !== "string" || typeof error !== "string") {
    const because = read.kind === "unclear" ? read.because : `status ${outcome.status}`;
    return { kind: "unclear", because, facts: read.facts };
  }
  const named = /^[a-z][a-z0-9_]{1,59}$/.test(json.error) ? json.error : "unreadable";
  const description = typeof json.error_description === "string" ? plain(json.error_description) : "";
  return { kind: "refused", error: named, about: blame(named, description), facts: { ...read.facts, error: named } };
}
