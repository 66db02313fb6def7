import { type AuthorizationAnswer, nobodySignedIn } from "../probe/authorization-answer.ts";

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
    case "strayed":
      return "accepted";
    case "refused": {
      const { about, error, facts } = unregistered;
      // A firewall that dislikes the address of the control must not pass for a server that refuses it.
      const told = about !== "unknown" || isCertain(Number(facts.status));
      return told && (error === undefined || !nobodySignedIn.has(error)) ? "refused" : "unclear";
    }
    case "page":
      if (unregistered.leadsOn) return "accepted";
      return registered.kind === "returned" ? "refused" : "unclear";
    case "unclear":
      return "unclear";
    default:
      return unregistered satisfies never;
  }
}

/**
 * Whether a status says by itself that the request was refused. 403 and rarer ones also come from firewalls in front of
 * the server: without a word on the cause they prove nothing.
 */
export function isCertain(status: number): boolean {
  return [200, 400, 401, 404, 405, 410, 422].includes(status) || (status >= 300 && status < 400);
}
