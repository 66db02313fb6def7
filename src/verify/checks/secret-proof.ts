import { presetOf, secretTrap } from "../../desired/preset.ts";
import type { ClientAuth } from "../../workspace/workspace.ts";
import type { CheckContext } from "../check.ts";
import { listMember } from "../documents.ts";
import { type Facts, type Finding, fail, inconclusive } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import { audiencesOf } from "../probe/audience.ts";
import { isEncodedInBasic, type SecretMethod } from "../probe/credential.ts";
import { clientIdOf } from "../probe/parts.ts";
import type { TokenAnswer } from "../probe/token-answer.ts";
import { readSigningKey } from "../signing-key.ts";
import type { VerifySubject } from "../subject.ts";
import { type ClientRefused, controlOf, type Elsewhere, type ProofNeed } from "./client-proof.ts";
import { methodHint, otherMethod } from "./other-method.ts";

const secretMethods: readonly SecretMethod[] = ["client_secret_basic", "client_secret_post"];

/** A client that sends a shared secret. */
export function secretProof(context: CheckContext, method: SecretMethod): ProofNeed {
  const { subject, probes, options } = context;
  if (subject.secret === undefined) {
    const details = { expected: "the client secret", actual: "nothing" };
    const finding = inconclusive("VERIFY_SECRET_MISSING", "Not sent: no client secret was given.", {}, details);
    return { kind: "no-proof", finding };
  }
  const control = controlOf(options, () => probes.wrongSecret(method));
  return {
    kind: "prove",
    proof: {
      shown: "the secret",
      wrong: "a wrong secret",
      show: () => probes.ownSecret(method),
      control,
      facts: { copy: subject.secret.copy },
      accepted: () => {
        switch (control.kind) {
          case "sent":
            return `The secret is accepted by ${method}; a wrong one is refused.`;
          case "earlier":
            return `The secret is accepted by ${method}; a wrong one was refused on ${control.day}.`;
          default:
            return `The secret is accepted by ${method}; the control with a wrong one is switched off.`;
        }
      },
      refused: (answer) => refused(answer, method, context),
      elsewhere: () => elsewhere(method, context),
      alike:
        "The server looks at the code before the client, or the client is registered as public. Check at the client that it authenticates with a secret.",
    },
  };
}

/**
 * What another endpoint says of the secret. A refusal counts at the revocation endpoint only, which every client may ask
 * (RFC 7009, section 2.1), and only by a method that it offers.
 */
async function elsewhere(method: SecretMethod, { probes, subject, metadata }: CheckContext): Promise<Elsewhere> {
  const own = await probes.ownSecretElsewhere(method);
  if (own === undefined || own.kind === "unclear") return { kind: "unclear" };
  const at = `the ${own.endpoint} endpoint`;
  if (own.kind === "taken") {
    const wrong = await probes.wrongSecretElsewhere(method);
    return wrong?.kind === "client-refused"
      ? { kind: "proven", at, own: { ...own.facts, by: own.endpoint }, wrong: { ...wrong.facts, by: own.endpoint } }
      : { kind: "unclear" };
  }
  const offered = listMember(await metadata(), `${own.endpoint}_endpoint_auth_methods_supported`);
  if (own.endpoint !== "revocation" || own.facts.error === undefined || offered?.includes(method) === false) {
    return { kind: "unclear" };
  }
  const where = placeOf(subject, "secret");
  const finding = fail(
    "VERIFY_SECRET_REFUSED",
    `The token endpoint looks at the code before the client, and ${at} refuses the client id and secret by ${method}.`,
    { ...own.facts, by: own.endpoint },
    {
      expected: "status 200 for an invented token",
      actual: String(own.facts.error),
      hint: toAdministrator(
        subject,
        `the secret of client ${subject.clientId} that was handed over is refused; its current value is needed, and ${method} must be allowed${where}.`,
        `Check the client's secret and that it may use ${method}${where}.`,
      ),
    },
  );
  return { kind: "refused", finding };
}

async function refused(answer: ClientRefused, method: SecretMethod, context: CheckContext): Promise<Finding> {
  const { subject } = context;
  const where = placeOf(subject, "secret");
  const expected = "invalid_grant: client accepted, invented code refused";
  if (answer.expired) {
    return fail(
      "VERIFY_SECRET_REFUSED",
      "The identity provider says that the client secret has expired.",
      answer.facts,
      {
        expected,
        actual: "invalid_client, expired",
        hint: toAdministrator(
          subject,
          `the secret of client ${subject.clientId} has expired; a new one is needed${where}.`,
          `Make a new client secret and hand it over${where}.`,
        ),
      },
    );
  }
  const tried: Record<string, string> = {};
  for (const [other, show] of await otherMethods(method, context)) {
    const second = await show();
    tried[other] = second.kind;
    if (second.kind === "code-refused") return right(other, method, { ...answer.facts, tried }, context);
  }
  const more = Object.keys(tried).length === 0 ? {} : { tried };
  const { trait } = answer;
  if (trait === "private_key_jwt" || trait === "none" || (trait?.startsWith("client_secret_") && trait !== method)) {
    return otherMethod(answer, trait as ClientAuth, subject, method, more);
  }
  return fail(
    "VERIFY_SECRET_REFUSED",
    `The identity provider refuses the client id and secret by ${method}.`,
    { ...answer.facts, ...more },
    { expected, actual: String(answer.facts.error ?? "refused"), hint: secretHint(context, method, where, answer) },
  );
}

/** What is said when another method than the client's own is taken. */
function right(other: ClientAuth, method: SecretMethod, facts: Facts, { subject }: CheckContext): Finding {
  const what = { private_key_jwt: "The app's key is right", none: "The client is let in without credentials," };
  const shown = other === "private_key_jwt" || other === "none" ? what[other] : "The secret is right";
  const escaped =
    method === "client_secret_basic" && other === "client_secret_post" && mustBeEscaped(subject)
      ? " Its id or secret hold characters that client_secret_basic escapes, and this server may not read them back."
      : "";
  return fail("VERIFY_CLIENT_AUTH_METHOD", `${shown} with ${other}, but the client uses ${method}.${escaped}`, facts, {
    expected: `the client registered for ${method}`,
    actual: `the client registered for ${other}`,
    hint:
      escaped === ""
        ? methodHint(subject, other, method)
        : `Set clientAuth: ${other} in the tenant file, or make a new secret of letters and digits${placeOf(subject, "secret")}.`,
  });
}

/** Whether id or secret look different in client_secret_basic (RFC 6749, section 2.3.1). */
function mustBeEscaped(subject: VerifySubject): boolean {
  return isEncodedInBasic(clientIdOf(subject)) || isEncodedInBasic(subject.secret?.value.reveal() ?? "");
}

/**
 * The methods that are listed besides, each with what it shows; without a document, all that the client has something for.
 * The other way of a shared secret also where special characters may be the cause.
 */
async function otherMethods(
  method: SecretMethod,
  { subject, metadata, probes }: CheckContext,
): Promise<readonly (readonly [method: ClientAuth, show: () => Promise<TokenAnswer>])[]> {
  const listed: readonly string[] =
    subject.endpoints === undefined
      ? (listMember(await metadata(), "token_endpoint_auth_methods_supported") ?? ["client_secret_basic"])
      : [...secretMethods, "private_key_jwt", "none"];
  const others: (readonly [ClientAuth, () => Promise<TokenAnswer>])[] = [];
  for (const other of secretMethods) {
    if (other === method) continue;
    if (listed.includes(other) || (method === "client_secret_basic" && mustBeEscaped(subject))) {
      others.push([other, () => probes.ownSecret(other)]);
    }
  }
  if (listed.includes("private_key_jwt") && subject.clientKey !== undefined && readSigningKey(subject.clientKey).ok) {
    others.push(["private_key_jwt", () => probes.ownKey(audiencesOf(subject)[0])]);
  }
  if (listed.includes("none")) others.push(["none", () => probes.bareClient()]);
  return others;
}

function secretHint({ subject }: CheckContext, method: SecretMethod, where: string, answer: ClientRefused): string {
  const value = subject.secret?.value.reveal() ?? "";
  const trap = secretTrap(presetOf(subject.issuer, subject.preset), value);
  if (trap !== undefined) return `${trap.hint}${where}.`;
  if (value !== value.trim()) return `The secret has white space around it; copy it again${where}.`;
  if (answer.trait === "unknown-client") {
    const line = `there is no application ${subject.clientId} in this directory; the id of the client for this app is needed${where}.`;
    return toAdministrator(
      subject,
      line,
      `Check the client id ${subject.clientId} and the directory in the issuer${where}.`,
    );
  }
  const odd = method === "client_secret_basic" && mustBeEscaped(subject);
  const base = toAdministrator(
    subject,
    `the secret of client ${subject.clientId} that was handed over is refused; its current value is needed, and it must not have expired${where}.`,
    `Copy the current secret of client ${subject.clientId} again, and check that it has not expired${where}.`,
  );
  if (answer.trait === "secret-id") {
    return `${base} Entra ID shows a secret's Value once, when it is made; the Secret ID beside it is not the secret.`;
  }
  return odd
    ? `${base} Id or secret hold special characters, which some servers do not read back with client_secret_basic; by client_secret_post it is refused too.`
    : base;
}
