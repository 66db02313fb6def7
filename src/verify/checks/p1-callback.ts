import type { Check, CheckContext } from "../check.ts";
import { type Facts, type Finding, fail, inconclusive, pass } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import { type AuthorizationAnswer, nobodySignedIn } from "../probe/authorization-answer.ts";
import { clientIdOf, redirectUriOf } from "../probe/parts.ts";
import { specs } from "../specs.ts";
import type { VerifySubject } from "../subject.ts";
import {
  type CallbackWay,
  callbackOmitted,
  callbackWay,
  contrastAt,
  mayBreak,
  pushedContrast,
} from "./callback-way.ts";
import { isCertain } from "./contrast.ts";

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
 * what P3 shows. A server that shows a page instead is asked in another way, where there is one: by a request that is
 * broken on purpose (P4), else by a pushed one (P5). Those prove the registration, not that the whole request is fine.
 */
export const callback: Check = {
  id: "P1",
  title: "The redirect URI is registered",
  spec: specs.rfc(6749, "4.1.2.1"),
  level: "must",
  link: "callback",
  needs: ["D1", "D5"],
  omitted: callbackOmitted,
  async run(context) {
    const answer = await context.probes.authorization("registered");
    switch (answer.kind) {
      case "unclear":
        return answer.broke === true ? afterError(answer, context) : answer.finding;
      case "refused":
        return refused(answer, context);
      case "strayed":
        return strayed(answer, context);
      case "page":
        return otherwise(answer, await callbackWay(context), context);
      case "returned":
        return returned(answer, context);
      default:
        return answer satisfies never;
    }
  },
};

async function returned(answer: Returned, context: CheckContext): Promise<Finding> {
  const { subject } = context;
  const { facts, error } = answer;
  const control = await controlled(facts, context);
  if (control !== undefined) return control;
  if (answer.code) {
    return inconclusive(
      "VERIFY_CODE_WITHOUT_SIGN_IN",
      "The identity provider issued a code although nobody signed in; it was not redeemed.",
      facts,
    );
  }
  if (error === undefined || !nobodySignedIn.has(error)) {
    if (answer.notPushed) return notPushed(facts, String(error), subject);
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
  if (answer.foreignIssuer && judgesIssuer(context)) return foreignIssuer(facts, context);
  if (!answer.state) return stateLost(facts);
  return pass(`${redirectUriOf(subject)} is registered; an unregistered one is refused.`, facts);
}

/** With a document the issuer in the answer is D17's matter: one mistake, one finding. */
function judgesIssuer({ subject }: CheckContext): boolean {
  return subject.endpoints !== undefined;
}

function foreignIssuer(facts: Facts, { subject }: CheckContext): Finding {
  return fail(
    "VERIFY_ISSUER_DIFFERS",
    "The redirect URI is registered, but the answer there names another issuer (iss) than the configured one; the app must refuse it.",
    facts,
    { expected: `iss=${subject.issuer}`, hint: "Write the issuer exactly as the identity provider names itself." },
  );
}

function stateLost(facts: Facts): Finding {
  return inconclusive(
    "VERIFY_CALLBACK_UNCLEAR",
    "The redirect URI was accepted, but the state did not come back unchanged; the app would refuse that.",
    facts,
  );
}

/** What is said because the control with a foreign redirect URI was not refused; undefined when it was. */
async function controlled(facts: Facts, context: CheckContext): Promise<Finding | undefined> {
  switch ((await contrastAt(context, "foreign")).verdict) {
    case "refused":
      return undefined;
    case "accepted":
      return inconclusive(
        "VERIFY_CALLBACK_UNCLEAR",
        "The redirect URI was accepted, but so was one at a host that cannot exist (P3), so this proves nothing.",
        facts,
      );
    default:
      return inconclusive(
        "VERIFY_CALLBACK_UNCLEAR",
        "The redirect URI was accepted, but the control with an unregistered one (P3) gave no clear answer.",
        facts,
      );
  }
}

async function refused(answer: Refused, { subject, probes }: CheckContext): Promise<Finding> {
  const { facts, error, about } = answer;
  const status = Number(facts.status);
  const where = placeOf(subject, "redirectUri");
  if (error !== undefined && nobodySignedIn.has(error)) {
    const foreign = await probes.authorization("foreign");
    if (foreign.kind === "refused" && foreign.about === "redirect-uri") {
      return pass(
        `${redirectUriOf(subject)} is registered: the request with it is refused for nobody is signed in, one with an unregistered one for that. The identity provider says so itself, so the app learns of no error.`,
        facts,
      );
    }
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
      `The identity provider does not know the client ${clientIdOf(subject)}.`,
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
  if (about === "not-pushed") return notPushed(facts, `refused with status ${status}`, subject);
  const named = about === "redirect-uri";
  return fail(
    "VERIFY_CALLBACK_REFUSED",
    named
      ? "The identity provider refuses the redirect URI: it is not registered exactly as the app sends it."
      : `The identity provider refuses the authorization request (status ${status}) without going to the redirect URI, so the redirect URI or the client is not registered.`,
    facts,
    {
      expected: redirectUriOf(subject),
      actual: `refused with status ${status}`,
      hint: registerHint(subject),
    },
  );
}

function notPushed(facts: Facts, actual: string, subject: VerifySubject): Finding {
  return fail(
    "VERIFY_PAR_REQUIRED",
    "The identity provider takes only pushed authorization requests of this client, and the app sends none: nobody can sign in.",
    facts,
    {
      expected: "an answer to a plain authorization request",
      actual,
      hint: toAdministrator(
        subject,
        `pushed authorization requests (PAR) must not be required for client ${subject.clientId}.`,
        "Switch the requirement for pushed authorization requests (PAR) off at the client.",
      ),
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

/** The server fails at prompt=none itself, so it is asked in another way; where none tells, the failure is what is said. */
async function afterError(
  answer: Extract<AuthorizationAnswer, { kind: "unclear" }>,
  context: CheckContext,
): Promise<Finding> {
  const way = await callbackWay(context);
  return way.kind === "fault" ? otherwise(answer, way, context) : answer.finding;
}

/** The server shows a page, so it is asked in another way. */
async function otherwise(answer: AuthorizationAnswer, way: CallbackWay, context: CheckContext): Promise<Finding> {
  const { probes, subject } = context;
  const uri = redirectUriOf(subject);
  switch (way.kind) {
    case "fault": {
      const broken = await probes.broken(way.fault, "registered");
      if (broken.kind !== "returned") break;
      const facts = { ...broken.facts, by: "P4", fault: way.fault };
      const control = await controlled(facts, context);
      if (control !== undefined) return control;
      if (broken.foreignIssuer && judgesIssuer(context)) return foreignIssuer(facts, context);
      if (!broken.state) return stateLost(facts);
      return pass(
        `${uri} is registered: a request that was broken on purpose (P4) is answered there, and at an unregistered one it is not. ${answer.kind === "page" ? "A sound request gets a sign-in page" : "A request with prompt=none makes it fail"}, so scopes and PKCE stay unproven.`,
        facts,
      );
    }
    case "pushed": {
      const foreign = await probes.pushed("foreign");
      if (pushedContrast(foreign) !== "refused") break;
      const facts = { ...answer.facts, by: "P5" };
      return pass(
        `${uri} is registered: a pushed request (P5) with it is taken, and one with an unregistered one is refused.`,
        facts,
      );
    }
    case "prompt-none":
    case "none":
      break;
    default:
      return way satisfies never;
  }
  const foreign = await probes.authorization("foreign");
  const same = foreign.kind === "page" ? "an unregistered redirect URI gets the same, so" : "so";
  const more = mayBreak(context)
    ? ""
    : " A request that is broken on purpose (P4) might tell; it looks like an attack, so only --alarming-probes sends it.";
  return inconclusive(
    "VERIFY_CALLBACK_UNCLEAR",
    `The identity provider shows a page instead of going to the redirect URI (it ignores prompt=none); ${same} this proves nothing.${more}`,
    answer.facts,
    { hint: "Sign in once by hand. When that works, say so in the tenant file: attest, check P1." },
  );
}
