import { textMember } from "../documents.ts";
import type { Outcome } from "../fetch/outcome.ts";
import { type Credential, showCredential } from "./credential.ts";
import type { ProbeParts } from "./parts.ts";

/**
 * Posts a form with the client's credential in it. One request, never repeated.
 *
 * @returns with the answer the time that was signed, milliseconds since the epoch; undefined when none was
 */
export async function postForm(
  parts: ProbeParts,
  credential: Credential,
  url: string,
  body: URLSearchParams,
): Promise<{ readonly outcome: Outcome; readonly signedAt: number | undefined }> {
  const headers = new Headers({
    accept: "application/json",
    "content-type": "application/x-www-form-urlencoded;charset=UTF-8",
  });
  const tokenEndpoint = textMember(parts.metadata, "token_endpoint") ?? "";
  const signedAt = await showCredential(parts, credential, tokenEndpoint, body, headers);
  const outcome = await parts.fetcher.send({
    method: "POST",
    url,
    headers: Object.fromEntries(headers),
    body: body.toString(),
  });
  return { outcome, signedAt };
}
