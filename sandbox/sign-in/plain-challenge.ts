import { createHash } from "node:crypto";

/**
 * Turns a `plain` code challenge, which oidc-provider does not know, into the S256 challenge of the same verifier
 * (RFC 7636, section 4.2). A challenge without a method is a plain one. What is malformed stays as it is.
 */
export function plainAsS256(params: URLSearchParams): void {
  const challenge = params.get("code_challenge") ?? "";
  if ((params.get("code_challenge_method") ?? "plain") !== "plain" || !/^[\w.~-]{43,128}$/.test(challenge)) return;
  params.set("code_challenge", createHash("sha256").update(challenge).digest("base64url"));
  params.set("code_challenge_method", "S256");
}
