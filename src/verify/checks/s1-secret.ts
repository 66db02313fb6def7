import type { Check, CheckContext } from "../check.ts";
import { listMember } from "../documents.ts";
import { type Finding, fail, inconclusive, pass } from "../finding.ts";
import type { SecretMethod } from "../probe/token.ts";
import type { TokenAnswer } from "../probe/token-answer.ts";
import { specs } from "../specs.ts";
import { hostOf } from "../unanswered.ts";
import { secretOmitted, secretProbeNeed } from "./secret-need.ts";

type ClientRefused = Extract<TokenAnswer, { kind: "client-refused" }>;

const secretMethods: readonly SecretMethod[] = ["client_secret_basic", "client_secret_post"];

/**
 * An invented code with the client's secret gets as far as `invalid_grant`, so the client was authenticated. The
 * specification does not fix the order of the two steps, so S2 must show that a wrong secret gets less far.
 */
export const secret: Check = {
  id: "S1",
  title: "The client id and secret are accepted",
  spec: specs.rfc(6749, "5.2"),
  level: "must",
  link: "secret",
  needs: ["D1", "D3", "D4", "D5", "D6"],
  omitted: secretOmitted,
  async run(context) {
    const need = secretProbeNeed(context);
    if (need.kind === "no-probe") return need.finding;
    const answer = await context.probes.ownSecret();
    switch (answer.kind) {
      case "unclear":
        return (
          answer.finding ??
          inconclusive(
            "VERIFY_ANSWER_UNCLEAR",
            `The token endpoint answered with ${answer.because}, which says nothing about the secret.`,
            answer.facts,
          )
        );
      case "issued":
        return fail(
          "VERIFY_TOKEN_FOR_BOGUS_CODE",
          "The token endpoint issued a token for an invented code.",
          answer.facts,
          { expected: "invalid_grant", actual: "a token" },
        );
      case "grant-refused":
        return fail(
          "VERIFY_CLIENT_REFUSED",
          `The token endpoint does not let the client use the authorization code grant: ${answer.error}.`,
          answer.facts,
          { expected: "invalid_grant", actual: answer.error },
        );
      case "client-refused":
        return refused(answer, need.method, context);
      case "code-refused":
        return accepted(answer, need.method, context);
      default:
        return answer satisfies never;
    }
  },
};

async function accepted(answer: TokenAnswer, method: SecretMethod, context: CheckContext): Promise<Finding> {
  if (!context.options.wrongSecretControl) {
    return pass(`The secret is accepted by ${method}; the control with a wrong one is switched off.`, answer.facts);
  }
  const control = await context.probes.wrongSecret();
  if (control.kind === "client-refused") {
    return pass(`The secret is accepted by ${method}; a wrong one is refused.`, answer.facts);
  }
  const same =
    control.kind === "code-refused"
      ? "a wrong secret gets the same answer"
      : "the control with a wrong secret (S2) was not refused clearly";
  return inconclusive(
    "VERIFY_SECRET_UNPROVEN",
    `The token endpoint answered invalid_grant, but ${same}, so this proves nothing.`,
    answer.facts,
    {
      expected: "invalid_client for a wrong secret",
      hint:
        control.kind === "code-refused"
          ? "The server looks at the code before the client, or the client is registered as public. Check at the client that it authenticates with a secret."
          : undefined,
    },
  );
}

async function refused(answer: ClientRefused, method: SecretMethod, context: CheckContext): Promise<Finding> {
  const { subject, probes, metadata } = context;
  const where = subject.console === undefined ? "" : ` (${subject.console.secret})`;
  const expected = "invalid_grant: client accepted, invented code refused";
  if (answer.expired) {
    return fail(
      "VERIFY_SECRET_REFUSED",
      "The identity provider says that the client secret has expired.",
      answer.facts,
      {
        expected,
        actual: "invalid_client, expired",
        hint: `Make a new client secret and hand it over${where}.`,
      },
    );
  }
  const listed = listMember(await metadata(), "token_endpoint_auth_methods_supported") ?? ["client_secret_basic"];
  const tried: Record<string, string> = {};
  for (const other of secretMethods) {
    if (other === method || !listed.includes(other)) continue;
    const second = await probes.ownSecret(other);
    tried[other] = second.kind;
    if (second.kind !== "code-refused") continue;
    return fail(
      "VERIFY_CLIENT_AUTH_METHOD",
      `The secret is right with ${other}, but the client uses ${method}.`,
      { ...answer.facts, tried },
      {
        expected: `the client registered for ${method}`,
        actual: `the client registered for ${other}`,
        hint: `Set clientAuth: ${other} in the tenant file, or change the client to ${method}${where}.`,
      },
    );
  }
  return fail(
    "VERIFY_SECRET_REFUSED",
    `The identity provider refuses the client id and secret by ${method}.`,
    { ...answer.facts, ...(Object.keys(tried).length === 0 ? {} : { tried }) },
    { expected, actual: String(answer.facts.error ?? "refused"), hint: secretHint(context, method, where) },
  );
}

function secretHint({ subject }: CheckContext, method: SecretMethod, where: string): string {
  const value = subject.secret?.value.reveal() ?? "";
  if (/^[*•.x]{3,}$/i.test(value))
    return `What was handed over is a masked placeholder; copy the secret's value itself${where}.`;
  const guid = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/i.test(value);
  if (guid && /(^|\.)(microsoftonline|windows)\./.test(hostOf(subject.issuer))) {
    return `What was handed over looks like the Secret ID; copy the secret's Value instead${where}.`;
  }
  if (value !== value.trim()) return `The secret has white space around it; copy it again${where}.`;
  const odd = method === "client_secret_basic" && /[^A-Za-z0-9._~-]/.test(subject.clientId + value);
  const base = `Copy the current secret of client ${subject.clientId} again, and check that it has not expired${where}.`;
  return odd
    ? `${base} Id or secret hold special characters, which some servers do not decode with client_secret_basic: client_secret_post would tell.`
    : base;
}
