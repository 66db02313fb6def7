import type { CheckContext, Where } from "../check.ts";
import { type Finding, skipped } from "../finding.ts";
import type { AuthorizationAnswer } from "../probe/authorization-answer.ts";
import type { Fault } from "../probe/authorization-request.ts";
import type { PushedAnswer } from "../probe/pushed.ts";
import { contrast } from "./contrast.ts";

/** By which requests a server shows which redirect URIs it takes. */
export type CallbackWay =
  /** It answers prompt=none, or in any case with something else than a page. */
  | { readonly kind: "prompt-none" }
  /** It shows a page for that, and says at the redirect URI that a request is broken (P4). */
  | { readonly kind: "fault"; readonly fault: Fault }
  /** It shows a page for both, and tells when a request is pushed (P5). */
  | { readonly kind: "pushed" }
  | { readonly kind: "none" };

/** Skipped where there is no client or no redirect URI to ask about. */
export function callbackOmitted({ subject }: Pick<CheckContext, "subject">): Finding | undefined {
  if (subject.clientId === undefined) return skipped("Not asked for: no client id was given.");
  return subject.redirectUri === undefined ? skipped("Not asked for: no redirect URI was given.") : undefined;
}

/** Whether requests may be broken on purpose: not where that looks like an attack, unless asked for. */
export function mayBreak({ preset, options }: Pick<CheckContext, "preset" | "options">): boolean {
  return preset?.probes.faultInjection !== "alarms" || options.alarmingProbes === true;
}

/** What is broken, the surest first: that of the preset, then what RFC 6749, section 4.1.2.1 has an error code for. */
function faultsOf({ preset, subject }: CheckContext): readonly Fault[] {
  const usual: readonly Fault[] = ["response_type", "omit-openid", "code_challenge_method"];
  const known = preset?.probes.fault;
  const faults = known === undefined ? usual : [known, ...usual.filter((fault) => fault !== known)];
  return faults.filter((fault) => fault !== "code_challenge_method" || subject.pkce === "S256");
}

/**
 * The way that tells at this server. Requests are broken or pushed only when prompt=none got a page, or made the server
 * fail (500): one to three that are broken, or one that is pushed, and the same for the controls.
 */
export async function callbackWay(context: CheckContext): Promise<CallbackWay> {
  const { probes } = context;
  const plain = await probes.authorization("registered");
  if (plain.kind !== "page" && !(plain.kind === "unclear" && plain.broke === true)) return { kind: "prompt-none" };
  if (mayBreak(context)) {
    for (const fault of faultsOf(context)) {
      const answer = await probes.broken(fault, "registered");
      if (answer.kind === "returned" && answer.error !== undefined && !answer.code) return { kind: "fault", fault };
      if (answer.kind === "unclear") break;
    }
  }
  return (await probes.pushed("registered"))?.kind === "taken" ? { kind: "pushed" } : { kind: "none" };
}

/** What a server makes of an unregistered redirect URI beside the registered one, and the answer that says so. */
export interface Contrast {
  readonly verdict: "accepted" | "refused" | "unclear";
  readonly answer: Pick<AuthorizationAnswer, "kind" | "facts">;
}

/** Holds an unregistered redirect URI against the registered one, by prompt=none and by whatever way tells. */
export async function contrastAt(context: CheckContext, where: Exclude<Where, "registered">): Promise<Contrast> {
  const { probes } = context;
  const plain = await probes.authorization(where);
  const registered = await probes.authorization("registered");
  const first: Contrast = { verdict: contrast(registered, plain), answer: plain };
  if (first.verdict === "accepted" || plain.kind === "unclear") return first;
  const way = await callbackWay(context);
  switch (way.kind) {
    case "prompt-none":
    case "none":
      return first;
    case "fault": {
      const broken = await probes.broken(way.fault, where);
      const verdict = contrast(await probes.broken(way.fault, "registered"), broken);
      return verdict === "unclear" ? first : { verdict, answer: broken };
    }
    case "pushed": {
      // Beside the redirect URI nothing is pushed: one more credential for a warning is too much.
      const pushed = where === "foreign" ? await probes.pushed(where) : undefined;
      const verdict = pushedContrast(pushed);
      return pushed === undefined || verdict === "unclear"
        ? first
        : { verdict, answer: { kind: "refused", facts: pushed.facts } };
    }
    default:
      return way satisfies never;
  }
}

/**
 * What the answer to a pushed request with an unregistered redirect URI says. Taken is not accepted: RFC 9126, section 2.4
 * lets servers take any from a client that proves itself, and then nothing is said about the registered one either.
 */
export function pushedContrast(answer: PushedAnswer | undefined): "refused" | "unclear" {
  return answer?.kind === "refused" && (answer.about === "redirect-uri" || answer.error === "invalid_request")
    ? "refused"
    : "unclear";
}
