import { createHash, createHmac, randomBytes } from "node:crypto";
import type { Secret } from "../../secret/secret.ts";

// HTTP Message Signatures (RFC 9421) with a shared key: `hmac-sha256` over what a receiver must not find changed.

/** What is signed of one request. */
export interface SignedRequest {
  readonly method: string;
  /** Absolute, as it is sent. */
  readonly url: string;
  /** The body's bytes as text; empty for none. */
  readonly text: string;
  /** Headers in lower case that are sent besides; those of `covered` are signed when they are there. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The shared key. */
export interface SigningKey {
  readonly id: string;
  readonly secret: Secret;
}

/** Headers that are signed when a request has them: what a write does hangs on each. */
const covered = ["content-digest", "content-type", "idempotency-key", "if-match", "if-none-match"] as const;

/**
 * The headers `Content-Digest` (RFC 9530; only with a body), `Signature-Input` and `Signature` of a request. `created`
 * and the nonce are new for each sending, so that a repeated request is not taken for a replayed one.
 *
 * @param now milliseconds since the epoch
 * @see RFC 9421, sections 2.5, 3.1 and 3.3.3
 */
export function signatureHeaders(
  request: SignedRequest,
  key: SigningKey,
  now: number,
  nonce: string = randomBytes(16).toString("base64url"),
): Readonly<Record<string, string>> {
  const digest = request.text === "" ? undefined : contentDigest(request.text);
  const headers: Readonly<Record<string, string | undefined>> = { ...request.headers, "content-digest": digest };
  const lines = [
    ["@method", request.method],
    ["@target-uri", request.url],
    ...covered.flatMap((name) => (headers[name] === undefined ? [] : [[name, headers[name]]])),
  ];
  const names = lines.map(([name]) => `"${name}"`).join(" ");
  const created = Math.floor(now / 1_000);
  const input = `(${names});created=${created};nonce="${nonce}";keyid="${key.id}";alg="hmac-sha256";tag="tenantry"`;
  const base = [...lines.map(([name, value]) => `"${name}": ${value}`), `"@signature-params": ${input}`].join("\n");
  const signature = createHmac("sha256", key.secret.reveal()).update(base).digest("base64");
  return {
    ...(digest === undefined ? {} : { "content-digest": digest }),
    "signature-input": `tenantry=${input}`,
    signature: `tenantry=:${signature}:`,
  };
}

function contentDigest(text: string): string {
  return `sha-256=:${createHash("sha256").update(text).digest("base64")}:`;
}
