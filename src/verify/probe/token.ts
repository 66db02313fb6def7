import { randomUUID } from "node:crypto";
import { clockDifference } from "../../vendor/clock-difference.ts";
import { textMember } from "../documents.ts";
import { hostOf, unanswered } from "../unanswered.ts";
import type { Credential } from "./credential.ts";
import { type ProbeParts, placeholderRedirectUri } from "./parts.ts";
import { postForm } from "./post-form.ts";
import { readTokenAnswer, type TokenAnswer } from "./token-answer.ts";

/** TLS alerts of a server that wants a certificate of the client (RFC 8705, section 2). */
const certificateAlerts = /ALERT_(?:CERTIFICATE_REQUIRED|BAD_CERTIFICATE|HANDSHAKE_FAILURE)$/;

/**
 * Redeems an invented authorization code (RFC 6749, section 4.1.3). One request, never repeated.
 * The code begins with `ssoverify-`, so that the identity provider's administrator can find it in the logs.
 */
export async function askToken(parts: ProbeParts, credential: Credential): Promise<TokenAnswer> {
  const { subject, metadata, ranFrom, hush } = parts;
  const client = await import("openid-client");
  const url = textMember(metadata, "token_endpoint") ?? "";
  const code = `ssoverify-${randomUUID()}`;
  const body = new URLSearchParams({
    grant_type: "authorization_code",
    code,
    redirect_uri: subject.redirectUri ?? placeholderRedirectUri,
  });
  hush(code);
  if (subject.pkce === "S256") {
    const verifier = client.randomPKCECodeVerifier();
    hush(verifier);
    body.set("code_verifier", verifier);
  }
  const { outcome, signedAt } = await postForm(parts, credential, url, body);
  if (outcome.kind === "answer") {
    const dated = outcome.header("date");
    return readTokenAnswer(outcome, signedAt === undefined ? undefined : clockDifference(hostOf(url), dated, signedAt));
  }
  const finding = unanswered(outcome, "the answer of the token endpoint", url, ranFrom);
  if (outcome.kind === "tls" && certificateAlerts.test(outcome.detail)) {
    // The metadata came from a server whose certificate is trusted; this one turned us away.
    const because = "a demand for a certificate of the client (mutual TLS), which the app does not have";
    return { kind: "unclear", because, facts: finding.evidence };
  }
  return { kind: "unclear", because: "no answer", finding, facts: finding.evidence };
}
