import type { CheckContext } from "../check.ts";
import { listMember } from "../documents.ts";
import { type Finding, fail, inconclusive } from "../finding.ts";
import { placeOf, toAdministrator } from "../mend.ts";
import type { SecretMethod } from "../probe/token.ts";
import { hostOf } from "../unanswered.ts";
import type { ClientRefused, ProofNeed } from "./client-proof.ts";

const secretMethods: readonly SecretMethod[] = ["client_secret_basic", "client_secret_post"];

/** A client that sends a shared secret. */
export function secretProof(context: CheckContext, method: SecretMethod): ProofNeed {
  const { subject, probes, options } = context;
  if (subject.secret === undefined) {
    const details = { expected: "the client secret", actual: "nothing" };
    const finding = inconclusive("VERIFY_SECRET_MISSING", "Not sent: no client secret was given.", {}, details);
    return { kind: "no-proof", finding };
  }
  return {
    kind: "prove",
    proof: {
      shown: "the secret",
      wrong: "a wrong secret",
      show: () => probes.ownSecret(method),
      control: options.wrongSecretControl ? () => probes.wrongSecret(method) : undefined,
      accepted: (controlled) =>
        controlled
          ? `The secret is accepted by ${method}; a wrong one is refused.`
          : `The secret is accepted by ${method}; the control with a wrong one is switched off.`,
      refused: (answer) => refused(answer, method, context),
      alike:
        "The server looks at the code before the client, or the client is registered as public. Check at the client that it authenticates with a secret.",
    },
  };
}

async function refused(answer: ClientRefused, method: SecretMethod, context: CheckContext): Promise<Finding> {
  const { subject, probes } = context;
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
  for (const other of await otherMethods(method, context)) {
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

/** The methods with a shared secret that are listed besides; all, where there is no document to list them. */
async function otherMethods(
  method: SecretMethod,
  { subject, metadata }: CheckContext,
): Promise<readonly SecretMethod[]> {
  const listed =
    subject.endpoints === undefined
      ? (listMember(await metadata(), "token_endpoint_auth_methods_supported") ?? ["client_secret_basic"])
      : secretMethods;
  return secretMethods.filter((other) => other !== method && listed.includes(other));
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
  const base = toAdministrator(
    subject,
    `the secret of client ${subject.clientId} that was handed over is refused; its current value is needed, and it must not have expired${where}.`,
    `Copy the current secret of client ${subject.clientId} again, and check that it has not expired${where}.`,
  );
  return odd
    ? `${base} Id or secret hold special characters, which some servers do not decode with client_secret_basic: client_secret_post would tell.`
    : base;
}
