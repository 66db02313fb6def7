import { randomBytes, randomUUID } from "node:crypto";
import type { Secret } from "../../secret/secret.ts";
import { type Metadata, textMember } from "../documents.ts";
import type { Fetcher } from "../fetch/fetcher.ts";
import type { VerifySubject } from "../subject.ts";
import { unanswered } from "../unanswered.ts";
import { readTokenAnswer, type TokenAnswer } from "./token-answer.ts";

export type SecretMethod = "client_secret_basic" | "client_secret_post";

/** What a probe is sent with. */
export interface TokenProbe {
  readonly subject: VerifySubject;
  readonly metadata: Metadata;
  readonly fetcher: Fetcher;
  readonly ranFrom: string;
  readonly secret: Secret;
  readonly method: SecretMethod;
  /** Told every value that is sent, so that none of them gets into a result. */
  readonly hush: (value: string) => void;
}

/**
 * Redeems an invented authorization code with the given secret (RFC 6749, section 4.1.3). One request, never repeated.
 * The code begins with `ssoverify-`, so that the identity provider's administrator can find it in the logs.
 */
export async function askToken(probe: TokenProbe): Promise<TokenAnswer> {
  const { subject, metadata, fetcher, ranFrom, hush } = probe;
  const client = await import("openid-client");
  const url = textMember(metadata, "token_endpoint") ?? "";
  const code = `ssoverify-${randomUUID()}`;
  const body = new URLSearchParams({ grant_type: "authorization_code", code, redirect_uri: subject.redirectUri });
  hush(code);
  if (subject.pkce === "S256") {
    const verifier = client.randomPKCECodeVerifier();
    hush(verifier);
    body.set("code_verifier", verifier);
  }
  const headers = new Headers({
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
  });
  const value = probe.secret.reveal();
  for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString("base64")]) hush(form);
  const authenticate =
    probe.method === "client_secret_basic" ? client.ClientSecretBasic(value) : client.ClientSecretPost(value);
  authenticate({ issuer: subject.issuer, token_endpoint: url }, { client_id: subject.clientId }, body, headers);
  const authorization = headers.get("authorization");
  if (authorization !== null) hush(authorization.replace(/^Basic /, ""));
  const outcome = await fetcher.send({
    method: "POST",
    url,
    headers: Object.fromEntries(headers),
    body: body.toString(),
  });
  if (outcome.kind === "answer") return readTokenAnswer(outcome);
  const finding = unanswered(outcome, "the answer of the token endpoint", url, ranFrom);
  return { kind: "unclear", because: "no answer", finding, facts: finding.evidence };
}

/** A secret that cannot be right. */
export function inventedSecret(): string {
  return `ssoverify-wrong-${randomBytes(24).toString("hex")}`;
}
