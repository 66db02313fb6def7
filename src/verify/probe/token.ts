import { randomBytes, randomUUID } from "node:crypto";
import type { Secret } from "../../secret/secret.ts";
import { clockDifference } from "../../vendor/clock-difference.ts";
import { type Metadata, textMember } from "../documents.ts";
import type { Fetcher } from "../fetch/fetcher.ts";
import { cryptoKeyOf, type SigningKey } from "../signing-key.ts";
import type { VerifySubject } from "../subject.ts";
import { hostOf, unanswered } from "../unanswered.ts";
import { readTokenAnswer, type TokenAnswer } from "./token-answer.ts";

export type SecretMethod = "client_secret_basic" | "client_secret_post";

/** What an assertion is meant for (RFC 7523, section 3): the issuer, or the token endpoint itself. */
export type Audience = "issuer" | "endpoint";

/** What the client shows of itself. */
export type Credential =
  | { readonly kind: "secret"; readonly method: SecretMethod; readonly value: Secret }
  | { readonly kind: "assertion"; readonly key: SigningKey; readonly audience: Audience }
  /** Nothing but a client id: the subject's own, or one that nobody has. */
  | { readonly kind: "none"; readonly clientId: string };

/** What a probe is sent with. */
export interface TokenProbe {
  readonly subject: VerifySubject;
  readonly metadata: Metadata;
  readonly fetcher: Fetcher;
  readonly ranFrom: string;
  readonly credential: Credential;
  /** Told every value that is sent, so that none of them gets into a result. */
  readonly hush: (value: string) => void;
}

/**
 * Redeems an invented authorization code (RFC 6749, section 4.1.3). One request, never repeated.
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
  const signedAt = await showCredential(probe, url, body, headers);
  const outcome = await fetcher.send({
    method: "POST",
    url,
    headers: Object.fromEntries(headers),
    body: body.toString(),
  });
  if (outcome.kind === "answer") {
    const dated = outcome.header("date");
    return readTokenAnswer(outcome, signedAt === undefined ? undefined : clockDifference(hostOf(url), dated, signedAt));
  }
  const finding = unanswered(outcome, "the answer of the token endpoint", url, ranFrom);
  return { kind: "unclear", because: "no answer", finding, facts: finding.evidence };
}

/**
 * Puts the client's credential into the request, and hushes every form of it.
 *
 * @returns the time that was signed, milliseconds since the epoch; undefined when none was
 */
async function showCredential(
  { subject, credential, hush }: TokenProbe,
  url: string,
  body: URLSearchParams,
  headers: Headers,
): Promise<number | undefined> {
  const client = await import("openid-client");
  const server = { issuer: subject.issuer, token_endpoint: url };
  switch (credential.kind) {
    case "secret": {
      const value = credential.value.reveal();
      for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString("base64")]) hush(form);
      const authenticate =
        credential.method === "client_secret_basic" ? client.ClientSecretBasic(value) : client.ClientSecretPost(value);
      authenticate(server, { client_id: subject.clientId }, body, headers);
      const authorization = headers.get("authorization");
      if (authorization !== null) hush(authorization.replace(/^Basic /, ""));
      return undefined;
    }
    case "assertion": {
      const { key, audience } = credential;
      let signedAt: number | undefined;
      const authenticate = client.PrivateKeyJwt(
        { key: cryptoKeyOf(key), kid: key.kid },
        {
          [client.modifyAssertion](_header, payload) {
            payload.aud = audience === "issuer" ? subject.issuer : url;
            hush(String(payload.jti));
            signedAt = Number(payload.iat) * 1_000;
          },
        },
      );
      await authenticate(server, { client_id: subject.clientId }, body, headers);
      const assertion = body.get("client_assertion") ?? "";
      for (const part of [assertion, ...assertion.split(".")]) hush(part);
      return signedAt;
    }
    case "none":
      client.None()(server, { client_id: credential.clientId }, body, headers);
      return undefined;
    default:
      return credential satisfies never;
  }
}

/** A client id that nobody has. Where ids are GUIDs it is one too, so that its form alone is no reason to refuse it. */
export function inventedClientId(like: string): string {
  return /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(like)
    ? randomUUID()
    : `ssoverify-${randomBytes(12).toString("hex")}`;
}

/** A secret that cannot be right. */
export function inventedSecret(): string {
  return `ssoverify-wrong-${randomBytes(24).toString("hex")}`;
}
