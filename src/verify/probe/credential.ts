import { randomBytes, randomUUID } from "node:crypto";
import type { Secret } from "../../secret/secret.ts";
import { cryptoKeyOf, type SigningKey } from "../signing-key.ts";
import { clientIdOf, type ProbeParts } from "./parts.ts";

export type SecretMethod = "client_secret_basic" | "client_secret_post";

/** What an assertion is meant for (RFC 7523, section 3): the issuer, or the token endpoint itself. */
export type Audience = "issuer" | "endpoint";

/** What the client shows of itself. */
export type Credential =
  | { readonly kind: "secret"; readonly method: SecretMethod; readonly value: Secret }
  | { readonly kind: "assertion"; readonly key: SigningKey; readonly audience: Audience }
  /** Nothing but a client id: the subject's own, or one that nobody has. */
  | { readonly kind: "none"; readonly clientId: string };

/**
 * Puts the client's credential into a request, and hushes every form of it.
 *
 * @param tokenEndpoint whom an assertion for the endpoint is meant for, wherever it is sent
 * @returns the time that was signed, milliseconds since the epoch; undefined when none was
 */
export async function showCredential(
  { subject, hush }: Pick<ProbeParts, "subject" | "hush">,
  credential: Credential,
  tokenEndpoint: string,
  body: URLSearchParams,
  headers: Headers,
): Promise<number | undefined> {
  const client = await import("openid-client");
  const server = { issuer: subject.issuer, token_endpoint: tokenEndpoint };
  switch (credential.kind) {
    case "secret": {
      const value = credential.value.reveal();
      for (const form of [value, encodeURIComponent(value), Buffer.from(value).toString("base64")]) hush(form);
      const clientId = clientIdOf(subject);
      if (credential.method === "client_secret_post") {
        client.ClientSecretPost(value)(server, { client_id: clientId }, body, headers);
        return undefined;
      }
      const pair = Buffer.from(`${formEncoded(clientId)}:${formEncoded(value)}`).toString("base64");
      hush(formEncoded(value));
      hush(pair);
      headers.set("authorization", `Basic ${pair}`);
      return undefined;
    }
    case "assertion": {
      const { key, audience } = credential;
      let signedAt: number | undefined;
      const authenticate = client.PrivateKeyJwt(
        { key: cryptoKeyOf(key), kid: key.kid },
        {
          [client.modifyAssertion](_header, payload) {
            payload.aud = audience === "issuer" ? subject.issuer : tokenEndpoint;
            hush(String(payload.jti));
            signedAt = Number(payload.iat) * 1_000;
          },
        },
      );
      await authenticate(server, { client_id: clientIdOf(subject) }, body, headers);
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

/**
 * As RFC 6749, section 2.3.1 and appendix B ask for. Letters, digits, `*`, `-`, `.` and `_` stay as they are, which
 * openid-client escapes too: a server that decodes nothing would then refuse a client id with a hyphen.
 */
function formEncoded(text: string): string {
  return new URLSearchParams({ "": text }).toString().slice(1);
}

/** Whether a credential looks different in `client_secret_basic` when it is encoded as it must be. */
export function isEncodedInBasic(text: string): boolean {
  return formEncoded(text) !== text;
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
