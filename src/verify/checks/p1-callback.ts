import type { Check, CheckContext } from "../check.ts";
import { type Finding, fail, inconclusive, pass } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import { type AuthorizationAnswer, nobodySignedIn } from "../probe/authorization-answer.ts";
import { specs } from "../specs.ts";
import type { VerifySubject } from "../subject.ts";
import { contrast, isCertain } from "./contrast.ts";

type Returned = Extract<AuthorizationAnswer, { kind: "returned" }>;
type Refused = Extract<AuthorizationAnswer, { kind: "refused" }>;

/** Errors that name a setting which keeps people out although the callback is registered. */
const settings: Readonly<Record<string, string>> = {
  invalid_scope: "Take the scopes that the client may not ask for out of scopes, or allow them at the client.",
  unauthorized_client: "Allow the authorization code grant and response type code for this client.",
  unsupported_response_type: "Allow response type code for this client.",
  unsupported_response_mode: "Set responseMode: query, or allow form_post at the identity provider.",
  invalid_request: "Check pkce, responseMode, acrValues and extraParams against what the client requires.",
  invalid_target: "Take resource or audience out of extraParams, or allow it for this client.",
  request_not_supported: "The identity provider wants request objects switched off for this client.",
  // Entra ID says so for a scope that it does not know (AADSTS650053).
  invalid_client: "Take scopes that the identity provider does not know out of scopes, such as groups at Entra ID.",
  access_denied: "A policy of the identity provider refuses this client; look at its access policy and assignments.",
};

/**
 * An authorization request with `prompt=none` comes back to the redirect URI, with the state, saying that nobody is
 * signed in. By RFC 6749, section 4.1.2.1 errors go to a registered redirect URI only; that this server holds to it is
 * what P3 shows.
 */
export const callback: Check = {
  id: "P1",
  title: "The redirect URI is registered",
  spec: specs.rfc(6749, "4.1.2.1"),
  level: "must",
  link: "callback",
  needs: ["D1", "D5"],
  async run(context) {
    const answer = await context.probes.registered();
    switch (answer.kind) {
      case "unclear":
        return answer.finding;
      case "refused":
        return refused(answer, context);
      case "strayed":
        return strayed(answer, context);
      case "page":
        return ignored(answer, context);
      case "returned":
        return returned(answer, context);
      default:
        return answer satisfies never;
    }
  },
};

async function returned(answer: Returned, context: CheckContext): Promise<Finding> {
  const { subject, probes } = context;
  const { facts, error } = answer;
  const control = contrast(answer, await probes.foreign());
  if (control === "accepted") {
    return inconclusive(
      "VERIFY_CALLBACK_UNCLEAR",
      "The redirect URI was accepted, but so was one at a host that cannot exist (P3), so this proves nothing.",
      facts,
    );
  }
  if (control === "unclear") {
    return inconclusive(
      "VERIFY_CALLBACK_UNCLEAR",
      "The redirect URI was accepted, but the control with an unregistered one (P3) gave no clear answer.",
      facts,
    );
  }
  if (answer.code) {
    return inconclusive(
      "VERIFY_CODE_WITHOUT_SIGN_IN",
      "The identity provider issued a code although nobody signed in; it was not redeemed.",
      facts,
    );
  }
  if (error === undefined || !nobodySignedIn.has(error)) {
    const mend = error === undefined ? undefined : settings[error];
    if (mend === undefined) {
      return inconclusive(
        "VERIFY_ANSWER_UNCLEAR",
        `The redirect URI is registered, but the identity provider answered ${error ?? "without an error"}.`,
        facts,
        { expected: "login_required", actual: error },
      );
    }
    return fail(
      "VERIFY_AUTHORIZATION_REFUSED",
      `The redirect URI is registered, but the identity provider refuses the request: ${error}.`,
      facts,
      { expected: "login_required", actual: error, hint: mend },
    );
  }
  if (answer.foreignIssuer) {
    return fail(
      "VERIFY_ISSUER_DIFFERS",
      "The redirect URI is registered, but the answer there names another issuer (iss) than the configured one; the app must refuse it.",
      facts,
      { expected: `iss=${subject.issuer}`, hint: "Write the issuer exactly as the identity provider names itself." },
    );
  }
  if (!answer.state) {
    return inconclusive(
      "VERIFY_CALLBACK_UNCLEAR",
      "The redirect URI was accepted, but the state did not come back unchanged; the app would refuse that.",
      facts,
    );
  }
  return pass(`${subject.redirectUri} is registered; an unregistered one is refused.`, facts);
}

function refused(answer: Refused, { subject }: CheckContext): Finding {
  const { facts, error, about } = answer;
  const status = Number(facts.status);
  const where = placeOf(subject, "redirectUri");
  if (error !== undefined && nobodySignedIn.has(error)) {
    return inconclusive(
      "VERIFY_CALLBACK_UNCLEAR",
      `The identity provider said ${error} on a page of its own instead of at the redirect URI.`,
      facts,
    );
  }
  if (!isCertain(status) && about === "unknown") {
    return inconclusive("VERIFY_ANSWER_UNCLEAR", `The authorization endpoint answers ${status}.`, facts);
  }
  if (about === "client") {
    return fail(
      "VERIFY_CALLBACK_REFUSED",
      `The identity provider does not know the client ${subject.clientId}.`,
      facts,
      {
        expected: `the client ${subject.clientId} at ${subject.issuer}`,
        hint: toAdministrator(
          subject,
          `${subject.issuer} does not know the client id ${subject.clientId}; the id of the client for this app is needed.`,
          `Check the client id ${subject.clientId} and that it belongs to this issuer${where}.`,
        ),
      },
    );
  }
  const named = about === "redirect-uri";
  return fail(
    "VERIFY_CALLBACK_REFUSED",
    named
      ? "The identity provider refuses the redirect URI: it is not registered exactly as the app sends it."
      : `The identity provider refuses the authorization request (status ${status}) without going to the redirect URI, so the redirect URI or the client is not registered.`,
    facts,
    {
      expected: subject.redirectUri,
      actual: `refused with status ${status}`,
      hint: registerHint(subject),
    },
  );
}

function registerHint(subject: VerifySubject): string {
  const where = placeOf(subject, "redirectUri");
  return toAdministrator(
    subject,
    `redirect URI to register: ${subject.redirectUri} at client ${subject.clientId}${where}; every character counts, a final slash too.`,
    `Register exactly ${subject.redirectUri} as a sign-in redirect URI${where}.`,
  );
}

function strayed({ facts }: AuthorizationAnswer, { subject }: CheckContext): Finding {
  return inconclusive(
    "VERIFY_CALLBACK_UNCLEAR",
    "The identity provider goes to another address on the app's host than the redirect URI, where a sign-in would be lost.",
    facts,
    { expected: subject.redirectUri, actual: String(facts.location), hint: registerHint(subject) },
  );
}

async function ignored(answer: AuthorizationAnswer, { probes }: CheckContext): Promise<Finding> {
  const foreign = await probes.foreign();
  const same = foreign.kind === "page" ? "an unregistered redirect URI gets the same, so" : "so";
  return inconclusive(
    "VERIFY_CALLBACK_UNCLEAR",
    `The identity provider shows a page instead of going to the redirect URI (it ignores prompt=none); ${same} this proves nothing.`,
    answer.facts,
    { hint: "Sign in once by hand to see it; this version cannot switch on what it cannot prove." },
  );
}
