import type { AuthorizationAnswer } from "../probe/authorization-answer.ts";

/**
 * What an answer to an unregistered redirect URI says beside the answer to the registered one. A page counts as refusal
 * only where the registered one was answered by a redirect: then the server honours `prompt=none`, and would have
 * redirected here too if it took the address (Google and AD FS show their error pages with status 200).
 */
export function contrast(
  registered: AuthorizationAnswer,
  unregistered: AuthorizationAnswer,
): "accepted" | "refused" | "unclear" {
  switch (unregistered.kind) {
    case "returned":
      return "accepted";
    case "refused":
      return "refused";
    case "page":
      return registered.kind === "returned" ? "refused" : "unclear";
    case "unclear":
      return "unclear";
    default:
      return unregistered satisfies never;
  }
}
